"""A table at a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from analysis.page.table import Table

WIDTH_IN_A_FILE = 120
"""Columns of output that goes to no terminal, where 80 would break every name."""


def print_table(table: Table, console: Console) -> None:
    """Print a table with its caption; warnings stand first and in red."""
    if table.warning:
        console.print(table.warning, style="bold red", markup=False)
    grid = Grid(caption=escape(table.caption), caption_justify="left")
    for heading in table.display.columns:
        grid.add_column(escape(str(heading)))
    for row in table.display.itertuples(index=False):
        grid.add_row(*(escape(str(cell)) for cell in row))
    console.print(grid)


def terminal() -> Console:
    """Where tables are printed."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH_IN_A_FILE)
