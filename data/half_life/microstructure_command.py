"""Command line: build covariates of events from cleaned transactions."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.errors import DataError
from data.files.atomic import require_place
from data.files.cells import require_panel_suffix, write_frame
from data.half_life.events import read_events
from data.transactions.measures.fair_prices import take_fair_prices
from data.transactions.measures.trades import add_tenors, open_trades
from data.transactions.measures.windows import (
    EVENT_TENORS,
    WINDOW_DAYS,
    microstructure_panel,
)
from data.transactions.securities import read_securities

BUILD_EXAMPLES = (
    "Example: python -m data build microstructure --trades data/clean/transactions "
    "--securities securities.csv --events events.csv --out panel.csv"
)

SECURITIES_FILE = "securities.csv"


def build_microstructure(
    trades: Annotated[
        Path, typer.Option(metavar="DIR", help="Output of clean transactions.")
    ],
    events: Annotated[
        Path, typer.Option(help="Events: event_date, event_type, optionally tenor.")
    ],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    securities: Annotated[
        Path | None,
        typer.Option(
            help=f"cusip and maturity_date of the bonds; by default {SECURITIES_FILE} "
            "in DIR."
        ),
    ] = None,
    tenor: Annotated[
        list[int] | None,
        typer.Option(
            help="Years; repeat for several. For events that name no tenor; by default "
            f"{', '.join(map(str, EVENT_TENORS))}."
        ),
    ] = None,
    fair_prices: Annotated[
        Path | None,
        typer.Option(
            help="row_id and fair_price, of build fair-prices: adds effective spreads."
        ),
    ] = None,
    window_days: Annotated[
        int, typer.Option(min=1, help="Trading days from the event on.")
    ] = WINDOW_DAYS,
) -> None:
    """Measure who traded after each event, for build half-life --microstructure."""
    require_panel_suffix(out)
    require_place(out)
    reference = securities or trades / SECURITIES_FILE
    if not reference.is_file():
        raise DataError(
            f"{reference}: no such file, so nobody knows the tenor of a CUSIP",
            "name a file of cusip and maturity_date with --securities.",
        )
    happened = read_events(events)
    with open_trades(trades) as connection:
        notes = [take_fair_prices(connection, fair_prices)] if fair_prices else []
        unknown = add_tenors(connection, read_securities(reference))
        panel = microstructure_panel(
            connection, happened, tuple(tenor or EVENT_TENORS), window_days
        )
    write_frame(panel.frame, out)
    if unknown:
        typer.echo(f"{unknown} trades are of bonds that {reference} does not hold")
    for note in (*notes, *panel.notes):
        typer.echo(note)
    typer.echo(out)


MICROSTRUCTURE = Command(
    name="microstructure", run=build_microstructure, examples=BUILD_EXAMPLES
)
