r"""How fast a dislocation of the basis halves, and what makes it faster.

An outcome is the number of business days until the absolute deviation of the basis from
its level has halved after an event, right-censored where it has not while watched. Its
hazard on day d follows

.. math::

    1 - \exp(-e^{\eta_i} h_d), \qquad
    \eta_i = x_i'\beta + \sum_c w_{ic} \alpha_c + \gamma_{t(i)}

with a baseline h of its own for every day (``proportional-hazard``) or with
:math:`\sum_{j \le d} h_j = e^a d^b` (``discrete-weibull``); see
`models.likelihoods.durations.distribution`. The third variant, ``linear``, is the
equation of the half-life notebook on the outcomes that were resolved: biased, and here
to be compared with.

==========  ======================  ==============  ====================================
symbol      name in code            shape           unit
==========  ======================  ==============  ====================================
beta        coefficient             (covariate,)    log hazard ratio (linear: days) of
                                                    one sd of the transformed covariate
alpha       event_tenor_effect      (event_tenor,)  log hazard ratio (linear: days)
gamma       date_effect             (event_date,)   log hazard ratio
log h       baseline_log_hazard     (day,)          log of hazard a day
b           shape                   scalar          1
==========  ======================  ==============  ====================================

and w the share of an event type by tenor among the events of an outcome. Covariates
that some outcomes lack are drawn: `models.half_life.missing_covariates`.

The effects of event types by tenors are partially pooled around 0 and sum to 0, as do
those of dates: without that they could trade places with the baseline, and the sampler
would have to walk along that line.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from data.dims import (
    COVARIATE,
    DAY,
    EVENT_DATE,
    EVENT_MIX,
    EVENT_TENOR,
    LATER_DAY,
    OUTCOME,
)
from data.errors import DataError
from data.half_life.event_panel import HalfLifePanel
from models.half_life.effects import (
    COVARIATES,
    DATE,
    MIX,
    MIX_WEIGHT,
    ROTATION,
    covariate_effect,
    date_effect,
    event_effect,
    principal_axes,
)
from models.half_life.inputs import HalfLifeInputs, select_inputs
from models.half_life.missing_covariates import (
    missing_arrays,
    missing_coords,
    with_missing_drawn,
)
from models.half_life.specification import (
    LINEAR,
    PROPORTIONAL_HAZARD,
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)
from models.likelihoods.durations.distribution import GroupedDuration
from models.priors import log_normal

OBSERVED = "half_life"
WATCHED = "days_watched"
OBSERVED_DAYS = "half_life_days"
RESOLVED = "is_resolved"
"""Data variables that another imputation replaces."""


def half_life_model(
    panel: HalfLifePanel,
    specification: HalfLifeSpecification,
    priors: HalfLifePriors | LinearHalfLifePriors | None = None,
    *,
    durations: Callable[..., Variable] = GroupedDuration,
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
    durations : callable
        Distribution of the half-lives, with the arguments of the default; the linear
        variant has none.

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
    return model_from_inputs(inputs, specification, priors, durations=durations)


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
    *,
    durations: Callable[..., Variable] = GroupedDuration,
) -> pm.Model:
    """Build a half-life regression on inputs of `variant_inputs`; see there."""
    if specification.variant == LINEAR:
        if not (priors is None or isinstance(priors, LinearHalfLifePriors)):
            raise TypeError("the linear variant takes LinearHalfLifePriors")
        return _linear_model(inputs, priors or LinearHalfLifePriors())
    if not (priors is None or isinstance(priors, HalfLifePriors)):
        raise TypeError(f"the variant {specification.variant} takes HalfLifePriors")
    return _duration_model(
        inputs, specification.variant, priors or HalfLifePriors(), durations
    )


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
        COVARIATES: inputs.known.T,
        ROTATION: principal_axes(inputs.known),
        **missing_arrays(inputs),
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


def _duration_model(
    inputs: HalfLifeInputs,
    variant: str,
    priors: HalfLifePriors,
    durations: Callable[..., Variable],
) -> pm.Model:
    horizon = inputs.horizon_days
    completed = partial(with_missing_drawn, inputs)
    with pm.Model(coords=_coords(inputs)) as model:
        model.add_coord(DAY, np.arange(1, horizon + 1))
        model.add_coord(LATER_DAY, np.arange(2, horizon + 1))
        if variant == PROPORTIONAL_HAZARD:
            cumulative = _free_baseline(priors)
        else:
            cumulative = _weibull_baseline(priors, horizon)
        ratio = covariate_effect(inputs, priors.coefficient_sd, completed)
        ratio += event_effect(inputs, priors.event_tenor_sd, "event_tenor_sd")
        if inputs.has_shared_dates:
            ratio += date_effect(inputs, priors.date_sd)
        data = imputation_data(inputs, 0)
        durations(
            OBSERVED,
            log_hazard_ratio=ratio,
            cumulative_baseline=cumulative,
            days_watched=pm.Data(WATCHED, data[WATCHED], dims=OUTCOME),
            observed=pm.Data(OBSERVED_DAYS, data[OBSERVED_DAYS], dims=OUTCOME),
            dims=OUTCOME,
        )
    return model


def _linear_model(inputs: HalfLifeInputs, priors: LinearHalfLifePriors) -> pm.Model:
    completed = partial(with_missing_drawn, inputs)
    with pm.Model(coords=_coords(inputs)) as model:
        mean = pm.Normal(
            "intercept_days", priors.intercept_days, priors.intercept_sd_days
        )
        mean += covariate_effect(inputs, priors.coefficient_sd_days, completed)
        mean += event_effect(inputs, priors.event_tenor_sd_days, "event_tenor_sd_days")
        data = linear_data(inputs, 0)
        pm.CustomDist(
            OBSERVED,
            mean,
            log_normal("noise_sd_days", priors.noise_sd_days),
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
        **missing_coords(inputs),
    }


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
    shape = log_normal("shape", priors.shape)
    cumulative = pt.exp(level + shape * np.log(np.arange(1, horizon + 1)))
    pm.Deterministic(
        "baseline_log_hazard",
        pt.log(pt.diff(pt.concatenate([[0.0], cumulative]))),
        dims=DAY,
    )
    return cumulative
