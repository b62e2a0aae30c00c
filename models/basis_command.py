"""Command line: simulate the daily basis of several tenors."""

from pathlib import Path
from typing import Annotated

import typer

from data.basis_panels import write_basis_panel
from data.command_line import ending_on_bad_input
from data.panel_files import require_panel_suffix
from models.basis_simulation import NUM_DAYS, simulate_basis

LONGEST_PANEL_DAYS = 60_000
"""Dates are kept in nanoseconds, which end in 2262."""

EXAMPLE = (
    "Example: python -m models simulate basis --seed 1 --out data/clean/basis-twin.csv"
)


@ending_on_bad_input()
def simulate_basis_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    days: Annotated[
        int, typer.Option(min=1, max=LONGEST_PANEL_DAYS, help="Weekdays: rows.")
    ] = NUM_DAYS,
) -> None:
    """Simulate level, AR(1) deviation and noise, with holidays and a gap."""
    require_panel_suffix(out)
    write_basis_panel(simulate_basis(seed, days), out)
    typer.echo(out)
