"""The one-sided costs of `models.likelihoods.one_sided.op` in JAX."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from models.likelihoods.one_sided.moments import CENTER, SERIES
from models.likelihoods.one_sided.op import (
    HALF_LOG_TWO_PI,
    LARGEST_LOG,
    LOG_WEIGHTS,
    NODES,
    ROOT_TWO_PI,
    SMALLEST_SHARE,
    one_sided_passes,
)
from models.likelihoods.two_pass_jax import register_passes_in_jax

LARGEST_T = 1e13


def _moments(z: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    inverse = 1.0 / (z + CENTER)
    y = (z - CENTER) * inverse
    zero, one, two = (jnp.polyval(jnp.array(series), y) for series in SERIES)
    return zero * inverse, one * inverse**2, two * inverse**3


def _node(
    cost: Any, log_sd: Any, up: Any, w: Any, deviation: Any
) -> tuple[jax.Array, jax.Array]:
    kappa = jnp.exp(jnp.clip(log_sd - cost, -LARGEST_LOG, LARGEST_LOG)) * (1 + w)
    inverse = jnp.exp(-jnp.clip(log_sd, -300.0, 300.0))
    t = jnp.minimum(jnp.abs(deviation) * inverse, LARGEST_T)
    is_up = deviation >= 0
    share = jnp.where(is_up, up, 1 - up)
    near_share = jnp.maximum(share, SMALLEST_SHARE)
    far_share = jnp.maximum(1 - share, SMALLEST_SHARE)
    z = kappa - t
    a, is_beyond = jnp.abs(z), z < 0
    zero, one, two = _moments(a)
    far_0, far_1, far_2 = _moments(kappa + t)
    damping = jnp.where(is_beyond, jnp.exp(-0.5 * a * a), 1.0)
    below_0 = ROOT_TWO_PI - damping * zero
    below_1 = damping + a * below_0
    near_0 = jnp.where(is_beyond, below_0, zero)
    near_1 = jnp.where(is_beyond, below_1, one)
    near_2 = jnp.where(is_beyond, below_0 + a * below_1, two)
    near = (1 - w) * near_0 + w * kappa * near_1
    far = damping * ((1 - w) * far_0 + w * kappa * far_1)
    near_slope = near_share * ((1 - w) * near_1 + w * kappa * near_2)
    far_slope = far_share * damping * ((1 - w) * far_1 + w * kappa * far_2)
    whole = near_share * near + far_share * far
    exponent = jnp.where(is_beyond, kappa * (0.5 * kappa - t), -0.5 * t * t)
    density = exponent - HALF_LOG_TWO_PI - cost + jnp.log1p(w) + jnp.log(whole)
    first = near_share * near_1 + far_share * damping * far_1
    zeroth = near_share * near_0 + far_share * damping * far_0
    to_kappa = (w * first - near_slope - far_slope) / whole
    to_t = (near_slope - far_slope) / whole - t
    difference = (near - far) / whole
    slopes = jnp.stack(
        [
            -1 - kappa * to_kappa,
            kappa * to_kappa - t * to_t,
            jnp.where(is_up, difference, -difference),
            (1 + kappa * to_kappa) / (1 + w) + (kappa * first - zeroth) / whole,
        ]
    )
    return density, slopes


def _single(
    log_cost: Any, log_sd: Any, up: Any, second: Any, tail: Any, deviation: Any
) -> tuple[jax.Array, jax.Array, jax.Array]:
    density, slopes = _node(log_cost, log_sd, up, second[0], deviation)
    return density, slopes, jnp.zeros_like(density)


def _tailed(
    log_cost: Any, log_sd: Any, up: Any, second: Any, tail: Any, deviation: Any
) -> tuple[jax.Array, jax.Array, jax.Array]:
    def at(node: jax.Array) -> tuple[jax.Array, jax.Array]:
        shift = tail[0] * node - 0.5 * tail[0] ** 2
        return _node(log_cost + shift, log_sd, up, second[0], deviation)

    densities, slopes = jax.vmap(at)(jnp.array(NODES))
    densities += jnp.array(LOG_WEIGHTS)[:, None]
    weight = jax.nn.softmax(densities, axis=0)
    to_tail = weight * slopes[:, 0] * (jnp.array(NODES) - tail[0])[:, None]
    return (
        jax.nn.logsumexp(densities, axis=0),
        (weight[:, None] * slopes).sum(axis=0),
        to_tail.sum(axis=0),
    )


def _forward_for(nodes: int) -> Callable[..., Any]:
    return _single if nodes == 1 else _tailed


def _backward(weight: Any, slopes: Any, to_tail: Any) -> tuple[jax.Array, ...]:
    of_rows = weight * slopes
    return (
        *of_rows[:3],
        of_rows[3].sum(keepdims=True),
        (weight * to_tail).sum(keepdims=True),
    )


register_passes_in_jax(one_sided_passes, _forward_for, lambda nodes: _backward)
