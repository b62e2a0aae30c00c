"""The linear Gaussian state space as a PyMC distribution, and its simulator."""

from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor.graph.basic import Variable
from scipy.signal import lfilter

from models.kalman import state_space_log_likelihood

FloatArray = NDArray[np.float64]

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
    """Draw one path of the states: equations (2) and (3) of `models.kalman_filter`.

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
    _, loading, *dynamics, state_input, observation_input = _without_batch(parameters)
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


def _log_density(value: Variable, *parameters: Variable) -> Variable:
    return state_space_log_likelihood(value, *_without_batch(parameters))


def _without_batch(parameters: Any) -> list[Any]:
    """Undo PyMC's alignment of every parameter with the batch, which here is time.

    A parameter describes all dates at once, so the batch dimension that PyMC puts in
    front of it has length one.
    """
    return [
        x[0] if x.ndim > ndim else x
        for x, ndim in zip(parameters, CORE_NDIM, strict=True)
    ]


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
        (K,), (K,), (time, K), (time, N); see `models.kalman_filter`.
    observed : (time, N)
        The measurements.
    dims : tuple of str
        Names of the time and the series dimension.

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
        logp=_log_density,
        random=_simulate_observations,
        signature=SIGNATURE,
        class_name="LinearGaussianStateSpace",
        observed=observed,
        dims=dims,
    )
