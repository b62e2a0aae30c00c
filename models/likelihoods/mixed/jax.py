"""The mixed model's likelihood, `models.likelihoods.mixed.op`, in JAX.

Its gradient is JAX's own.
"""

import jax
import jax.numpy as jnp

from models.likelihoods.mixed.op import LOG_TWO_PI, mixed_passes
from models.likelihoods.two_pass_jax import register_passes_in_jax


def log_density(
    variance: jax.Array,
    scale: jax.Array,
    crossed_scale: jax.Array,
    *data: jax.Array,
) -> jax.Array:
    """Log density of `mixed_passes`, a scalar."""
    prior, size, fixed, group_fixed, group_group, crossed_fixed = data[:6]
    crossed_group, crossed_crossed, y_fixed, y_group, y_crossed, y_y = data[6:]
    precision = 1.0 / variance[0]
    (groups, q), (crossed, r), p = y_group.shape, y_crossed.shape, len(prior)
    scale, crossed_scale = jnp.tril(scale), jnp.tril(crossed_scale)
    across = jnp.einsum("ba,ibc->iac", scale, group_fixed) * precision
    across = across.reshape(groups * q, p)
    blocks = jnp.einsum("ba,ibc,cd->iad", scale, group_group, scale) * precision
    same = jnp.eye(groups)
    within = jnp.einsum("ij,iab->iajb", same, blocks).reshape(groups * q, groups * q)
    dense = jnp.block(
        [
            [fixed * precision + jnp.diag(prior), across.T],
            [across, within + jnp.eye(groups * q)],
        ]
    )
    right = jnp.concatenate([y_fixed, (y_group @ scale).reshape(-1)]) * precision
    half = y_y[0] * precision
    log_determinant = 0.0
    if crossed:
        to_group = crossed_group.reshape(crossed, r, groups, q) @ scale
        rows = jnp.concatenate(
            [crossed_fixed, to_group.reshape(crossed, r, groups * q)], axis=2
        )
        rows = jnp.einsum("ba,tbc->tac", crossed_scale, rows) * precision
        kernel = jnp.einsum(
            "ba,tbc,cd->tad", crossed_scale, crossed_crossed, crossed_scale
        )
        root = jnp.linalg.cholesky(kernel * precision + jnp.eye(r))
        rows = jax.scipy.linalg.solve_triangular(root, rows, lower=True)
        rows = rows.reshape(crossed * r, -1)
        target = (y_crossed @ crossed_scale)[..., None] * precision
        target = jax.scipy.linalg.solve_triangular(root, target, lower=True)
        target = target.reshape(-1)
        dense, right = dense - rows.T @ rows, right - rows.T @ target
        half -= target @ target
        log_determinant = 2 * jnp.log(jnp.diagonal(root, axis1=1, axis2=2)).sum()
    root = jnp.linalg.cholesky(dense)
    half -= jnp.square(jax.scipy.linalg.solve_triangular(root, right, lower=True)).sum()
    log_determinant += 2 * jnp.log(jnp.diagonal(root)).sum()
    is_free = prior <= 0
    log_determinant -= jnp.where(
        is_free, 0.0, jnp.log(jnp.where(is_free, 1.0, prior))
    ).sum()
    return -0.5 * (
        (size[0] - is_free.sum()) * LOG_TWO_PI
        + size[0] * jnp.log(variance[0])
        - size[1]
        + log_determinant
        + half
    )


def forward(*inputs: jax.Array) -> tuple[jax.Array, ...]:
    """Outputs of the forward pass of `mixed_passes`."""
    value, gradient = jax.value_and_grad(log_density, argnums=(0, 1, 2))(*inputs)
    return value[None], *gradient


def backward(
    weight: jax.Array,
    to_variance: jax.Array,
    to_scale: jax.Array,
    to_crossed: jax.Array,
) -> tuple[jax.Array, ...]:
    """Outputs of the backward pass of `mixed_passes`."""
    return weight[0] * to_variance, weight[0] * to_scale, weight[0] * to_crossed


register_passes_in_jax(mixed_passes, lambda: forward, lambda: backward)
