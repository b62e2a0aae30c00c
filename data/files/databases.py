"""DuckDB as every family uses it."""

import contextlib
import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from data.errors import DataError

OF_FILES = "hive_partitioning = false"
"""Option of a read: a folder called name=value is no column of the files in it."""

PARQUET = f"read_parquet(?, {OF_FILES})"
"""SQL of the rows of Parquet files, with a `pattern` of them as parameter."""


def pattern(folder: Path, *parts: str) -> str:
    """Pattern of files below a folder, whatever characters its own name has.

    DuckDB takes every name of a file for a pattern, that of a single one too.

    Parameters
    ----------
    folder : Path
        Of a folder; or of a file, without parts.
    *parts : str
        Pattern below the folder.
    """
    return "/".join((glob.escape(str(folder)), *parts))


def quoted(text: object) -> str:
    """Text inside the quotes of SQL, where no parameter can stand."""
    return str(text).replace("'", "''")


def first_line(error: Exception) -> str:
    """What an error of DuckDB says, without the query that it repeats."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def refusing_damage(what: object, remedy: str) -> Iterator[None]:
    """Raise `DataError` where files that another command wrote cannot be read."""
    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise DataError(f"{what} is damaged: {first_line(error)}", remedy) from error


def draw_no_bars(connection: DuckDBPyConnection) -> None:
    """Keep DuckDB from drawing its own progress over the output of a command."""
    # In a notebook that cannot draw any it refuses to be told so.
    with contextlib.suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")
