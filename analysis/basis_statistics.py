"""What replicated basis series are compared with observed ones by.

The level wanders, so its mean says little about a model. These statistics look at what
the decomposition must get right: the size, tails and reversal of daily changes, and how
much of them is undone within two weeks.
"""

import xarray as xr

from analysis.description import PredictiveCheck, Statistic

REVERSAL_DAYS = 10
"""Two weeks of trading days: the horizon at which half-lives are read off."""


def _by_tenor(values: xr.DataArray) -> xr.DataArray:
    labels = [f"{tenor}y" for tenor in values["tenor"].to_numpy()]
    return values.rename(tenor="label").assign_coords(label=labels)


def _change(basis: xr.DataArray, days: int = 1) -> xr.DataArray:
    without_dates = basis.drop_vars("day", errors="ignore")
    return without_dates - without_dates.shift(day=days)


def change_sd_bp(basis: xr.DataArray) -> xr.DataArray:
    """Measure the standard deviation of the daily change, basis points, by tenor."""
    return _by_tenor(_change(basis).std("day", ddof=1))


def change_autocorrelation(basis: xr.DataArray) -> xr.DataArray:
    """Lag-1 autocorrelation of the daily change by tenor; noise makes it negative."""
    change = _change(basis)
    return _by_tenor(xr.corr(change, change.shift(day=1), "day"))


def change_excess_kurtosis(basis: xr.DataArray) -> xr.DataArray:
    """Excess kurtosis of the daily change, by tenor; zero for a normal variable."""
    change = _change(basis)
    deviation = change - change.mean("day")
    ratio = (deviation**4).mean("day") / (deviation**2).mean("day") ** 2
    return _by_tenor(ratio - 3)


def variance_ratio(basis: xr.DataArray) -> xr.DataArray:
    """Variance of ten-day changes over ten times that of daily changes, by tenor.

    One for a random walk; below one where changes are undone within two weeks (Lo and
    MacKinlay 1988, doi 10.1093/rfs/1.1.41).
    """
    long, short = _change(basis, REVERSAL_DAYS), _change(basis)
    ratio = long.var("day", ddof=1) / (REVERSAL_DAYS * short.var("day", ddof=1))
    return _by_tenor(ratio)


def range_bp(basis: xr.DataArray) -> xr.DataArray:
    """Highest minus lowest basis of the sample, basis points, by tenor."""
    return _by_tenor(basis.max("day") - basis.min("day"))


STATISTICS: dict[str, Statistic] = {
    "sd of daily change (bp)": change_sd_bp,
    "lag-1 autocorrelation of daily change": change_autocorrelation,
    "excess kurtosis of daily change": change_excess_kurtosis,
    "variance ratio at ten days": variance_ratio,
    "range over the sample (bp)": range_bp,
}
"""Title with unit -> statistic of a (..., day, tenor) basis in basis points."""

BASIS_CHECK = PredictiveCheck(
    variable="basis_bp",
    subject="basis series",
    statistics=STATISTICS,
    scale_statistics=[name for name in STATISTICS if name.endswith("(bp)")],
    observed_mask="is_quoted",
)
