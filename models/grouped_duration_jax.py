"""Grouped durations in JAX: import this module before a JAX backend compiles a model.

It registers `models.grouped_duration_likelihood`'s Ops with PyTensor's JAX backend, for
NumPyro, BlackJAX, nutpie's JAX mode and accelerators.
"""

from typing import Any

import jax
import jax.numpy as jnp
from pytensor.link.jax.dispatch import jax_funcify

from models.grouped_duration_likelihood import (
    LARGEST_EXPONENT,
    GroupedDurationGradient,
    GroupedDurationLikelihood,
)


def likelihood(
    eta: jax.Array, hazard_until: jax.Array, day: jax.Array, resolved: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Outputs of `GroupedDurationLikelihood`."""
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
    """Outputs of `GroupedDurationGradient`."""
    last = len(hazard_until) - 1
    to_hazard = jnp.zeros_like(hazard_until)
    to_hazard = to_hazard.at[day - 1].add(-weight * (ratio + ended))
    to_hazard = to_hazard.at[jnp.minimum(day, last)].add(weight * ended)
    return weight * slope, to_hazard


@jax_funcify.register(GroupedDurationLikelihood)
def _likelihood(op: GroupedDurationLikelihood, **kwargs: Any) -> Any:
    return likelihood


@jax_funcify.register(GroupedDurationGradient)
def _gradient(op: GroupedDurationGradient, **kwargs: Any) -> Any:
    return gradient
