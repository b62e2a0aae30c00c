"""How much the priors of the transitions decide, above all where states rarely move."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from scipy.special import softmax

from data.arrays import FloatArray
from data.dims import ARRIVAL, DESTINATION, ORIGIN
from inference.settings import SamplerSettings
from models.likelihoods.hidden_markov.paths import transition_matrices
from models.liquidity_regimes.data_variables import USUAL_DEPTH, model_data
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.model import model_from_inputs
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.simulation import NUM_DAYS
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from models.priors import StudentTPrior
from studies.compiled_model import CompiledModel
from studies.liquidity_regimes.recovery import simulated_panel, truth_dataset
from studies.replications import compare_with_truth

DEFAULT = "default"

PRIORS = LiquidityRegimesPriors()

ALTERNATIVES: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "depth slope scale 1": {
        "departure_depth_slope": replace(PRIORS.departure_depth_slope, scale=1.0)
    },
    "depth slope scale 4": {
        "departure_depth_slope": replace(PRIORS.departure_depth_slope, scale=4.0)
    },
    "log odds scale 0.75": {
        "departure_log_odds": replace(PRIORS.departure_log_odds, scale=0.75)
    },
    "log odds scale 3": {
        "departure_log_odds": replace(PRIORS.departure_log_odds, scale=3.0)
    },
    "wide, all but normal": {
        "departure_log_odds": StudentTPrior(
            centre=-3.0, scale=5.0, degrees_of_freedom=100.0
        ),
        "departure_depth_slope": StudentTPrior(
            centre=0.0, scale=20.0, degrees_of_freedom=100.0
        ),
    },
}
"""What each set of priors changes in the default. The last one says that a state away
from its usual depth either lasts for years or is left at once."""

DEPTHS_MUSD = (10, 30, 60, 120)
"""Depths of the paper's Figure 4."""

TRANSITIONS = ["transition_intercept", "transition_depth_slope"]

DEPTH = "depth_musd"

PRIOR_DRAWS = 20_000

AT_ONCE, FOR_GOOD = 0.01, 0.99
"""Probabilities of staying below and above which a state is left at once, or hardly
ever."""


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
        of `studies.replications.compare_with_truth` (delta, gamma, and the
        probabilities of each move at four depths), ``shift_sd``, by which the mean
        differs from that under the default in standard deviations of the latter,
        ``width_ratio`` of the intervals, and ``divergences`` of the fit.
    """
    specification = LiquidityRegimesSpecification()
    inputs = select_inputs(
        simulated_panel(specification, seed, num_days), specification
    )
    truth = with_probabilities(truth_dataset(specification)[TRANSITIONS])
    tables = []
    for label, changes in ALTERNATIVES.items():
        priors = replace(PRIORS, **changes)
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


def prior_predictive(
    seed: int = 1, num_days: int = NUM_DAYS, num_draws: int = PRIOR_DRAWS
) -> pd.DataFrame:
    """What each set of priors says of how long states last, before any data.

    Parameters
    ----------
    seed : int
        Of the panel, whose depths set the scale, and of the draws.
    num_days : int
        Length of the panel.
    num_draws : int
        From each set of priors.

    Returns
    -------
    DataFrame
        One row a set of priors, state and depth: ``prior``, ``state``, ``depth_musd``
        (the depth at which the state usually lasts, and those of the paper's Figure 4),
        ``is_usual``, the probability that staying has one below ``AT_ONCE`` or above
        ``FOR_GOOD`` (``left_at_once``, ``lasts_for_good``), and the quantiles of the
        probability of staying ``lower_95``, ``median``, ``upper_95``.
    """
    specification = LiquidityRegimesSpecification()
    inputs = select_inputs(
        simulated_panel(specification, seed, num_days), specification
    )
    usual = model_data(inputs, specification)[USUAL_DEPTH]
    rows = []
    for label, changes in ALTERNATIVES.items():
        model = model_from_inputs(inputs, specification, replace(PRIORS, **changes))
        delta, gamma = pm.draw(
            [model[name] for name in TRANSITIONS], num_draws, random_seed=seed
        )
        for state, name in enumerate(specification.state_labels):
            for depth in (usual[state], *DEPTHS_MUSD):
                staying = transition_probability(delta, gamma, depth)[:, state, state]
                low, middle, high = np.quantile(staying, [0.025, 0.5, 0.975])
                rows.append(
                    {
                        "prior": label,
                        "state": name,
                        DEPTH: depth,
                        "is_usual": depth == usual[state],
                        "left_at_once": (staying < AT_ONCE).mean(),
                        "lasts_for_good": (staying > FOR_GOOD).mean(),
                        "lower_95": low,
                        "median": middle,
                        "upper_95": high,
                    }
                )
    return pd.DataFrame(rows)


def transition_probability(
    intercept: FloatArray, slope: FloatArray, depth_musd: float
) -> FloatArray:
    """Transition matrices at one depth, for draws of delta and gamma in front."""
    odds = intercept + slope * depth_musd
    return softmax(np.insert(odds, 0, 0.0, axis=-1), axis=-1)


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
