"""Fragility: how likely liquidity is to break down within days, given depth.

The question of Meldrum and Sokolinskiy (2025), answered with an interval: from each
posterior draw, the probability that the market enters the low-liquidity state within a
number of trading days, averaged over where depth may go meanwhile. A probability for
depth that stays where it is stands beside it: it is too low where depth is high, and
too high where it is low, since depth moves.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from analysis.estimates import stacked, summarise_draws
from analysis.liquidity_regimes.depth_paths import NUM_PATHS, DepthPaths
from analysis.liquidity_regimes.transitions import (
    FIRST_STATE,
    is_depth_driven,
    transition_matrices,
)
from data.errors import DataError
from inference.sampling import thin_evenly
from models.likelihoods.hidden_markov.first_passage import probability_not_entered

HORIZONS_DAYS = (1, 5, 20)
"""A trading day, week and month."""

NUM_DRAWS = 400
"""Of the posterior, evenly thinned, each with its own paths of depth."""

Start = Callable[[DepthPaths, float, str], xr.DataArray]
"""Paths of depth from a depth and state of today."""


def entry_probability(
    transition: xr.DataArray, horizon_days: Sequence[int]
) -> xr.DataArray:
    """Probability of being in state 1 at least once within a number of days.

    Parameters
    ----------
    transition : (..., origin, arrival) DataArray
        Transition matrices, held over the horizon.
    horizon_days : sequence of int
        Trading days ahead, at least 1.

    Returns
    -------
    (..., origin, horizon_days) DataArray
        By the state of today. State 1 itself counts as entered: probability 1.

    Notes
    -----
    First passage: state 1 is made absorbing, and the remaining mass after h days is
    the row sum of the h-th power of the matrix among the other states.
    """
    others = [s for s in transition["origin"].to_numpy() if s != FIRST_STATE]
    among = transition.sel(origin=others, arrival=others).transpose(
        ..., "origin", "arrival"
    )
    matrix: NDArray[np.float64] = among.to_numpy()
    alive = np.ones(matrix.shape[:-1])
    remaining: dict[int, NDArray[np.float64]] = {}
    for day in range(1, max(horizon_days) + 1):
        alive = (matrix @ alive[..., None])[..., 0]
        if day in horizon_days:
            remaining[day] = alive
    survived = xr.DataArray(
        np.stack([remaining[day] for day in horizon_days], axis=-1),
        dims=(*among.dims[:-1], "horizon_days"),
        coords={name: among[name] for name in among.dims[:-1] if name in among.coords}
        | {"horizon_days": list(horizon_days)},
    )
    # State 1 is not among the others and comes out as zero survival.
    complete = survived.reindex(origin=transition["origin"], fill_value=0.0)
    return 1 - complete


def entry_probability_along(
    transitions: xr.Dataset,
    depth_musd: xr.DataArray,
    origin: str,
    horizon_days: Sequence[int],
) -> xr.DataArray:
    """Probability of being in state 1 at least once within days, along paths of depth.

    Parameters
    ----------
    transitions : (sample, ...) Dataset
        transition_intercept and transition_depth_slope (..., origin, destination).
    depth_musd : (day, sample, path) DataArray
        Depth of today and of the days that follow, at least the longest horizon.
    origin : str
        State of today, not 1.
    horizon_days : sequence of int
        Trading days ahead, at least 1.

    Returns
    -------
    (horizon_days, sample) DataArray
        Averaged over the paths. As `entry_probability` where depth stays.
    """
    order = ("sample", "origin", "destination")
    intercept, slope = (
        transitions[name].transpose(*order).to_numpy()
        for name in ("transition_intercept", "transition_depth_slope")
    )
    states = [str(state) for state in transitions["origin"].to_numpy()]
    remaining = probability_not_entered(
        intercept,
        slope,
        depth_musd.transpose("day", "sample", "path").to_numpy(),
        states.index(origin),
    )
    return 1 - xr.DataArray(
        remaining.mean(axis=2)[np.asarray(horizon_days) - 1],
        dims=("horizon_days", "sample"),
        coords={"horizon_days": list(horizon_days)},
    )


def fragility(
    trace: xr.DataTree,
    depth_musd: ArrayLike,
    horizon_days: Sequence[int] = HORIZONS_DAYS,
    *,
    state_probability: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Posterior probability of entering the low-liquidity state within days.

    Parameters
    ----------
    trace : DataTree
        Trace of the liquidity-regimes model.
    depth_musd : float or (depth,) float
        Market depth of today in USD million.
    horizon_days : sequence of int
        Trading days ahead.
    state_probability : mapping of str to float, optional
        Probability of each state today, such as {"2": 0.3, "3": 0.7} or the last day
        of group `regimes`; states left out have none. Without it, one row a state.

    Returns
    -------
    DataFrame
        Columns depth_musd, horizon_days, current_state (state, or "given
        probabilities"), mean, sd, lower_95, upper_95 (depth as it moves from there),
        mean_depth_held, lower_95_depth_held, upper_95_depth_held (depth that stays),
        and two that say where the number is an extrapolation: outside_sample (no day of
        the sample had a depth that low or high), and outside_state (no such day in the
        current state, by the most likely path).

    Raises
    ------
    DataError
        If a depth is not positive, a horizon below one day, or the probabilities are
        not probabilities of the trace's states.

    Notes
    -----
    A market that is in state 1 today has entered it: probability one. The interval is
    that of the parameters, those of the dynamics of depth included; the state of today
    is as uncertain as `state_probability` says. Within one day depth does not matter
    but that of today. Paths of depth: `analysis.liquidity_regimes.depth_paths`. The
    same trace gives the same numbers.
    """
    depth = _checked_depths(depth_musd)
    _check_horizons(horizon_days)
    draws = fragility_draws(trace, depth, horizon_days)
    return _summarised(draws, trace, state_probability)


