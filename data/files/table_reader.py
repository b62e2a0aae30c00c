"""The one strict reader of tables: every cell accounted for, or a clear error.

Text (CSV in whatever encoding, below whatever preamble, with commas or as a spreadsheet
of another country writes it), Excel and Parquet give the same frame, so that a rule
about cells holds for all.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

import pandas as pd
import pyarrow

from data.commands.simulated import SIMULATED, note_simulated
from data.errors import DataError
from data.files.excel import is_excel, read_sheet
from data.files.header import COPY_AGAIN, is_comment, refuse_repeated

MISSING = frozenset(
    {
        "",
        ".",
        "#N/A",
        "#N/A N/A",
        "N/A",
        "NA",
        "NC",
        "ND",
        "NaN",
        "NaT",
        "None",
        "nan",
        "null",
    }
)
"""Text that stands for a missing number or date."""

LARGEST_NUMBER = 1e15
"""Beyond thirty times the public debt in USD; sums of squares of larger ones are of no
use in double precision."""

PARQUET_MAGIC = b"PAR1"

COMMA = ","
OTHER_SEPARATORS = (";", "\t")
"""What separates cells where the comma is the decimal sign, or none is written."""

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"([-+]?)(\d{1,3}(?:\.\d{3})+|\d*),(\d+)(%?)")
_GROUPED = re.compile(r"[-+]?\d{1,3}(\.\d{3})+")
_DOTTED_DATE = r"^\s*(\d{1,2})\.(\d{1,2})\.(\d{4})"
_OFFSET = re.compile(r"\s*(?:Z|[+-]\d{2}:?\d{2})$")


def decode(content: bytes) -> str:
    """Text of a file: UTF-8 or UTF-16 by its byte order mark, else Windows' Latin-1."""
    if content.startswith(UTF_16_MARKS):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_table(
    content: bytes, source: str, first_cell: Iterable[str] = ()
) -> pd.DataFrame:
    """Cells of a CSV, Excel or Parquet file, unchecked.

    Parameters
    ----------
    content : bytes
        The whole file.
    source : str
        How errors name it.
    first_cell : iterable of str
        What the first cell of a header below a preamble may say, in lower case; without
        it the first line is the header.

    Returns
    -------
    DataFrame
        Of text and Excel, cells as stripped strings; of Parquet, its own types, with a
        named or dated index as a column. The index is the line of the file (from 1), or
        the row. Rows without any content, and lines that begin with ``#``, are passed
        over. The mark of simulated data is noted and taken off.

    Raises
    ------
    DataError
        The file is empty, a web page or damaged, has no header, a column twice, or a
        row with more or fewer cells than the header.
    """
    if content.startswith(PARQUET_MAGIC):
        table = _parquet(content, source)
    elif is_excel(content):
        table = read_sheet(content, source)
    else:
        table = parse_table(decode(content), source, first_cell)
    if SIMULATED in table:
        note_simulated(table.pop(SIMULATED).dropna().astype(str).unique())
    return table


def parse_table(text: str, source: str, first_cell: Iterable[str] = ()) -> pd.DataFrame:
    """Cells of comma-separated text; see `read_table`.

    Where the header has no comma, semicolons or tabs separate cells, and a comma in a
    number is its decimal sign.
    """
    if not text.strip():
        raise DataError(f"{source}: the file is empty", COPY_AGAIN)
    if "\0" in text:
        raise DataError(
            f"{source}: not a readable CSV file (it holds bytes that are no text)",
            "save it as comma-separated text with one header line.",
        )
    if _HTML.match(text):
        raise DataError(
            f"{source} is a web page (HTML), not data: probably an error page that was "
            "saved under a data file's name",
            "fetch the file again.",
        )
    lines = text.splitlines(keepends=True)
    start = _header_line(lines, source, frozenset(first_cell))
    separator = _separator(lines[start])
    numbered = _rows(lines, start, source, separator)
    _, header = next(numbered)
    refuse_repeated(header, source)
    rows = [(line, row) for line, row in numbered if any(row)]
    if separator != COMMA:
        rows = _with_decimal_points(rows, source)
    for line, row in rows:
        if len(row) != len(header):
            cut = "; the file is truncated" if line == rows[-1][0] else ""
            raise DataError(
                f"{source}, line {line}: {len(row)} cells where the header has "
                f"{len(header)}{cut}",
                "separate cells by commas, or by semicolons in every line; where the "
                f"file was cut off, {COPY_AGAIN}",
            )
    index = pd.Index([line for line, _ in rows], name="line", dtype="int64")
    return pd.DataFrame(
        [row for _, row in rows], index=index, columns=header, dtype=str
    )


