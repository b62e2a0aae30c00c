"""Likelihoods with analytic gradients, for any model to use.

With numba, PyMC's default, and with JAX: once PyTensor's JAX backend is imported, by
NumPyro, BlackJAX or nutpie's JAX mode, `two_pass_jax` tells it of them.
"""

from importlib import import_module

from wrapt import when_imported


@when_imported("pytensor.link.jax.dispatch")
def _tell_jax(_: object) -> None:
    import_module("models.likelihoods.two_pass_jax")
