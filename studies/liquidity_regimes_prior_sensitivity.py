"""How much the priors of the transitions decide, above all where states rarely move."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from inference.settings import SamplerSettings
from models.dims import ARRIVAL, DESTINATION, ORIGIN
from models.liquidity_regimes import model_from_inputs
from models.liquidity_regimes_inputs import select_inputs
from models.liquidity_regimes_priors import LiquidityRegimesPriors
from models.liquidity_regimes_simulation import NUM_DAYS
from models.liquidity_regimes_specification import LiquidityRegimesSpecification
from models.liquidity_regimes_starts import starting_points
from models.state_paths import transition_matrices
from studies.compiled_model import CompiledModel
from studies.liquidity_regimes_recovery import simulated_panel, truth_dataset
from studies.recovery import compare_with_truth

DEFAULT = "default"

ALTERNATIVES: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "depth slope sd 5": {"departure_depth_slope_sd": 5.0},
    "depth slope sd 10": {"departure_depth_slope_sd": 10.0},
    "depth slope sd 40": {"departure_depth_slope_sd": 40.0},
    "log odds sd 2": {"departure_log_odds_sd": 2.0},
    "log odds sd 10": {"departure_log_odds_sd": 10.0},
}
"""What each set of priors changes in the default."""

DEPTHS_MUSD = (10, 30, 60, 120)
"""Depths of the paper's Figure 4."""

TRANSITIONS = ["transition_intercept", "transition_depth_slope"]

DEPTH = "depth_musd"


def prior_sensitivity(
    seed: int = 1,
    settings: SamplerSettings | None = None,
    num_days: int = NUM_DAYS,
    advance: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Fit one simulated panel under each set of priors.

    Parameters
    ----------
    seed : int
        Of the panel, Model IV with depth-driven transitions, and of the fits.
    settings : SamplerSettings, optional
        Those of a fit where left out.
    num_days : int
        Length of the panel.
    advance : callable
        Called after each fit.

    Returns
    -------
    DataFrame
        One row a set of priors and element of the transitions: ``prior``, the columns
        of `studies.recovery.compare_with_truth` (delta, gamma, and the probabilities of
        each move at four depths), ``shift_sd``, by which the mean differs from that
        under the default in standard deviations of the latter, ``width_ratio`` of the
        intervals, and ``divergences`` of the fit.
    """
    specification = LiquidityRegimesSpecification()
    inputs = select_inputs(
        simulated_panel(specification, seed, num_days), specification
    )
    truth = with_probabilities(truth_dataset(specification)[TRANSITIONS])
    tables = []
    for label, changes in ALTERNATIVES.items():
        priors = replace(LiquidityRegimesPriors(), **changes)
        model = model_from_inputs(inputs, specification, priors)
        start = starting_points(inputs, specification, priors)[0]
        draws = CompiledModel(model, TRANSITIONS).sample(
            {}, settings or SamplerSettings(seed=seed), start
        )
        posterior = with_probabilities(draws["posterior"].to_dataset())
        table = compare_with_truth(posterior, truth)
        table.insert(0, "prior", label)
        table["divergences"] = int(draws["sample_stats"]["diverging"].sum())
        tables.append(table)
        advance()
    return against_default(pd.concat(tables, ignore_index=True))


def with_probabilities(transitions: xr.Dataset) -> xr.Dataset:
    """Add ``transition_probability`` (depth_musd, origin, arrival) at four depths."""
    states = transitions[ORIGIN].to_numpy()
    probability = xr.apply_ufunc(
        lambda delta, gamma: transition_matrices(
            delta, gamma, np.array(DEPTHS_MUSD, dtype=np.float64)
        ),
        transitions["transition_intercept"],
        transitions["transition_depth_slope"],
        input_core_dims=[[ORIGIN, DESTINATION]] * 2,
        output_core_dims=[[DEPTH, ORIGIN, ARRIVAL]],
        exclude_dims={ORIGIN},
        vectorize=True,
    )
    coords = {DEPTH: list(DEPTHS_MUSD), ORIGIN: states, ARRIVAL: states}
    return transitions.assign(transition_probability=probability.assign_coords(coords))


def against_default(rows: pd.DataFrame) -> pd.DataFrame:
    """Add by how much means and intervals differ from those under the default."""
    keys = ["parameter", "element"]
    default = rows[rows["prior"] == DEFAULT].set_index(keys)
    aligned = default.loc[pd.MultiIndex.from_frame(rows[keys])].reset_index()
    width = rows["upper_95"] - rows["lower_95"]
    return rows.assign(
        shift_sd=(rows["mean"] - aligned["mean"]) / aligned["sd"],
        width_ratio=width / (aligned["upper_95"] - aligned["lower_95"]),
    )
