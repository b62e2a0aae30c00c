"""Which issue is on the run: the latest of its original maturity."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.arrays import FloatArray

BENCHMARK_YEARS = (2, 3, 5, 7, 10, 20, 30)
"""Original maturities of notes and bonds that are auctioned."""

_NEAR_YEARS = 0.2
"""A note of ten years whose issue was delayed still is one; one of 9 years and 11
months is a reopening."""


def original_years(issued: pd.Series, maturity: pd.Series) -> FloatArray:
    """Original maturity, one of `BENCHMARK_YEARS`, or NaN."""
    years = ((maturity - issued).dt.days / 365.25).to_numpy(np.float64)
    known = np.array(BENCHMARK_YEARS, dtype=np.float64)
    nearest = known[np.abs(years[:, None] - known).argmin(1)]
    return np.where(np.abs(years - nearest) <= _NEAR_YEARS, nearest, np.nan)


def vintages(
    issues: pd.DataFrame, security: pd.Series, day: pd.Series
) -> NDArray[np.float64]:
    """How many later issues of the same original maturity there were on a day.

    Parameters
    ----------
    issues : DataFrame
        Every issue: ``security``, ``issued``, from which day on it counts, and
        ``years``, original maturity. Reopenings are no issues.
    security, day : Series
        Of equal length.

    Returns
    -------
    ndarray
        0 on the run, 1 first off the run; NaN for a security of no original maturity,
        not among the issues, or not yet issued.
    """
    known = issues.dropna(subset=["years"]).drop_duplicates("security")
    found = np.full(len(security), np.nan)
    days = day.to_numpy().astype("datetime64[D]")
    names = security.to_numpy()
    for _, group in known.groupby("years"):
        ordered = group.sort_values("issued", kind="stable")
        starts = ordered["issued"].to_numpy().astype("datetime64[D]")
        place = pd.Series(np.arange(len(ordered)), index=ordered["security"])
        own = place.reindex(names).to_numpy(np.float64)
        rows = np.flatnonzero(np.isfinite(own))
        later = np.searchsorted(starts, days[rows], side="right") - 1 - own[rows]
        found[rows] = np.where(later >= 0, later, np.nan)
    return found
