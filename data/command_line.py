"""What the command lines of every folder share: how bad input ends a command."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from data.errors import DataError

EXIT_WRONG_USE = 2
"""Exit status for wrong use or bad input."""


@contextmanager
def ending_on_bad_input() -> Iterator[None]:
    """End the command with status 2 and one message when its input is unusable.

    Works as a context manager and as a decorator of a typer command::

        @app.command()
        @ending_on_bad_input()
        def price_pressure(...) -> None: ...

    Raises
    ------
    typer.Exit
        With code 2, after the problem and its remedy went to standard error, in place
        of a `DataError` or of the operating system refusing a file.
    """
    try:
        yield
    except DataError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(EXIT_WRONG_USE) from error
    except OSError as error:
        typer.echo(f"Error: {error}\n  Remedy: {_OS_REMEDY}", err=True)
        raise typer.Exit(EXIT_WRONG_USE) from error


_OS_REMEDY = "check that the path exists, is of the right kind and may be used."
