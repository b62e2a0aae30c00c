"""What posterior draws say of moves between liquidity states, at any depth."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from analysis.estimates import TAIL, stacked
from data.liquidity_regimes.published import published_liquidity_regimes

FIRST_STATE = "1"
"""The least liquid state, against which log odds are measured."""


def is_depth_driven(posterior: xr.Dataset) -> bool:
    """Whether transitions depend on market depth."""
    return "transition_depth_slope" in posterior


def transition_matrices(posterior: xr.Dataset, depth_musd: ArrayLike) -> xr.DataArray:
    """Probability of each move from one trading day to the next, at given depths.

    Parameters
    ----------
    posterior : Dataset
        Group `posterior`: transition_intercept and transition_depth_slope (...,
        origin, destination), or transition_probability (..., origin, arrival).
    depth_musd : (depth_musd,) float
        Market depth of the day that is left, USD million.

    Returns
    -------
    (..., depth_musd, origin, arrival) DataArray
        The same at every depth where transitions are constant.

    Notes
    -----
    Equation (4) of Meldrum and Sokolinskiy (2025).
    """
    values = np.atleast_1d(np.asarray(depth_musd, dtype=float))
    depth = xr.DataArray(values, dims="depth_musd", coords={"depth_musd": values})
    if not is_depth_driven(posterior):
        constant = posterior["transition_probability"].expand_dims(depth_musd=depth)
        return constant.transpose(..., "depth_musd", "origin", "arrival")
    log_odds = (
        posterior["transition_intercept"] + posterior["transition_depth_slope"] * depth
    ).rename(destination="arrival")
    against_first = xr.zeros_like(log_odds.isel(arrival=[0])).assign_coords(
        arrival=[FIRST_STATE]
    )
    log_odds = xr.concat([against_first, log_odds], dim="arrival")
    # A row of published estimates with an illegible one is not legible at all.
    largest = log_odds.max("arrival", skipna=False)
    odds = xr.ufuncs.exp(log_odds - largest)
    return (odds / odds.sum("arrival", skipna=False)).transpose(
        ..., "depth_musd", "origin", "arrival"
    )


def published_transitions(specification: Mapping[str, Any]) -> xr.Dataset | None:
    """The paper's point estimates as a posterior of one draw; None if not legible.

    Parameters
    ----------
    specification : mapping
        Attribute `specification` of a trace.

    Returns
    -------
    Dataset or None
        As :func:`transition_matrices` takes it. Rows that the transcription lost hold
        NaN; None for other than three states or where every row has a NaN.
    """
    if specification["num_states"] != 3:
        return None
    kind = specification["transition"]
    table = published_liquidity_regimes(kind, specification["covariates"])["estimate"]
    names = (
        {"transition_probability": "arrival"}
        if kind == "constant"
        else dict.fromkeys(
            ("transition_intercept", "transition_depth_slope"), "destination"
        )
    )
    variables = {
        name: table.loc[name].rename_axis(["origin", to]).to_xarray()
        for name, to in names.items()
    }
    found = xr.Dataset(variables)
    legible = [
        xr.ufuncs.isfinite(rows).all(str(rows.dims[1])) for rows in found.values()
    ]
    return found if xr.concat(legible, "variable").all("variable").any() else None


def expected_durations(posterior: xr.Dataset, depth_musd: ArrayLike) -> xr.DataArray:
    """Trading days that a visit to each state lasts on average, 1 / (1 - p_ii).

    Parameters
    ----------
    posterior : Dataset
    depth_musd : (depth_musd,) float
        USD million, held for the whole visit.

    Returns
    -------
    (..., depth_musd, state) DataArray
        Trading days, at least 1.
    """
    matrix = transition_matrices(posterior, depth_musd)
    # Through the probabilities of leaving: 1 - p_ii loses its digits near 1.
    leaving = matrix.where(matrix["origin"] != matrix["arrival"], 0.0).sum("arrival")
    return (1 / leaving).rename(origin="state")


def median_and_interval(draws: xr.DataArray) -> pd.DataFrame:
    """Posterior median and equal-tailed 95% interval, one row an element.

    Returns
    -------
    DataFrame
        One column a dimension, then median, lower_95, upper_95. For quantities whose
        mean need not exist, such as a duration.
    """
    bounds = stacked(draws).quantile([0.5, TAIL, 1 - TAIL], "sample")
    names = ("median", "lower_95", "upper_95")
    parts = {name: bounds.isel(quantile=i, drop=True) for i, name in enumerate(names)}
    return xr.Dataset(parts).to_dataframe().reset_index()


def transition_counts(state_path: xr.DataArray, states: Sequence[str]) -> xr.DataArray:
    """How often each move happened in each drawn path of the states.

    Parameters
    ----------
    state_path : (sample, day) int DataArray
        States 1 to K.
    states : sequence of str
        Labels of all states.

    Returns
    -------
    (sample, origin, arrival) DataArray
        Number of days.
    """
    path = state_path.transpose("sample", "day").to_numpy().astype(int) - 1
    size = len(states)
    move = path[:, :-1] * size + path[:, 1:]
    counts = np.stack([np.bincount(row, minlength=size**2) for row in move])
    return xr.DataArray(
        counts.reshape(-1, size, size),
        dims=("sample", "origin", "arrival"),
        coords={"origin": list(states), "arrival": list(states)},
    )
