"""`models.likelihoods.two_pass` in PyTensor's JAX backend.

A likelihood registers its two passes in JAX, or only what the differentiable outputs
are, and leaves the gradient to JAX. It does so in a module ``jax`` beside the one that
describes its passes, imported when the first model with that likelihood is compiled.
"""

import importlib
from collections.abc import Callable
from itertools import compress
from typing import Any

import jax
import jax.numpy as jnp
from pytensor.link.jax.dispatch import jax_funcify

from models.likelihoods.two_pass import (
    GradientOp,
    Passes,
    TwoPassOp,
    bind_lengths,
    path_of,
    shape_given,
)

ForSizes = Callable[..., Callable[..., Any]]
"""From the sizes of a pair of passes to one of them."""

IN_JAX: dict[str, tuple[ForSizes, ForSizes]] = {}
"""Path of what describes a pair of passes -> the pair in JAX."""


def register_passes_in_jax(
    describe: Callable[..., Passes], forward: ForSizes, backward: ForSizes
) -> None:
    """Tell how both passes are computed in JAX.

    Parameters
    ----------
    describe : callable
        What maps sizes to the `Passes`.
    forward, backward : callable
        From the same sizes to functions that take and return what the passes do.
    """
    IN_JAX[path_of(describe)] = forward, backward


def register_in_jax(describe: Callable[..., Passes], densities: ForSizes) -> None:
    """Tell how the outputs of a pair of passes are computed; JAX differentiates.

    What numba keeps for the backward pass is neither made nor read.

    Parameters
    ----------
    describe : callable
        What maps sizes to the `Passes`, all inputs of which are reread.
    densities : callable
        From the same sizes to a function of the inputs, which returns a tuple of the
        outputs that have a gradient.
    """

    def forward_for(*sizes: Any) -> Callable[..., Any]:
        compute, passes = densities(*sizes), describe(*sizes)

        def forward(*inputs: Any) -> Any:
            found = iter(compute(*inputs))
            lengths = bind_lengths(passes.inputs.values(), [x.shape for x in inputs])
            return tuple(
                next(found)
                if x.has_gradient
                else jnp.zeros(shape_given(x, lengths), x.dtype)
                for x in passes.outputs.values()
            )

        return forward

    def backward_for(*sizes: Any) -> Callable[..., Any]:
        compute, passes = densities(*sizes), describe(*sizes)
        num_cotangents, num_inputs = len(passes.cotangents), len(passes.inputs)
        has_gradient = [name in passes.gradients for name in passes.inputs]

        def backward(*arrays: Any) -> Any:
            cotangents = arrays[:num_cotangents]
            inputs = arrays[num_cotangents : num_cotangents + num_inputs]
            free = tuple(compress(inputs, has_gradient))

            def of_free(*values: Any) -> Any:
                given = iter(values)
                return compute(
                    *(
                        next(given) if is_free else x
                        for x, is_free in zip(inputs, has_gradient, strict=True)
                    )
                )

            _, pull = jax.vjp(of_free, *free)
            return pull(tuple(cotangents))

        return backward

    register_passes_in_jax(describe, forward_for, backward_for)


@jax_funcify.register(TwoPassOp)
def _forward(op: TwoPassOp, **kwargs: Any) -> Any:
    return _in_jax(op.path)[0](*op.sizes)


@jax_funcify.register(GradientOp)
def _backward(op: GradientOp, **kwargs: Any) -> Any:
    return _in_jax(op.path)[1](*op.sizes)


def _in_jax(path: str) -> tuple[ForSizes, ForSizes]:
    if path not in IN_JAX:
        package = path.rsplit(".", maxsplit=2)[0]
        importlib.import_module(f"{package}.jax")
    return IN_JAX[path]
