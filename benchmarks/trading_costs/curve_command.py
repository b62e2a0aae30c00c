"""Command line: the benchmark of curve and fair value."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.results import measure_and_write
from benchmarks.trading_costs.curve_run import (
    FULL_SIZE,
    benchmark_curve,
    curve_targets,
)
from data.commands.command import Command

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
    sizes = list(size or SIZES)
    measure_and_write(partial(benchmark_curve, sizes, days), curve_targets, out)


FAIR_VALUE = Command(name="fair-value", run=fair_value, examples=EXAMPLES)
