"""Command line: build the panel of the liquidity-regimes model."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.command_line import ending_on_bad_input
from data.liquidity_panels import write_liquidity_panel
from data.liquidity_regimes import build_liquidity_panel
from data.panel_files import require_panel_suffix

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build liquidity-regimes --daily data/raw/daily.csv "
    "--out data/clean/regimes.parquet"
    "\n\n"
    "python -m data build liquidity-regimes --daily data/raw/daily.csv "
    "--volatility data/raw/move.csv --out data/clean/regimes.csv "
    "--start 2014-04-01 --end 2023-12-31"
)


@ending_on_bad_input()
def build_liquidity_regimes(
    daily: Annotated[
        Path,
        typer.Option(help="Price impact and depth by day and security; data/README.md"),
    ],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    volatility: Annotated[
        Path | None,
        typer.Option(help="Volatilities by day, where the daily file has none."),
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day; all days by default."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day; all days by default."),
    ] = None,
) -> None:
    """Add surprises in volatility's volatility and persistence to daily liquidity."""
    require_panel_suffix(out)
    first, last = (None if day is None else pd.Timestamp(day) for day in (start, end))
    panel = build_liquidity_panel(daily, volatility, first, last)
    write_liquidity_panel(panel.frame, out)
    for note in panel.notes:
        typer.echo(note)
    typer.echo(out)