def fragility_today(
    trace: xr.DataTree, horizon_days: Sequence[int] = HORIZONS_DAYS
) -> pd.DataFrame:
    """:func:`fragility` at the last day's depth and filtered state probabilities.

    Depth and volatility move on from what they have been in the last month.

    Parameters
    ----------
    trace : DataTree
        Trace of the liquidity-regimes model.
    horizon_days : sequence of int

    Returns
    -------
    DataFrame
        As :func:`fragility`, one row a horizon.
    """
    _check_horizons(horizon_days)
    depth = trace["constant_data"]["depth_musd"].isel(day=-1)
    filtered = trace["regimes"]["filtered_probability"].isel(day=-1).to_series()
    today = {str(state): float(value) for state, value in filtered.items()}
    draws = fragility_draws(
        trace,
        np.array([float(depth)]),
        horizon_days,
        lambda paths, *_: paths.from_today(),
    )
    return _summarised(draws, trace, today)


def fragility_draws(
    trace: xr.DataTree,
    depth_musd: NDArray[np.float64],
    horizon_days: Sequence[int],
    start: Start = DepthPaths.from_depth,
    num_paths: int = NUM_PATHS,
) -> xr.Dataset:
    """Draws behind :func:`fragility`.

    Parameters
    ----------
    trace : DataTree
    depth_musd : (depth_musd,) float
    horizon_days : sequence of int
    start : callable
        From `DepthPaths`, a depth and a state to paths of depth.
    num_paths : int
        Of depth, a draw.

    Returns
    -------
    Dataset
        ``moving`` and ``held`` (depth_musd, current_state, horizon_days, sample).
    """
    posterior = thinned_transitions(trace)
    matrices = transition_matrices(posterior, depth_musd)
    held = entry_probability(matrices, horizon_days)
    moving = held
    if is_depth_driven(posterior):
        paths = DepthPaths(trace, held.sizes["sample"], max(horizon_days), num_paths)
        moving = moving_entry_probability(
            posterior, paths, depth_musd, horizon_days, start
        )
    return xr.Dataset({"moving": moving, "held": held}).rename(origin="current_state")


def thinned_transitions(trace: xr.DataTree) -> xr.Dataset:
    """Posterior of the transitions, at most `NUM_DRAWS` draws along "sample"."""
    posterior = trace["posterior"].to_dataset()
    names = [name for name in posterior if str(name).startswith("transition_")]
    drawn = thin_evenly(posterior[names], NUM_DRAWS)
    return xr.Dataset({name: stacked(drawn[name]) for name in names})


