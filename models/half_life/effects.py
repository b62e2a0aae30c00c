"""Effects of covariates, events and dates on outcomes, as several models have them."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pymc as pm
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.arrays import FloatArray, IntArray
from data.dims import COVARIATE, EVENT_DATE, EVENT_MIX, EVENT_TENOR, OUTCOME
from models.priors import LogNormalPrior, log_normal

COVARIATES = "standardized_covariate"
ROTATION = "covariate_rotation"
MIX_WEIGHT = "mix_weight"
MIX = "mix"
DATE = "date"
"""Data variables that tell outcomes apart."""

TYPICAL_EFFECT_SD = 0.15
"""Log hazard ratios between groups can be as small as this: how many events a group
needs until they say more about its effect than the other groups do."""


class OutcomeInputs(Protocol):
    """What effects take of the inputs of a model; see `HalfLifeInputs` for each."""

    @property
    def outcomes(self) -> pd.DataFrame:
        """Outcomes."""

    @property
    def standardized(self) -> FloatArray:
        """Covariates as they enter."""

    @property
    def covariates(self) -> pd.DataFrame:
        """What is known of each covariate."""

    @property
    def mix_weight(self) -> FloatArray:
        """Share of each event type by tenor in each combination."""

    @property
    def mix(self) -> IntArray:
        """Combination of each outcome."""

    @property
    def date(self) -> IntArray:
        """Date of each outcome."""

    @property
    def event_tenors(self) -> list[str]:
        """Event types by tenors."""

    @property
    def dates(self) -> pd.DatetimeIndex:
        """Days on which outcomes start."""

    @property
    def resolved_outcomes(self) -> float:
        """Outcomes that tell something."""


def principal_axes(standardized: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal directions in which covariates vary without correlation.

    Parameters
    ----------
    standardized : (outcome, covariate) array

    Returns
    -------
    (covariate, covariate) array
        One direction a column, that of the least variance first.
    """
    axes: NDArray[np.float64] = np.linalg.eigh(standardized.T @ standardized)[1]
    return axes


def pooling_exponent(events_per_group: float) -> float:
    """How far effects are sampled as themselves rather than in standard deviations.

    Effects of groups with much data are independent of their common standard deviation
    and best sampled as they are (1); those of groups with little data follow it, and
    are best sampled as multiples of it (0). Between the two lies the partial
    non-centring of Papaspiliopoulos, Roberts & Sköld (2003), with the share of the
    group's own data in its estimate as exponent.
    """
    return events_per_group / (events_per_group + TYPICAL_EFFECT_SD**-2)


def _as_known(covariates: Variable) -> Variable:
    return covariates


def covariate_effect(
    inputs: OutcomeInputs,
    coefficient_sd: float,
    completed: Callable[[Variable], Variable] = _as_known,
) -> Any:
    """x'beta, (outcome,).

    Parameters
    ----------
    inputs : OutcomeInputs
    coefficient_sd : float
        Of the prior of beta.
    completed : callable
        Maps the covariates, (covariate, outcome) with 0, the mean, where missing, to
        those that enter.
    """
    if inputs.covariates.empty:
        return np.zeros(len(inputs.outcomes))
    # The data tell principal components apart, and collinear covariates hardly: the
    # sampler walks along the former. A rotation leaves independent equal priors as
    # they are.
    known = np.nan_to_num(inputs.standardized)
    axes = pm.Data(ROTATION, principal_axes(known))
    rotated = pm.Normal(
        "coefficient_rotated", 0.0, coefficient_sd, shape=known.shape[1]
    )
    coefficient = pm.Deterministic(
        "coefficient", (axes * rotated).sum(axis=1), dims=COVARIATE
    )
    covariates = completed(pm.Data(COVARIATES, known.T, dims=(COVARIATE, OUTCOME)))
    # A sum of products, no matrix product: numba takes ten seconds to compile one.
    return (covariates * coefficient[:, None]).sum(axis=0)


def event_effect(
    inputs: OutcomeInputs, prior: LogNormalPrior, sd_name: str
) -> Variable:
    """Average effect of an outcome's event types in its tenor, (outcome,)."""
    effect = pooled_effect(
        "event_tenor_effect",
        log_normal(sd_name, prior),
        inputs.resolved_outcomes / len(inputs.event_tenors),
        EVENT_TENOR,
    )
    # Few combinations occur, so the average is taken over them, not over outcomes.
    weight = pm.Data(MIX_WEIGHT, inputs.mix_weight, dims=(EVENT_MIX, EVENT_TENOR))
    of_mix = (weight * effect).sum(axis=1)
    return of_mix[pm.Data(MIX, inputs.mix, dims=OUTCOME)]


def date_effect(inputs: OutcomeInputs, prior: LogNormalPrior) -> Variable:
    """Shock that all outcomes of a date share, (outcome,)."""
    effect = pooled_effect(
        "date_effect",
        log_normal("date_sd", prior),
        inputs.resolved_outcomes / len(inputs.dates),
        EVENT_DATE,
    )
    return effect[pm.Data(DATE, inputs.date, dims=OUTCOME)]


def pooled_effect(name: str, sd: Any, events_per_group: float, dim: str) -> Variable:
    """Effects normal around 0 with a common sd and a sum of 0, (group,)."""
    exponent = pooling_exponent(events_per_group)
    scaled = pm.ZeroSumNormal(f"{name}_scaled", sigma=sd**exponent, dims=dim)
    return pm.Deterministic(name, scaled * sd ** (1.0 - exponent), dims=dim)
