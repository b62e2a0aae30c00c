"""What is done with covariates that some events lack, and what it costs.

Dealer concentration and the share of electronic trading are known of some events alone:
files without party identifiers, days before systems were marked. Events with known
effects lose cells of both, the more often the less was traded, and are judged four
ways: with nothing lost; with the cells drawn inside the model; with the events that
lack one left out; and with zero where nothing is known, as the half-life notebook does.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from data.arrays import FloatArray
from data.dims import COVARIATE
from data.half_life.event_panel import half_life_panel_from_frame
from inference.settings import SamplerSettings
from models.half_life.inputs import HalfLifeInputs, select_inputs
from models.half_life.model import (
    OBSERVED_DAYS,
    WATCHED,
    data_variables,
    model_from_inputs,
)
from models.half_life.simulation import (
    HalfLifeParameters,
    simulate_events_with_truth,
)
from models.half_life.specification import PROPORTIONAL_HAZARD, HalfLifeSpecification
from studies.compiled_model import CompiledModel
from studies.half_life.recovery import NUM_EVENTS
from studies.replications import compare_with_truth
from studies.sweep import Plan, seeds

NOTHING_MISSING = "nothing missing"
DRAWN = "drawn in the model"
LEFT_OUT = "left out"
ZERO = "zero"

EFFECTS = {
    "dealer_hhi": -0.30,
    "ats_share": 0.25,
    "principal_share": -0.15,
    "total_volume_usd": 0.15,
}
"""Log hazard per standard deviation, the defaults of the simulation; no other
covariate acts."""

SHARE_MISSING = {"dealer_hhi": 0.40, "ats_share": 0.30}

PULL_OF_VOLUME = 1.0
"""Log odds that a cell is missing, per standard deviation of volume below its mean."""

MISSING_SETTINGS = SamplerSettings(seed=0, draws=500, tune=400, chains=2)
"""Of each fit, with the seed of the replication."""

TRUTH = xr.Dataset(
    {"coefficient": (COVARIATE, list(EFFECTS.values()))}, {COVARIATE: list(EFFECTS)}
)

COLUMNS = (
    "seed",
    "estimator",
    COVARIATE,
    "share_missing",
    "truth",
    "mean",
    "sd",
    "lower_95",
    "upper_95",
    "is_covered",
)

SPECIFICATION = HalfLifeSpecification(
    variant=PROPORTIONAL_HAZARD, covariates=tuple(EFFECTS)
)


def missing_plan(replications: int, num_events: int) -> Plan:
    """Estimate effects of covariates that some simulated events lack."""
    return Plan(
        replication,
        seeds(replications),
        {"num_events": num_events, "settings": MISSING_SETTINGS},
    )


def replication(
    seed: int,
    num_events: int = NUM_EVENTS,
    settings: SamplerSettings = MISSING_SETTINGS,
) -> pd.DataFrame:
    """Lose cells of one simulated panel, and estimate the effects in every way.

    Returns
    -------
    DataFrame
        One row an estimator and covariate, with `COLUMNS`.
    """
    tables: list[pd.DataFrame] = []
    for estimator, _, data in _estimators(seed, num_events):
        # Those that draw no cell differ in their data alone.
        form = DRAWN if estimator == DRAWN else NOTHING_MISSING
        compiled = _compiled(form, num_events)
        draws = compiled.sample(data, replace(settings, seed=seed))
        table = compare_with_truth(draws["posterior"].to_dataset(), TRUTH)
        table = table.rename(columns={"element": COVARIATE})
        share = table[COVARIATE].map(SHARE_MISSING).fillna(0.0)
        table = table.assign(seed=seed, estimator=estimator, share_missing=share)
        tables.append(table[list(COLUMNS)])
    return pd.concat(tables, ignore_index=True)


@cache
def _compiled(estimator: str, num_events: int) -> CompiledModel:
    (inputs,) = (
        inputs for name, inputs, _ in _estimators(1, num_events) if name == estimator
    )
    return CompiledModel(model_from_inputs(inputs, SPECIFICATION), ["coefficient"])


def summarize_missing(rows: pd.DataFrame) -> pd.DataFrame:
    """Average error, spread and coverage of every estimator.

    Parameters
    ----------
    rows : DataFrame
        Rows of `replication`.

    Returns
    -------
    DataFrame
        One row an estimator and covariate: ``share_missing``, ``truth``,
        ``mean_estimate`` with its ``standard_error`` over replications, ``mean_sd``,
        ``root_mean_square_error``, ``intervals``, ``share_covered``.
    """
    keys = ["estimator", "covariate"]
    return pd.DataFrame(
        {
            "estimator": estimator,
            "covariate": covariate,
            "share_missing": part["share_missing"].iloc[0],
            "truth": part["truth"].iloc[0],
            "mean_estimate": part["mean"].mean(),
            "standard_error": part["mean"].std(ddof=1) / np.sqrt(len(part)),
            "mean_sd": part["sd"].mean(),
            "root_mean_square_error": np.sqrt(
                ((part["mean"] - part["truth"]) ** 2).mean()
            ),
            "intervals": len(part),
            "share_covered": part["is_covered"].mean(),
        }
        for (estimator, covariate), part in rows.groupby(keys, sort=False)
    )


def lost_cells(inputs: HalfLifeInputs, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Cells that are lost: as many in every panel, the more the less was traded.

    Parameters
    ----------
    inputs : HalfLifeInputs
        Complete.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (outcome, covariate) bool
    """
    names = list(inputs.covariates.index)
    volume = inputs.standardized[:, names.index("total_volume_usd")]
    lost = np.zeros(inputs.standardized.shape, bool)
    for name, share in SHARE_MISSING.items():
        # The largest of log weights with Gumbel noise are draws without replacement.
        score = -PULL_OF_VOLUME * volume + rng.gumbel(size=len(volume))
        gone = np.argsort(-score, kind="stable")[: round(share * len(volume))]
        lost[gone, names.index(name)] = True
    return lost


