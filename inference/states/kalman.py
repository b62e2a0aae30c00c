r"""States given all the data, and predictions one step ahead, from posterior draws.

The smoother is the gradient of the filter. With the notation of
`models.likelihoods.kalman.filter`, equations (1)-(3), and L the log likelihood,

.. math::

    E[\omega_t | y] = q \circ \partial L / \partial c_t, \qquad
    E[a_1 | y] = m_1 + p_1 \circ \partial L / \partial m_1

because the score of a latent-variable model is the posterior mean of the
complete-data score (Fisher's identity; for state spaces Koopman & Shephard 1992, doi
10.1093/biomet/79.4.823). So the backward pass that the sampler uses also smooths.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import xarray as xr
from scipy.signal import lfilter
from scipy.special import ndtr

from data.arrays import FloatArray
from inference.states.evaluation import observed_variable
from models.likelihoods.kalman.arrays import Filtered, StateSpace
from models.likelihoods.kalman.distribution import CORE_NDIM, simulate_states
from models.likelihoods.kalman.op import kalman_op

FIELD_SHAPES = tuple((None,) * ndim for ndim in (2, *CORE_NDIM))
"""Of each field of `StateSpace`, sizes left open."""


class OneStepAhead(NamedTuple):
    """Predictive distribution of each cell given all earlier dates, over the draws.

    Attributes
    ----------
    mean, sd : (time, N) float
        Moments of the mixture over the draws, also where the cell was not observed.
    pit : (time, N) float
        Probability below the observed value; NaN where not observed.
    standardized_innovation : (time, N) float
        Observed value less `mean`, over `sd`; NaN where not observed.
    """

    mean: FloatArray
    sd: FloatArray
    pit: FloatArray
    standardized_innovation: FloatArray


def filter_state_space(system: StateSpace) -> Filtered:
    """What the forward pass finds, see there."""
    return Filtered(*_filter(*system.loading.shape)(*system))


def smoothed_mean(system: StateSpace) -> FloatArray:
    """Mean of the states given all the data.

    Parameters
    ----------
    system : StateSpace
        Data and parameters.

    Returns
    -------
    (time, K) float
    """
    to_initial_mean, to_state_input = _score(*system.loading.shape)(*system)
    driver = system.state_input + system.state_variance * to_state_input
    driver[0] = system.initial_mean + system.initial_variance * to_initial_mean
    return np.stack(
        [
            lfilter([1.0], [1.0, -phi], driver[:, k])
            for k, phi in enumerate(system.persistence)
        ],
        axis=1,
    )


def filtered_mean(system: StateSpace) -> FloatArray:
    """Mean of the states given the data up to each date.

    Parameters
    ----------
    system : StateSpace
        Data and parameters.

    Returns
    -------
    (time, K) float
    """
    result = filter_state_space(system)
    covariance = result.predicted_covariance[result.covariance_date]
    observed = system.is_observed != 0.0
    # A cell that was not observed has no weight, and any variance will do for it.
    loading = np.where(observed[:, :, None], system.loading, 0.0)
    weight = loading @ covariance
    variance = weight @ loading.mT + np.diag(system.observation_variance)
    prediction = result.predicted_mean @ system.loading.T + system.observation_input
    innovation = np.where(observed, system.observation - prediction, 0.0)
    correction = weight.mT @ np.linalg.solve(variance, innovation[:, :, None])
    return result.predicted_mean + correction[:, :, 0]


def draw_states(system: StateSpace, rng: np.random.Generator) -> FloatArray:
    """Draw a path of the states given all the data.

    Durbin & Koopman (2002, doi 10.1093/biomet/89.3.603): simulate states and data
    around zero, smooth the difference between the data and the simulated ones, and add
    the simulated states.

    Parameters
    ----------
    system : StateSpace
        Data and parameters.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (time, K) float
    """
    states = simulate_states(
        system.persistence,
        system.state_variance,
        np.zeros_like(system.initial_mean),
        system.initial_variance,
        np.zeros_like(system.state_input),
        rng,
    )
    noise = rng.standard_normal(system.observation.shape)
    simulated = states @ system.loading.T + np.sqrt(system.observation_variance) * noise
    difference = system._replace(observation=system.observation - simulated)
    return states + smoothed_mean(difference)


def one_step_ahead(systems: Iterable[StateSpace]) -> OneStepAhead:
    """Predict each cell from all earlier dates, averaged over posterior draws.

    Parameters
    ----------
    systems : iterable of StateSpace
        One a posterior draw, all with the same data; at least one.
    """
    means, variances, below = [], [], []
    for system in systems:
        mean, variance = _predict(system)
        means.append(mean)
        variances.append(variance)
        below.append(_below(system, mean, variance))
    mean = np.mean(means, axis=0)
    sd = np.sqrt(np.mean(variances, axis=0) + np.var(means, axis=0))
    observed = system.is_observed != 0.0
    return OneStepAhead(
        mean=mean,
        sd=sd,
        pit=np.mean(below, axis=0),
        standardized_innovation=np.where(
            observed, (system.observation - mean) / sd, np.nan
        ),
    )


def probability_below(system: StateSpace) -> FloatArray:
    """Probability below each observed cell given all earlier dates.

    Parameters
    ----------
    system : StateSpace
        Data and parameters.

    Returns
    -------
    (time, N) float
        NaN where not observed.
    """
    return _below(system, *_predict(system))


def _below(system: StateSpace, mean: FloatArray, variance: FloatArray) -> FloatArray:
    below = ndtr((system.observation - mean) / np.sqrt(variance))
    return np.where(system.is_observed != 0.0, below, np.nan)


@cache
def _filter(num_series: int, num_factors: int) -> Callable[..., Any]:
    """Forward pass. Compiled by PyTensor, because its results are kept on disk."""
    inputs = StateSpace(*(pt.tensor(dtype="float64", shape=s) for s in FIELD_SHAPES))
    outputs = kalman_op(num_series, num_factors)(*inputs)
    return pytensor.function(list(inputs), outputs)


@cache
def _score(num_series: int, num_factors: int) -> Callable[..., Any]:
    """Gradient of the log likelihood to the first state's mean and the state input."""
    inputs = StateSpace(*(pt.tensor(dtype="float64", shape=s) for s in FIELD_SHAPES))
    log_density = kalman_op(num_series, num_factors)(*inputs)[0]
    gradient = pytensor.grad(
        log_density.sum(), [inputs.initial_mean, inputs.state_input]
    )
    return pytensor.function(list(inputs), gradient)


