"""Filtered components and predictions one step ahead of changing components."""

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
from inference.states.kalman import OneStepAhead
from models.likelihoods.changing_components.arrays import Components, Predicted
from models.likelihoods.changing_components.distribution import (
    CORE_NDIM,
    DRIVEN_CORE_NDIM,
)
from models.likelihoods.changing_components.op import changing_components_op
from models.likelihoods.score_driven.arrays import ScoreDriven
from models.likelihoods.score_driven.op import score_driven_op


class ComponentsDraw(NamedTuple):
    """What one posterior draw says of the components.

    Attributes
    ----------
    components : Components
        Data and parameters.
    predicted : Predicted
        What the filter finds.
    scale : (time, N) float
        Of each cell's prediction.
    freedom : float
        Degrees of freedom of its Student t; infinite where it is normal.
    """

    components: Components
    predicted: Predicted
    scale: FloatArray
    freedom: float

    @property
    def mean(self) -> FloatArray:
        """Prediction of each cell from all earlier dates, (time, N)."""
        total: FloatArray = self.predicted.predicted_mean.sum(axis=2)
        return total

    @property
    def is_observed(self) -> Any:
        """Whether each cell was observed."""
        return self.components.is_observed != 0.0

    @property
    def filtered(self) -> FloatArray:
        """Mean of each component given the data up to each date, (time, N, K).

        With score-driven innovations they are known but for the parameters: the
        innovations that are seen are all that moves them.
        """
        found = self.predicted
        weight = found.predicted_covariance.sum(axis=3)
        gain = weight / found.predictive_variance[:, :, None]
        moved: FloatArray = found.predicted_mean + gain * found.innovation[:, :, None]
        return moved

    @property
    def probability_below(self) -> FloatArray:
        """Below each cell given all earlier dates; NaN where it was not observed."""
        score = (self.components.observation - self.mean) / self.scale
        below = student_t.cdf(score, self.freedom)
        return np.where(self.is_observed, below, np.nan)

    @property
    def variance(self) -> FloatArray:
        """Of each cell's prediction, (time, N)."""
        return self.scale**2 * _unit_variance(self.freedom)


def component_draws(
    model: pm.Model, name: str, draws: xr.Dataset, *, is_driven: bool
) -> Iterator[ComponentsDraw]:
    """Run the filter of a model at posterior draws.

    Parameters
    ----------
    model : pm.Model
        Model with a variable of
        `models.likelihoods.changing_components.distribution.ChangingComponents`.
    name : str
        Name of that variable.
    draws : (chain, draw, ...) xr.Dataset
        Draws of at least every free parameter.
    is_driven : bool
        Whether its innovations are score-driven.

    Yields
    ------
    ComponentsDraw
        One a draw, chain after chain.
    """
    ndim = DRIVEN_CORE_NDIM if is_driven else CORE_NDIM
    observation, parameters = observed_variable(model, name, draws, ndim)
    size = len(CORE_NDIM)
    for values in parameters:
        components = Components(observation, *values[:size])
        yield _found(components, np.ravel(values[size:]) if is_driven else None)


def components_one_step_ahead(draws: Iterable[ComponentsDraw]) -> OneStepAhead:
    """Predict each cell from all earlier dates, averaged over posterior draws."""
    means, variances, below = [], [], []
    for draw in draws:
        means.append(draw.mean)
        variances.append(draw.variance)
        below.append(draw.probability_below)
    mean = np.mean(means, axis=0)
    sd = np.sqrt(np.mean(variances, axis=0) + np.var(means, axis=0))
    away = draw.components.observation - mean
    return OneStepAhead(
        mean=mean,
        sd=sd,
        pit=np.mean(below, axis=0),
        standardized_innovation=np.where(draw.is_observed, away / sd, np.nan),
    )


def _found(components: Components, dynamics: FloatArray | None) -> ComponentsDraw:
    num_components = components.persistence.shape[2]
    if dynamics is None:
        predicted = Predicted(*_filter(num_components)(*components))
        scale = np.sqrt(predicted.predictive_variance)
        return ComponentsDraw(components, predicted, scale, np.inf)
    num_series = components.observation.shape[1]
    predicted, driven = _driven_filter(num_series, num_components)(
        *components, dynamics
    )
    relative = np.sqrt(np.einsum("tii->ti", driven.scale_matrix))
    scale = np.exp(driven.log_scale)[:, None] * relative
    scale = scale * np.sqrt(predicted.predictive_variance)
    return ComponentsDraw(components, predicted, scale, float(dynamics[-1]))


def _unit_variance(freedom: float) -> float:
    return 1.0 if np.isinf(freedom) else freedom / (freedom - 2)


def _inputs() -> Components:
    ndim = (2, *CORE_NDIM)
    return Components(*(pt.tensor(dtype="float64", shape=(None,) * n) for n in ndim))


@cache
def _filter(num_components: int) -> Callable[..., Any]:
    """Forward pass, compiled by PyTensor, which keeps its results on disk."""
    inputs = _inputs()
    return pytensor.function(
        list(inputs), changing_components_op(num_components)(*inputs), mode="NUMBA"
    )


@cache
def _driven_filter(
    num_series: int, num_components: int
) -> Callable[..., tuple[Predicted, ScoreDriven]]:
    """Both forward passes."""
    inputs = _inputs()
    dynamics = pt.vector("dynamics", dtype="float64")
    predicted = Predicted(*changing_components_op(num_components)(*inputs))
    # The density's constants do not enter covariance and scale.
    driven = score_driven_op(num_series)(
        predicted.standardized_innovation,
        inputs.is_observed,
        dynamics,
        pt.zeros(num_series + 1),
    )
    run = pytensor.function([*inputs, dynamics], [*predicted, *driven], mode="NUMBA")

    def split(*values: Any) -> tuple[Predicted, ScoreDriven]:
        found = run(*values)
        size = len(Predicted._fields)
        return Predicted(*found[:size]), ScoreDriven(*found[size:])

    return split
