"""The panel of the liquidity models, and the command that builds it."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.liquidity_regimes.build import build_liquidity_panel
from data.liquidity_regimes.panel import LIQUIDITY_FILE
from data.liquidity_regimes.template import liquidity_example
from data.panel import BuiltPanel, FirstDay, LastDay, PanelKind

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build liquidity-regimes --daily data/raw/daily.csv "
    "--out data/clean/regimes.parquet"
    "\n\n"
    "python -m data build liquidity-regimes --daily data/raw/daily.csv "
    "--volatility data/raw/move.csv --out data/clean/regimes.csv "
    "--start 2014-04-01 --end 2023-12-31"
)


def build_liquidity_regimes(
    *,
    daily: Annotated[
        Path,
        typer.Option(help="Price impact and depth by day and security; data/README.md"),
    ],
    volatility: Annotated[
        Path | None,
        typer.Option(help="Volatilities by day, where the daily file has none."),
    ] = None,
    start: FirstDay = None,
    end: LastDay = None,
) -> BuiltPanel:
    """Add surprises in volatility's volatility and persistence to daily liquidity."""
    first, last = (None if day is None else pd.Timestamp(day) for day in (start, end))
    return build_liquidity_panel(daily, volatility, first, last)


LIQUIDITY_REGIMES = PanelKind(
    name="liquidity-regimes",
    file=LIQUIDITY_FILE,
    example=liquidity_example,
    build=build_liquidity_regimes,
    examples=BUILD_EXAMPLES,
)
