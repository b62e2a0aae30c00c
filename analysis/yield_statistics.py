"""What replicated yields are compared with observed yields by.

The level of a near-unit-root panel wanders: its mean and deviation say little about a
model. These statistics look at what the model must get right: the size, persistence,
tails and comovement of weekly changes, the curvature that three factors share out, and
how far yields travel over the sample.
"""

import pandas as pd
import xarray as xr

from analysis.description import PredictiveCheck, Statistic

PAIRS = ((2, 5), (5, 10), (10, 20), (2, 20))
BUTTERFLIES = ((2, 5, 10), (5, 10, 20))


def _by_tenor(values: xr.DataArray) -> xr.DataArray:
    labels = [f"{tenor}y" for tenor in values["tenor"].to_numpy()]
    return values.rename(tenor="label").assign_coords(label=labels)


def _join(parts: dict[str, xr.DataArray]) -> xr.DataArray:
    index = pd.Index(list(parts), name="label")
    return xr.concat(list(parts.values()), dim=index, coords="minimal")


def change_sd_bp(yields: xr.DataArray) -> xr.DataArray:
    """Measure the standard deviation of the weekly change, basis points, by tenor."""
    return _by_tenor(yields.diff("week").std("week", ddof=1))


def change_autocorrelation(yields: xr.DataArray) -> xr.DataArray:
    """Lag-1 autocorrelation of the weekly change, by tenor."""
    change = yields.diff("week").drop_vars("week", errors="ignore")
    current, lagged = (
        change.isel(week=slice(1, None)),
        change.isel(week=slice(None, -1)),
    )
    return _by_tenor(xr.corr(current, lagged, "week"))


def change_excess_kurtosis(yields: xr.DataArray) -> xr.DataArray:
    """Excess kurtosis of the weekly change, by tenor; zero for a normal variable."""
    change = yields.diff("week")
    deviation = change - change.mean("week")
    ratio = (deviation**4).mean("week") / (deviation**2).mean("week") ** 2
    return _by_tenor(ratio - 3)


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


def range_bp(yields: xr.DataArray) -> xr.DataArray:
    """Highest minus lowest yield of the sample, basis points, by tenor."""
    return _by_tenor(yields.max("week") - yields.min("week"))


STATISTICS: dict[str, Statistic] = {
    "sd of weekly change (bp)": change_sd_bp,
    "lag-1 autocorrelation of weekly change": change_autocorrelation,
    "excess kurtosis of weekly change": change_excess_kurtosis,
    "correlation of weekly changes": change_correlation,
    "sd of weekly butterfly change (bp)": butterfly_change_sd_bp,
    "range over the sample (bp)": range_bp,
}
"""Title with unit -> statistic of (..., week, tenor) yields in basis points."""

YIELD_CHECK = PredictiveCheck(
    variable="yield_bp",
    subject="yields",
    statistics=STATISTICS,
    scale_statistics=[name for name in STATISTICS if name.endswith("(bp)")],
    observed_mask="is_quoted",
)
