"""Command line: the benchmark of the trading-cost models."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.results import measure_and_write
from benchmarks.trading_costs.run import (
    PEERS,
    benchmark_trading_costs,
    trading_costs_targets,
)
from data.commands.command import Command

EXAMPLES = (
    "Examples:\n\n"
    "python -m benchmarks trading-costs --out benchmarks/results/trading_costs.csv\n\n"
    "python -m benchmarks trading-costs --out quick.csv --rows 100000 --draws 200 "
    "--peer statsmodels"
)

ROWS = (100_000, 1_000_000, 10_000_000)


def trading_costs(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
    rows: Annotated[
        list[int] | None,
        typer.Option(help="Rows of the statistics pass; repeatable. 1e5, 1e6, 1e7."),
    ] = None,
    posterior_rows: Annotated[
        int, typer.Option(help="Rows of whole posteriors.")
    ] = 100_000,
    draws: Annotated[
        int, typer.Option(help="Kept draws a chain, and as many adaptation steps.")
    ] = 1000,
    peer: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(PEERS.values())}, none; repeatable. All."
        ),
    ] = None,
) -> None:
    """Measure mixed models from statistics and one-sided costs, beside their peers."""
    peers = tuple(peer or PEERS.values())
    measure_and_write(
        partial(
            benchmark_trading_costs, tuple(rows or ROWS), posterior_rows, draws, peers
        ),
        trading_costs_targets,
        out,
    )


TRADING_COSTS = Command(name="trading-costs", run=trading_costs, examples=EXAMPLES)
