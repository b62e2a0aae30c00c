"""Command lines: clean transaction messages, and explain one of them."""

import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from data.commands.command import Command
from data.commands.ending import ending_with_status
from data.errors import DataError
from data.files.atomic import require_place
from data.transactions.bucket import Limits, Selection
from data.transactions.clean import Progress, Work, clean_transactions
from data.transactions.column_map import read_column_map
from data.transactions.database import query_to_parquet
from data.transactions.dialects import DIALECTS, Dialect
from data.transactions.explain import explain
from data.transactions.filters import FILTERS, OF_SECURITIES
from data.transactions.presets import PRESETS, preset_with
from data.transactions.two_sided import TWO_SIDED

CLEAN_EXAMPLES = (
    "Examples:\n\n"
    "python -m data clean transactions trace_enhanced.parquet --dialect wrds "
    "--out data/clean/transactions\n\n"
    "python -m data clean transactions 2023.zip --dialect treasury --two-sided finra "
    "--out data/clean/transactions\n\n"
    "python -m data clean transactions --connection postgresql+psycopg://me@host/wrds "
    "--sql 'SELECT * FROM trace.trace_enhanced WHERE cusip_id = :cusip' "
    "--parameter cusip=00101JAH9 --out data/clean/transactions"
)

EXPLAIN_EXAMPLE = (
    "Example: python -m data explain 5497558138881 --in data/clean/transactions"
)


FIRST_YEAR, LAST_YEAR = 1990, 2100

MOST_PARTS = 10_000
"""Each is a file of every input."""

MOST_WORKERS = 1024


def _choice(names: Any) -> str:
    return f"One of {', '.join(names)}."


def clean_command(
    out: Annotated[
        Path, typer.Option(help="Folder for clean/, rejects/ and report.json.")
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Files, folders, zips of messages."),
    ] = None,
    dialect: Annotated[str, typer.Option(help=_choice(DIALECTS))] = "wrds",
    column_map: Annotated[
        Path | None,
        typer.Option("--map", help="TOML column map of another format."),
    ] = None,
    preset: Annotated[str, typer.Option(help=_choice(PRESETS))] = "workbench",
    two_sided: Annotated[
        str | None,
        typer.Option(
            help="Which report of an inter-dealer trade is kept; the preset's. "
            + _choice(TWO_SIDED)
        ),
    ] = None,
    with_filter: Annotated[
        list[str] | None,
        typer.Option("--with", help="Filter to add; repeatable. " + _choice(FILTERS)),
    ] = None,
    without_filter: Annotated[
        list[str] | None,
        typer.Option("--without", help="Filter of the preset to leave out."),
    ] = None,
    securities: Annotated[
        Path | None,
        typer.Option(
            help="cusip, maturity_date and, where known, issue_date of the bonds: adds "
            f"the filters {', '.join(OF_SECURITIES)}."
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First execution date, YYYY-MM-DD.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Last execution date, YYYY-MM-DD.")
    ] = None,
    sql: Annotated[
        str | None, typer.Option(help="Query that yields the messages.")
    ] = None,
    connection: Annotated[
        str | None,
        typer.Option(help="Database of --sql: duckdb:///file or SQLAlchemy's address."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE that is bound in --sql; repeatable."),
    ] = None,
    buckets: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_PARTS, help="Parts by CUSIP; by the input's size."
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=MOST_WORKERS, help="Processes.")
    ] = 1,
    threads: Annotated[
        int, typer.Option(min=1, max=MOST_WORKERS, help="Of each worker.")
    ] = 1,
    memory: Annotated[str, typer.Option(help="Limit of each worker.")] = Limits.memory,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler to work on.")
    ] = None,
) -> None:
    """Clean TRACE messages to trades; every other row is written with its reason."""
    added = (*(with_filter or ()), *(OF_SECURITIES if securities else ()))
    rules = preset_with(preset, two_sided, added, tuple(without_filter or ()))
    form = _dialect(dialect) if column_map is None else read_column_map(column_map)
    selection = Selection(_day(first, "--from"), _day(last, "--to"))
    if selection.first and selection.last and selection.first > selection.last:
        raise DataError(
            f"--from {first} is after --to {last}", "Give the earlier date first."
        )
    work = Work(buckets, workers, scheduler, Limits(memory, threads))
    require_place(out / "report.json")
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = list(files or ())
        if sql is not None:
            paths.append(Path(folder) / "query.parquet")
            query_to_parquet(connection or "", sql, _bound(parameter), paths[-1])
        if not paths:
            raise DataError("There is nothing to clean.", "Name a file, or give --sql.")
        report = clean_transactions(
            paths, form, rules, out, selection, work, _shown(console), securities
        )
    _show(report, console)
    typer.echo(out)


@ending_with_status()
def explain_command(
    row_id: Annotated[int, typer.Argument(metavar="ROW_ID")],
    folder: Annotated[Path, typer.Option("--in", help="Output of clean transactions.")],
) -> None:
    """Tell the life of one message: what it says, what voided it, what it voided."""
    for line in explain(row_id, folder):
        typer.echo(line)


def _dialect(name: str) -> Dialect:
    if name not in DIALECTS:
        raise DataError(
            f"there is no dialect {name!r}",
            f"choose one of {', '.join(DIALECTS)}, or give a column map with --map.",
        )
    return DIALECTS[name]


def _day(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise DataError(f"{option} {text} is no date.", "Write YYYY-MM-DD.") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DataError(
            f"{option} {text} is no day of any transaction",
            f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return day.isoformat()


def _bound(parameters: list[str] | None) -> dict[str, str]:
    bound = {}
    for parameter in parameters or ():
        name, equals, value = parameter.partition("=")
        if not equals:
            raise DataError(
                f"--parameter {parameter} has no value.", "Write NAME=VALUE."
            )
        bound[name] = value
    return bound


def _shown(console: Console) -> Progress:
    """Progress with rows and their rate, at most once a second."""
    started = time.monotonic()
    last_shown: dict[str, float] = {}

    def show(stage: str, done: int, of: int, rows: int) -> None:
        now = time.monotonic()
        if done < of and now - last_shown.get(stage, 0.0) < 1:
            return
        last_shown[stage] = now
        rate = rows / max(now - started, 1e-9)
        console.print(f"{stage}: {done}/{of}, {rows:,} rows, {rate:,.0f} rows/s")

    return show


def _show(report: dict[str, Any], console: Console) -> None:
    table = Table("step", "removed", "left", title=f"preset {report['preset']}")
    for step in report["steps"]:
        if step["removed"]:
            table.add_row(step["step"], f"{step['removed']:,}", f"{step['left']:,}")
    console.print(table)
    rows = report["rows"]
    console.print(
        f"{rows['input']:,} messages: {rows['kept']:,} kept, {rows['rejected']:,} "
        f"rejected, {rows['left_out'] + rows['only_for_links']:,} outside the dates"
    )
    for warning in report["warnings"]:
        console.print(f"Warning: {warning}", markup=False)


CLEAN_TRANSACTIONS = Command(
    name="transactions", run=clean_command, examples=CLEAN_EXAMPLES
)
