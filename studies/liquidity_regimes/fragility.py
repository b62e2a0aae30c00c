"""Whether fragility comes true: reported beside realised, on days it has not seen.

Twins are simulated at known parameters. How depth moves is learned from the first half
of a twin; each day of the second half is forecast from its state, its depth and the
month before it, and held against what then happened. The parameters of the transitions
are the true ones, so that what is off is off for what is said of depth.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd

from data.arrays import FloatArray, IntArray
from data.liquidity_regimes.columns import (
    DEPTH_COLUMN,
    STATE_COLUMN,
    VOLATILITY_COLUMN,
)
from inference.liquidity_regimes.depth_dynamics import estimate_depth_dynamics
from models.likelihoods.hidden_markov.first_passage import probability_not_entered
from models.liquidity_regimes.depth_dynamics import (
    HISTORY_DAYS,
    simulate_depth_onwards,
)
from models.liquidity_regimes.parameters import (
    LiquidityRegimesParameters,
    published_parameters,
)
from models.liquidity_regimes.simulation import NUM_DAYS, simulate_liquidity_regimes

HORIZONS_DAYS = (5, 20)

EVERY_DAYS = 5
"""From one forecast to the next: neighbours share most of what happens to them."""

NUM_DRAWS, NUM_PATHS = 20, 20
"""Of the dynamics of depth, and paths of each a day."""

DEPTH_BOUNDS_MUSD = (0.0, 30.0, 45.0, 60.0, 80.0, 100.0, 130.0, 170.0, np.inf)

FEWEST_DAYS = 50
"""Forecasts in a row of the table."""

MOVING, HELD = "depth_moving", "depth_held"


def fragility_forecasts(
    num_twins: int,
    num_days: int = NUM_DAYS,
    advance: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Forecast the second half of each twin, and say what happened.

    Parameters
    ----------
    num_twins : int
        Panels of Model IV, Table 3, with seeds from 1.
    num_days : int
        Length of each.
    advance : callable
        Called after each twin.

    Returns
    -------
    DataFrame
        One row a forecast and horizon: ``seed``, ``day`` (position), ``state`` and
        ``depth_musd`` of the day, ``horizon_days``, the probability of entering state 1
        within it with ``depth_moving`` and with ``depth_held``, and whether it was
        ``entered``.
    """
    parameters = published_parameters()
    tables = []
    for seed in range(1, num_twins + 1):
        frame = simulate_liquidity_regimes(seed, num_days, parameters)
        tables.append(_forecasts_of(frame, parameters, seed))
        advance()
    return pd.concat(tables, ignore_index=True)


