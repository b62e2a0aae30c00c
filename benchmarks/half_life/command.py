"""Command line: the benchmark of the half-life models."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.half_life.run import benchmark_half_life, half_life_targets
from benchmarks.results import show_results, write_results
from data.commands.command import Command
from data.files.atomic import require_place

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
    require_place(out)
    console = Console()
    results = benchmark_half_life(events, draws, LENGTHS, console)
    targets = half_life_targets(results)
    write_results(results, targets, out)
    show_results(results, targets, console)
    console.print(f"wrote {out}")


HALF_LIFE = Command(name="half-life", run=half_life, examples=EXAMPLES)
