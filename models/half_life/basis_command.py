"""Command line: simulate the daily basis of several tenors."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.errors import DataError
from data.files.cells import require_panel_suffix, write_frame
from data.half_life.basis_panel import MINIMUM_DAYS, write_basis_panel
from models.half_life.basis_event_simulation import FEWEST_DAYS, simulate_eventful_basis
from models.half_life.basis_simulation import NUM_DAYS, simulate_basis

LONGEST_PANEL_DAYS = 60_000
"""Dates are kept in nanoseconds, which end in 2262."""

EXAMPLE = (
    "Examples:\n\n"
    "python -m models simulate basis --seed 1 --out data/clean/basis-twin.csv\n\n"
    "python -m models simulate basis --seed 1 --out data/clean/basis-twin.parquet "
    "--events-out data/clean/basis-twin-events.csv"
)


def simulate_basis_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    days: Annotated[
        int,
        typer.Option(min=MINIMUM_DAYS, max=LONGEST_PANEL_DAYS, help="Weekdays: rows."),
    ] = NUM_DAYS,
    events_out: Annotated[
        Path | None,
        typer.Option(
            help="Let events throw the basis off its level, and write them and who "
            "traded to this file: --events and --microstructure of build half-life."
        ),
    ] = None,
) -> None:
    """Simulate level, AR(1) deviation and noise, with holidays and a gap."""
    require_panel_suffix(out)
    if events_out is None:
        write_basis_panel(simulate_basis(seed, days), out)
        typer.echo(out)
        return
    require_panel_suffix(events_out)
    if days < FEWEST_DAYS:
        raise DataError(
            f"{days} days are too few for events", f"Ask for {FEWEST_DAYS} at least."
        )
    twin = simulate_eventful_basis(seed, days)
    write_basis_panel(twin.basis.frame, out)
    write_frame(twin.event_frame, events_out)
    typer.echo(out)
    typer.echo(events_out)


SIMULATE_BASIS = Command(name="basis", run=simulate_basis_panel, examples=EXAMPLE)
