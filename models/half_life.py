r"""How fast a dislocation of the basis halves, and what makes it faster.

An outcome is the number of business days until the absolute deviation of the basis from
its level has halved after an event, right-censored where it has not while watched. Its
hazard on day d follows

.. math::

    1 - \exp(-e^{\eta_i} h_d), \qquad
    \eta_i = x_i'\beta + \sum_c w_{ic} \alpha_c + \gamma_{t(i)}

with a baseline h of its own for every day (``proportional-hazard``) or with
:math:`\sum_{j \le d} h_j = e^a d^b` (``discrete-weibull``); see
`models.grouped_duration`. The third variant, ``linear``, is the equation of the
half-life notebook on the outcomes that were resolved: biased, and here to be compared
with.

==========  ======================  ==============  ====================================
symbol      name in code            shape           unit
==========  ======================  ==============  ====================================
beta        coefficient             (covariate,)    log hazard ratio (linear: days) of
                                                    one sd of the transformed covariate
alpha       event_tenor_effect      (event_tenor,)  log hazard ratio (linear: days)
gamma       date_effect             (event_date,)   log hazard ratio
log h       baseline_log_hazard     (day,)          log of hazard a day
b           shape                   scalar
w           share of an event type by tenor among the events of an outcome
==========  ======================  ==============  ====================================

The effects of event types by tenors are partially pooled around 0 and sum to 0, as do
those of dates: without that they could trade places with the baseline, and the sampler
would have to walk along that line.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.errors import DataError
from data.half_life_panels import HalfLifePanel
from models.dims import (
    COVARIATE,
    DAY,
    EVENT_DATE,
    EVENT_MIX,
    EVENT_TENOR,
    LATER_DAY,
    OUTCOME,
)
from models.grouped_duration import GroupedDuration
from models.half_life_inputs import HalfLifeInputs, select_inputs
from models.half_life_specification import (
    LINEAR,
    PROPORTIONAL_HAZARD,
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)
from models.priors import LogNormalPrior

OBSERVED = "half_life"
WATCHED = "days_watched"
OBSERVED_DAYS = "half_life_days"
RESOLVED = "is_resolved"
"""Data variables that another imputation replaces."""

COVARIATES = "standardized_covariate"
ROTATION = "covariate_rotation"
MIX_WEIGHT = "mix_weight"
MIX = "mix"
DATE = "date"
"""Data variables that tell outcomes apart."""

TYPICAL_EFFECT_SD = 0.15
"""Log hazard ratios between groups can be as small as this: how many events a group
needs until they say more about its effect than the other groups do."""


def half_life_model(
    panel: HalfLifePanel,
    specification: HalfLifeSpecification,
    priors: HalfLifePriors | LinearHalfLifePriors | None = None,
) -> pm.Model:
    """Build a half-life regression on one panel.

    Parameters
    ----------
    panel : HalfLifePanel
        Of several imputations, the first is the data; `imputation_data` gives the
        others.
    specification : HalfLifeSpecification
        Variant and covariates.
    priors : HalfLifePriors or LinearHalfLifePriors, optional
        The defaults of the variant where left out.

    Returns
    -------
    pm.Model
        Unsampled. The observed variable ``half_life`` has one log density an outcome.

    Raises
    ------
    DataError
        No outcome is left, a covariate cannot be transformed, or, for the linear
        variant, no outcome was resolved.
    """
    inputs = variant_inputs(panel, specification)
    return model_from_inputs(inputs, specification, priors)


def variant_inputs(
    panel: HalfLifePanel, specification: HalfLifeSpecification
) -> HalfLifeInputs:
    """Inputs of a variant: every outcome, or those that were ever resolved if linear.

    Raises
    ------
    DataError
        See `half_life_model`.
    """
    inputs = select_inputs(panel, specification)
    if specification.variant != LINEAR:
        return inputs
    resolved = inputs.is_resolved.any(axis=0)
    if not resolved.any():
        raise DataError(
            f"{panel.source}: no outcome was resolved, and the variant {LINEAR} leaves "
            "out the censored ones",
            "fit proportional-hazard or discrete-weibull, which keep them.",
        )
    return inputs.restricted_to(resolved)


def model_from_inputs(
    inputs: HalfLifeInputs,
    specification: HalfLifeSpecification,
    priors: HalfLifePriors | LinearHalfLifePriors | None = None,
) -> pm.Model:
    """Build a half-life regression on inputs of `variant_inputs`; see there."""
    if specification.variant == LINEAR:
        if not (priors is None or isinstance(priors, LinearHalfLifePriors)):
            raise TypeError("the linear variant takes LinearHalfLifePriors")
        return _linear_model(inputs, priors or LinearHalfLifePriors())
    if not (priors is None or isinstance(priors, HalfLifePriors)):
        raise TypeError(f"the variant {specification.variant} takes HalfLifePriors")
    return _duration_model(inputs, specification.variant, priors or HalfLifePriors())


def imputation_data(inputs: HalfLifeInputs, imputation: int) -> dict[str, Any]:
    """Data variables of a duration model in another imputation.

    Parameters
    ----------
    inputs : HalfLifeInputs
        Of all imputations.
    imputation : int
        Its position.

    Returns
    -------
    dict
        Name of the data variable -> (outcome,) int.
    """
    return {
        OBSERVED_DAYS: inputs.half_life_days[imputation],
        WATCHED: inputs.days_watched[imputation],
    }


def linear_data(inputs: HalfLifeInputs, imputation: int) -> dict[str, Any]:
    """Data variables of the linear variant in another imputation.

    Parameters
    ----------
    inputs : HalfLifeInputs
        Of `variant_inputs`.
    imputation : int
        Its position.

    Returns
    -------
    dict
        Name of the data variable -> (outcome,): days, and whether they count.
    """
    return {
        OBSERVED_DAYS: inputs.half_life_days[imputation].astype(np.float64),
        RESOLVED: inputs.is_resolved[imputation],
    }


def data_variables(inputs: HalfLifeInputs) -> dict[str, Any]:
    """Every data variable of a duration model, by name, of the first imputation."""
    arrays = {
        COVARIATES: inputs.standardized.T,
        ROTATION: principal_axes(inputs.standardized),
        MIX_WEIGHT: inputs.mix_weight,
        MIX: inputs.mix,
        DATE: inputs.date,
        **imputation_data(inputs, 0),
    }
    if inputs.covariates.empty:
        del arrays[COVARIATES], arrays[ROTATION]
    if not inputs.has_shared_dates:
        del arrays[DATE]
    return arrays


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


def _duration_model(
    inputs: HalfLifeInputs, variant: str, priors: HalfLifePriors
) -> pm.Model:
    horizon = inputs.horizon_days
    with pm.Model(coords=_coords(inputs)) as model:
        model.add_coord(DAY, np.arange(1, horizon + 1))
        model.add_coord(LATER_DAY, np.arange(2, horizon + 1))
        if variant == PROPORTIONAL_HAZARD:
            cumulative = _free_baseline(priors)
        else:
            cumulative = _weibull_baseline(priors, horizon)
        ratio = _covariate_effect(inputs, priors.coefficient_sd)
        ratio += _event_effect(inputs, priors.event_tenor_sd, "event_tenor_sd")
        if inputs.has_shared_dates:
            ratio += _date_effect(inputs, priors.date_sd)
        data = imputation_data(inputs, 0)
        GroupedDuration(
            OBSERVED,
            log_hazard_ratio=ratio,
            cumulative_baseline=cumulative,
            days_watched=pm.Data(WATCHED, data[WATCHED], dims=OUTCOME),
            observed=pm.Data(OBSERVED_DAYS, data[OBSERVED_DAYS], dims=OUTCOME),
            dims=OUTCOME,
        )
    return model


def _linear_model(inputs: HalfLifeInputs, priors: LinearHalfLifePriors) -> pm.Model:
    with pm.Model(coords=_coords(inputs)) as model:
        mean = pm.Normal(
            "intercept_days", priors.intercept_days, priors.intercept_sd_days
        )
        mean += _covariate_effect(inputs, priors.coefficient_sd_days)
        mean += _event_effect(inputs, priors.event_tenor_sd_days, "event_tenor_sd_days")
        data = linear_data(inputs, 0)
        pm.CustomDist(
            OBSERVED,
            mean,
            _log_normal("noise_sd_days", priors.noise_sd_days),
            pm.Data(RESOLVED, data[RESOLVED], dims=OUTCOME),
            logp=_resolved_log_density,
            random=_simulate_days,
            observed=pm.Data(OBSERVED_DAYS, data[OBSERVED_DAYS], dims=OUTCOME),
            dims=OUTCOME,
        )
    return model


def _resolved_log_density(
    value: Variable, mean: Variable, sd: Variable, resolved: Variable
) -> Variable:
    """Normal; an outcome that one imputation does not resolve says nothing there."""
    return pt.switch(resolved, pm.logp(pm.Normal.dist(mean, sd), value), 0.0)


def _simulate_days(
    mean: NDArray[np.float64],
    sd: NDArray[np.float64],
    resolved: NDArray[np.bool_],
    rng: np.random.Generator,
    size: Any = None,
) -> NDArray[np.float64]:
    return rng.normal(mean, sd, size)


def _coords(inputs: HalfLifeInputs) -> dict[str, Any]:
    return {
        OUTCOME: list(inputs.outcomes.index),
        COVARIATE: list(inputs.covariates.index),
        EVENT_TENOR: inputs.event_tenors,
        EVENT_MIX: np.arange(len(inputs.mix_weight)),
        EVENT_DATE: inputs.dates.to_numpy(),
    }


def _log_normal(name: str, prior: LogNormalPrior) -> Any:
    return pm.LogNormal(name, np.log(prior.median), prior.log_sd)


def _free_baseline(priors: HalfLifePriors) -> Variable:
    """Cumulative hazard of the baseline, (day,), from a hazard a day."""
    change = pm.Normal("daily_change", 0.0, priors.daily_change_sd, dims=LATER_DAY)
    steps = pt.concatenate([_first_day_log_hazard(priors)[None], change])
    log_hazard = pm.Deterministic("baseline_log_hazard", pt.cumsum(steps), dims=DAY)
    return pt.cumsum(pt.exp(log_hazard))


def _first_day_log_hazard(priors: HalfLifePriors) -> Variable:
    prior = priors.first_day_hazard
    return pm.Normal("first_day_log_hazard", np.log(prior.median), prior.log_sd)


def _weibull_baseline(priors: HalfLifePriors, horizon: int) -> Variable:
    """Cumulative hazard of the baseline, (day,), as a power of the day."""
    level = _first_day_log_hazard(priors)
    shape = _log_normal("shape", priors.shape)
    cumulative = pt.exp(level + shape * np.log(np.arange(1, horizon + 1)))
    pm.Deterministic(
        "baseline_log_hazard",
        pt.log(pt.diff(pt.concatenate([[0.0], cumulative]))),
        dims=DAY,
    )
    return cumulative


def _covariate_effect(inputs: HalfLifeInputs, coefficient_sd: float) -> Any:
    """x'beta, (outcome,)."""
    if inputs.covariates.empty:
        return np.zeros(len(inputs.outcomes))
    # The data tell principal components apart, and collinear covariates hardly: the
    # sampler walks along the former. A rotation leaves independent equal priors as
    # they are.
    axes = pm.Data(ROTATION, principal_axes(inputs.standardized))
    rotated = pm.Normal(
        "coefficient_rotated", 0.0, coefficient_sd, shape=inputs.standardized.shape[1]
    )
    coefficient = pm.Deterministic(
        "coefficient", (axes * rotated).sum(axis=1), dims=COVARIATE
    )
    covariates = pm.Data(COVARIATES, inputs.standardized.T, dims=(COVARIATE, OUTCOME))
    # A sum of products, no matrix product: numba takes ten seconds to compile one.
    return (covariates * coefficient[:, None]).sum(axis=0)


