"""Read the cells of a CSV, Excel or Parquet file, and write one.

Nothing here knows a model's columns: each panel module names its own and checks them.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.commands.simulated import SIMULATED, simulations_met
from data.errors import DataError
from data.files.atomic import replacing
from data.files.header import COPY_AGAIN
from data.files.table_reader import (
    LARGEST_NUMBER,
    MISSING,
    local_dates,
    read_table,
)

PANEL_SUFFIXES = (".csv", ".parquet")
"""File formats that a panel is written in, chosen by extension."""

READ_SUFFIXES = (*PANEL_SUFFIXES, ".xlsx")
"""Those that tables are read from."""

_LISTED_ROWS = 3


def require_panel_suffix(path: Path) -> None:
    """Raise `DataError` unless the name ends in ``.csv`` or ``.parquet``."""
    if path.suffix.lower() not in PANEL_SUFFIXES:
        raise DataError(
            f"{path}: the extension {path.suffix or '(none)'} is not a panel format",
            f"name the file {path.stem}.csv or {path.stem}.parquet.",
        )


def read_cells(path: Path, remedy: str) -> pd.DataFrame:
    """Cells of a CSV or Excel (as text) or Parquet file, unchecked.

    Parameters
    ----------
    path : Path
        Ends in ``.csv``, ``.xlsx`` or ``.parquet``. Rows of text without any content,
        and lines that begin with ``#``, are passed over.
    remedy : str
        What to do when there is no such file.

    Raises
    ------
    DataError
        The file is missing, of another format or damaged.
    """
    path = Path(path)
    if path.suffix.lower() not in READ_SUFFIXES:
        raise DataError(
            f"{path}: the extension {path.suffix or '(none)'} is not a panel format",
            f"name the file {path.stem}.csv, {path.stem}.xlsx or {path.stem}.parquet.",
        )
    if not path.is_file():
        raise DataError(f"{path}: no such file", remedy)
    table = read_table(path.read_bytes(), str(path))
    if table.empty:
        raise DataError(f"{path} has a header but no rows", COPY_AGAIN)
    return table.reset_index(drop=True)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a checked panel, completely or not at all.

    Parameters
    ----------
    frame : DataFrame
        Its index is not written; the mark of simulated data is, where a command has met
        any.
    path : Path
        Ends in ``.csv`` or ``.parquet``.
    """
    simulated = simulations_met()
    frame = frame.assign(**{SIMULATED: simulated}) if simulated else frame
    with replacing(path) as temporary:
        if path.suffix.lower() == ".csv":
            frame.to_csv(temporary, index=False, date_format="%Y-%m-%d")
        else:
            frame.to_parquet(temporary, index=False)


def sha256_of_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of a panel in memory, as if it had been written as CSV."""
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()


def date_cells(cells: pd.Series, source: str) -> pd.Series:
    """Dates (datetime64[ns]) of a column; `DataError` names the first that is none."""
    return _dates_where(pd.Series(True, index=cells.index), cells, source)


def optional_date_cells(cells: pd.DataFrame, name: str, source: str) -> pd.Series:
    """Dates of a column as `date_cells`; NaT where missing, or without that column."""
    if name not in cells:
        return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[ns]")
    given = ~text_cells(cells, name).isin(MISSING)
    return _dates_where(given, cells[name], source)


def _dates_where(given: pd.Series, cells: pd.Series, source: str) -> pd.Series:
    """Dates of the cells that are given; every row counts in what an error names."""
    dates = local_dates(cells)
    bad = np.flatnonzero(given & (dates.isna() | (dates != dates.dt.normalize())))
    if bad.size:
        raise DataError(
            f"{source}: column {cells.name}, row {bad[0] + 1}: "
            f"{str(cells.iloc[bad[0]]).strip()!r} is not a date from 1678 to 2261",
            "write dates as YYYY-MM-DD.",
        )
    return dates.where(given)


def number_cells(
    cells: pd.Series, dates: pd.Series, source: str
) -> NDArray[np.float64]:
    """Numbers of a column, NaN where a cell is empty or a missing-value marker.

    Raises
    ------
    DataError
        Naming the column and the first rows, with their dates, that hold text.
    """
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        return _credible(numbers, cells, dates, source)
    text = cells.astype("object").where(cells.notna(), "").astype(str).str.strip()
    text = text.mask(text.isin(MISSING), "nan")
    bad = np.flatnonzero(pd.to_numeric(text, errors="coerce").isna() & (text != "nan"))
    if bad.size:
        shown = ", ".join(
            f"row {row + 1} ({dates.iloc[row]:%Y-%m-%d}): {text.iloc[row]!r}"
            for row in bad[:_LISTED_ROWS]
        )
        more = f" and {bad.size - _LISTED_ROWS} more" if bad.size > _LISTED_ROWS else ""
        raise DataError(
            f"{source}: column {cells.name} holds text: {shown}{more}",
            "write plain numbers with a decimal point and no thousands separators; "
            "leave missing cells empty.",
        )
    return _credible(text.to_numpy(dtype=np.float64), cells, dates, source)


def optional_number_cells(
    cells: pd.DataFrame, name: str, dates: pd.Series, source: str
) -> NDArray[np.float64]:
    """Numbers of a column as `number_cells`; NaN without that column."""
    if name not in cells:
        return np.full(len(cells), np.nan)
    return number_cells(cells[name], dates, source)


def _credible(
    numbers: NDArray[np.float64], cells: pd.Series, dates: pd.Series, source: str
) -> NDArray[np.float64]:
    """Refuse numbers whose squares overflow; infinite ones are each schema's matter."""
    bad = np.flatnonzero(np.isfinite(numbers) & (np.abs(numbers) > LARGEST_NUMBER))
    if bad.size:
        raise DataError(
            f"{source}: column {cells.name}, row {bad[0] + 1} "
            f"({dates.iloc[bad[0]]:%Y-%m-%d}): {numbers[bad[0]]:g} is beyond "
            f"{LARGEST_NUMBER:g}, the largest number of anything here",
            "mend the cell, or leave it empty where a value is not known.",
        )
    return numbers


