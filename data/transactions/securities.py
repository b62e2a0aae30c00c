"""What a reference file says of bonds: when they mature, and when they were issued."""

from pathlib import Path

import pandas as pd

from data.files.cells import (
    date_cells,
    optional_date_cells,
    read_cells,
    refuse_repeated_rows,
    require_columns,
)

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
    require_columns(cells, ("cusip", MATURITY), source)
    securities = pd.DataFrame(
        {
            "cusip": cells["cusip"].astype(str).str.strip().str.upper(),
            MATURITY: date_cells(cells[MATURITY], source),
            ISSUE: optional_date_cells(cells, ISSUE, source),
        }
    )
    refuse_repeated_rows(securities, ("cusip",), source)
    return securities
