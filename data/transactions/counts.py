"""What a run has to account for: counts of a bucket, and their sum over buckets."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

FLAGS = (
    "is_pass_through",
    "is_identity_clash",
    "is_decimal_shift",
    "is_bounce_back",
    "is_day_outlier",
)
"""Findings that are counted; they remove nothing."""


def counts_in(path: Path) -> dict[str, Any] | None:
    """Counts that an earlier run wrote; None where there are none that can be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def bucket_counts(connection: DuckDBPyConnection, selected: str) -> dict[str, Any]:
    """Count a cleaned bucket.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``messages``, ``removed``, ``live`` and the tables of findings.
    selected : str
        Condition on the rows that are written; the others only served for links.

    Returns
    -------
    dict
        ``messages``, ``outside`` the selection, ``kept`` and ``rejected`` by step,
        reason, year of execution and status, ``flags``, and ``corrections_of_nothing``,
        corrections that are kept although no record is found that they replace.
    """
    outside = f"SELECT COUNT(*) FROM messages WHERE NOT COALESCE({selected}, FALSE)"
    kept = f"""SELECT YEAR(execution_date), COUNT(*) FROM live
               WHERE {selected} GROUP BY ALL ORDER BY ALL"""
    rejected = f"""SELECT r.step, r.reason, YEAR(m.execution_date), m.status, COUNT(*)
                   FROM removed r JOIN messages m ON r.row_id = m.row_id
                   WHERE {selected} GROUP BY ALL ORDER BY ALL"""
    flags = {
        "is_pass_through": "SELECT COUNT(DISTINCT row_id) FROM pass_through",
        "is_identity_clash": "SELECT COUNT(DISTINCT row_id) FROM identity_clash",
        **{
            name: f"SELECT COUNT(*) FROM price_quality WHERE {name}"
            for name in FLAGS[2:]
        },
    }
    corrections = """SELECT COUNT(*) FROM live w WHERE w.status = 'W'
        AND NOT EXISTS (SELECT 1 FROM removed r WHERE r.killed_by = w.row_id)"""
    return {
        "messages": _number(connection, "SELECT COUNT(*) FROM messages"),
        "outside": _number(connection, outside),
        "kept": [list(row) for row in connection.execute(kept).fetchall()],
        "rejected": [list(row) for row in connection.execute(rejected).fetchall()],
        "flags": {name: _number(connection, query) for name, query in flags.items()},
        "corrections_of_nothing": _number(connection, corrections),
    }


def unknown_securities(connection: DuckDBPyConnection) -> list[int]:
    """Kept trades of bonds that ``security`` does not hold, and how many bonds."""
    query = """SELECT COUNT(*), COUNT(DISTINCT cusip) FROM live
               WHERE cusip NOT IN (SELECT cusip FROM security)"""
    row = connection.execute(query).fetchone()
    return [int(number) for number in row or (0, 0)]


def summed(buckets: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add the counts of buckets; each has the keys of `bucket_counts`."""
    totals: Counter[str] = Counter()
    kept: Counter[int] = Counter()
    rejected: Counter[tuple[str, str, int, str]] = Counter()
    flags: Counter[str] = Counter()
    unknown = [0, 0]
    for bucket in buckets:
        # Every bond is in one bucket.
        pairs = zip(unknown, bucket.get("unknown_securities", (0, 0)), strict=True)
        unknown = [total + number for total, number in pairs]
        for name in ("messages", "outside", "corrections_of_nothing"):
            totals[name] += bucket[name]
        for year, rows in bucket["kept"]:
            kept[year] += rows
        for step, reason, year, status, rows in bucket["rejected"]:
            rejected[step, reason, year, status] += rows
        flags.update(bucket["flags"])
    return {
        "messages": totals["messages"],
        "outside": totals["outside"],
        "corrections_of_nothing": totals["corrections_of_nothing"],
        "kept": [[year, kept[year]] for year in sorted(kept)],
        "rejected": [[*key, rejected[key]] for key in sorted(rejected)],
        "flags": {name: flags[name] for name in FLAGS},
        "unknown_securities": unknown,
    }


def _number(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