def require_columns(cells: pd.DataFrame, names: Sequence[str], source: str) -> None:
    """Raise `DataError` naming the columns that a file lacks."""
    missing = [name for name in names if name not in cells.columns]
    refuse_columns(missing, [], list(map(str, cells.columns)), source)


def refuse_columns(
    missing: Sequence[str],
    unknown: Sequence[str],
    columns: Sequence[str],
    source: str,
    remark: str = "",
) -> None:
    """Raise `DataError` naming columns that are missing or misspelt, if any are.

    Parameters
    ----------
    missing : sequence of str
        Columns that the file has to have.
    unknown : sequence of str
        Columns that begin like a known one and are none.
    columns : sequence of str
        All columns of the file.
    source : str
        How the error names the file.
    remark : str
        Put behind the remedy for unknown columns.
    """
    if missing:
        similar = f"; unrecognised: {', '.join(unknown)}" if unknown else ""
        raise DataError(
            f"{source}: missing column {', '.join(missing)}{similar}",
            "add or rename the columns; data/README.md lists names and units "
            f"(the file has: {', '.join(columns)}).",
        )
    if unknown:
        raise DataError(
            f"{source}: unknown column {', '.join(unknown)}",
            f"correct the name after data/README.md or drop the column{remark}.",
        )


def whole_number_cells(cells: pd.Series, dates: pd.Series, source: str) -> pd.Series:
    """Integers of a column; `DataError` names the first row that holds none."""
    numbers = number_cells(cells, dates, source)
    bad = np.flatnonzero(~np.isfinite(numbers) | (numbers != np.round(numbers)))
    if bad.size:
        raise DataError(
            f"{source}: column {cells.name}, row {bad[0] + 1} "
            f"({dates.iloc[bad[0]]:%Y-%m-%d}): {cells.iloc[bad[0]]!r} is not a whole "
            "number",
            f"give every row a whole number in {cells.name}.",
        )
    return pd.Series(numbers.astype(np.int64), index=cells.index)


def truth_cells(cells: pd.Series, dates: pd.Series, source: str) -> pd.Series:
    """Truth of a column; `DataError` names the first cell that is no True or False."""
    text = cells.astype(str).str.strip().str.lower()
    truth = text.map({"true": True, "false": False, "1": True, "0": False})
    bad = np.flatnonzero(truth.isna())
    if bad.size:
        raise DataError(
            f"{source}: column {cells.name}, row {bad[0] + 1} "
            f"({dates.iloc[bad[0]]:%Y-%m-%d}): {cells.iloc[bad[0]]!r} is neither true "
            "nor false",
            "write True or False.",
        )
    return truth.astype(bool)


def refuse_repeated_rows(frame: pd.DataFrame, keys: Sequence[str], source: str) -> None:
    """Raise `DataError` at the first row whose keys an earlier row already has."""
    repeated = np.flatnonzero(frame.duplicated(list(keys)))
    if repeated.size:
        row = frame.iloc[repeated[0]]
        shown = ", ".join(f"{key} {shown_key(row[key])}" for key in keys)
        raise DataError(
            f"{source}: row {repeated[0] + 1} repeats {shown}",
            f"keep one row for each {' and '.join(keys)}.",
        )


def shown_key(value: object) -> str:
    """One of the keys of a row, for an error that names the row."""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def time_cells(cells: pd.Series, source: str) -> pd.Series:
    """Times (datetime64[ns]) of a column; `DataError` names the first that is none."""
    if pd.api.types.is_datetime64_dtype(cells):
        times = cells.astype("datetime64[ns]")
    else:
        times = local_dates(cells)
    bad = np.flatnonzero(times.isna())
    if bad.size:
        raise DataError(
            f"{source}: column {cells.name}, row {bad[0] + 1}: "
            f"{str(cells.iloc[bad[0]]).strip()!r} is not a time",
            "write New York time as YYYY-MM-DDTHH:MM:SS.",
        )
    return times


def text_cells(raw: pd.DataFrame, name: str) -> pd.Series:
    """Stripped text of a column, empty where missing."""
    if name not in raw:
        return pd.Series("", index=raw.index, dtype=object)
    cells = raw[name].astype(object)
    return cells.where(cells.notna(), "").astype(str).str.strip().astype(object)
