"""Write simulated messages as the files that a member's data come in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from data.arrays import IntArray
from data.errors import DataError
from data.files.atomic import replacing
from data.transactions.dialects import DIALECTS, Dialect
from data.transactions.layout import CHANGE_OF_SYSTEM
from models.transactions.securities import CORPORATE, TREASURY

WRDS, ENHANCED, ACADEMIC, TREASURIES = (
    "wrds",
    "finra-enhanced",
    "finra-academic",
    "treasury",
)
WRITABLE = {CORPORATE: (WRDS, ENHANCED, ACADEMIC), TREASURY: (TREASURIES, ACADEMIC)}
"""Dialects that a market's messages can be written in; the first is the default."""

PARQUET, CSV, PIPES = "parquet", "csv", "txt"

TIDY, SLOPPY = "tidy", "sloppy"
STYLES = (TIDY, SLOPPY)
"""Sloppy: numbers padded or with a decimal point, times without a leading zero, codes
with blanks behind, as data look after a trip through a spreadsheet."""

DATE_COLUMNS = (
    "execution_date",
    "report_date",
    "settlement_date",
    "prior_report_date",
    "first_control_date",
)
TIME_COLUMNS = ("execution_time", "report_time")
NUMBER_COLUMNS = ("sequence", "prior_sequence", "first_control_number")
CODE_COLUMNS = ("status", "as_of", "side", "contra")

MADE_AT = "20260101000000"
"""The files of one seed are the same whenever they are written."""


@dataclass(frozen=True)
class MessageFile:
    """One file of a bucket.

    Parameters
    ----------
    path : Path
    rows : (record,) int
        Row of the bucket that each record holds.
    """

    path: Path
    rows: IntArray


def write_messages(
    table: pa.Table, folder: Path, bucket: int, dialect: str, form: str, style: str
) -> list[MessageFile]:
    """Write the messages of a bucket.

    Parameters
    ----------
    table : pyarrow.Table
        Of `models.transactions.tables.message_table`.
    folder : Path
    bucket : int
        Ends the names of the files.
    dialect : str
        Of `data.transactions.dialects.DIALECTS`, and writable.
    form : str
        `PARQUET` or `CSV` for WRDS, `PIPES` for the others.
    style : str
        One of `STYLES`.

    Returns
    -------
    list of MessageFile
        Two, one of each system, where the dialect's header changed with it and there
        are messages of both.
    """
    described = DIALECTS[dialect]
    written = []
    for name, header, rows in _parts(table, described):
        path = folder / f"{name}-{bucket:05d}.{form}"
        part = table.take(pa.array(rows))
        with replacing(path) as temporary:
            if form == PARQUET:
                typed = _typed_columns(part, header, style)
                pyarrow.parquet.write_table(typed, temporary, compression="zstd")
            else:
                text = _text_columns(part, header, described, style)
                _write_text(text, temporary, described)
        written.append(MessageFile(path, rows))
    return written


def require_writable(market: str, dialect: str, form: str) -> None:
    """Raise `DataError` where a market has no such files."""
    if dialect not in WRITABLE[market]:
        raise DataError(
            f"{market} messages are not written as {dialect}",
            f"Choose one of {', '.join(WRITABLE[market])}.",
        )
    forms = (PARQUET, CSV) if dialect == WRDS else (PIPES,)
    if form not in forms:
        raise DataError(
            f"{dialect} has no {form} files", f"Choose --format {' or '.join(forms)}."
        )


def default_format(dialect: str) -> str:
    """Format of a dialect where none is asked for."""
    return PARQUET if dialect == WRDS else PIPES


def _parts(
    table: pa.Table, dialect: Dialect
) -> Iterator[tuple[str, Mapping[str, str | None], IntArray]]:
    """Name, header and rows of each file that a bucket takes."""
    if len(dialect.headers) == 1:
        yield dialect.name, dialect.headers[0], np.arange(len(table))
        return
    dates = table["report_date"].to_numpy()
    old = dates < np.datetime64(CHANGE_OF_SYSTEM)
    present, former = dialect.headers
    for name, header, chosen in (("old", former, old), ("new", present, ~old)):
        if chosen.any():
            yield f"{dialect.name}-{name}", header, np.flatnonzero(chosen)


def _typed_columns(
    table: pa.Table, header: Mapping[str, str | None], style: str
) -> pa.Table:
    columns = {}
    for source, name in header.items():
        if name is None:
            columns[source] = pa.nulls(len(table), pa.string())
        elif name in TIME_COLUMNS:
            columns[source] = table[name].cast(pa.time32("s"))
        elif name in NUMBER_COLUMNS and style == SLOPPY:
            columns[source] = table[name].cast(pa.float64())
        elif name in CODE_COLUMNS and style == SLOPPY:
            columns[source] = _padded(table[name])
        else:
            columns[source] = table[name]
    return pa.table(columns)


def _text_columns(
    table: pa.Table, header: Mapping[str, str | None], dialect: Dialect, style: str
) -> pa.Table:
    """Every cell as text, missing cells blank."""
    iso = dialect.name == WRDS
    dates = "%Y-%m-%d" if iso else "%Y%m%d"
    times = _time_texts(iso, style)
    columns = {}
    for source, name in header.items():
        if name is None:
            columns[source] = pa.nulls(len(table), pa.string())
        elif name in DATE_COLUMNS:
            columns[source] = pc.strftime(table[name], dates)
        elif name in TIME_COLUMNS:
            columns[source] = times.take(table[name].combine_chunks())
        elif name in NUMBER_COLUMNS:
            columns[source] = _number_text(table[name], style)
        elif name in CODE_COLUMNS and style == SLOPPY:
            columns[source] = _padded(table[name])
        else:
            columns[source] = table[name].cast(pa.string())
    return pa.table(columns)


def _time_texts(colons: bool, style: str) -> pa.Array:
    """Text of every second of a day."""
    at = [(s // 3600, s // 60 % 60, s % 60) for s in range(86_400)]
    if style == SLOPPY and colons:
        return pa.array([f"{h}:{m:02d}:{s:02d}" for h, m, s in at])
    between = ":" if colons else ""
    texts = [between.join(f"{part:02d}" for part in time) for time in at]
    if style == SLOPPY:
        texts = [text.lstrip("0") or "0" for text in texts]
    return pa.array(texts)


def _number_text(column: pa.ChunkedArray, style: str) -> pa.ChunkedArray:
    text = column.cast(pa.string())
    if style == TIDY:
        return text
    point = pa.scalar(".0")
    return pc.binary_join_element_wise(text, point, pa.scalar(""))


def _padded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(column, pa.scalar("  "), pa.scalar(""))


def _write_text(table: pa.Table, path: Path, dialect: Dialect) -> None:
    options = pyarrow.csv.WriteOptions(
        include_header=False, delimiter=dialect.delimiter, quoting_style="none"
    )
    with path.open("wb") as file:
        file.write((dialect.delimiter.join(table.column_names) + "\n").encode())
        pyarrow.csv.write_csv(table, file, options)
        if dialect.has_trailer:
            file.write(trailer(len(table)).encode())


def trailer(records: int) -> str:
    """Last line of a FINRA file: when it was made, and its records in ten digits."""
    return f"{MADE_AT}{records:010d}\n"


MADE_AT = "20260101000000"
"""The files of one seed are the same whenever they are written."""
