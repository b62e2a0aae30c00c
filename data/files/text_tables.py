"""Read publishers' text files strictly: every cell accounted for or a clear error."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import DataError
from data.files.raw_files import FETCH_AGAIN, read_bytes
from data.files.table_reader import (
    LARGEST_NUMBER,
    MISSING,
    local_dates,
    parse_table,
    read_table,
)

NOT_PUBLISHED = -999.99
"""By which the Federal Reserve's files say that nothing was published."""

DATE_FORMATS = ("%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p")
"""Ways in which the publishers write a date beside those of ISO 8601."""


def parse_csv(text: str, path: Path, *, first_cell: Iterable[str]) -> pd.DataFrame:
    """Parse comma-separated text below a header line, whatever preamble stands above.

    Parameters
    ----------
    text : str
        The whole file.
    path : Path
        Its name, for messages.
    first_cell : iterable of str
        What the first cell of the header line may say, in lower case.

    Returns
    -------
    DataFrame
        As of `data.files.table_reader.read_table`, at least one row.

    Raises
    ------
    DataError
        See there; also when there is no row.
    """
    return _with_rows(parse_table(text, str(path), first_cell), path)


def read_file(path: Path, *, first_cell: Iterable[str]) -> pd.DataFrame:
    """Read a CSV or Parquet file of a publisher; see `parse_csv`."""
    return _with_rows(read_table(read_bytes(path), str(path), first_cell), path)


def _with_rows(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    if table.empty:
        raise DataError(f"{path} has a header but no rows.", FETCH_AGAIN)
    return table


def require_columns(table: pd.DataFrame, columns: Iterable[str], path: Path) -> None:
    """Raise a DataError that names the columns that ``table`` lacks."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError(
            f"{path} lacks the column {', '.join(missing)}; it has "
            f"{', '.join(map(str, table.columns[:8]))} …",
            "Check that this is the file of the named source; if its publisher has "
            "changed the layout, the parser must follow.",
        )


def parse_dates(cells: pd.Series, path: Path) -> pd.DatetimeIndex:
    """Parse the date cells of a table made by :func:`parse_csv`.

    Raises
    ------
    DataError
        Naming line and cell of the first one that is no date.
    """
    parsed = local_dates(cells)
    for form in DATE_FORMATS:
        if parsed.notna().all():
            break
        text = cells.astype(str)
        parsed = parsed.fillna(pd.to_datetime(text, format=form, errors="coerce"))
    wrong = cells[parsed.isna()]
    if not wrong.empty:
        raise DataError(
            f"{path}, line {wrong.index[0]}, column {cells.name}: {wrong.iloc[0]!r} is "
            "not a date.",
            "Write dates as YYYY-MM-DD.",
        )
    return pd.DatetimeIndex(parsed.dt.normalize(), name="date").as_unit("ns")


def parse_numbers(
    table: pd.DataFrame, columns: Mapping[str, object], path: Path
) -> pd.DataFrame:
    """Turn the named columns into floats and give them their new names.

    Parameters
    ----------
    table : DataFrame
        Cells as text or numbers.
    columns : mapping of str to label
        Column in the file to column in the result.
    path : Path
        For messages.

    Returns
    -------
    DataFrame
        float64, the index of ``table``; NaN where a cell is empty, a marker of
        `data.files.table_reader.MISSING`, or :data:`NOT_PUBLISHED` in any spelling.

    Raises
    ------
    DataError
        Naming column and line of the first cell that is neither a finite number nor
        a sign for a missing one.
    """
    return pd.DataFrame(
        {label: numbers(table[column], path) for column, label in columns.items()}
    )


def numbers(
    cells: pd.Series, path: Path, missing: Iterable[str] = MISSING
) -> pd.Series:
    """Turn one column of cells into floats; see :func:`parse_numbers`."""
    blank = cells.isna() | cells.isin(list(missing))
    values = pd.to_numeric(cells, errors="coerce").astype(float)
    values = values.mask(values.abs() > LARGEST_NUMBER)
    wrong = cells[values.isna() & ~blank]
    if not wrong.empty:
        raise DataError(
            f"{path}, line {wrong.index[0]}, column {cells.name}: {wrong.iloc[0]!r} "
            "where a finite number is expected.",
            "Mend the cell, or leave it empty where nothing was published.",
        )
    return values.mask(blank | np.isclose(values, NOT_PUBLISHED))


def index_by_date(
    frame: pd.DataFrame, dates: pd.DatetimeIndex, path: Path
) -> pd.DataFrame:
    """Index by date and sort, refusing a date that stands twice.

    Raises
    ------
    DataError
        Naming the first repeated date and its line.
    """
    repeated = dates.duplicated()
    if repeated.any():
        line, date = frame.index[repeated][0], dates[repeated][0]
        raise DataError(
            f"{path}, line {line}: the date {date:%Y-%m-%d} stands twice.",
            "Keep one row a date.",
        )
    return frame.set_index(dates).sort_index()


def join_agreeing(frames: Mapping[Path, pd.DataFrame]) -> pd.DataFrame:
    """Join frames of several files by date; where two files speak they must agree.

    Raises
    ------
    DataError
        Naming files, date and column of the first contradiction.
    """
    paths = list(frames)
    joined = frames[paths[0]]
    for path in paths[1:]:
        frame = frames[path]
        dates = joined.index.intersection(frame.index)
        columns = [column for column in frame.columns if column in joined.columns]
        before, after = joined.loc[dates, columns], frame.loc[dates, columns]
        differs = before.ne(after) & before.notna() & after.notna()
        if differs.any(axis=None):
            date = dates[differs.any(axis=1)][0]
            column = differs.columns[differs.loc[date]][0]
            raise DataError(
                f"{path} and another file of its folder disagree on {column} at "
                f"{date:%Y-%m-%d}: {after.loc[date, column]} and "
                f"{before.loc[date, column]}.",
                "Keep one of the two files in the folder.",
            )
        joined = joined.combine_first(frame)
    return joined.sort_index()
