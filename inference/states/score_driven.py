"""Predictions one step ahead of a state space with score-driven innovations."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import xarray as xr
from scipy.stats import t as student_t

from data.arrays import FloatArray
from inference.states.evaluation import observed_variable
from inference.states.kalman import FIELD_SHAPES, OneStepAhead, evaluated
from models.likelihoods.kalman.arrays import Filtered, StateSpace
from models.likelihoods.kalman.op import kalman_op
from models.likelihoods.score_driven.arrays import ScoreDriven
from models.likelihoods.score_driven.distribution import CORE_NDIM
from models.likelihoods.score_driven.op import score_driven_op


class ScoreDrivenSystem(NamedTuple):
    """Data and parameters of one posterior draw.

    Attributes
    ----------
    state_space : StateSpace
        Its means move as those of a linear Gaussian state space.
    dynamics : (5,) float
        p, a, phi, kappa and nu of `models.likelihoods.score_driven.passes`.
    """

    state_space: StateSpace
    dynamics: FloatArray


class Prediction(NamedTuple):
    """Marginal Student t of each cell given all earlier dates, (time, N)."""

    mean: FloatArray
    scale: FloatArray
    freedom: float


def score_driven_systems(
    model: pm.Model, name: str, draws: xr.Dataset
) -> Iterator[ScoreDrivenSystem]:
    """Evaluate an observed score-driven state space at posterior draws.

    Parameters
    ----------
    model : pm.Model
        Model with a variable of
        `models.likelihoods.score_driven.distribution.ScoreDrivenStateSpace`.
    name : str
        Name of that variable.
    draws : (chain, draw, ...) xr.Dataset
        Draws of at least every free parameter.

    Yields
    ------
    ScoreDrivenSystem
        One a draw, chain after chain.
    """
    observation, parameters = observed_variable(model, name, draws, CORE_NDIM)
    size = len(StateSpace._fields) - 1
    for values in parameters:
        system = evaluated(observation, *values[:size])
        yield ScoreDrivenSystem(system, np.ravel(values[size:]))


def filter_score_driven(system: ScoreDrivenSystem) -> tuple[Filtered, ScoreDriven]:
    """What both forward passes find, see there."""
    space = system.state_space
    return _filter(*space.loading.shape)(*space, system.dynamics)


def predict(system: ScoreDrivenSystem) -> Prediction:
    """Predict each cell from all earlier dates.

    The standardised innovations of a date are in the order of the series: with C the
    Cholesky factor of the filter's covariance of a prediction, the innovations are C
    times them, and have the scale matrix C G C' times the squared common scale.

    Returns
    -------
    Prediction
        Also where the cell was not observed.
    """
    space = system.state_space
    filtered, driven = filter_score_driven(system)
    mean = filtered.predicted_mean @ space.loading.T + space.observation_input
    # Few dates have a covariance of their own, so each is factorised once.
    dates, where = np.unique(filtered.covariance_date, return_inverse=True)
    covariance = space.loading @ filtered.predicted_covariance[dates] @ space.loading.T
    factor = np.linalg.cholesky(covariance + np.diag(space.observation_variance))
    factor = factor[where]
    squared = np.einsum("tij,tjk,tik->ti", factor, driven.scale_matrix, factor)
    scale = np.exp(driven.log_scale)[:, None] * np.sqrt(squared)
    return Prediction(mean, scale, float(system.dynamics[-1]))


def one_step_ahead_score_driven(systems: Iterable[ScoreDrivenSystem]) -> OneStepAhead:
    """Predict each cell from all earlier dates, averaged over posterior draws.

    Parameters
    ----------
    systems : iterable of ScoreDrivenSystem
        One a posterior draw, all with the same data; at least one.
    """
    means, variances, below = [], [], []
    for system in systems:
        mean, scale, freedom = predict(system)
        space = system.state_space
        means.append(mean)
        variances.append(scale**2 * freedom / (freedom - 2))
        below.append(_below(space.observation, Prediction(mean, scale, freedom)))
    mean = np.mean(means, axis=0)
    sd = np.sqrt(np.mean(variances, axis=0) + np.var(means, axis=0))
    observed = space.is_observed != 0.0
    return OneStepAhead(
        mean=mean,
        sd=sd,
        pit=np.where(observed, np.mean(below, axis=0), np.nan),
        standardized_innovation=np.where(
            observed, (space.observation - mean) / sd, np.nan
        ),
    )


def probability_below_score_driven(system: ScoreDrivenSystem) -> FloatArray:
    """Probability below each cell given all earlier dates, (time, N).

    NaN where the cell was not observed.
    """
    space = system.state_space
    below = _below(space.observation, predict(system))
    return np.where(space.is_observed != 0.0, below, np.nan)


def _below(observation: FloatArray, predicted: Prediction) -> FloatArray:
    standardized = (observation - predicted.mean) / predicted.scale
    below: FloatArray = student_t.cdf(standardized, predicted.freedom)
    return below


@cache
def _filter(
    num_series: int, num_factors: int
) -> Callable[..., tuple[Filtered, ScoreDriven]]:
    """Both forward passes, compiled by PyTensor, which keeps its results on disk."""
    space = StateSpace(*(pt.tensor(dtype="float64", shape=s) for s in FIELD_SHAPES))
    dynamics = pt.vector("dynamics", dtype="float64")
    filtered = Filtered(*kalman_op(num_series, num_factors, num_series)(*space))
    # The density's constants do not enter covariance and scale.
    driven = score_driven_op(num_series)(
        filtered.standardized_innovation,
        space.is_observed,
        dynamics,
        pt.zeros(num_series + 1),
    )
    run = pytensor.function([*space, dynamics], [*filtered, *driven])

    def split(*values: Any) -> tuple[Filtered, ScoreDriven]:
        found = run(*values)
        size = len(Filtered._fields)
        return Filtered(*found[:size]), ScoreDriven(*found[size:])

    return split
