"""What replicated yields are compared with observed yields by.

The level of a near-unit-root panel wanders: its mean and deviation say little about a
model. These statistics look at what the model must get right: the size, persistence,
tails and comovement of weekly changes, the curvature that three factors share out, and
how far yields travel over the sample.
"""

from functools import partial

import pandas as pd
import xarray as xr

from analysis.change_statistics import (
    change_autocorrelation,
    change_excess_kurtosis,
    change_sd,
    travelled,
)
from analysis.description import PredictiveCheck, Statistic

PAIRS = ((2, 5), (5, 10), (10, 20), (2, 20))
BUTTERFLIES = ((2, 5, 10), (5, 10, 20))


def _join(parts: dict[str, xr.DataArray]) -> xr.DataArray:
    index = pd.Index(list(parts), name="label")
    return xr.concat(list(parts.values()), dim=index, coords="minimal")


def change_correlation(yields: xr.DataArray) -> xr.DataArray:
    """Correlation of weekly changes of two tenors."""
    change = yields.diff("week")
    return _join(
        {
            f"{a}y–{b}y": xr.corr(
                change.sel(tenor=a, drop=True), change.sel(tenor=b, drop=True), "week"
            )
            for a, b in PAIRS
        }
    )


def butterfly_change_sd_bp(yields: xr.DataArray) -> xr.DataArray:
    """Measure the deviation of the weekly change of butterflies, basis points.

    A butterfly is twice the yield in the middle minus those at the wings.
    """
    change = yields.diff("week")
    return _join(
        {
            f"{a}y–{b}y–{c}y": (
                2 * change.sel(tenor=b, drop=True)
                - change.sel(tenor=a, drop=True)
                - change.sel(tenor=c, drop=True)
            ).std("week", ddof=1)
            for a, b, c in BUTTERFLIES
        }
    )


STATISTICS: dict[str, Statistic] = {
    "sd of weekly change (bp)": partial(change_sd, time_dim="week"),
    "lag-1 autocorrelation of weekly change": partial(
        change_autocorrelation, time_dim="week"
    ),
    "excess kurtosis of weekly change": partial(
        change_excess_kurtosis, time_dim="week"
    ),
    "correlation of weekly changes": change_correlation,
    "sd of weekly butterfly change (bp)": butterfly_change_sd_bp,
    "range over the sample (bp)": partial(travelled, time_dim="week"),
}
"""Title with unit -> statistic of (..., week, tenor) yields in basis points."""

YIELD_CHECK = PredictiveCheck(
    variable="yield_bp",
    subject="yields",
    statistics=STATISTICS,
    scale_statistics=[name for name in STATISTICS if name.endswith("(bp)")],
    observed_mask="is_quoted",
)
