"""Command line: simulate events with known effects on their half-lives."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.files.cells import require_panel_suffix
from data.half_life.event_panel import write_half_life_panel
from data.half_life.microstructure import read_microstructure
from models.half_life.simulation import (
    MOST_EVENTS,
    NUM_EVENTS,
    simulate_half_life_events,
    simulate_half_lives_of,
)

EXAMPLE = (
    "Example: python -m models simulate half-life --seed 1 --events 2000 "
    "--out data/clean/half-life-twin.parquet"
)


def simulate_half_life_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    events: Annotated[
        int, typer.Option(min=1, max=MOST_EVENTS, help="Events by tenor: rows.")
    ] = NUM_EVENTS,
    microstructure: Annotated[
        Path | None,
        typer.Option(
            help="Events and who truly traded after them, in place of simulated ones: "
            "--events-out of simulate transactions."
        ),
    ] = None,
) -> None:
    """Simulate events, covariates and half-lives at the default effects."""
    require_panel_suffix(out)
    if microstructure is None:
        frame = simulate_half_life_events(seed, events)
    else:
        frame = simulate_half_lives_of(read_microstructure(microstructure), seed)
    write_half_life_panel(frame, out)
    typer.echo(out)


SIMULATE_HALF_LIFE = Command(
    name="half-life", run=simulate_half_life_panel, examples=EXAMPLE
)
