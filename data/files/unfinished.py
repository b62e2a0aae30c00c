"""Tables of a command that writes what it has while it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer


def beside(path: Path, suffix: str) -> Path:
    """Name of a second table: NAME_SUFFIX.csv."""
    return path.with_name(f"{path.stem}_{suffix}{path.suffix}")


@contextmanager
def unfinished(out: Path, *suffixes: str) -> Iterator[Path]:
    """Yield a name for tables while a command goes on; in the end they are OUT's.

    What a command that is stopped has done stays under that name, and what stood at OUT
    stands: a table of fewer replications never takes the place of a whole one.

    Parameters
    ----------
    out : Path
        Table of the command.
    *suffixes : str
        Of the tables `beside` it.

    Yields
    ------
    Path
        Table to write instead, with others beside it.
    """
    so_far = beside(out, "unfinished")
    try:
        yield so_far
    except BaseException:
        if so_far.exists():
            typer.echo(f"Done so far: {so_far}", err=True)
        raise
    for suffix in suffixes:
        beside(so_far, suffix).replace(beside(out, suffix))
    so_far.replace(out)
    typer.echo(f"Wrote {out}")
