"""The half-life models that are measured, ours and PyMC's own distributions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

from data.half_life.event_panel import (
    HalfLifePanel,
    read_half_life_panel,
    write_half_life_panel,
)
from models.half_life.inputs import select_inputs
from models.half_life.model import half_life_model
from models.half_life.simulation import EVENT_TYPES, simulate_half_life_events
from models.half_life.specification import (
    DISCRETE_WEIBULL,
    PROPORTIONAL_HAZARD,
    HalfLifeSpecification,
)

SEED = 20240215

TYPES_A_DATE = 4
"""Of seven, where events share their outcomes."""

OUR_HAZARD = f"ours, {PROPORTIONAL_HAZARD}"
OUR_WEIBULL = f"ours, {DISCRETE_WEIBULL}"
PYMC_WEIBULL = "pm.Censored(pm.DiscreteWeibull)"
PYMC_MULTINOMIAL = "pm.Multinomial of counts by day"
STATSMODELS = "statsmodels, complementary log-log of event days"


def benchmark_panel(folder: Path, num_events: int) -> HalfLifePanel:
    """Simulated events with all covariates, written once into the folder."""
    path = folder / f"events-{num_events}.parquet"
    if not path.exists():
        write_half_life_panel(simulate_half_life_events(SEED, num_events), path)
    return read_half_life_panel(path)


def shared_panel(folder: Path, num_events: int) -> HalfLifePanel:
    """Events of four types on each date: those of one tenor share one half-life.

    As many events as rows, but a quarter of the outcomes, on a twentieth of the dates.
    """
    path = folder / f"shared-events-{num_events}.parquet"
    if not path.exists():
        frame = simulate_half_life_events(SEED, num_events // TYPES_A_DATE)
        date, dates = pd.factorize(frame["event_date"])
        kinds = np.tile(EVENT_TYPES, (len(dates), 1))
        drawn = np.random.default_rng(SEED).permuted(kinds, axis=1)[date]
        parts = [frame.assign(event_type=drawn[:, k]) for k in range(TYPES_A_DATE)]
        write_half_life_panel(pd.concat(parts, ignore_index=True), path)
    return read_half_life_panel(path)


PANELS: dict[str, Callable[[Path, int], HalfLifePanel]] = {
    "every event its own outcome": benchmark_panel,
    "events of a date and tenor share theirs": shared_panel,
}
"""What events a whole fit is measured on."""


def our_hazard(panel: HalfLifePanel) -> pm.Model:
    """Our model with a free baseline."""
    return half_life_model(panel, HalfLifeSpecification(variant=PROPORTIONAL_HAZARD))


def our_weibull(panel: HalfLifePanel) -> pm.Model:
    """Our discrete Weibull model."""
    return half_life_model(panel, HalfLifeSpecification(variant=DISCRETE_WEIBULL))


def pymc_weibull(panel: HalfLifePanel) -> pm.Model:
    """Our discrete Weibull model with PyMC's distributions as its likelihood."""
    return half_life_model(
        panel,
        HalfLifeSpecification(variant=DISCRETE_WEIBULL),
        durations=_censored_weibull,
    )


def pymc_multinomial(panel: HalfLifePanel) -> pm.Model:
    """Our model with a free baseline on counts of durations by day."""
    return half_life_model(
        panel,
        HalfLifeSpecification(variant=PROPORTIONAL_HAZARD),
        durations=_multinomial,
    )


MODELS: dict[str, Callable[[HalfLifePanel], pm.Model]] = {
    OUR_HAZARD: our_hazard,
    OUR_WEIBULL: our_weibull,
    PYMC_WEIBULL: pymc_weibull,
    PYMC_MULTINOMIAL: pymc_multinomial,
}
"""Subject of a measurement -> its model."""


def event_days(panel: HalfLifePanel) -> tuple[pd.DataFrame, np.ndarray]:
    """One row an event and day at risk, with indicators of days and event types.

    Returns
    -------
    regressors : DataFrame
        Standardised covariates, an indicator of each day, and one of each event type by
        tenor but the first.
    has_ended : (row,) array
        1 on the day on which the deviation had halved.
    """
    inputs = select_inputs(panel, HalfLifeSpecification(variant=PROPORTIONAL_HAZARD))
    watched, duration = inputs.days_watched[0], inputs.half_life_days[0]
    at_risk = np.minimum(watched, duration)
    row = np.repeat(np.arange(len(at_risk)), at_risk)
    day = np.concatenate([np.arange(1, days + 1) for days in at_risk])
    frame = pd.DataFrame(
        np.hstack(
            [
                inputs.standardized[row],
                day[:, None] == np.arange(1, inputs.horizon_days + 1),
                inputs.mix_weight[inputs.mix[row]][:, 1:],
            ]
        )
    )
    return frame, (day == duration[row]).astype(float)


def _censored_weibull(
    name: str,
    *,
    log_hazard_ratio: Any,
    cumulative_baseline: Any,
    days_watched: Any,
    observed: Any,
    dims: str,
) -> Any:
    """Likelihood of the same events in PyMC's distributions, which count from 0."""
    model = pm.modelcontext(None)
    level = model["first_day_log_hazard"] + log_hazard_ratio
    duration = pm.DiscreteWeibull.dist(q=pt.exp(-pt.exp(level)), beta=model["shape"])
    return pm.Censored(
        name,
        duration,
        lower=None,
        upper=days_watched,
        observed=observed.get_value() - 1,
        dims=dims,
    )


def _multinomial(
    name: str,
    *,
    log_hazard_ratio: Any,
    cumulative_baseline: Any,
    days_watched: Any,
    observed: Any,
    dims: str,
) -> Any:
    """Counts of each outcome's durations; all were watched for the same time."""
    last = int(days_watched.get_value().max())
    until = pt.concatenate([[0.0], cumulative_baseline])
    is_open = pt.exp(-pt.exp(log_hazard_ratio)[:, None] * until)
    ends = pt.concatenate([is_open[:, :-1] - is_open[:, 1:], is_open[:, -1:]], axis=1)
    counts = observed.get_value()[:, None] == np.arange(1, last + 2)
    return pm.Multinomial(name, n=1, p=ends, observed=counts.astype(np.int64))
