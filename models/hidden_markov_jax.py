"""Hidden Markov regressions in JAX: import before a JAX backend compiles a model.

It registers the Ops of `models.forward_backward` and `models.regression_emission` with
PyTensor's JAX backend, for NumPyro, BlackJAX, nutpie's JAX mode and accelerators. The
recursions are those of `models.forward_backward_passes`, one day at a time.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from pytensor.link.jax.dispatch import jax_funcify

from models.forward_backward import HiddenMarkovBackward, HiddenMarkovForward
from models.forward_backward_filter import IMPOSSIBLE
from models.forward_backward_smoother import LARGEST_BAR
from models.regression_emission import (
    NUM_DATA,
    RegressionEmission,
    RegressionEmissionGradient,
)
from models.regression_emission_passes import NORMAL


def forward(L: Any, pi: Any, delta: Any, gamma: Any, x: Any) -> Any:
    """Return the fields of `models.forward_backward_passes.ForwardResult`."""
    odds = delta + gamma * x[:, None, None]
    P = jax.nn.softmax(jnp.pad(odds, ((0, 0), (0, 0), (1, 0))), axis=2)
    L = L.T
    largest = L.max(axis=1)
    emission = jnp.exp(L - largest[:, None])

    def day(q: Any, now: Any) -> Any:
        emission_t, P_t = now
        joint = q * emission_t
        size = joint.sum()
        p = joint / size
        return p @ P_t, (size, p, emission_t / size)

    _, (size, p, update) = jax.lax.scan(day, pi, (emission, P))
    log_likelihood = largest + jnp.log(size)
    possible = jnp.isfinite(log_likelihood.sum()) & (size > IMPOSSIBLE).all()
    stored = (jnp.where(possible, array, 0.0) for array in (P, p, update))
    P, p, update = stored
    log_likelihood = jnp.where(possible, log_likelihood, -jnp.inf)
    return log_likelihood, jnp.moveaxis(P, 0, 2), p.T, update.T


def backward(g: Any, x: Any, P: Any, p: Any, update: Any) -> Any:
    """Return the fields of `models.forward_backward_passes.BackwardResult`."""
    P = jnp.moveaxis(P, 2, 0)
    change = g - jnp.append(g[1:], 0.0)

    def day(forecast_bar: Any, now: Any) -> Any:
        P_t, p_t, update_t, change_t = now
        filtered_bar = P_t @ forecast_bar
        total = filtered_bar + change_t
        kept = p_t * total, filtered_bar, forecast_bar
        return jnp.clip(update_t * total, -LARGEST_BAR, LARGEST_BAR), kept

    days = P, p.T, update.T, change
    pi_bar, (L_bar, filtered_bar, forecast_bar) = jax.lax.scan(
        day, jnp.zeros(len(p)), days, reverse=True
    )
    difference = forecast_bar[:, None, :] - filtered_bar[:, :, None]
    odds_bar = (p.T[:, :, None] * P * difference)[:-1, :, 1:]
    return (
        L_bar.T,
        pi_bar,
        odds_bar.sum(axis=0),
        jnp.einsum("tij,t->ij", odds_bar, x[:-1]),
    )


def emission(
    noise: str, y: Any, s: Any, x: Any, beta: Any, sigma: Any, nu: Any, c: Any
) -> Any:
    """Log densities and errors; symbols as in `models.regression_emission_passes`."""
    r = (y - jnp.einsum("knp,tp->knt", beta, x)) / sigma[:, :, None]
    if noise == NORMAL:
        density = -0.5 * r**2
    else:
        nu = nu[:, None, None]
        density = -0.5 * (nu + 1) * jnp.log1p(r**2 / nu)
    density += (c[:, None] - jnp.log(sigma))[:, :, None]
    return jnp.where(s != 0, density, 0.0).sum(axis=1), r


@jax_funcify.register(HiddenMarkovForward)
def _forward_in_jax(op: HiddenMarkovForward, **kwargs: Any) -> Any:
    return forward


@jax_funcify.register(HiddenMarkovBackward)
def _backward_in_jax(op: HiddenMarkovBackward, **kwargs: Any) -> Any:
    return backward


@jax_funcify.register(RegressionEmission)
def _emission_in_jax(op: RegressionEmission, **kwargs: Any) -> Any:
    return partial(emission, op.noise)


@jax_funcify.register(RegressionEmissionGradient)
def _emission_gradient_in_jax(op: RegressionEmissionGradient, **kwargs: Any) -> Any:
    def emission_gradient(weight: Any, error: Any, *inputs: Any) -> Any:
        data, parameters = inputs[:NUM_DATA], inputs[NUM_DATA:]
        _, pull = jax.vjp(
            lambda *free: emission(op.noise, *data, *free)[0], *parameters
        )
        return pull(weight)

    return emission_gradient
