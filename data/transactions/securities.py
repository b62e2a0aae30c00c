"""What a reference file says of bonds: when they mature, and when they were issued."""

from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.cells import date_cells, read_cells, refuse_repeated_rows

MATURITY = "maturity_date"
ISSUE = "issue_date"

_REMEDY = "give a CSV or Parquet file with the columns cusip and maturity_date."


def read_securities(path: Path) -> pd.DataFrame:
    """Read when bonds mature.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``cusip``, ``maturity_date`` and, for those that have it,
        ``issue_date``; other columns are ignored.

    Returns
    -------
    DataFrame
        ``cusip``, ``maturity_date``, ``issue_date``; missing where not given.

    Raises
    ------
    DataError
        A column is missing, a date is none, or a CUSIP has two rows.
    """
    source = str(path)
    cells = read_cells(path, _REMEDY)
    for name in ("cusip", MATURITY):
        if name not in cells:
            raise DataError(f"{source}: missing column {name}", _REMEDY)
    securities = pd.DataFrame(
        {
            "cusip": cells["cusip"].astype(str).str.strip().str.upper(),
            MATURITY: date_cells(cells[MATURITY], source),
            ISSUE: _dates_where_known(cells, source),
        }
    )
    refuse_repeated_rows(securities, ("cusip",), source)
    return securities


def _dates_where_known(cells: pd.DataFrame, source: str) -> pd.Series:
    if ISSUE not in cells:
        return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[ns]")
    is_known = cells[ISSUE].notna() & (cells[ISSUE].astype(str).str.strip() != "")
    # Every row is looked at, so that an error counts the rows of the file.
    dates = date_cells(cells[ISSUE].where(is_known, cells[MATURITY]), source)
    return dates.where(is_known)
