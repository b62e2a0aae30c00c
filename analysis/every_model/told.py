"""What a command prints of its exhibits, and writes where it is asked to."""

from collections.abc import Iterable
from pathlib import Path

import typer

from analysis.page.exhibit import Shown, items_of
from analysis.page.section import ReportFigure
from analysis.page.style import ENCODERS, write_figure_as
from analysis.page.table import Table
from analysis.page.table_files import WRITERS, write_table_as
from analysis.page.terminal import print_table, terminal

KINDS_OF_FILES = (
    f"a table ({', '.join(WRITERS)}) or a figure ("
    f"{', '.join(f'.{kind}' for kind in ENCODERS)})"
)
"""In words, for the help of a command."""


def tell(shown: Iterable[Shown], out: Iterable[Path]) -> None:
    """Print every table, and write the last table and the last figure.

    Parameters
    ----------
    shown : iterable of Shown
    out : iterable of Path
        The ending of each says whether it is of the table or of the figure.
    """
    items = items_of(shown)
    *_, table = tables = [item for item in items if isinstance(item, Table)]
    figures = [item for item in items if isinstance(item, ReportFigure)]
    for each in tables:
        print_table(each, terminal())
    for path in out:
        if path.suffix.lower().removeprefix(".") in ENCODERS:
            write_figure_as(figures[-1].drawn(), path)
        else:
            write_table_as(table, path)
        typer.echo(path)
