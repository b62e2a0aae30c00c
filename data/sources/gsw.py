"""Zero-coupon Treasury yields of Gürkaynak, Sack and Wright (GSW)."""

from pathlib import Path

import pandas as pd

from data.files.raw_files import source_files
from data.files.text_tables import (
    index_by_date,
    join_agreeing,
    parse_dates,
    parse_numbers,
    read_file,
    require_columns,
)
from data.files.units import check_percent

MATURITIES_YEARS = tuple(range(1, 31))
PARAMETERS = ("BETA0", "BETA1", "BETA2", "BETA3", "TAU1", "TAU2")


def read_zero_coupon_yields(path: Path) -> pd.DataFrame:
    """Read the continuously compounded zero-coupon yields.

    Parameters
    ----------
    path : Path
        The publisher's ``feds200628.csv`` (with its preamble), a CSV of the ``SVENY``
        columns alone, a Parquet file of the publisher's columns, or a folder of those.

    Returns
    -------
    DataFrame, shape (days, 30)
        Percent a year, continuously compounded. Index ``date``; columns the maturity
        in years (1 to 30). NaN where nothing was published: holidays, and maturities
        beyond the longest bond of their day.

    Raises
    ------
    DataError
        Missing columns, cells that are no numbers, a truncated file, repeated dates,
        yields that are not in percent, files that contradict each other.

    References
    ----------
    Gürkaynak, Sack and Wright (2007), "The U.S. Treasury yield curve: 1961 to the
    present", Journal of Monetary Economics 54(8). Federal Reserve Board, FEDS 2006-28.
    """
    columns = {f"SVENY{maturity:02d}": maturity for maturity in MATURITIES_YEARS}
    yields = _read(path, columns)
    check_percent(yields, path)
    return yields


def read_nelson_siegel_svensson_parameters(path: Path) -> pd.DataFrame:
    """Read the parameters of the fitted curves.

    Parameters
    ----------
    path : Path
        As for :func:`read_zero_coupon_yields`; files without the parameter columns
        raise.

    Returns
    -------
    DataFrame, shape (days, 6)
        Index ``date``; ``BETA0`` … ``BETA3`` in percent, ``TAU1``, ``TAU2`` in years.
        ``TAU2`` is NaN where the publisher fitted the Nelson-Siegel curve (before 1980,
        BETA3 = 0; the file says -999.99).

    Raises
    ------
    DataError
        As for :func:`read_zero_coupon_yields`.
    """
    return _read(path, {parameter: parameter for parameter in PARAMETERS})


def _read(path: Path, columns: dict[str, int] | dict[str, str]) -> pd.DataFrame:
    files = source_files(path, (".csv", ".parquet"))
    return join_agreeing({file: _read_file(file, columns) for file in files})


def _read_file(path: Path, columns: dict[str, int] | dict[str, str]) -> pd.DataFrame:
    table = read_file(path, first_cell=["date"])
    require_columns(table, columns, path)
    table = table.rename(columns={"Date": "date"})
    require_columns(table, ["date"], path)
    dates = parse_dates(table["date"].rename("Date"), path)
    return index_by_date(parse_numbers(table, columns, path), dates, path)