def _event_effect(
    inputs: HalfLifeInputs, prior: LogNormalPrior, sd_name: str
) -> Variable:
    """Average effect of an outcome's event types in its tenor, (outcome,)."""
    effect = _pooled_effect(
        "event_tenor_effect",
        _log_normal(sd_name, prior),
        inputs.resolved_outcomes / len(inputs.event_tenors),
        EVENT_TENOR,
    )
    # Few combinations occur, so the average is taken over them, not over outcomes.
    weight = pm.Data(MIX_WEIGHT, inputs.mix_weight, dims=(EVENT_MIX, EVENT_TENOR))
    of_mix = (weight * effect).sum(axis=1)
    return of_mix[pm.Data(MIX, inputs.mix, dims=OUTCOME)]


def _date_effect(inputs: HalfLifeInputs, prior: LogNormalPrior) -> Variable:
    """Shock that all outcomes of a date share, (outcome,)."""
    effect = _pooled_effect(
        "date_effect",
        _log_normal("date_sd", prior),
        inputs.resolved_outcomes / len(inputs.dates),
        EVENT_DATE,
    )
    return effect[pm.Data(DATE, inputs.date, dims=OUTCOME)]


def _pooled_effect(name: str, sd: Any, events_per_group: float, dim: str) -> Variable:
    """Effects normal around 0 with a common sd and a sum of 0, (group,)."""
    exponent = pooling_exponent(events_per_group)
    scaled = pm.ZeroSumNormal(f"{name}_scaled", sigma=sd**exponent, dims=dim)
    return pm.Deterministic(name, scaled * sd ** (1.0 - exponent), dims=dim)
