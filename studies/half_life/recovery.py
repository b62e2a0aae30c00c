"""Recovery of the half-life models: intervals beside the truth of simulated events."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from data.arrays import FloatArray
from data.dims import COVARIATE, DAY, EVENT_TENOR
from data.half_life.event_panel import half_life_panel_from_frame
from inference.settings import SamplerSettings
from models.half_life.inputs import HalfLifeInputs, select_inputs
from models.half_life.model import data_variables, model_from_inputs
from models.half_life.simulation import (
    HalfLifeParameters,
    SimulatedEvents,
    simulate_events_with_truth,
)
from models.half_life.specification import (
    DISCRETE_WEIBULL,
    PROPORTIONAL_HAZARD,
    HalfLifeSpecification,
)
from studies.compiled_model import CompiledModel
from studies.replications import replication_rows
from studies.sweep import Plan, seeds

NUM_EVENTS = 1000
"""Events by tenors in a panel, on 200 dates: a fifth of the published ones."""

RECOVERY_SETTINGS = SamplerSettings(seed=0, draws=700, tune=500)
"""Of each fit, with the seed of the replication."""

WEIBULL_FIRST_DAY_HAZARD = 0.27
WEIBULL_SHAPE = 0.8
"""Truth of the discrete Weibull: hazards that fall with the day, a quarter censored."""

HORIZON_DAYS = 10


@dataclass(frozen=True)
class Replication:
    """One simulated panel.

    Attributes
    ----------
    inputs : HalfLifeInputs
        What the models read.
    truth : xr.Dataset
        Parameters behind it, with the coordinates of the model's variables.
    linear_predictor : (outcome,) float
        True log hazard ratio of every outcome, on the scale of `truth`.
    """

    inputs: HalfLifeInputs
    truth: xr.Dataset
    linear_predictor: FloatArray


def true_parameters(variant: str) -> HalfLifeParameters:
    """Parameters that events of a variant are simulated from."""
    if variant == PROPORTIONAL_HAZARD:
        return HalfLifeParameters()
    day = np.arange(HORIZON_DAYS + 1)
    cumulative = WEIBULL_FIRST_DAY_HAZARD * day**WEIBULL_SHAPE
    return HalfLifeParameters(baseline_log_hazard=tuple(np.log(np.diff(cumulative))))


def simulated_replication(
    seed: int, num_events: int, parameters: HalfLifeParameters, variant: str
) -> Replication:
    """Simulate a panel and put its truth on the scale of the model.

    The effects of the model sum to 0, so the average of those drawn belongs to the
    baseline.
    """
    events = simulate_events_with_truth(seed, num_events, parameters)
    panel = half_life_panel_from_frame(events.frame, f"simulated events, seed {seed}")
    inputs = select_inputs(panel, HalfLifeSpecification(variant=variant))
    effect = _event_tenor_effect(events, inputs)
    shift = effect.mean() + events.date_effect.mean()
    rows = pd.Series(events.linear_predictor, index=events.frame["outcome"])
    return Replication(
        inputs,
        _truth(events.parameters, inputs, effect, shift, variant),
        rows.loc[inputs.outcomes.index].to_numpy() - shift,
    )


def recovery_plan(variants: Sequence[str], replications: int, num_events: int) -> Plan:
    """Simulate events again and again, and fit each panel."""
    return Plan(
        replication,
        [(name, *key) for name in variants for key in seeds(replications)],
        {"num_events": num_events, "settings": RECOVERY_SETTINGS},
        ("variant", "seed"),
    )


def replication(
    variant: str,
    seed: int,
    num_events: int = NUM_EVENTS,
    settings: SamplerSettings = RECOVERY_SETTINGS,
) -> pd.DataFrame:
    """Simulate events of a variant, ``proportional-hazard`` or ``discrete-weibull``.

    Returns
    -------
    DataFrame
        One row a parameter element, see `studies.replications.replication_rows`.
    """
    drawn = simulated_replication(seed, num_events, true_parameters(variant), variant)
    draws = _compiled(variant, num_events).sample(
        data_variables(drawn.inputs), replace(settings, seed=seed)
    )
    return replication_rows(draws, drawn.truth, variant, seed)


@cache
def _compiled(variant: str, num_events: int) -> CompiledModel:
    drawn = simulated_replication(1, num_events, true_parameters(variant), variant)
    return compiled_half_life(drawn, variant)


def compiled_half_life(
    replication: Replication, variant: str, extra: tuple[str, ...] = ()
) -> CompiledModel:
    """Posterior of a variant, compiled for panels of the replication's shape."""
    model = model_from_inputs(
        replication.inputs, HalfLifeSpecification(variant=variant)
    )
    return CompiledModel(model, [*map(str, replication.truth.data_vars), *extra])


def _event_tenor_effect(events: SimulatedEvents, inputs: HalfLifeInputs) -> FloatArray:
    cells = [label.rsplit(":", 1) for label in inputs.event_tenors]
    return np.array(
        [events.event_tenor_effect.loc[kind, int(tenor)] for kind, tenor in cells]
    )


def _truth(
    parameters: HalfLifeParameters,
    inputs: HalfLifeInputs,
    effect: FloatArray,
    shift: float,
    variant: str,
) -> xr.Dataset:
    baseline = np.asarray(parameters.baseline_log_hazard) + shift
    names = list(inputs.covariates.index)
    variables: dict[str, Any] = {
        "coefficient": (COVARIATE, [parameters.coefficient[x] for x in names]),
        "event_tenor_effect": (EVENT_TENOR, effect - effect.mean()),
        "event_tenor_sd": ((), parameters.event_tenor_sd),
        "date_sd": ((), parameters.date_sd),
        "baseline_log_hazard": (DAY, baseline),
    }
    if variant == DISCRETE_WEIBULL:
        variables["shape"] = ((), WEIBULL_SHAPE)
    return xr.Dataset(
        variables,
        coords={
            COVARIATE: names,
            EVENT_TENOR: inputs.event_tenors,
            DAY: np.arange(1, len(baseline) + 1),
        },
    )
