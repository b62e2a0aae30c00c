"""The data sets that a cleaning leaves, put in place of those of an earlier one."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from data.files.atomic import replacing
from data.files.databases import draw_no_bars, quoted
from data.transactions.bucket import parquet_of
from data.transactions.layout import CLEAN_COLUMNS, REJECT_COLUMNS, REPORT, Column
from data.transactions.reading import UNREADABLE

RESULTS = ("clean", "rejects")
"""Folders of Parquet files that a run leaves, beside `REPORT`."""


def publish(unfinished: Path, out: Path, report: dict[str, Any]) -> None:
    """Give the results of a complete run their names.

    Parameters
    ----------
    unfinished : Path
        Folder of the run, with ``messages/`` of every file and ``results/`` of every
        bucket; it is removed.
    out : Path
        Gets ``clean/``, ``rejects/`` and ``report.json`` in place of earlier ones.
    report : dict
        What `data.transactions.report.account` says.
    """
    for kind in RESULTS:
        folder = unfinished / kind
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for bucket in sorted((unfinished / "results").glob("bucket-*")):
            (bucket / f"{kind}.parquet").rename(folder / f"{bucket.name}.parquet")
    _collect_unreadable(unfinished)
    _write_empty(unfinished / "clean", CLEAN_COLUMNS)
    _write_empty(unfinished / "rejects", REJECT_COLUMNS)
    # Without an account nothing counts as complete; the moment is that of renaming.
    former = unfinished / "former"
    shutil.rmtree(former, ignore_errors=True)
    former.mkdir()
    (out / REPORT).unlink(missing_ok=True)
    for kind in RESULTS:
        if (out / kind).exists():
            (out / kind).rename(former / kind)
        (unfinished / kind).rename(out / kind)
    with replacing(out / REPORT) as temporary:
        temporary.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(unfinished)


def _collect_unreadable(unfinished: Path) -> None:
    """Add the rows that could not be read to the rejects."""
    files = sorted(unfinished.glob(f"messages/*/bucket={UNREADABLE}/*.parquet"))
    if not files:
        return
    values = {
        "reason": "'unreadable'",
        "step": "'reading'",
        "killed_by": "CAST(NULL AS BIGINT)",
    }
    columns = ", ".join(
        f"{values.get(column.name, column.name)} AS {column.name}"
        for column in REJECT_COLUMNS
    )
    _write(
        f"SELECT {columns} FROM {parquet_of(files)} ORDER BY row_id",
        unfinished / "rejects" / f"{UNREADABLE}.parquet",
    )


def _write_empty(folder: Path, columns: Sequence[Column]) -> None:
    """Give a data set without rows its columns."""
    if not any(folder.iterdir()):
        nothing = ", ".join(
            f"CAST(NULL AS {column.type}) AS {column.name}" for column in columns
        )
        _write(f"SELECT {nothing} WHERE FALSE", folder / "empty.parquet")


def _write(query: str, file: Path) -> None:
    with duckdb.connect() as connection:
        draw_no_bars(connection)
        connection.execute(f"COPY ({query}) TO '{quoted(file)}' (FORMAT parquet)")
