"""Apply a preset's rules, in order, to the messages of some CUSIPs."""

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from data.transactions.filters import filter_query
from data.transactions.presets import Preset
from data.transactions.steps import Filter, Step
from data.transactions.two_sided import TWO_SIDED

FILTER_STEP = "filters"
"""Step name under which a query runs many filters; each row carries its filter's."""

NOTHING_REMOVED = (
    "SELECT row_id, CAST(NULL AS VARCHAR) AS step, CAST(NULL AS VARCHAR) AS reason, "
    "CAST(NULL AS BIGINT) AS killed_by FROM messages WHERE FALSE"
)
"""Query of the empty table that the rules fill, one row a removed message."""

LIVE = """
CREATE VIEW live AS SELECT m.* FROM messages m
WHERE NOT EXISTS (SELECT 1 FROM removed r WHERE r.row_id = m.row_id)
"""
"""What no rule has removed so far; every rule reads it."""


def rule_queries(preset: Preset) -> Iterator[tuple[str, str]]:
    """Name and query of each step, in order; filters together as `FILTER_STEP`."""
    yield from _filters(preset.before_linking)
    for step in preset.linking + TWO_SIDED[preset.two_sided]:
        yield step.name, step.sql
    yield from _filters(preset.filters)


def rules_of(preset: Preset) -> list[Step | Filter]:
    """Rules of a preset in the order in which they remove rows."""
    return [
        *preset.before_linking,
        *preset.linking,
        *TWO_SIDED[preset.two_sided],
        *preset.filters,
    ]


def apply_rules(connection: DuckDBPyConnection, preset: Preset) -> None:
    """Fill ``removed`` from ``messages``, one row a removed message.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the table ``messages``.
    preset : Preset
        What to apply.
    """
    connection.execute("CREATE TABLE removed AS " + NOTHING_REMOVED)
    connection.execute(LIVE)
    for name, query in rule_queries(preset):
        connection.execute(insertion(name, query))


def insertion(name: str, query: str) -> str:
    """Statement that enters a query's rows in ``removed`` under a step's name."""
    step = "reason" if name == FILTER_STEP else f"'{name}'"
    return (
        f"INSERT INTO removed SELECT row_id, {step} AS step, reason, killed_by "
        f"FROM ({query}) found"
    )


def _filters(filters: tuple[Filter, ...]) -> Iterator[tuple[str, str]]:
    if filters:
        yield FILTER_STEP, filter_query(filters)
