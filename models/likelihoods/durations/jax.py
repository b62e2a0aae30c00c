"""The grouped durations of `models.likelihoods.durations.op` in JAX."""

import jax
import jax.numpy as jnp

from models.likelihoods.durations.op import LARGEST_EXPONENT, duration_passes
from models.likelihoods.two_pass_jax import register_passes_in_jax


def likelihood(
    eta: jax.Array, hazard_until: jax.Array, day: jax.Array, resolved: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Outputs of the forward pass of `duration_passes`."""
    last = len(hazard_until) - 1
    before = hazard_until[day - 1]
    hazard = hazard_until[jnp.minimum(day, last)] - before
    is_resolved = resolved > 0
    ratio = jnp.exp(jnp.minimum(eta, LARGEST_EXPONENT))
    # What is censored has no hazard of its own; 1 keeps its unused branch finite.
    ends = -jnp.expm1(-jnp.where(is_resolved, ratio * hazard, 1.0))
    ended = jnp.where(is_resolved, ratio * (1 - ends) / ends, 0.0)
    density = -ratio * before + jnp.where(is_resolved, jnp.log(ends), 0.0)
    return density, -ratio * before + ended * hazard, ratio, ended


def gradient(
    weight: jax.Array,
    hazard_until: jax.Array,
    day: jax.Array,
    slope: jax.Array,
    ratio: jax.Array,
    ended: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """Outputs of the backward pass of `duration_passes`."""
    last = len(hazard_until) - 1
    to_hazard = jnp.zeros_like(hazard_until)
    to_hazard = to_hazard.at[day - 1].add(-weight * (ratio + ended))
    to_hazard = to_hazard.at[jnp.minimum(day, last)].add(weight * ended)
    return weight * slope, to_hazard


register_passes_in_jax(duration_passes, lambda: likelihood, lambda: gradient)
