"""Progress of work that takes one step after another, on the console."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

LINES_IN_A_FILE = 10
"""Of a whole run, where the output goes to no terminal."""


@contextmanager
def progress(what: str, number: int, *, shown: bool) -> Iterator[Callable[..., None]]:
    """Show how many of several steps are done: a bar, or in a file a line now and then.

    Parameters
    ----------
    what : str
        Plural of a step.
    number : int
        Of steps.
    shown : bool
        False to show nothing.

    Yields
    ------
    callable
        To be called after each step, or with how many were done.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, disable=not shown)
    task = bar.add_task(what, total=number)

    def advance(steps: int = 1) -> None:
        bar.advance(task, steps)
        done = round(bar.tasks[0].completed)
        tenths = [k * LINES_IN_A_FILE // number for k in (done - steps, done)]
        if shown and not console.is_terminal and tenths[0] != tenths[1]:
            console.print(f"{what}: {done} of {number}", markup=False)

    with bar:
        yield advance


@contextmanager
def working(what: str, *, shown: bool) -> Iterator[None]:
    """Show that work without countable steps goes on: a spinner and the time it takes.

    Where the output goes to no terminal, one line says what is done.

    Parameters
    ----------
    what : str
    shown : bool
        False to show nothing.
    """
    console = Console(stderr=True)
    if shown and not console.is_terminal:
        console.print(f"{what} ...", markup=False)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    hidden = not (shown and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        bar.add_task(what, total=None)
        yield
