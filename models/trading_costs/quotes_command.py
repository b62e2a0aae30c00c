"""Command line: simulate quotes around a known curve."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.commands.command import Command
from data.commands.memory import require_memory
from data.files.cells import require_panel_suffix
from data.trading_costs.quote_panel import write_quote_panel
from models.trading_costs.command import BYTES_A_ROW, LONGEST_PANEL_DAYS
from models.trading_costs.quote_simulation import (
    CLOSE,
    ON_THE_RUN_YEARS,
    OPEN,
    SNAPSHOT_HOURS,
    simulate_quotes,
)

EXAMPLE = (
    "Example: python -m models simulate quotes --seed 1 "
    "--out data/clean/quotes-twin.parquet"
)


def simulate_quote_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    days: Annotated[
        int, typer.Option(min=1, max=LONGEST_PANEL_DAYS, help="Trading days.")
    ] = 2,
    securities: Annotated[int, typer.Option(min=5, help="Old issues.")] = 60,
    minutes: Annotated[
        int, typer.Option(min=1, max=60, help="Between quotes on the run.")
    ] = 60,
    noise_bp: Annotated[
        float, typer.Option(min=0, max=1000, help="Scale of the noise of old issues.")
    ] = 0.5,
) -> None:
    """Simulate quotes of on-the-run and old Treasuries around a known curve."""
    require_panel_suffix(out)
    rows = days * (
        securities * len(SNAPSHOT_HOURS)
        + len(ON_THE_RUN_YEARS) * (1 + (CLOSE - OPEN) // pd.Timedelta(minutes=minutes))
    )
    require_memory(
        BYTES_A_ROW * rows,
        f"a simulation of {rows:,} quotes",
        "take fewer --days or --securities, or more --minutes.",
    )
    frame = simulate_quotes(
        seed, days, securities=securities, minutes=minutes, noise_bp=noise_bp
    )
    write_quote_panel(frame, out)
    typer.echo(out)


SIMULATE_QUOTES = Command(name="quotes", run=simulate_quote_panel, examples=EXAMPLE)
