"""Changing components, `models.likelihoods.changing_components.op`, in JAX.

The gradient is JAX's own.
"""

from typing import Any

import jax
import jax.numpy as jnp

from models.likelihoods.changing_components.op import described_passes
from models.likelihoods.two_pass_jax import register_in_jax


def densities(
    y: Any, s: Any, phi: Any, q: Any, h: Any, m: Any, p: Any
) -> tuple[jax.Array, jax.Array]:
    """Log densities and standardised innovations, (time, N) each."""
    of_series = jax.vmap(_one_series, in_axes=(1, 1, 1, 1, 0, 0, 0), out_axes=1)
    # The first date has no date before: it keeps what it starts from.
    density, standardized = of_series(
        y, s, phi.at[0].set(1.0), q.at[0].set(0.0), h, m, p
    )
    failed = jnp.any(~jnp.isfinite(density))
    return jnp.where(failed, -jnp.inf, density), standardized


def _one_series(y: Any, s: Any, phi: Any, q: Any, h: Any, m: Any, p: Any) -> Any:
    def date(carry: Any, now: Any) -> Any:
        mean, covariance = carry
        y_t, s_t, phi_t, q_t = now
        mean = phi_t * mean
        covariance = phi_t[:, None] * covariance * phi_t + jnp.diag(q_t)
        c = covariance.sum(axis=1)
        variance = c.sum() + h
        v = y_t - mean.sum()
        density = -0.5 * (jnp.log(2 * jnp.pi * variance) + v**2 / variance)
        # Not the density times s: a filler may be any number, and its gradient too.
        updated = mean + s_t * c * v / variance
        reduced = covariance - s_t * jnp.outer(c, c) / variance
        is_seen = s_t > 0
        standardized = jnp.where(is_seen, v / jnp.sqrt(variance), 0.0)
        return (updated, reduced), (jnp.where(is_seen, density, 0.0), standardized)

    _, found = jax.lax.scan(date, (m, jnp.diag(p)), (y, s, phi, q))
    return found


register_in_jax(described_passes, lambda num_components: densities)
