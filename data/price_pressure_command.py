"""Command line: build the panel of the price-pressure model."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.command_line import ending_on_bad_input
from data.order_flow import FormBreaks
from data.panel_files import require_panel_suffix
from data.panels import write_panel
from data.price_pressure import build_price_pressure_panel

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/panel.parquet"
    "\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/panel.csv "
    "--start 2001-07-05 --end 2018-04-18"
)


@ending_on_bad_input()
def build_price_pressure(
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
