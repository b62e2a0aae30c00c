"""The life of one message: what it says, what voided it, what it voided itself."""

from pathlib import Path
from typing import Any

import duckdb

from data.errors import DataError
from data.files.databases import (
    PARQUET,
    draw_no_bars,
    pattern,
    refusing_damage,
)
from data.transactions.layout import file_number_of, line_of
from data.transactions.report import read_account

_SHOWN = (
    "status",
    "as_of",
    "sequence",
    "prior_sequence",
    "price",
    "par",
    "side",
    "contra",
)

_FLAGS = (
    "is_pass_through",
    "is_identity_clash",
    "is_decimal_shift",
    "is_bounce_back",
    "is_day_outlier",
)


def explain(row_id: int, folder: Path) -> list[str]:
    """Tell the life of a message in lines of text, in the order of the reports.

    Parameters
    ----------
    row_id : int
        Of any row of ``clean/`` or ``rejects/``.
    folder : Path
        Output of ``python -m data clean transactions``.

    Raises
    ------
    DataError
        The folder holds no results, or no such row.
    """
    names = {x["number"]: x["name"] for x in read_account(folder)["inputs"]}
    remedy = f"clean again: python -m data clean transactions FILE... --out {folder}"
    with refusing_damage(folder, remedy), duckdb.connect() as connection:
        draw_no_bars(connection)
        told = _linked(connection, row_id, folder)
    if row_id not in told:
        raise DataError(
            f"{folder} has no row {row_id}.",
            "Take a row_id of its clean/ or rejects/.",
        )
    ordered = sorted(
        told.values(),
        key=lambda row: (
            str(row["report_date"]),
            row["report_time"] or 0,
            row["row_id"],
        ),
    )
    lines = []
    for row in ordered:
        mark = "->" if row["row_id"] == row_id else "  "
        number = file_number_of(row["row_id"])
        file = names.get(number, f"file {number}")
        place = f"{file}, record {line_of(row['row_id'])}"
        lines += [
            f"{mark} row {row['row_id']} ({place})",
            f"   {row['cusip']} executed {row['execution_date']} "
            f"{_clock(row['execution_time'])}, reported {row['report_date']} "
            f"{_clock(row['report_time'])}",
            "   " + ", ".join(f"{name} {row[name]}" for name in _SHOWN if row[name]),
            f"   {_fate(row)}",
        ]
    return lines


def _linked(
    connection: duckdb.DuckDBPyConnection, row_id: int, folder: Path
) -> dict[int, dict[str, Any]]:
    """Rows of the message and of all that it is linked to, both ways, by row id."""
    told: dict[int, dict[str, Any]] = {}
    asked = {row_id}
    while asked:
        rows = _rows(connection, sorted(asked), folder)
        told.update({row["row_id"]: row for row in rows})
        killers = {row["killed_by"] for row in rows if row.get("killed_by")}
        asked = (killers | {row["row_id"] for row in rows}) - told.keys()
    return told


def _rows(
    connection: duckdb.DuckDBPyConnection, ids: list[int], folder: Path
) -> list[dict[str, Any]]:
    found = []
    for kind, condition in (
        ("clean", "row_id IN (SELECT UNNEST(?))"),
        ("rejects", "row_id IN (SELECT UNNEST(?)) OR killed_by IN (SELECT UNNEST(?))"),
    ):
        result = connection.execute(
            f"SELECT * FROM {PARQUET} WHERE {condition}",
            [pattern(folder / kind, "*.parquet"), *[ids] * condition.count("?")],
        )
        names = [column[0] for column in result.description or ()]
        found += [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return found


def _fate(row: dict[str, Any]) -> str:
    if "reason" not in row:
        flags = [name.removeprefix("is_") for name in _FLAGS if row[name]]
        flagged = f", flagged {', '.join(flags)}" if flags else ""
        return f"kept by preset {row['preset']}{flagged}"
    killer = f" by row {row['killed_by']}" if row["killed_by"] else ""
    detail = f": {row['detail']}" if row["detail"] else ""
    return f"rejected in step {row['step']}: {row['reason']}{killer}{detail}"


def _clock(seconds: int | None) -> str:
    if seconds is None:
        return "(no time)"
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
