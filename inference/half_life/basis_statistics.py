"""What replicated basis series are compared with observed ones by.

The level wanders, so its mean says little about a model. These statistics look at what
the decomposition must get right: the size, tails and reversal of daily changes, and how
much of them is undone within two weeks.
"""

from functools import partial

import xarray as xr

from inference.checks.change_statistics import (
    by_tenor,
    change_autocorrelation,
    change_excess_kurtosis,
    change_sd,
    changes,
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

REVERSAL_DAYS = 10
"""Two weeks of trading days: the horizon at which half-lives are read off."""


def variance_ratio(basis: xr.DataArray) -> xr.DataArray:
    """Variance of ten-day changes over ten times that of daily changes, by tenor.

    One for a random walk; below one where changes are undone within two weeks (Lo and
    MacKinlay 1988, doi 10.1093/rfs/1.1.41).
    """
    long, short = changes(basis, "day", REVERSAL_DAYS), changes(basis, "day")
    ratio = long.var("day", ddof=1) / (REVERSAL_DAYS * short.var("day", ddof=1))
    return by_tenor(ratio)


STATISTICS: dict[str, Statistic] = {
    "sd of daily change (bp)": partial(change_sd, time_dim="day"),
    "lag-1 autocorrelation of daily change": partial(
        change_autocorrelation, time_dim="day"
    ),
    "excess kurtosis of daily change": partial(change_excess_kurtosis, time_dim="day"),
    "variance ratio at ten days": variance_ratio,
    "range over the sample (bp)": partial(travelled, time_dim="day"),
}
"""Title with unit -> statistic of a (..., day, tenor) basis in basis points."""

RELEVANT_DIFFERENCE = {
    "sd of daily change (bp)": RELEVANT_SHARE,
    "lag-1 autocorrelation of daily change": RELEVANT_CORRELATION,
    "excess kurtosis of daily change": RELEVANT_EXCESS_KURTOSIS,
    "variance ratio at ten days": RELEVANT_SHARE,
    "range over the sample (bp)": RELEVANT_RANGE_SHARE,
}

BASIS_CHECK = PredictiveCheck(
    variable="basis_bp",
    subject="basis series",
    statistics=STATISTICS,
    scale_statistics=[name for name in STATISTICS if name.endswith("(bp)")],
    relevant_difference=RELEVANT_DIFFERENCE,
    observed_mask="is_quoted",
)
