"""Clean the messages of one bucket: the unit of work of every scheduler.

A bucket holds all messages of some CUSIPs. Cleaning it needs no other bucket.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

import duckdb
from duckdb import DuckDBPyConnection

from data.errors import DataError
from data.files.atomic import publishing
from data.files.databases import (
    OF_FILES,
    draw_no_bars,
    first_line,
    pattern,
    quoted,
)
from data.transactions.counts import bucket_counts, counts_in, unknown_securities
from data.transactions.findings import (
    COUNTED_AS,
    DAY_END,
    DAY_START,
    IDENTITY_CLASH,
    PASS_THROUGH,
    PRICE_QUALITY,
    TRADING_DAY,
    add_calendar,
)
from data.transactions.layout import CHANGE_OF_SYSTEM, CLEAN_COLUMNS, MESSAGE_NAMES
from data.transactions.presets import Preset
from data.transactions.rules import LIVE, NOTHING_REMOVED, apply_rules


@dataclass(frozen=True)
class Limits:
    """What one worker may use.

    Parameters
    ----------
    memory : str
        Such as ``2GB``; beyond it DuckDB spills to the temporary folder.
    threads : int
        Of one worker.
    """

    memory: str = "2GB"
    threads: int = 1


@dataclass(frozen=True)
class Selection:
    """Execution dates to write, inclusive, ISO; None leaves an end open."""

    first: str | None = None
    last: str | None = None

    PAD_DAYS: ClassVar[int] = 400

    @property
    def padded(self) -> tuple[str | None, str | None]:
        """First and last date of the messages to read for links, ISO."""
        pad = timedelta(days=self.PAD_DAYS)
        return (
            self.first and (date.fromisoformat(self.first) - pad).isoformat(),
            self.last and (date.fromisoformat(self.last) + pad).isoformat(),
        )

    @property
    def condition(self) -> str:
        """SQL condition on ``execution_date``; the dates are checked before."""
        parts = []
        if self.first is not None:
            parts.append(f"execution_date >= DATE '{self.first}'")
        if self.last is not None:
            parts.append(f"execution_date <= DATE '{self.last}'")
        return " AND ".join(parts) or "TRUE"


def connect(limits: Limits, spill: Path) -> DuckDBPyConnection:
    """Database in memory under limits; ``spill`` takes what does not fit."""
    try:
        connection = duckdb.connect(
            config={
                "memory_limit": limits.memory,
                "threads": limits.threads,
                "temp_directory": str(spill),
                "preserve_insertion_order": False,
            }
        )
    except (duckdb.ParserException, duckdb.InvalidInputException) as error:
        raise DataError(
            f"--memory {limits.memory}: {first_line(error)}", "write it like 2GB."
        ) from error
    draw_no_bars(connection)
    return connection


@dataclass(frozen=True)
class BucketTask:
    """What cleaning one bucket needs.

    Parameters
    ----------
    number : int
        Of the bucket.
    files : tuple of Path
        Its typed messages.
    out : Path
        New folder for ``clean.parquet``, ``rejects.parquet`` and ``counts.json``,
        there when they are complete.
    preset : Preset
    selection : Selection
    limits : Limits
    slice_rows : int
        A bucket of more rows is linked in slices of its execution dates, where no link
        can cross them.
    securities : Path or None
        Parquet of `data.transactions.securities.read_securities`.
    """

    number: int
    files: tuple[Path, ...]
    out: Path
    preset: Preset
    selection: Selection
    limits: Limits
    slice_rows: int = 5_000_000
    securities: Path | None = None


def parquet_of(files: Sequence[Path]) -> str:
    """SQL of the rows of some files."""
    listed = ", ".join(f"'{quoted(pattern(file))}'" for file in files)
    return f"read_parquet([{listed}], {OF_FILES})"


def clean_bucket(task: BucketTask) -> dict[str, Any]:
    """Clean one bucket, or read the counts of an earlier run that finished it.

    Returns
    -------
    dict
        What ``counts.json`` holds, from `data.transactions.counts.bucket_counts`.
    """
    done = task.out / "counts.json"
    results = [task.out / f"{kind}.parquet" for kind in ("clean", "rejects")]
    found = counts_in(done)
    if found is not None and all(file.is_file() for file in results):
        return found
    with publishing(task.out, done.name) as unfinished:
        with connect(task.limits, unfinished / "spill") as connection:
            if task.securities is not None:
                reference = parquet_of([task.securities])
                connection.execute(f"CREATE TABLE security AS FROM {reference}")
            link(connection, task)
            find(connection)
            write_results(connection, task.preset, task.selection, unfinished)
            counts = bucket_counts(connection, task.selection.condition)
            if task.securities is not None:
                counts["unknown_securities"] = unknown_securities(connection)
        shutil.rmtree(unfinished / "spill", ignore_errors=True)
        (unfinished / done.name).write_text(json.dumps(counts), encoding="utf-8")
    return counts


def link(connection: DuckDBPyConnection, task: BucketTask) -> None:
    """Leave ``messages``, ``removed`` and ``live`` of a bucket, slice by slice."""
    names = ", ".join(MESSAGE_NAMES)
    source = parquet_of(task.files)
    slices = date_slices(connection, source, task.slice_rows)
    if len(slices) == 1:
        connection.execute(f"CREATE TABLE messages AS SELECT {names} FROM {source}")
        apply_rules(connection, task.preset)
        return
    connection.execute(f"CREATE VIEW messages AS SELECT {names} FROM {source}")
    connection.execute("CREATE TABLE all_removed AS " + NOTHING_REMOVED)
    connection.execute("DROP VIEW messages")
    for condition in slices:
        connection.execute(
            f"CREATE TABLE messages AS SELECT {names} FROM {source} WHERE {condition}"
        )
        apply_rules(connection, task.preset)
        connection.execute("INSERT INTO all_removed SELECT * FROM removed")
        connection.execute("DROP VIEW live; DROP TABLE removed; DROP TABLE messages")
    connection.execute(f"CREATE VIEW messages AS SELECT {names} FROM {source}")
    connection.execute("ALTER TABLE all_removed RENAME TO removed")
    connection.execute(LIVE)


# A message before the change of system names its record by report date, and a pointer
# may name a record of another execution date: such links would cross slices.
_CROSSING = f"""
SELECT EXISTS (SELECT 1 FROM {{source}} WHERE report_date < DATE '{CHANGE_OF_SYSTEM}'
                  OR execution_date < DATE '{CHANGE_OF_SYSTEM}')
    OR EXISTS (
        SELECT 1 FROM (SELECT * FROM {{source}} WHERE status IN ('X', 'C', 'Y', 'W')
                         AND prior_report_date IS NOT NULL) k
        JOIN {{source}} t ON t.cusip = k.cusip AND t.sequence = k.prior_sequence
         AND t.report_date = k.prior_report_date
        WHERE t.execution_date <> k.execution_date)
