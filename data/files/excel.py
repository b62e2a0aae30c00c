"""Cells of the first sheet of an Excel file, as text."""

import io
import warnings
from datetime import datetime, time

import pandas as pd
from openpyxl import load_workbook

from data.errors import DataError
from data.files.header import COPY_AGAIN, is_comment, refuse_repeated

ZIP_MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"


def is_excel(content: bytes) -> bool:
    """Whether a file is of Excel, of a version that can be read or not."""
    return content.startswith((ZIP_MAGIC, OLD_MAGIC))


def read_sheet(content: bytes, source: str) -> pd.DataFrame:
    """Cells of the first sheet.

    Parameters
    ----------
    content : bytes
        The whole file.
    source : str
        How errors name it.

    Returns
    -------
    DataFrame
        Of text: dates as YYYY-MM-DD, whole numbers without decimals. The index is the
        row of the sheet, from 1. Rows without any content, and those whose first cell
        begins with ``#`` and is no missing value, are passed over.

    Raises
    ------
    DataError
        The file is of an old version or damaged, has no header, or a column twice.
    """
    if content.startswith(OLD_MAGIC):
        raise DataError(
            f"{source} is of an Excel version before 2007 (or protected)",
            "save it as .xlsx, or as comma-separated text.",
        )
    try:
        with warnings.catch_warnings():
            # Of styles and the like that it does not know.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    except Exception as error:
        # The library raises whatever its parser does.
        words = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"{source}: not a readable Excel file ({words})",
            f"{COPY_AGAIN[:-1]}, or save it as comma-separated text.",
        ) from error
    width = max(map(len, cells), default=0)
    rows = [[_text(cell) for cell in row] + [""] * (width - len(row)) for row in cells]
    numbered = [
        (number, row)
        for number, row in enumerate(rows, start=1)
        if any(row) and not is_comment(row[0])
    ]
    if not numbered:
        raise DataError(f"{source}: the first sheet is empty", COPY_AGAIN)
    _, header = numbered[0]
    named = [column for column, name in enumerate(header) if name]
    names = [header[column] for column in named]
    refuse_repeated(names, source)
    for number, row in numbered[1:]:
        stray = [x for x, cell in enumerate(row) if cell and x not in named]
        if stray:
            raise DataError(
                f"{source}, row {number}: {row[stray[0]]!r} stands in a column without "
                "a name",
                "name the column, or clear it.",
            )
    return pd.DataFrame(
        [[row[column] for column in named] for _, row in numbered[1:]],
        index=pd.Index([number for number, _ in numbered[1:]], name="line"),
        columns=names,
        dtype=str,
    )


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.strftime(
            "%Y-%m-%d" if cell.time() == time() else "%Y-%m-%dT%H:%M:%S.%f"
        )
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else str(cell).strip()