def local_dates(cells: pd.Series) -> pd.Series:
    """Dates and times (datetime64[ns]) as written, whatever zone stands behind them.

    NaT where a cell is none or lies beyond the years that nanoseconds reach (1677 to
    2262).
    """
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        cells = cells.dt.tz_localize(None)
    text = cells.astype(str).str.strip().str.replace(_OFFSET, "", regex=True)
    # Whoever writes dots writes the day first.
    text = text.str.replace(_DOTTED_DATE, _iso_date, regex=True)
    dates = pd.to_datetime(text, format="ISO8601", errors="coerce")
    within = dates.between(pd.Timestamp.min, pd.Timestamp.max)
    return dates.where(within).astype("datetime64[ns]")


def _iso_date(match: re.Match[str]) -> str:
    day, month, year = match.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _header_line(lines: list[str], source: str, wanted: frozenset[str]) -> int:
    for number, line in enumerate(lines):
        if not line.strip() or is_comment(line):
            continue
        cell = line.split(_separator(line), 1)[0].strip().strip('"').strip()
        if not wanted or cell.lower() in wanted:
            return number
    first_line = next(line for line in lines if line.strip()).strip()[:80]
    raise DataError(
        f"{source} has no header line that starts with "
        f"{' or '.join(sorted(wanted)) or 'a column name'}; its first line is "
        f"{first_line!r}",
        "check that this is the file of the named source; if its publisher has changed "
        "the layout, the parser must follow.",
    )


def _separator(header: str) -> str:
    found = [mark for mark in OTHER_SEPARATORS if mark in header]
    return found[0] if found and COMMA not in header else COMMA


def _with_decimal_points(
    rows: list[tuple[int, list[str]]], source: str
) -> list[tuple[int, list[str]]]:
    """Write decimal commas as points; a point between digits is then no decimal sign.

    Raises
    ------
    DataError
        A number may be read either way.
    """
    has_commas = any(_DECIMAL_COMMA.fullmatch(cell) for _, row in rows for cell in row)
    if not has_commas:
        return rows
    found = []
    for line, row in rows:
        for cell in row:
            if _GROUPED.fullmatch(cell):
                raise DataError(
                    f"{source}, line {line}: {cell!r} may be a decimal or thousands, "
                    "where other numbers have a decimal comma",
                    "write numbers without thousands separators.",
                )
        found.append((line, [_with_point(cell) for cell in row]))
    return found


def _with_point(cell: str) -> str:
    match = _DECIMAL_COMMA.fullmatch(cell)
    if match is None:
        return cell
    sign, whole, decimals, unit = match.groups()
    return f"{sign}{whole.replace('.', '')}.{decimals}{unit}"


def _rows(
    lines: list[str], start: int, source: str, separator: str
) -> Iterator[tuple[int, list[str]]]:
    """Line (from 1) and stripped cells of every row from the header on."""
    # A comment keeps its line, or the lines behind it would be counted wrongly.
    kept = ("\n" if is_comment(line) else line for line in lines[start:])
    reader = csv.reader(kept, strict=True, delimiter=separator)
    begun = 1
    try:
        for row in reader:
            yield start + reader.line_num, [cell.strip() for cell in row]
            begun = reader.line_num + 1
    except csv.Error as error:
        # A quotation mark that is never closed takes in all lines that follow.
        raise DataError(
            f"{source}, line {start + begun}: not a readable CSV file ({error})",
            "close every quotation mark, and save the file as comma-separated text "
            "with one header line.",
        ) from None


def _parquet(content: bytes, source: str) -> pd.DataFrame:
    try:
        table = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{source}: not a readable Parquet file ({str(error).splitlines()[0]})",
            f"the file may be cut off or of another format: {COPY_AGAIN}",
        ) from None
    if any(name is not None for name in table.index.names):
        table = table.reset_index()
    elif isinstance(table.index, pd.DatetimeIndex):
        table = table.rename_axis("date").reset_index()
    table.columns = pd.Index([str(name).strip() for name in table.columns])
    refuse_repeated(list(table.columns), source)
    table.index = pd.RangeIndex(1, len(table) + 1, name="line")
    return table