"""


def date_slices(
    connection: DuckDBPyConnection, source: str, slice_rows: int
) -> list[str]:
    """Conditions that split ``source`` by execution date, one where it must stay whole.

    Every other rule compares rows of one CUSIP and execution date only.
    """
    days = connection.execute(
        f"SELECT CAST(execution_date AS VARCHAR), COUNT(*) FROM {source} "
        "GROUP BY execution_date ORDER BY execution_date"
    ).fetchall()
    if sum(rows for _, rows in days) <= slice_rows:
        return ["TRUE"]
    crossing = connection.execute(_CROSSING.format(source=source)).fetchone()
    if crossing is None or crossing[0]:
        return ["TRUE"]
    starts, held = [days[0][0]], 0
    for day, rows in days:
        if held and held + rows > slice_rows:
            starts.append(day)
            held = 0
        held += rows
    ends = [*starts[1:], "9999-12-31"]
    return [
        f"execution_date >= DATE '{start}' AND execution_date < DATE '{end}'"
        for start, end in zip(starts, ends, strict=True)
    ]


def find(connection: DuckDBPyConnection) -> None:
    """Note what there is to find about the rows that the rules left."""
    for name, query in (
        ("pass_through", PASS_THROUGH),
        ("identity_clash", IDENTITY_CLASH),
        ("price_quality", PRICE_QUALITY),
    ):
        connection.execute(f"CREATE TABLE {name} AS {query}")
    add_calendar(connection)


def write_results(
    connection: DuckDBPyConnection, preset: Preset, selection: Selection, out: Path
) -> None:
    """Write ``clean.parquet`` and ``rejects.parquet`` to the folder ``out``."""
    price_used = "l.price"
    if preset.suggestion_used:
        price_used = (
            "CASE WHEN q.is_decimal_shift THEN q.price_suggested ELSE l.price END"
        )
    values = {
        "trading_day": TRADING_DAY,
        "counted_as": COUNTED_AS,
        "is_pass_through": "l.row_id IN (SELECT row_id FROM pass_through)",
        "is_identity_clash": "l.row_id IN (SELECT row_id FROM identity_clash)",
        "is_holiday": "NOT COALESCE(c.is_open, TRUE)",
        "is_outside_hours": f"COALESCE(l.execution_time < {DAY_START} "
        f"OR l.execution_time >= {DAY_END}, FALSE)",
        "is_decimal_shift": "COALESCE(q.is_decimal_shift, FALSE)",
        "is_bounce_back": "COALESCE(q.is_bounce_back, FALSE)",
        "is_day_outlier": "COALESCE(q.is_day_outlier, FALSE)",
        "price_suggested": "q.price_suggested",
        "price_used": price_used,
        "preset": f"'{preset.name}'",
    }
    columns = ", ".join(
        f"{values.get(column.name, f'l.{column.name}')} AS {column.name}"
        for column in CLEAN_COLUMNS
    )
    connection.execute(
        f"""COPY (SELECT {columns} FROM live l
            LEFT JOIN calendar c ON l.execution_date = c.day
            LEFT JOIN price_quality q ON l.row_id = q.row_id
            WHERE {selection.condition}
            ORDER BY l.cusip, l.execution_date, l.execution_time, l.row_id)
            TO '{quoted(out / "clean.parquet")}' (FORMAT parquet, COMPRESSION zstd)"""
    )
    message = ", ".join(f"m.{name}" for name in MESSAGE_NAMES)
    connection.execute(
        f"""COPY (SELECT {message}, r.reason, r.step, r.killed_by,
                         CAST(NULL AS VARCHAR) AS detail
            FROM messages m JOIN removed r ON m.row_id = r.row_id
            WHERE {selection.condition}
            ORDER BY m.cusip, m.execution_date, m.execution_time, m.row_id)
            TO '{quoted(out / "rejects.parquet")}' (FORMAT parquet, COMPRESSION zstd)"""
    )