def moving_entry_probability(
    transitions: xr.Dataset,
    paths: DepthPaths,
    depth_musd: NDArray[np.float64],
    horizon_days: Sequence[int],
    start: Start = DepthPaths.from_depth,
) -> xr.DataArray:
    """Entry of state 1 from each depth and state, along paths of depth from there.

    Parameters
    ----------
    transitions : (sample, ...) Dataset
        As `entry_probability_along` takes it.
    paths : DepthPaths
        With as many draws.
    depth_musd : (depth_musd,) float
    horizon_days : sequence of int
    start : callable
        See `fragility_draws`.

    Returns
    -------
    (depth_musd, origin, horizon_days, sample) DataArray
    """
    others = [s for s in transitions["origin"].to_numpy() if s != FIRST_STATE]
    by_depth = [
        xr.concat(
            [
                entry_probability_along(
                    transitions, start(paths, depth, origin), origin, horizon_days
                )
                for origin in others
            ],
            pd.Index(others, name="origin"),
        )
        for depth in depth_musd
    ]
    joined = xr.concat(by_depth, pd.Index(depth_musd, name="depth_musd"))
    complete = joined.reindex(origin=transitions["origin"], fill_value=1.0)
    return complete.transpose("depth_musd", "origin", "horizon_days", "sample")


def _summarised(
    draws: xr.Dataset,
    trace: xr.DataTree,
    state_probability: Mapping[str, float] | None,
) -> pd.DataFrame:
    if state_probability is not None:
        weight = _checked_weights(state_probability, draws["current_state"])
        draws = (draws * weight).sum("current_state")
        draws = draws.expand_dims(current_state=["given probabilities"])
    order = ["horizon_days", "current_state", "depth_musd"]
    moving, held = (
        summarise_draws(draws[name]).to_dataframe(dim_order=order)
        for name in ("moving", "held")
    )
    kept = ["mean", "lower_95", "upper_95"]
    frame = moving.drop(columns="probability_positive")
    frame = frame.join(held[kept].add_suffix("_depth_held")).reset_index()
    return _with_extrapolation(frame, trace)


def _check_horizons(horizon_days: Sequence[int]) -> None:
    if not all(float(days).is_integer() and days >= 1 for days in horizon_days):
        raise DataError(
            f"horizons are {list(horizon_days)}", "Name whole trading days, 1 or more."
        )


def _checked_depths(depth_musd: ArrayLike) -> NDArray[np.float64]:
    depth = np.atleast_1d(np.asarray(depth_musd, dtype=float))
    if not (np.isfinite(depth) & (depth > 0)).all():
        raise DataError(
            f"market depth is {depth.tolist()}",
            "Give positive depths in USD million.",
        )
    return depth


def _checked_weights(
    probability: Mapping[str, float], states: xr.DataArray
) -> xr.DataArray:
    labels = [str(state) for state in states.to_numpy()]
    unknown = [state for state in probability if state not in labels]
    values = np.array([float(probability.get(state, 0.0)) for state in labels])
    if unknown or (values < 0).any() or not np.isclose(values.sum(), 1, atol=1e-6):
        raise DataError(
            f"state probabilities are {dict(probability)}",
            f"Give probabilities of the states {', '.join(labels)} that add up to one.",
        )
    return xr.DataArray(values, dims="current_state", coords={"current_state": labels})


def _with_extrapolation(frame: pd.DataFrame, trace: xr.DataTree) -> pd.DataFrame:
    depth = trace["constant_data"]["depth_musd"].to_numpy()
    path = trace["regimes"]["most_likely_path"].to_numpy().astype(int).astype(str)
    by_state = pd.Series(depth).groupby(path).agg(["min", "max"])
    state = frame["current_state"]
    at = frame["depth_musd"]
    lowest = state.map(by_state["min"]).where(state.isin(by_state.index))
    highest = state.map(by_state["max"])
    never_visited = lowest.isna() & (state != "given probabilities")
    return frame.assign(
        outside_sample=(at < depth.min()) | (at > depth.max()),
        outside_state=never_visited | (at < lowest) | (at > highest),
    )
