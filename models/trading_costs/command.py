"""Command line: simulate trades with known costs."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.commands.memory import require_memory
from data.files.cells import require_panel_suffix
from data.trading_costs.panel import write_trading_costs_panel
from models.trading_costs.scenarios import FAITHFUL, SCENARIOS, scenario
from models.trading_costs.simulation import simulate_trading_costs

BYTES_A_ROW = 1000
"""At most, measured: rows as they are drawn and as they are written."""

LONGEST_PANEL_DAYS = 60_000
"""Dates are kept in nanoseconds, which end in 2262."""

EXAMPLE = (
    "Example: python -m models simulate trading-costs --scenario noise-only --seed 1 "
    "--out data/clean/trading-costs-twin.parquet"
)


def simulate_trading_costs_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    scenario_name: Annotated[
        str, typer.Option("--scenario", help=f"One of {', '.join(SCENARIOS)}.")
    ] = FAITHFUL,
    securities: Annotated[int, typer.Option(min=5, help="Securities.")] = 118,
    days: Annotated[
        int, typer.Option(min=20, max=LONGEST_PANEL_DAYS, help="Trading days.")
    ] = 250,
    trades_a_day: Annotated[
        float, typer.Option(min=0.1, help="Trades a security and day.")
    ] = 2.0,
) -> None:
    """Simulate trades and quotes beside a fair value, with known costs and errors."""
    require_panel_suffix(out)
    rows = securities * days * (1 + trades_a_day)
    require_memory(
        BYTES_A_ROW * rows,
        f"a simulation of {rows:,.0f} trades and quotes",
        "take fewer --securities, --days or --trades-a-day.",
    )
    truth = replace(
        scenario(scenario_name),
        securities=securities,
        days=days,
        trades_a_day=trades_a_day,
    )
    write_trading_costs_panel(simulate_trading_costs(seed, truth).frame, out)
    typer.echo(out)


SIMULATE_TRADING_COSTS = Command(
    name="trading-costs", run=simulate_trading_costs_panel, examples=EXAMPLE
)