def _simulated(seed: int, num_events: int) -> HalfLifeInputs:
    parameters = HalfLifeParameters(coefficient=dict(EFFECTS))
    events = simulate_events_with_truth(seed, num_events, parameters)
    panel = half_life_panel_from_frame(events.frame, f"simulated events, seed {seed}")
    return select_inputs(panel, SPECIFICATION)


def _estimators(
    seed: int, num_events: int
) -> list[tuple[str, HalfLifeInputs, dict[str, Any]]]:
    """Name, inputs and data of each estimator, all on the scale of the whole."""
    whole = _simulated(seed, num_events)
    lost = lost_cells(whole, np.random.default_rng([seed, 1]))
    lacking = replace(whole, standardized=np.where(lost, np.nan, whole.standardized))
    filled = replace(
        whole,
        standardized=np.where(lost, _standardized_zero(whole), whole.standardized),
    )
    known = data_variables(replace(lacking, standardized=lacking.known))
    is_kept = ~lost.any(axis=1)
    # An outcome that is watched for no day says nothing.
    left_out = known | {
        WATCHED: np.where(is_kept, known[WATCHED], 0),
        OBSERVED_DAYS: np.where(is_kept, known[OBSERVED_DAYS], 1),
    }
    return [
        (NOTHING_MISSING, whole, data_variables(whole)),
        (DRAWN, lacking, data_variables(lacking)),
        (LEFT_OUT, whole, left_out),
        (ZERO, filled, data_variables(filled)),
    ]


def _standardized_zero(inputs: HalfLifeInputs) -> FloatArray:
    """What a share of zero is after centring and scaling, by covariate."""
    covariates = inputs.covariates
    return np.asarray(-covariates["center"] / covariates["scale"])
