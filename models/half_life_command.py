"""Command line: simulate events with known effects on their half-lives."""

from pathlib import Path
from typing import Annotated

import typer

from data.command_line import ending_on_bad_input
from data.half_life_panels import write_half_life_panel
from data.panel_files import require_panel_suffix
from models.half_life_simulation import MOST_EVENTS, simulate_half_life_events

EXAMPLE = (
    "Example: python -m models simulate half-life --seed 1 --events 2000 "
    "--out data/clean/half-life-twin.parquet"
)


@ending_on_bad_input()
def simulate_half_life_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    events: Annotated[
        int, typer.Option(min=1, max=MOST_EVENTS, help="Events by tenor: rows.")
    ] = 2000,
) -> None:
    """Simulate events, covariates and half-lives at the default effects."""
    require_panel_suffix(out)
    write_half_life_panel(simulate_half_life_events(seed, events), out)
    typer.echo(out)
