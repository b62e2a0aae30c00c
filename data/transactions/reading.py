"""Read one source into typed Parquet files, one a bucket."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.errors import DataError
from data.files.atomic import publishing
from data.files.databases import (
    OF_FILES,
    PARQUET,
    first_line,
    pattern,
    quoted,
)
from data.transactions.bucket import Limits, connect
from data.transactions.counts import counts_in
from data.transactions.dialects import LAYOUT, Dialect
from data.transactions.headers import columns_of
from data.transactions.layout import (
    FILE_NUMBER_BITS,
    LINE_BITS,
    MESSAGE_COLUMNS,
    MESSAGE_NAMES,
)
from data.transactions.parsing import REFUSED, cleaned, problem_of, typed
from data.transactions.sources import Source

UNREADABLE = "unreadable"
"""Folder of the rows of a source that could not be read, beside its buckets."""


_SAME_UNLESS_TOLD = {"report_date": "execution_date", "report_time": "execution_time"}
"""A file without report stamps is taken as reported at once."""


@dataclass(frozen=True)
class Period:
    """Dates of the messages to read, ISO, inclusive; None leaves an end open."""

    first: str | None = None
    last: str | None = None


def file_number(sha256: str, occurrence: int) -> int:
    """Number of a file in row ids: of its content and how often it came before."""
    number = int(sha256[:12], 16) + occurrence
    return number % 2**FILE_NUMBER_BITS


@dataclass(frozen=True)
class ReadTask:
    """What reading one source needs.

    Parameters
    ----------
    source : Source
    dialect : Dialect
    number : int
        Of the file, from `file_number`.
    buckets : int
        A CUSIP's bucket is the remainder of the first eight hexadecimal digits of its
        MD5: the same on every machine and engine.
    period : Period
        Rows that are reported or executed outside are left out and counted.
    limits : Limits
    out : Path
        New folder for ``bucket=N/*.parquet``, with ``counts.json`` when complete.
    """

    source: Source
    dialect: Dialect
    number: int
    buckets: int
    period: Period
    limits: Limits
    out: Path


def read_task(task: ReadTask) -> dict[str, Any]:
    """Read one source into buckets, or the counts of an earlier run that did.

    Returns
    -------
    dict
        ``number`` of the file, its ``rows``, of these ``left_out`` and ``unreadable``;
        first and last ``report_date`` that was read.

    Raises
    ------
    DataError
        As `read_source`.
    """
    done = task.out / "counts.json"
    found = counts_in(done)
    if found is not None:
        return found
    with publishing(task.out, done.name) as unfinished:
        counts = {"number": task.number, **read_source(task, unfinished)}
        (unfinished / done.name).write_text(json.dumps(counts), encoding="utf-8")
    return counts


def read_source(task: ReadTask, out: Path) -> dict[str, Any]:
    """Write a source's messages to ``out/bucket=N/*.parquet``, unreadable ones apart.

    Returns
    -------
    dict
        As `read_task`.

    Raises
    ------
    DataError
        A column is missing, the text is not delimited as its header, or the rows show
        a file that is capped, disseminated or 144A.
    """
    source, dialect = task.source, task.dialect
    connection = connect(task.limits, out / "spill")
    # Numbering the records needs them in the order of the file.
    connection.execute("SET preserve_insertion_order = true; SET threads = 1")
    columns = columns_of(source, dialect)
    query, parameters = _typed_query(connection, source, dialect, columns, task.number)
    kept = _within(task.period)
    bucket = f"CAST('0x' || LEFT(MD5(cusip), 8) AS BIGINT) % {task.buckets}"
    target = quoted(out)
    try:
        connection.execute(
            f"""COPY (
                SELECT {", ".join(MESSAGE_NAMES)}, detail,
                       CASE WHEN detail IS NOT NULL THEN '{UNREADABLE}'
                            WHEN {kept} THEN CAST({bucket} AS VARCHAR)
                            ELSE 'left-out' END AS bucket
                FROM ({query}) typed
            ) TO '{target}'
            (FORMAT parquet, COMPRESSION lz4_raw, PARTITION_BY (bucket))""",
            parameters,
        )
    except duckdb.InvalidInputException as error:
        raise DataError(
            f"{source.name} cannot be read as delimited text: {first_line(error)}",
            "Check the delimiter and the line that is named.",
        ) from error
    _refuse(connection, source, out)
    counts = _summary(connection, source, out)
    connection.close()
    shutil.rmtree(out / "spill", ignore_errors=True)
    return counts


def _typed_query(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    dialect: Dialect,
    columns: dict[str, str],
    number: int,
) -> tuple[str, list[Any]]:
    relation, parameters = _relation(source, dialect)
    types = {
        row[0]: str(row[1])
        for row in connection.execute(
            f"DESCRIBE SELECT * FROM {relation}", parameters
        ).fetchall()
    }
    raw, values = _cells(dialect, columns, types)
    typed_columns = ", ".join(
        f"CAST({values[c.name]} AS {c.type}) AS {c.name}" for c in MESSAGE_COLUMNS[1:]
    )
    problems = [
        problem for name in raw if (problem := problem_of(name, _raw(name))) is not None
    ]
    raw_columns = ", ".join(f"{sql} AS {_raw(name)}" for name, sql in raw.items())
    derived = {**{name: name for name in MESSAGE_NAMES}, **dialect.derived}
    has_id = dialect.name == LAYOUT and "row_id" in source.header
    row_id = "own_id" if has_id else f"{number} * {2**LINE_BITS} + record"
    own_id = ", CAST(row_id AS BIGINT) AS own_id" if has_id else ""
    place = f"'{quoted(source.name)}'"
    return (
        f"""
        SELECT {", ".join(f"{sql} AS {name}" for name, sql in derived.items())},
               CASE WHEN problem <> '' THEN {place} || ', record ' || record || ': '
                    || problem END AS detail
        FROM (SELECT *, {row_id} AS row_id,
                     CONCAT_WS('; ', {", ".join(problems)}) AS problem
              FROM (SELECT *, {typed_columns}
                    FROM (SELECT record{own_id}, {raw_columns}
                          FROM {relation} cells) cleaned) typed) judged
        """,
        parameters,
    )


def _cells(
    dialect: Dialect, columns: dict[str, str], types: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """SQL of the cleaned cells there are, and of the value of every column."""
    raw: dict[str, str] = {}
    values: dict[str, str] = {}
    for column in MESSAGE_COLUMNS[1:]:
        name = column.name
        theirs = columns.get(name)
        if theirs is None and name.endswith("_time"):
            # A stamp of day and time in one column.
            theirs = columns.get(name.replace("_time", "_date"))
        if theirs is None:
            values[name] = _constant(dialect, name)
            continue
        kind = types[theirs]
        time_is = dialect.text_time if kind == "VARCHAR" else dialect.numeric_time
        raw[name] = cleaned('"' + theirs.replace('"', '""') + '"', kind)
        values[name] = typed(column, _raw(name), kind, dialect, time_is)
    for reported, executed in _SAME_UNLESS_TOLD.items():
        if reported not in raw:
            values[reported] = values[executed]
    return raw, values


def _raw(name: str) -> str:
    return f"raw_{name}"


def _constant(dialect: Dialect, name: str) -> str:
    if name in dialect.constants:
        return f"'{quoted(dialect.constants[name])}'"
    return "NULL"


def _relation(source: Source, dialect: Dialect) -> tuple[str, list[Any]]:
    """SQL of a source's cells with the number of their record, and its parameters."""
    if not source.is_text:
        return (
            "(SELECT *, file_row_number + 1 AS record "
            f"FROM read_parquet(?, file_row_number = true, {OF_FILES}))",
            [pattern(source.path)],
        )
    quote = '"' if dialect.delimiter == "," else ""
    columns = dict.fromkeys(source.header, "VARCHAR")
    return (
        "(SELECT *, ROW_NUMBER() OVER () AS record FROM read_csv(?, columns = ?, "
        "header = true, delim = ?, quote = ?, escape = ?, auto_detect = false, "
        f"null_padding = true, encoding = 'latin-1', {OF_FILES}))",
        [pattern(source.path), columns, dialect.delimiter, quote, quote],
    )


def _within(period: Period) -> str:
    parts = ["TRUE"]
    for name in ("execution_date", "report_date"):
        if period.first is not None:
            parts.append(f"{name} >= DATE '{period.first}'")
        if period.last is not None:
            parts.append(f"{name} <= DATE '{period.last}'")
    return " AND ".join(parts)


def _refuse(connection: duckdb.DuckDBPyConnection, source: Source, out: Path) -> None:
    """Refuse a file of another kind by the codes that it uses."""
    unreadable = out / f"bucket={UNREADABLE}"
    if not unreadable.is_dir():
        return
    found = connection.execute(
        f"SELECT MIN(detail), COUNT(*) FROM {PARQUET} WHERE detail LIKE ?",
        [pattern(unreadable, "*.parquet"), f"%: {REFUSED} %"],
    ).fetchone()
    if found is not None and found[1]:
        raise DataError(
            f"{source.name} holds {found[1]} rows of disseminated, capped or 144A "
            f"data, such as {found[0]}.",
            "Give the Enhanced (uncapped) file; the two must not be mixed, since their "
            "sizes are capped and their messages are linked otherwise.",
        )


def _summary(
    connection: duckdb.DuckDBPyConnection, source: Source, out: Path
) -> dict[str, Any]:
    row = (
        connection.execute(
            f"""SELECT COUNT(*), COUNT(*) FILTER (bucket = 'left-out'),
                   COUNT(*) FILTER (bucket = '{UNREADABLE}'),
                   CAST(MIN(report_date) AS VARCHAR), CAST(MAX(report_date) AS VARCHAR)
            FROM (SELECT report_date, REGEXP_EXTRACT(
                             filename, 'bucket=([^/]*)/[^/]*$', 1) AS bucket
                  FROM read_parquet(?, filename = true, {OF_FILES})) written""",
            [pattern(out, "*", "*.parquet")],
        ).fetchone()
        if any(out.glob("bucket=*"))
        else None
    )
    rows, left_out, unreadable, first, last = row or (0, 0, 0, None, None)
    shutil.rmtree(out / "bucket=left-out", ignore_errors=True)
    if source.records is not None and rows != source.records:
        raise DataError(
            f"{source.name}: the trailer counts {source.records} records, {rows} were "
            "read.",
            "A line may be broken; get the file again from its publisher.",
        )
    return {
        "rows": rows,
        "left_out": left_out,
        "unreadable": unreadable,
        "first_report_date": first,
        "last_report_date": last,
    }
