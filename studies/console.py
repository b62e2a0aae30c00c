"""What the commands of this folder share: progress, tables on screen and in files."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from data.errors import DataError
from data.files.atomic import replacing, require_place

SIGNIFICANT_DIGITS = "%.5g"

NAMES = ("group", "parameter", "specification")
"""Columns that say what a row is of: never wrapped."""

console = Console()


def require_csv(out: Path) -> None:
    """Refuse a table with another ending, or no place, before hours of computing."""
    if out.suffix != ".csv":
        raise DataError(f"--out {out} does not end in .csv", "Name it NAME.csv.")
    require_place(out)


def read_earlier(path: Path, columns: Iterable[str], **options: Any) -> pd.DataFrame:
    """Table that a run before wrote, to go on from.

    Parameters
    ----------
    path : Path
    columns : iterable of str
        Some that it has.
    **options
        Of `pandas.read_csv`.

    Raises
    ------
    DataError
        The file is no such table.
    """
    try:
        rows = pd.read_csv(path, **options)
        lacking = [name for name in columns if name not in rows.reset_index()]
        problem = f"no column {lacking[0]}" if lacking else ""
    except (OSError, ValueError) as error:
        problem = str(error).partition("\n")[0]
    if problem:
        raise DataError(
            f"{path} is no table of this study to go on from: {problem}",
            "Name another --out, or remove it.",
        )
    return rows


@contextmanager
def progress(description: str, total: int) -> Iterator[Callable[[], None]]:
    """Show progress; before the first step the model is compiled."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"compiling and {description}", total=total)
        yield lambda: bar.advance(task)


def write(table: pd.DataFrame, path: Path, is_announced: bool = True) -> None:
    """Write a table, completely or not at all."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format=SIGNIFICANT_DIGITS)
    if is_announced:
        console.print(f"Wrote {path}", markup=False, soft_wrap=True)


def show(title: str, frame: pd.DataFrame) -> None:
    """Print a table."""
    table = Table(title=title)
    for name in frame.columns:
        table.add_column(name.replace("_", " "), no_wrap=name in NAMES)
    for row in frame.itertuples(index=False):
        cells = [f"{x:.3g}" if isinstance(x, float) else str(x) for x in row]
        table.add_row(*(cell.replace("[", r"\[") for cell in cells))
    console.print(table)
