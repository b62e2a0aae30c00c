"""Take messages from a database by a query whose parameters are bound."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.errors import DataError
from data.files.databases import draw_no_bars, quoted

_DUCKDB = "duckdb:///"

_ROWS = 100_000


def query_to_parquet(
    connection: str, query: str, parameters: Mapping[str, str], out: Path
) -> None:
    """Stream the rows of a query to a Parquet file.

    Parameters
    ----------
    connection : str
        ``duckdb:///file`` or an address for SQLAlchemy, such as
        ``postgresql+psycopg://user@host/database``.
    query : str
        SQL with named parameters: ``:name``, in DuckDB ``$name``.
    parameters : mapping
        Their values, which are bound and never become part of the query.
    out : Path
        File to write.

    Raises
    ------
    DataError
        SQLAlchemy is not installed, or the database refuses.
    """
    if connection.startswith(_DUCKDB):
        _from_duckdb(Path(connection.removeprefix(_DUCKDB)), query, parameters, out)
        return
    if importlib.util.find_spec("sqlalchemy") is None:
        raise DataError(
            "--sql needs SQLAlchemy, which is not installed.",
            'Install it with `pip install "treasury-liquidity-workbench[sql]"`.',
        )
    _from_sqlalchemy(connection, query, parameters, out)


def _from_duckdb(
    file: Path, query: str, parameters: Mapping[str, str], out: Path
) -> None:
    if not file.is_file():
        raise DataError(f"{file} does not exist.", "Check the name of the database.")
    try:
        with duckdb.connect(str(file), read_only=True) as database:
            draw_no_bars(database)
            database.execute(
                f"COPY ({query}) TO '{quoted(out)}' (FORMAT parquet)",
                dict(parameters) or None,
            )
    except duckdb.Error as error:
        raise _refused(error) from error


def _from_sqlalchemy(
    connection: str, query: str, parameters: Mapping[str, str], out: Path
) -> None:
    import sqlalchemy  # an optional package

    try:
        # One query: a pool would keep its connection open after it.
        engine = sqlalchemy.create_engine(
            connection, poolclass=sqlalchemy.pool.NullPool
        )
        with engine.connect() as database:
            rows = database.execution_options(
                stream_results=True, yield_per=_ROWS
            ).execute(sqlalchemy.text(query), dict(parameters))
            names = list(rows.keys())
            schema = pa.schema([(name, pa.string()) for name in names])
            with pq.ParquetWriter(out, schema) as writer:
                for part in rows.partitions():
                    cells = zip(*part, strict=True)
                    texts = [[_text(cell) for cell in column] for column in cells]
                    writer.write_table(pa.table(texts, schema=schema))
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        raise _refused(error) from error


def _text(cell: Any) -> str | None:
    """Text of a value as the reader of text files takes it; dates and times in ISO."""
    return None if cell is None else str(cell)


def _refused(error: Exception) -> DataError:
    return DataError(
        f"The database refused the query: {str(error).splitlines()[0]}",
        "Check the connection, the query and that every parameter has a value.",
    )
