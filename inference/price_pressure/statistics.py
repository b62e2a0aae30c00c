"""What replicated yields are compared with observed yields by.

The level of a near-unit-root panel wanders: its mean and deviation say little about a
model. These statistics look at what the model must get right: the size, persistence,
tails and comovement of changes, the curvature that three factors share out, and
how far yields travel over the sample.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from data.price_pressure.frequency import frequency_of_dims
from inference.checks.change_statistics import (
    change_autocorrelation,
    change_excess_kurtosis,
    change_sd,
    travelled,
)
from inference.checks.predictive_checks import (
    RELEVANT_CORRELATION,
    RELEVANT_EXCESS_KURTOSIS,
    RELEVANT_RANGE_SHARE,
    RELEVANT_SHARE,
    PredictiveCheck,
    Statistic,
)

MOST_OF_A_KIND = 4
"""Pairs or butterflies of many tenors looked at: neighbours, evenly spread."""


def _join(parts: dict[str, xr.DataArray]) -> xr.DataArray:
    index = pd.Index(list(parts), name="label")
    return xr.concat(list(parts.values()), dim=index, coords="minimal")


def _some(kind: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if len(kind) <= MOST_OF_A_KIND:
        return kind
    places = np.linspace(0, len(kind) - 1, MOST_OF_A_KIND).round().astype(int)
    return [kind[place] for place in places]


def pairs_of(tenors: Sequence[int]) -> list[tuple[int, ...]]:
    """Pairs of neighbours, and the shortest with the longest tenor."""
    neighbours: list[tuple[int, ...]] = list(pairwise(tenors))
    return [*_some(neighbours), (tenors[0], tenors[-1])]


def butterflies_of(tenors: Sequence[int]) -> list[tuple[int, ...]]:
    """Three neighbours each."""
    return _some(list(zip(tenors, tenors[1:], tenors[2:], strict=False)))


def _changes(yields: xr.DataArray) -> tuple[xr.DataArray, str]:
    step = frequency_of_dims(yields.dims).dim
    return yields.diff(step), step


def change_correlation(yields: xr.DataArray) -> xr.DataArray:
    """Correlation of the changes of two tenors from one date to the next."""
    change, step = _changes(yields)
    return _join(
        {
            f"{a}y–{b}y": xr.corr(
                change.sel(tenor=a, drop=True), change.sel(tenor=b, drop=True), step
            )
            for a, b in pairs_of(yields["tenor"].to_numpy().tolist())
        }
    )


def butterfly_change_sd_bp(yields: xr.DataArray) -> xr.DataArray:
    """Measure the deviation of the change of butterflies, basis points.

    A butterfly is twice the yield in the middle minus those at the wings.
    """
    change, step = _changes(yields)
    return _join(
        {
            f"{a}y–{b}y–{c}y": (
                2 * change.sel(tenor=b, drop=True)
                - change.sel(tenor=a, drop=True)
                - change.sel(tenor=c, drop=True)
            ).std(step, ddof=1)
            for a, b, c in butterflies_of(yields["tenor"].to_numpy().tolist())
        }
    )


def _of_dates(
    statistic: Callable[..., xr.DataArray], yields: xr.DataArray
) -> xr.DataArray:
    return statistic(yields, time_dim=frequency_of_dims(yields.dims).dim)


def _along_dates(statistic: Callable[..., xr.DataArray]) -> Statistic:
    # No function of its own: figures are drawn by other processes, too.
    return partial(_of_dates, statistic)


STATISTICS: dict[str, Statistic] = {
    "sd of change (bp)": _along_dates(change_sd),
    "lag-1 autocorrelation of change": _along_dates(change_autocorrelation),
    "excess kurtosis of change": _along_dates(change_excess_kurtosis),
    "correlation of changes": change_correlation,
    "sd of butterfly change (bp)": butterfly_change_sd_bp,
    "range over the sample (bp)": _along_dates(travelled),
}
"""Title with unit -> statistic of (..., date, tenor) yields in basis points; changes
are from one date to the next."""

RELEVANT_COMOVEMENT = 0.05
"""Of correlations near 0.9, where 0.05 is half of what a hedge leaves open."""

RELEVANT_DIFFERENCE = {
    "sd of change (bp)": RELEVANT_SHARE,
    "lag-1 autocorrelation of change": RELEVANT_CORRELATION,
    "excess kurtosis of change": RELEVANT_EXCESS_KURTOSIS,
    "correlation of changes": RELEVANT_COMOVEMENT,
    "sd of butterfly change (bp)": RELEVANT_SHARE,
    "range over the sample (bp)": RELEVANT_RANGE_SHARE,
}

YIELD_CHECK = PredictiveCheck(
    variable="yield_bp",
    subject="yields",
    statistics=STATISTICS,
    scale_statistics=[name for name in STATISTICS if name.endswith("(bp)")],
    relevant_difference=RELEVANT_DIFFERENCE,
    observed_mask="is_quoted",
)
