"""Read the cells of a CSV or Parquet file, and write one.

Nothing here knows a model's columns: each panel module names its own and checks them.
"""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
from numpy.typing import NDArray

from data.columns import DATE_COLUMN
from data.errors import DataError
from data.files import replacing

PANEL_SUFFIXES = (".csv", ".parquet")
"""File formats of a panel, chosen by extension."""

MISSING_MARKERS = frozenset({"", ".", "NA", "N/A", "ND", "NaN", "nan", "null"})
"""Text that stands for a missing number in a CSV file."""

_LISTED_ROWS = 3


def require_panel_suffix(path: Path) -> None:
    """Raise `DataError` unless the name ends in ``.csv`` or ``.parquet``."""
    if path.suffix not in PANEL_SUFFIXES:
        raise DataError(
            f"{path}: the extension {path.suffix or '(none)'} is not a panel format",
            f"name the file {path.stem}.csv or {path.stem}.parquet.",
        )


def read_cells(path: Path, remedy: str) -> pd.DataFrame:
    """Cells of a CSV (as text) or Parquet file, unchecked.

    Parameters
    ----------
    path : Path
        Ends in ``.csv`` or ``.parquet``. Blank lines of a CSV and lines that begin
        with ``#`` are passed over.
    remedy : str
        What to do when there is no such file.

    Raises
    ------
    DataError
        The file is missing, of another format or damaged.
    """
    path = Path(path)
    require_panel_suffix(path)
    if not path.is_file():
        raise DataError(f"{path}: no such file", remedy)
    return _read_csv(path) if path.suffix == ".csv" else _read_parquet(path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a checked panel, completely or not at all.

    Parameters
    ----------
    frame : DataFrame
        Its index is not written.
    path : Path
        Ends in ``.csv`` or ``.parquet``.
    """
    with replacing(path) as temporary:
        if path.suffix == ".csv":
            frame.to_csv(temporary, index=False, date_format="%Y-%m-%d")
        else:
            frame.to_parquet(temporary, index=False)


def sha256_of_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of a panel in memory, as if it had been written as CSV."""
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()


def date_cells(cells: pd.Series, source: str) -> pd.Series:
    """Dates (datetime64[ns]) of a column; `DataError` names the first that is none."""
    as_text = cells.astype(str).str.strip()
    dates = pd.to_datetime(as_text, format="ISO8601", errors="coerce", utc=True)
    dates = dates.dt.tz_localize(None).astype("datetime64[ns]")
    bad = np.flatnonzero(dates.isna() | (dates != dates.dt.normalize()))
    if bad.size:
        raise DataError(
            f"{source}: column {cells.name}, row {bad[0] + 1}: "
            f"{as_text.iloc[bad[0]]!r} is not a date",
            "write dates as YYYY-MM-DD.",
        )
    return dates


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
        return cells.to_numpy(dtype=np.float64, na_value=np.nan)
    text = cells.astype("object").where(cells.notna(), "").astype(str).str.strip()
    text = text.mask(text.isin(MISSING_MARKERS), "nan")
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
    return text.to_numpy(dtype=np.float64)


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
        shown = ", ".join(f"{key} {_shown(row[key])}" for key in keys)
        raise DataError(
            f"{source}: row {repeated[0] + 1} repeats {shown}",
            f"keep one row for each {' and '.join(keys)}.",
        )


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _read_csv(path: Path) -> pd.DataFrame:
    """All cells as text; pandas would pad a row that was cut off."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            kept = (line for line in file if not line.startswith("#"))
            lines = [cells for cells in csv.reader(kept, strict=True) if cells]
    except (ValueError, csv.Error) as error:
        raise DataError(
            f"{path}: not a readable CSV file ({error})",
            "save it as comma-separated UTF-8 text with one header line.",
        ) from None
    if not lines:
        raise DataError(f"{path}: the file is empty", "copy or write it again.")
    header = [name.strip() for name in lines[0]]
    repeated = {name for name in header if header.count(name) > 1}
    if repeated:
        raise DataError(
            f"{path}: column {', '.join(sorted(repeated))} appears more than once",
            "keep one of them.",
        )
    for row, cells in enumerate(lines[1:], start=1):
        if len(cells) != len(header):
            raise DataError(
                f"{path}: row {row} has {len(cells)} cells, the header {len(header)}",
                "separate cells by commas; when it is the last row, the file may be "
                "cut off: copy it again.",
            )
    return pd.DataFrame(lines[1:], columns=header, dtype=object)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{path}: not a readable Parquet file ({str(error).splitlines()[0]})",
            "the file may be cut off or of another format: copy or write it again.",
        ) from None
    return frame.reset_index() if frame.index.name == DATE_COLUMN else frame