def summarize_forecasts(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Set reported beside realised by horizon, state and depth.

    Parameters
    ----------
    forecasts : DataFrame
        Result of `fragility_forecasts`.

    Returns
    -------
    DataFrame
        One row a horizon, state and range of depth (``all``: whatever the state and
        depth), of at least `FEWEST_DAYS` days: ``days``, ``twins``, mean ``depth_held``
        and ``depth_moving``, the share ``realised``, the standard errors of realised
        less either, with twins as clusters, and the Brier scores.
    """
    bounds = np.asarray(DEPTH_BOUNDS_MUSD)
    names = [f"{low:.0f} to {high:.0f}" for low, high in pairwise(bounds)]
    place = np.searchsorted(bounds, forecasts["depth_musd"], side="right") - 1
    ranges = np.asarray(names)[place]
    by_depth = forecasts.assign(state=forecasts["state"].astype(str), range=ranges)
    pooled = by_depth.assign(state="all", range="all")
    rows = []
    keys = ["horizon_days", "state", "range"]
    for key, part in pd.concat([by_depth, pooled]).groupby(keys, sort=False):
        if len(part) >= FEWEST_DAYS:
            rows.append(dict(zip(keys, key, strict=True)) | _beside(part))
    table = pd.DataFrame(rows).rename(columns={"range": "depth_musd"})
    order = table["depth_musd"].map(dict(zip(names, range(len(names)), strict=True)))
    return (
        table.assign(order=order.fillna(-1))
        .sort_values(["horizon_days", "state", "order"], ignore_index=True)
        .drop(columns="order")
    )


def _beside(part: pd.DataFrame) -> dict[str, float]:
    happened = part["entered"].astype(float)
    found: dict[str, float] = {
        "days": len(part),
        "twins": part["seed"].nunique(),
        HELD: part[HELD].mean(),
        MOVING: part[MOVING].mean(),
        "realised": happened.mean(),
    }
    for name in (HELD, MOVING):
        error = happened - part[name]
        by_twin = (error - error.mean()).groupby(part["seed"]).sum()
        number = len(by_twin)
        spread = np.sqrt(number / max(number - 1, 1) * (by_twin**2).sum())
        found[f"standard_error_{name}"] = spread / len(part)
        found[f"brier_score_{name}"] = (error**2).mean()
    return found


def _forecasts_of(
    frame: pd.DataFrame, parameters: LiquidityRegimesParameters, seed: int
) -> pd.DataFrame:
    depth = frame[DEPTH_COLUMN].to_numpy()
    volatility = frame[VOLATILITY_COLUMN].to_numpy()
    state = frame[STATE_COLUMN].to_numpy()
    half, longest = len(frame) // 2, max(HORIZONS_DAYS)
    days = np.arange(max(half, HISTORY_DAYS), len(frame) - longest, EVERY_DAYS)
    days = days[state[days] > 1]
    paths = _depth_after(days, depth, volatility, half, seed)
    held = np.broadcast_to(depth[days], (longest, 1, len(days)))
    tables = []
    for horizon in HORIZONS_DAYS:
        ahead = state[days[:, None] + np.arange(1, horizon + 1)]
        table = pd.DataFrame(
            {
                "seed": seed,
                "day": days,
                "state": state[days],
                "depth_musd": depth[days],
                "horizon_days": horizon,
                MOVING: _entered(parameters, paths[:horizon], state[days]),
                HELD: _entered(parameters, held[:horizon], state[days]),
                "entered": (ahead == 1).any(axis=1),
            }
        )
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _depth_after(
    days: IntArray, depth: FloatArray, volatility: FloatArray, half: int, seed: int
) -> FloatArray:
    """Paths from each day on, (day ahead, draw and path, day of the forecast)."""
    rng = np.random.default_rng(seed)
    dynamics = estimate_depth_dynamics(depth[:half], volatility[:half], NUM_DRAWS, rng)
    past = days + np.arange(1 - HISTORY_DAYS, 1)[:, None]
    shape = (HISTORY_DAYS, NUM_DRAWS, NUM_PATHS, len(days))
    log_depth, log_volatility = (
        np.broadcast_to(np.log(series)[past][:, None, None], shape).reshape(
            HISTORY_DAYS, NUM_DRAWS, -1
        )
        for series in (depth, volatility)
    )
    onwards = simulate_depth_onwards(
        dynamics, log_depth, log_volatility, max(HORIZONS_DAYS) - 1, rng
    )
    onwards = onwards.reshape(len(onwards), -1, len(days))
    today = np.broadcast_to(depth[days], (1, *onwards.shape[1:]))
    return np.concatenate([today, onwards])


def _entered(
    parameters: LiquidityRegimesParameters, paths: FloatArray, state: IntArray
) -> FloatArray:
    """Probability of having entered state 1 by the end of the paths, by day."""
    found = np.empty(len(state))
    for origin in range(1, parameters.num_states):
        here = state == origin + 1
        remaining = probability_not_entered(
            parameters.transition_intercept[None],
            parameters.transition_depth_slope[None],
            paths[:, :, here].reshape(len(paths), 1, -1),
            origin,
        )[-1]
        found[here] = 1 - remaining.reshape(-1, here.sum()).mean(axis=0)
    return found
