"""Score-driven innovations, `models.likelihoods.score_driven.op`, in JAX.

The gradient is JAX's own.
"""

from typing import Any

import jax
import jax.numpy as jnp

from models.likelihoods.score_driven.op import described_passes
from models.likelihoods.two_pass_jax import register_in_jax


def log_density(z: Any, s: Any, dynamics: Any, log_constant: Any) -> tuple[jax.Array]:
    """Log density of each date, (time,); symbols as in `score_driven.passes`."""
    p, a, phi, kappa, nu = dynamics
    identity = jnp.eye(z.shape[1])

    def date(carry: Any, now: Any) -> Any:
        G, scale = carry
        z_t, o = now
        both, neither = jnp.outer(o, o), jnp.outer(1 - o, 1 - o)
        n = o.sum()
        e = o * z_t * jnp.exp(-scale)
        factor = jnp.linalg.cholesky(both * G + jnp.diag(1 - o))
        x = jax.scipy.linalg.solve_triangular(factor, e, lower=True)
        q = x @ x
        density = log_constant[n.astype(int)] - n * scale
        density -= jnp.log(jnp.diag(factor)).sum()
        density -= 0.5 * (nu + n) * jnp.log1p(q / nu)
        w = (nu + n) / (nu + q)
        moved = w * jnp.outer(e, e) + neither * G
        following = (1 - p) * identity + (p - a) * G + a * moved
        reaction = jnp.where(n > 0, w * q / jnp.maximum(n, 1) - 1, 0.0)
        return (following, phi * scale + kappa * reaction), density

    _, density = jax.lax.scan(date, (identity, jnp.zeros(())), (z, s))
    failed = jnp.any(~jnp.isfinite(density))
    return (jnp.where(failed, -jnp.inf, density),)


register_in_jax(described_passes, lambda num_series: log_density)
