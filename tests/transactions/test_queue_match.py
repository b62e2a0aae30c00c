"""The queue in SQL against a queue in Python."""

from collections import deque

import duckdb
import numpy as np

from data.transactions.steps import queue_match
from tests.transactions.messages import message, table

DAY = "2015-03-18"


def matches_in_python(rows):
    """Each reversal takes the oldest trade that waits; a trade comes first on ties."""
    waiting = {}
    found = set()
    ordered = sorted(
        enumerate(rows, start=1), key=lambda r: (r[1]["report_time"], r[1]["status"])
    )
    for row_id, row in ordered:
        queue = waiting.setdefault((row["cusip"], row["par"], row["side"]), deque())
        if row["status"] == "T":
            queue.append(row_id)
        elif queue:
            found.add((queue.popleft(), row_id))
    return found


def test_the_same_pairs_as_a_queue():
    draw = np.random.default_rng(1)
    rows = [
        message(
            number,
            str(draw.choice(["T", "T", "T", "Y"])),
            DAY,
            cusip=str(draw.choice(["A", "B", "C"])),
            par=int(draw.integers(40)),
            side=draw.choice(np.array(["B", "S", None])),
            report_time=f"10:{draw.integers(60):02}:00",
        )
        for number in range(2000)
    ]
    expected = matches_in_python(rows)
    assert len(expected) > 300
    assert sum(row["status"] == "Y" for row in rows) > len(expected) + 50
    connection = duckdb.connect()
    table(connection, rows)
    connection.execute("CREATE VIEW live AS SELECT * FROM messages")
    query = queue_match("status = 'Y'", "status = 'T'", ("par", "side"), "'reversed'")
    found = connection.execute(
        f"SELECT row_id, killed_by FROM ({query}) WHERE reason = 'reversed'"
    ).fetchall()
    assert set(found) == expected
