"""The Kalman filter of `models.likelihoods.kalman.op` in JAX.

The recursion is the exact one at
every date; its gradient is JAX's own.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from models.likelihoods.kalman.op import kalman_passes
from models.likelihoods.two_pass_jax import register_in_jax


def found(
    y: Any, s: Any, Z: Any, phi: Any, q: Any, h: Any, m1: Any, p1: Any, c: Any, d: Any
) -> tuple[jax.Array, jax.Array]:
    """Log density (time,) and standardised innovations (time, N) of each date.

    Symbols as in `models.likelihoods.kalman.filter`.
    """

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
        standardized = jnp.where(observed, v / jnp.sqrt(F), 0.0)
        return (a + gain * v, P - jnp.outer(gain, M)), (density, standardized)

    def date(carry: Any, now: Any) -> Any:
        a, P = carry
        y_t, s_t, c_next = now
        (a, P), (densities, standardized) = jax.lax.scan(
            condition, (a, P), (y_t, s_t, Z, h), unroll=Z.shape[0]
        )
        following = phi * a + c_next, P * jnp.outer(phi, phi) + jnp.diag(q)
        return following, (densities.sum(), standardized)

    # One row stands for all dates; the last date has none that follows.
    c_next = jnp.broadcast_to(c, (y.shape[0], c.shape[1]))
    c_next = jnp.concatenate([c_next[1:], jnp.zeros_like(c_next[:1])])
    dates = y - d, s, c_next
    _, (densities, standardized) = jax.lax.scan(date, (m1, jnp.diag(p1)), dates)
    failed = jnp.any(jnp.isneginf(densities))
    return (
        jnp.where(failed, -jnp.inf, densities),
        jnp.where(failed, 0.0, standardized),
    )


def found_for(
    num_series: int, num_factors: int, num_standardized: int
) -> Callable[..., tuple[jax.Array, jax.Array]]:
    """`found`, its innovations for so many series: all or none."""

    def found_so_many(*inputs: Any) -> tuple[jax.Array, jax.Array]:
        density, standardized = found(*inputs)
        return density, standardized[:, :num_standardized]

    return found_so_many


register_in_jax(kalman_passes, found_for)
