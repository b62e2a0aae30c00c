"""Fragility: how likely liquidity is to break down within days, given depth.

The question of Meldrum and Sokolinskiy (2025), answered with an interval: from each
posterior draw, the probability that the market enters the low-liquidity state within a
number of trading days while depth stays where it is.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from analysis.estimates import summarise_draws
from analysis.transitions import FIRST_STATE, transition_matrices
from data.errors import DataError

HORIZONS_DAYS = (1, 5, 20)
"""A trading day, week and month."""


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
        Market depth in USD million, held at this level over the horizon.
    horizon_days : sequence of int
        Trading days ahead.
    state_probability : mapping of str to float, optional
        Probability of each state today, such as {"2": 0.3, "3": 0.7} or the last day
        of group `regimes`; states left out have none. Without it, one row a state.

    Returns
    -------
    DataFrame
        Columns depth_musd, horizon_days, current_state (state, or "given
        probabilities"), mean, sd, lower_95, upper_95, and two that say where the
        number is an extrapolation: outside_sample (no day of the sample had a depth
        that low or high), and outside_state (no such day in the current state, by the
        most likely path).

    Raises
    ------
    DataError
        If a depth is not positive, a horizon below one day, or the probabilities are
        not probabilities of the trace's states.

    Notes
    -----
    A market that is in state 1 today has entered it: probability one. The interval is
    that of the parameters; the state of today is as uncertain as `state_probability`
    says.
    """
    depth = _checked_depths(depth_musd)
    if not all(float(days).is_integer() and days >= 1 for days in horizon_days):
        raise DataError(
            f"horizons are {list(horizon_days)}", "Name whole trading days, 1 or more."
        )
    matrices = transition_matrices(trace["posterior"].to_dataset(), depth)
    draws = entry_probability(matrices, horizon_days).rename(origin="current_state")
    if state_probability is not None:
        weight = _checked_weights(state_probability, draws["current_state"])
        draws = (draws * weight).sum("current_state")
        draws = draws.expand_dims(current_state=["given probabilities"])
    order = ["horizon_days", "current_state", "depth_musd"]
    frame = summarise_draws(draws).to_dataframe(dim_order=order).reset_index()
    frame = frame.drop(columns="probability_positive")
    return _with_extrapolation(frame, trace)


def fragility_today(
    trace: xr.DataTree, horizon_days: Sequence[int] = HORIZONS_DAYS
) -> pd.DataFrame:
    """:func:`fragility` at the last day's depth and filtered state probabilities.

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
    depth = trace["constant_data"]["depth_musd"].isel(day=-1)
    filtered = trace["regimes"]["filtered_probability"].isel(day=-1).to_series()
    today = {str(state): float(value) for state, value in filtered.items()}
    return fragility(trace, float(depth), horizon_days, state_probability=today)


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
