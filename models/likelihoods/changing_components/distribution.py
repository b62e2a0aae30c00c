"""Changing components as PyMC distributions, and their simulator."""

from typing import Any

import numpy as np
import pymc as pm
from numba import njit
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from models.likelihoods.batch import without_batch
from models.likelihoods.changing_components.op import (
    changing_components_log_likelihood,
    score_driven_components_log_likelihood,
)
from models.likelihoods.score_driven.distribution import DYNAMICS
from models.likelihoods.score_driven.simulation import simulate_innovations

SIGNATURE = "(t,n),(t,n,k),(t,n,k),(n),(n,k),(n,k)->(n)"
CORE_NDIM = (2, 3, 3, 1, 2, 2)
"""Dimensions of each parameter in `SIGNATURE`."""

DRIVEN_SIGNATURE = SIGNATURE.replace("->", ",(),(),(),(),()->")
DRIVEN_CORE_NDIM = (*CORE_NDIM, 0, 0, 0, 0, 0)


def ChangingComponents(  # noqa: N802
    name: str,
    *,
    is_observed: Any,
    persistence: Any,
    innovation_variance: Any,
    noise_variance: Any,
    initial_mean: Any,
    initial_variance: Any,
    observed: Any,
    dims: tuple[str, str],
    dynamics: dict[str, Any] | None = None,
) -> Variable:
    """Add observed series to the model on the context stack.

    A PyMC distribution whose batch is time, as
    `models.likelihoods.kalman.distribution`: its log density has one entry a date, that
    of all series given all earlier dates.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    is_observed : (time, N)
        1 where `observed` was measured; elsewhere it holds a finite filler.
    persistence, innovation_variance : (time, N, K)
        See `models.likelihoods.changing_components.passes`; N and K must be known.
    noise_variance, initial_mean, initial_variance : tensors
        (N,), (N, K), (N, K).
    observed : (time, N)
        The measurements.
    dims : tuple of str
        Names of the time and the series dimension.
    dynamics : dict, optional
        `models.likelihoods.score_driven.distribution.DYNAMICS` by name, where
        covariance and scale of the standardised innovations are driven by their score;
        independent standard normal where left out.

    Returns
    -------
    TensorVariable
        The observed random variable, (time, N).
    """
    components = (
        is_observed,
        persistence,
        innovation_variance,
        noise_variance,
        initial_mean,
        initial_variance,
    )
    common: dict[str, Any] = {
        "class_name": "ChangingComponents",
        "observed": observed,
        "dims": dims,
    }
    if dynamics is None:
        return pm.CustomDist(
            name,
            *components,
            logp=_log_density,
            random=_simulate,
            signature=SIGNATURE,
            **common,
        )
    return pm.CustomDist(
        name,
        *components,
        *(dynamics[scalar] for scalar in DYNAMICS),
        logp=_driven_log_density,
        random=_simulate_driven,
        signature=DRIVEN_SIGNATURE,
        **common,
    )


def simulate_components(
    innovation: FloatArray,
    is_observed: FloatArray,
    persistence: FloatArray,
    innovation_variance: FloatArray,
    noise_variance: FloatArray,
    initial_mean: FloatArray,
    initial_variance: FloatArray,
) -> FloatArray:
    """Draw every cell from standardised innovations.

    Observed cells have the law of the likelihood. A missing one is drawn from its
    prediction and moves nothing.

    Parameters
    ----------
    innovation : (time, N) float
        Standardised innovations.
    is_observed, persistence, ..., initial_variance : arrays
        As of `ChangingComponents`.

    Returns
    -------
    (time, N) float
    """
    arrays = (
        innovation,
        is_observed,
        persistence,
        innovation_variance,
        noise_variance,
        initial_mean,
        initial_variance,
    )
    observation: FloatArray = _observations(*map(np.ascontiguousarray, arrays))
    return observation


def _log_density(value: Variable, *parameters: Variable) -> Variable:
    return changing_components_log_likelihood(
        value, *without_batch(parameters, CORE_NDIM)
    )


def _driven_log_density(value: Variable, *parameters: Variable) -> Variable:
    components, dynamics = split_dynamics(parameters)
    return score_driven_components_log_likelihood(value, *components, **dynamics)


def _simulate(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None
) -> FloatArray:
    components = without_batch(parameters, CORE_NDIM)
    z = rng.standard_normal(components[0].shape)
    return simulate_components(z, *components)


def _simulate_driven(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None
) -> FloatArray:
    components, dynamics = split_dynamics(parameters)
    z = simulate_innovations(components[0], **dynamics, rng=rng)
    return simulate_components(z, *components)


def split_dynamics(parameters: Any) -> tuple[list[Any], dict[str, Any]]:
    """Components and dynamics of score-driven parameters, without the batch of time."""
    plain = without_batch(parameters, DRIVEN_CORE_NDIM)
    size = len(CORE_NDIM)
    return plain[:size], dict(zip(DYNAMICS, plain[size:], strict=True))


@njit(cache=True, error_model="numpy")
def _observations(
    innovation: FloatArray,
    is_observed: FloatArray,
    persistence: FloatArray,
    innovation_variance: FloatArray,
    noise_variance: FloatArray,
    initial_mean: FloatArray,
    initial_variance: FloatArray,
) -> FloatArray:
    """The innovations form of equations (1) to (3) of `changing_components.passes`."""
    num_dates, num_series = innovation.shape
    observation = np.empty((num_dates, num_series))
    for n in range(num_series):
        mean = initial_mean[n].copy()
        covariance = np.diag(initial_variance[n])
        for t in range(num_dates):
            if t > 0:
                phi = persistence[t, n]
                mean = phi * mean
                covariance = covariance * phi * phi.reshape(-1, 1)
                covariance += np.diag(innovation_variance[t, n])
            weight = covariance.sum(axis=1)
            variance = weight.sum() + noise_variance[n]
            away = np.sqrt(variance) * innovation[t, n]
            observation[t, n] = mean.sum() + away
            if is_observed[t, n] > 0:
                mean = mean + weight * away / variance
                covariance = covariance - np.outer(weight, weight) / variance
    return observation
