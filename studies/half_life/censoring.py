"""What dropping the events that did not halve does to half-lives.

Events with known hazards, a third of which do not halve within ten days, are judged
three ways: by the duration model with every event, by the same model with the censored
events dropped, and by the mean of the resolved half-lives, which is what the half-life
notebook regresses on.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import binomtest

from data.arrays import FloatArray
from data.dims import COVARIATE
from inference.half_life.hazards import (
    cumulative_baseline,
    log_hazard_ratio,
    thinned_samples,
)
from inference.settings import SamplerSettings
from models.half_life.inputs import HalfLifeInputs
from models.half_life.model import OBSERVED_DAYS, WATCHED, data_variables
from models.half_life.simulation import HalfLifeParameters
from models.half_life.specification import PROPORTIONAL_HAZARD
from studies.compiled_model import CompiledModel
from studies.half_life.recovery import (
    NUM_EVENTS,
    RECOVERY_SETTINGS,
    Replication,
    compiled_half_life,
    simulated_replication,
)
from studies.replications import TAIL_PROBABILITY
from studies.sweep import Plan, seeds

EVERY_EVENT = "every event"
RESOLVED_ONLY = "censored dropped"
MEAN_OF_RESOLVED = "mean of resolved"

DAYS_WITHIN_HORIZON = "days, at most 10"
COEFFICIENT = "coefficient"

LOWER_LOG_HAZARD = 0.25
"""Taken off the default baseline: a third of the events then outlast ten days, as do 12
of the 38 rows of the half-life notebook."""

NORMAL_QUANTILE = 1.959964

NUM_DRAWS = 500


def censoring_plan(replications: int, num_events: int) -> Plan:
    """Estimate half-lives of simulated events with and without the censored ones."""
    return Plan(
        replication,
        seeds(replications),
        {"num_events": num_events, "settings": RECOVERY_SETTINGS},
    )


def replication(
    seed: int,
    num_events: int = NUM_EVENTS,
    settings: SamplerSettings = RECOVERY_SETTINGS,
) -> pd.DataFrame:
    """Estimate half-lives of one simulated panel in every way.

    Returns
    -------
    DataFrame
        One row an estimator and quantity: ``seed``, ``estimator``, ``quantity``
        (`DAYS_WITHIN_HORIZON`, the mean over the events of the expected half-life or
        the horizon, whichever is shorter, or a coefficient), ``truth``, ``mean``,
        ``lower_95``, ``upper_95``, ``is_covered``, ``censored_share``.
    """
    drawn, compiled = _simulated(seed, num_events), _compiled(num_events)
    rows = _mean_of_resolved(drawn)
    for name, data in (
        (EVERY_EVENT, data_variables(drawn.inputs)),
        (RESOLVED_ONLY, _censored_dropped(drawn.inputs)),
    ):
        draws = compiled.sample(data, replace(settings, seed=seed))
        rows += _estimates(draws["posterior"].to_dataset(), drawn, name)
    table = pd.DataFrame(rows)
    table.insert(0, "seed", seed)
    table["is_covered"] = table["truth"].between(table["lower_95"], table["upper_95"])
    table["censored_share"] = 1 - drawn.inputs.is_resolved.mean()
    return table


def _simulated(seed: int, num_events: int) -> Replication:
    baseline = np.asarray(HalfLifeParameters().baseline_log_hazard) - LOWER_LOG_HAZARD
    parameters = HalfLifeParameters(baseline_log_hazard=tuple(baseline.tolist()))
    return simulated_replication(seed, num_events, parameters, PROPORTIONAL_HAZARD)


@cache
def _compiled(num_events: int) -> CompiledModel:
    drawn = _simulated(1, num_events)
    return compiled_half_life(drawn, PROPORTIONAL_HAZARD, extra=("date_effect",))


def summarize_censoring(rows: pd.DataFrame) -> pd.DataFrame:
    """Average error and coverage of every estimator.

    Parameters
    ----------
    rows : DataFrame
        Rows of `replication`.

    Returns
    -------
    DataFrame
        One row an estimator and quantity (all coefficients together, the error taken
        away from zero): ``mean_truth``, ``mean_estimate``, ``mean_error`` with its
        ``standard_error`` over replications, ``intervals``, ``share_covered`` and the
        exact ``p_value`` of a share of 95%.
    """
    is_day = rows["quantity"] == DAYS_WITHIN_HORIZON
    group = rows["quantity"].where(is_day, COEFFICIENT)
    toward = np.where(is_day, 1.0, np.sign(rows["truth"]))
    rows = rows.assign(
        group=group,
        truth=toward * rows["truth"],
        mean=toward * rows["mean"],
    )
    rows = rows[is_day | (rows["truth"] > 0)]
    return pd.DataFrame(
        [
            {"estimator": estimator, "quantity": quantity} | _summary(part)
            for (estimator, quantity), part in rows.groupby(
                ["estimator", "group"], sort=False
            )
        ]
    )


def days_within_horizon(
    log_hazard_ratios: FloatArray, cumulative_baseline: FloatArray
) -> FloatArray:
    """Mean over events of the expected half-life, cut off at the horizon.

    Parameters
    ----------
    log_hazard_ratios : (..., event) float
        Of every event.
    cumulative_baseline : (..., day) float
        At the end of each day.

    Returns
    -------
    (...) float
        Days: the sum of the shares still open at the end of day 0, 1, ..., the day
        before the last.
    """
    ratio = np.exp(log_hazard_ratios)
    days: FloatArray = np.ones(ratio.shape[:-1])
    for day in range(cumulative_baseline.shape[-1] - 1):
        open_share = np.exp(-ratio * cumulative_baseline[..., day, None])
        days = days + open_share.mean(axis=-1)
    return days


def _censored_dropped(inputs: HalfLifeInputs) -> dict[str, Any]:
    """Data without the censored events: an event watched for no day says nothing."""
    data = data_variables(inputs)
    resolved = inputs.is_resolved[0]
    return data | {
        WATCHED: np.where(resolved, data[WATCHED], 0),
        OBSERVED_DAYS: np.where(resolved, data[OBSERVED_DAYS], 1),
    }


def _mean_of_resolved(replication: Replication) -> list[dict[str, Any]]:
    inputs = replication.inputs
    days = inputs.half_life_days[0][inputs.is_resolved[0]]
    error = NORMAL_QUANTILE * days.std(ddof=1) / np.sqrt(len(days))
    return [
        {
            "estimator": MEAN_OF_RESOLVED,
            "quantity": DAYS_WITHIN_HORIZON,
            "truth": _true_days(replication),
            "mean": days.mean(),
            "lower_95": days.mean() - error,
            "upper_95": days.mean() + error,
        }
    ]


def _true_days(replication: Replication) -> float:
    hazard = np.exp(replication.truth["baseline_log_hazard"].to_numpy())
    return float(days_within_horizon(replication.linear_predictor, hazard.cumsum()))


def _estimates(
    posterior: xr.Dataset, replication: Replication, estimator: str
) -> list[dict[str, Any]]:
    thinned = thinned_samples(posterior, NUM_DRAWS)
    days = days_within_horizon(
        log_hazard_ratio(thinned, replication.inputs), cumulative_baseline(thinned)
    )
    quantities = {DAYS_WITHIN_HORIZON: (_true_days(replication), days)}
    for name in replication.truth[COVARIATE].to_numpy():
        truth = float(replication.truth["coefficient"].sel(covariate=name))
        draws = posterior["coefficient"].sel(covariate=name).to_numpy().ravel()
        quantities[f"{COEFFICIENT}[{name}]"] = (truth, draws)
    return [
        {
            "estimator": estimator,
            "quantity": quantity,
            "truth": truth,
            "mean": draws.mean(),
            "lower_95": np.quantile(draws, TAIL_PROBABILITY),
            "upper_95": np.quantile(draws, 1 - TAIL_PROBABILITY),
        }
        for quantity, (truth, draws) in quantities.items()
    ]


def _summary(rows: pd.DataFrame) -> dict[str, float]:
    error = (rows["mean"] - rows["truth"]).groupby(rows["seed"]).mean()
    covered = int(rows["is_covered"].sum())
    return {
        "mean_truth": rows["truth"].mean(),
        "mean_estimate": rows["mean"].mean(),
        "mean_error": error.mean(),
        "standard_error": error.std(ddof=1) / np.sqrt(len(error)),
        "intervals": len(rows),
        "share_covered": covered / len(rows),
        "p_value": binomtest(covered, len(rows), 1 - 2 * TAIL_PROBABILITY).pvalue,
    }