def _predict(system: StateSpace) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of each cell given all earlier dates, (time, N) each."""
    result = filter_state_space(system)
    mean = result.predicted_mean @ system.loading.T + system.observation_input
    loading = system.loading
    # Few dates have a covariance of their own, so each is mapped once.
    dates, where = np.unique(result.covariance_date, return_inverse=True)
    signal = np.einsum(
        "ik,tkj,ij->ti", loading, result.predicted_covariance[dates], loading
    )
    return mean, signal[where] + system.observation_variance


def state_spaces(model: pm.Model, name: str, draws: xr.Dataset) -> Iterator[StateSpace]:
    """Evaluate an observed state space of a model at posterior draws.

    Parameters
    ----------
    model : pm.Model
        Model with a variable of
        `models.likelihoods.kalman.distribution.LinearGaussianStateSpace`.
    name : str
        Name of that variable.
    draws : (chain, draw, ...) xr.Dataset
        Draws of at least every free parameter.

    Yields
    ------
    StateSpace
        One a draw, chain after chain.
    """
    observation, parameters = observed_variable(model, name, draws, CORE_NDIM)
    for values in parameters:
        yield evaluated(observation, *values)


def evaluated(observation: FloatArray, *parameters: FloatArray) -> StateSpace:
    """State space of data and parameters, with an input of the states on every date."""
    system = StateSpace(observation, *parameters)
    shape = len(observation), system.state_input.shape[1]
    every_date = np.broadcast_to(system.state_input, shape).copy()
    return system._replace(state_input=every_date)
