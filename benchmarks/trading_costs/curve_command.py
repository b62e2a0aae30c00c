"""Command line: the benchmark of curve and fair value."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.results import show_results, write_results
from benchmarks.trading_costs.curve_run import (
    FULL_SIZE,
    benchmark_curve,
    curve_targets,
)
from data.commands.command import Command
from data.files.atomic import require_place

EXAMPLES = (
    "Example: python -m benchmarks fair-value --out benchmarks/results/fair_value.csv"
)

SIZES = (100_000, FULL_SIZE)


def fair_value(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
    size: Annotated[
        list[int] | None,
        typer.Option(min=1, help=f"Fair values; repeatable. {SIZES[0]}, {SIZES[1]}."),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, help="Trading days of the simulated market.")
    ] = 10,
) -> None:
    """Measure the curve beside peers, and fair values with their joins."""
    require_place(out)
    console = Console()
    results = benchmark_curve(list(size or SIZES), days, console)
    targets = curve_targets(results)
    write_results(results, targets, out)
    show_results(results, targets, console)
    console.print(f"wrote {out}")


FAIR_VALUE = Command(name="fair-value", run=fair_value, examples=EXAMPLES)
