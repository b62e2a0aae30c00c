"""Small cases of messages by hand, and what the rules keep of them."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

import duckdb

from data.transactions.layout import MESSAGE_COLUMNS
from data.transactions.presets import PRESETS, Preset
from data.transactions.rules import apply_rules

_TYPES = {column.name: column.type for column in MESSAGE_COLUMNS}

_USUAL: dict[str, Any] = {
    "cusip": "00101JAH9",
    "execution_time": "10:00:00",
    "status": "T",
    "price": 100,
    "par": 100_000,
    "side": "S",
    "contra": "C",
    "when_issued": "N",
}


def message(sequence: int | None, status: str, day: str, **fields: Any) -> dict:
    """One message; executed and reported on ``day`` unless told otherwise."""
    row = {
        **_USUAL,
        "sequence": sequence,
        "status": status,
        "execution_date": day,
        **fields,
    }
    row.setdefault("report_date", row["execution_date"])
    row.setdefault("report_time", row["execution_time"])
    return row


def table(connection: duckdb.DuckDBPyConnection, rows: Iterable[dict]) -> None:
    """Create ``messages`` from rows; the row id is their order, from 1."""
    columns = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
    connection.execute(f"CREATE TABLE messages ({columns})")
    cells: list[Any] = []
    number = 0
    for number, row in enumerate(rows, start=1):
        unknown = set(row) - set(_TYPES)
        assert not unknown, unknown
        values = {"row_id": number, **row}
        cells += [_cell(name, values.get(name)) for name in _TYPES]
    if number:
        # One statement: a statement a row would take most of the tests' time.
        marks = f"({', '.join('?' * len(_TYPES))})"
        connection.execute(
            f"INSERT INTO messages VALUES {', '.join([marks] * number)}", cells
        )


def _cell(name: str, value: Any) -> Any:
    if name.endswith("_time") and isinstance(value, str):
        clock = time.fromisoformat(value)
        return clock.hour * 3600 + clock.minute * 60 + clock.second
    if name.endswith("_date") and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def clean(
    rows: list[dict], preset: Preset | str = "workbench"
) -> tuple[set[int], dict[int, tuple[str, str, int | None]]]:
    """Row ids that are kept, and step, reason and killer of the others.

    Every row is asserted to be in exactly one of the two.
    """
    connection = duckdb.connect()
    table(connection, rows)
    apply_rules(connection, PRESETS[preset] if isinstance(preset, str) else preset)
    kept = [r[0] for r in connection.execute("SELECT row_id FROM live").fetchall()]
    removed = connection.execute(
        "SELECT row_id, step, reason, killed_by FROM removed"
    ).fetchall()
    gone = {row[0]: tuple(row[1:]) for row in removed}
    assert len(gone) == len(removed), "a row was removed twice"
    assert sorted([*kept, *gone]) == list(range(1, len(rows) + 1))
    return set(kept), gone


DAY = "2020-01-02"

TRADES = [
    message(5, "T", DAY, price="99.97", par="350000.00", execution_time="09:05:00"),
    message(6, "T", DAY, price="100", par="5000", side="B", contra="D"),
    message(6, "X", DAY, price="100", par="5000", side="B", contra="D"),
]
"""Of one day: a trade, and one that is cancelled."""
