"""A table as a file of any kind that a paper or a colleague asks for.

The numbers of a figure are a CSV as those of a table are.
"""

import re
from collections.abc import Callable
from pathlib import Path

import docx
import pandas as pd

from analysis.page.table import Table
from data.errors import DataError
from data.files.atomic import replacing

_NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False}
"""A label that begins with "=" stays a label."""

_FORMULA = re.compile(r"^[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would take for a formula."""

SHEET_NAME_LENGTH = 31
"""What Excel allows."""


def _to_csv(frame: pd.DataFrame, path: Path) -> None:
    _without_formulas(frame).to_csv(path, index=False, errors="backslashreplace")


def _write_csv(table: Table, path: Path) -> None:
    _to_csv(table.frame, path)


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would calculate."""

    def defused(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell

    words = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{str(name): frame[name].map(defused) for name in words})


def _write_latex(table: Table, path: Path) -> None:
    path.write_text(table.to_latex(), encoding="utf-8")


def _write_html(table: Table, path: Path) -> None:
    path.write_text(table.to_html(), encoding="utf-8", errors="backslashreplace")


def _write_excel(table: Table, path: Path) -> None:
    # Unrounded, as the CSV, with the caption on a sheet of its own.
    with pd.ExcelWriter(
        path, engine="xlsxwriter", engine_kwargs={"options": _NO_FORMULAS}
    ) as writer:
        table.frame.to_excel(
            writer, sheet_name=table.stem[:SHEET_NAME_LENGTH], index=False
        )
        words = [table.warning, table.caption]
        notes = pd.DataFrame({"caption": [text for text in words if text]})
        notes.to_excel(writer, sheet_name="caption", index=False)


def _write_word(table: Table, path: Path) -> None:
    document = docx.Document()
    if table.warning:
        document.add_paragraph().add_run(f"{table.warning}.").bold = True
    document.add_paragraph(table.caption, style="Caption")
    rows = [list(table.display.columns), *table.display.itertuples(index=False)]
    grid = document.add_table(len(rows), table.display.shape[1], style="Light List")
    for cells, row in zip(grid.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = str(text)
    document.save(str(path))


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".csv": _write_csv,
    ".tex": _write_latex,
    ".html": _write_html,
    ".xlsx": _write_excel,
    ".docx": _write_word,
}
"""Ending of a file's name -> how a table is written to it."""


def write_table_as(table: Table, path: Path) -> None:
    """Write a table in the format that the name of the file says.

    Parameters
    ----------
    table : Table
    path : Path
        Ends in .csv or .xlsx (unrounded numbers), .tex, .html or .docx (as printed).

    Raises
    ------
    DataError
        If the name has another ending.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise DataError(
            f"{path}: no table is written to a name that ends so",
            f"End it in one of {', '.join(WRITERS)}.",
        )
    with replacing(path) as temporary:
        write(table, temporary)


def write_numbers(frame: pd.DataFrame, path: Path) -> None:
    """Write the numbers that a figure is drawn from as CSV."""
    with replacing(path) as temporary:
        _to_csv(frame, temporary)


def write_table(table: Table, folder: Path) -> list[Path]:
    """Write `<file_stem>.csv` and `.tex`, each complete or not at all.

    Parameters
    ----------
    table : Table
    folder : Path
        Created where missing.

    Returns
    -------
    list of Path
    """
    paths = [folder / f"{table.file_stem}{ending}" for ending in (".csv", ".tex")]
    for path in paths:
        write_table_as(table, path)
    return paths
