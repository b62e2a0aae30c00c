"""The linear Gaussian state space as a PyMC distribution, and its simulator."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable
from scipy.signal import lfilter

from data.arrays import FloatArray
from models.likelihoods.batch import without_batch
from models.likelihoods.kalman.op import state_space_log_likelihood

# The input to the states has one row a date, or one for all.
SIGNATURE = "(t,n),(n,k),(k),(k),(n),(k),(k),(u,k),(t,n)->(n)"
CORE_NDIM = (2, 2, 1, 1, 1, 1, 1, 2, 2)
"""Dimensions of each parameter in `SIGNATURE`."""


def simulate_states(
    persistence: FloatArray,
    state_variance: FloatArray,
    initial_mean: FloatArray,
    initial_variance: FloatArray,
    state_input: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw one path of the states: equations (2) and (3) of `kalman.filter`.

    Parameters
    ----------
    persistence, state_variance, initial_mean, initial_variance : (K,) float
        See the table there.
    state_input : (time, K) float
        Its first row is not used.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (time, K) float
    """
    shock = rng.standard_normal(state_input.shape)
    driver = state_input + np.sqrt(state_variance) * shock
    driver[0] = initial_mean + np.sqrt(initial_variance) * shock[0]
    columns = [
        lfilter([1.0], [1.0, -phi], driver[:, k]) for k, phi in enumerate(persistence)
    ]
    return np.stack(columns, axis=1)


def _simulate_observations(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None
) -> FloatArray:
    """Draw every cell, those that were not observed too: a prediction of them."""
    _, loading, *dynamics, state_input, observation_input = without_batch(
        parameters, CORE_NDIM
    )
    persistence, state_variance, observation_variance, mean, variance = dynamics
    num_dates = len(observation_input)
    state_input = np.broadcast_to(state_input, (num_dates, state_input.shape[1]))
    states = simulate_states(
        persistence, state_variance, mean, variance, state_input, rng
    )
    noise = rng.standard_normal(observation_input.shape)
    return (
        states @ loading.T + observation_input + np.sqrt(observation_variance) * noise
    )


def _log_density(
    value: Variable, *parameters: Variable, log_likelihood: Callable[..., Variable]
) -> Variable:
    return log_likelihood(value, *without_batch(parameters, CORE_NDIM))


def LinearGaussianStateSpace(  # noqa: N802
    name: str,
    *,
    is_observed: Any,
    loading: Any,
    persistence: Any,
    state_variance: Any,
    observation_variance: Any,
    initial_mean: Any,
    initial_variance: Any,
    state_input: Any,
    observation_input: Any,
    observed: Any,
    dims: tuple[str, str],
    log_likelihood: Callable[..., Variable] = state_space_log_likelihood,
) -> Variable:
    """Add an observed multivariate series to the model on the context stack.

    A PyMC distribution whose batch is time: its log density has one entry a date, the
    one-step-ahead log predictive density, so that `pm.compute_log_likelihood`, prior
    and posterior predictive sampling work as for any observed variable.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    is_observed : (time, N)
        1 where `observed` was measured; elsewhere it holds a finite filler.
    loading, persistence, state_variance, observation_variance : tensors
        (N, K), (K,), (K,), (N,).
    initial_mean, initial_variance, state_input, observation_input : tensors
        (K,), (K,), (time, K), (time, N); see `models.likelihoods.kalman.filter`.
    observed : (time, N)
        The measurements.
    dims : tuple of str
        Names of the time and the series dimension.
    log_likelihood : callable
        Another way to compute what `state_space_log_likelihood` does, from the same
        arguments.

    Returns
    -------
    TensorVariable
        The observed random variable, (time, N).
    """
    return pm.CustomDist(
        name,
        is_observed,
        loading,
        persistence,
        state_variance,
        observation_variance,
        initial_mean,
        initial_variance,
        state_input,
        observation_input,
        logp=partial(_log_density, log_likelihood=log_likelihood),
        random=_simulate_observations,
        signature=SIGNATURE,
        class_name="LinearGaussianStateSpace",
        observed=observed,
        dims=dims,
    )
