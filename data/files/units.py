"""Guards against a file in another unit than its publisher's."""

from pathlib import Path

import pandas as pd

from data.errors import DataError

LARGEST_PERCENT = 25.0
"""Above any US Treasury yield since 1961 (16.5 percent in 1981)."""

SMALLEST_PERCENT = -5.0
"""Below any government bond yield of any country: a sentinel or another unit."""

SMALLEST_LONG_PERCENT = 0.3
"""Below the lowest ten-year yield ever published (0.52 percent in August 2020)."""


def check_percent(yields: pd.DataFrame, path: Path) -> None:
    """Refuse yields that look like basis points or like fractions of one.

    Parameters
    ----------
    yields : DataFrame, shape (days, maturities)
        Columns are maturities in years.
    path : Path
        For the message.

    Raises
    ------
    DataError
        When the largest yield of the file is above :data:`LARGEST_PERCENT`, the
        smallest below :data:`SMALLEST_PERCENT`, or no yield of ten years and more
        reaches :data:`SMALLEST_LONG_PERCENT`.
    """
    largest = float(yields.max().max())
    if largest > LARGEST_PERCENT:
        raise DataError(
            f"{path}: a yield of {largest:g} is too large for percent; the file looks "
            "like basis points.",
            "Give the yields in percent, as their publisher does.",
        )
    smallest = float(yields.min().min())
    if smallest < SMALLEST_PERCENT:
        raise DataError(
            f"{path}: a yield of {smallest:g} is too small for percent.",
            "Leave cells empty where nothing was published.",
        )
    long_maturities = [maturity for maturity in yields.columns if float(maturity) >= 10]
    largest = float(yields[long_maturities].max().max())
    if largest < SMALLEST_LONG_PERCENT:
        raise DataError(
            f"{path}: no yield of ten years or more exceeds {largest:g}; the file "
            "looks like fractions of one.",
            "Give the yields in percent, as their publisher does.",
        )
