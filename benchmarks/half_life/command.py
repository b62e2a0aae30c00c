"""Command line: the benchmark of the half-life models."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.half_life.run import benchmark_half_life, half_life_targets
from benchmarks.results import measure_and_write
from data.commands.command import Command

EXAMPLES = (
    "Examples:\n\n"
    "python -m benchmarks half-life --out benchmarks/results/half_life.csv\n\n"
    "python -m benchmarks half-life --out quick.csv --events 5000 --draws 200"
)

LENGTHS = (10_000,)


def half_life(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
    events: Annotated[int, typer.Option(min=1000, help="Events by tenors.")] = 100_000,
    draws: Annotated[
        int, typer.Option(help="Kept draws a chain, and as many adaptation steps.")
    ] = 1000,
) -> None:
    """Measure the half-life models on simulated events: gradients and posteriors."""
    measure = partial(benchmark_half_life, events, draws, LENGTHS)
    measure_and_write(measure, half_life_targets, out)


HALF_LIFE = Command(name="half-life", run=half_life, examples=EXAMPLES)
