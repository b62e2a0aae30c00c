"""Command line of the data step: fetch raw data, build panels from it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from data.command_line import ending_on_bad_input
from data.fetch import fetch
from data.order_flow import FormBreaks
from data.panels import require_panel_suffix, write_panel
from data.price_pressure import build_price_pressure_panel
from data.sources import SOURCES

app = typer.Typer(
    no_args_is_help=True,
    help=__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
)
build = typer.Typer(
    no_args_is_help=True,
    help="Build a panel, the checked table that a model is fitted to.",
)
app.add_typer(build, name="build")

_FETCH_EPILOG = (
    "Example: python -m data fetch gsw primary-dealers cftc-tff h15 --to data/raw"
)
_PRICE_PRESSURE_EPILOG = (
    "Examples:\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/panel.parquet"
    "\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/panel.csv "
    "--start 2001-07-05 --end 2018-04-18"
)


@app.command("fetch", epilog=_FETCH_EPILOG, no_args_is_help=True)
@ending_on_bad_input()
def fetch_sources(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help=f"Any of {', '.join(SOURCES)}."),
    ],
    to: Annotated[Path, typer.Option(help="Folder of the raw data.")] = Path(
        "data/raw"
    ),
    base_url: Annotated[
        str | None,
        typer.Option(help="Mirror that serves the publishers' paths."),
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch again what is already there.")
    ] = False,
) -> None:
    """Fetch public data from its publishers, with checksums, resuming what was cut."""
    console = Console(stderr=True)
    for path in fetch(sources, to, base_url=base_url, refresh=refresh, console=console):
        typer.echo(path)


@build.command("price-pressure", epilog=_PRICE_PRESSURE_EPILOG, no_args_is_help=True)
@ending_on_bad_input()
def price_pressure(
    raw: Annotated[Path, typer.Option(help="Folder of the raw data.")],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day; all weeks by default."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day; all weeks by default."),
    ] = None,
    form_breaks: Annotated[
        FormBreaks,
        typer.Option(
            help="Whether the change of inventory across a break of the report form "
            "counts as order flow or is missing."
        ),
    ] = FormBreaks.CHANGE,
) -> None:
    """Build weekly yields, inventories, DV01, order flow and factor exposures."""
    require_panel_suffix(out)
    first, last = (None if day is None else pd.Timestamp(day) for day in (start, end))
    panel = build_price_pressure_panel(raw, first, last, form_breaks)
    write_panel(panel.frame, out)
    for note in panel.notes:
        typer.echo(note)
    typer.echo(out)


if __name__ == "__main__":
    app(prog_name="python -m data")
