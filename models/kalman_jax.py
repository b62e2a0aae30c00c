"""The Kalman filter in JAX: import this module before a JAX backend compiles a model.

It registers `models.kalman`'s Ops with PyTensor's JAX backend, for NumPyro, BlackJAX,
nutpie's JAX mode and accelerators. The recursion is the exact one at every date; its
gradient is JAX's own.
"""

from typing import Any

import jax
import jax.numpy as jnp
from pytensor.link.jax.dispatch import jax_funcify

from models.kalman import NUM_INPUTS, KalmanBackward, KalmanForward


def log_likelihood(
    y: Any, s: Any, Z: Any, phi: Any, q: Any, h: Any, m1: Any, p1: Any, c: Any, d: Any
) -> jax.Array:
    """Log density of each date, (time,); symbols as in `models.kalman_filter`."""

    def condition(carry: Any, series: Any) -> Any:
        a, P = carry
        y_i, s_i, Z_i, h_i = series
        M = P @ Z_i
        F = Z_i @ M + h_i
        v = y_i - Z_i @ a
        observed = s_i != 0
        # The gradient of an unused branch must be finite, so F is replaced, not only
        # the result.
        F = jnp.where(observed & (F > 0), F, 1.0)
        density = jnp.where(
            observed, -0.5 * (jnp.log(2 * jnp.pi) + jnp.log(F) + v * v / F), 0.0
        )
        gain = jnp.where(observed, M / F, 0.0)
        failed = observed & ~(Z_i @ M + h_i > 0)
        density = jnp.where(failed, -jnp.inf, density)
        return (a + gain * v, P - jnp.outer(gain, M)), density

    def date(carry: Any, now: Any) -> Any:
        a, P = carry
        y_t, s_t, c_next = now
        (a, P), densities = jax.lax.scan(
            condition, (a, P), (y_t, s_t, Z, h), unroll=Z.shape[0]
        )
        following = phi * a + c_next, P * jnp.outer(phi, phi) + jnp.diag(q)
        return following, densities.sum()

    # One row stands for all dates; the last date has none that follows.
    c_next = jnp.broadcast_to(c, (y.shape[0], c.shape[1]))
    c_next = jnp.concatenate([c_next[1:], jnp.zeros_like(c_next[:1])])
    _, densities = jax.lax.scan(date, (m1, jnp.diag(p1)), (y - d, s, c_next))
    return jnp.where(jnp.any(jnp.isneginf(densities)), -jnp.inf, densities)


@jax_funcify.register(KalmanForward)
def _forward_in_jax(op: KalmanForward, **kwargs: Any) -> Any:
    N, K = op.num_series, op.num_factors

    def kalman_forward(*inputs: Any) -> Any:
        T = inputs[0].shape[0]
        # The backward Op differentiates afresh and does not read what numba stores.
        moments = jnp.zeros((T, K)), jnp.zeros((T, N)), jnp.zeros((T, K, K))
        gains = jnp.zeros((T, N, K)), jnp.zeros((T, N))
        return log_likelihood(*inputs), *moments, jnp.zeros(T, jnp.int64), *gains

    return kalman_forward


@jax_funcify.register(KalmanBackward)
def _backward_in_jax(op: KalmanBackward, **kwargs: Any) -> Any:
    def kalman_backward(weight: Any, *inputs: Any) -> Any:
        _, pull = jax.vjp(log_likelihood, *inputs[:NUM_INPUTS])
        return pull(weight)[2:]

    return kalman_backward
