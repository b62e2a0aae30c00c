"""Command line: simulate a basis that events shake, with known effects."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.files.cells import require_panel_suffix
from data.half_life.basis_events_panel import write_basis_events_panel
from data.half_life.basis_panel import MINIMUM_DAYS
from models.half_life.basis_command import LONGEST_PANEL_DAYS
from models.half_life.basis_simulation import NUM_DAYS
from models.half_life.joint_simulation import simulate_joint_decay

EXAMPLE = (
    "Example: python -m models simulate basis-events --seed 1 "
    "--out data/clean/basis-events-twin.parquet"
)


def simulate_basis_events_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    days: Annotated[
        int,
        typer.Option(min=MINIMUM_DAYS, max=LONGEST_PANEL_DAYS, help="Weekdays."),
    ] = NUM_DAYS,
) -> None:
    """Simulate a basis with the noise of the market, events and who traded."""
    require_panel_suffix(out)
    write_basis_events_panel(simulate_joint_decay(seed, days).frame, out)
    typer.echo(out)


SIMULATE_BASIS_EVENTS = Command(
    name="basis-events", run=simulate_basis_events_panel, examples=EXAMPLE
)
"""The twin of the joint model."""
