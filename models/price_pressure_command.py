"""Command line: simulate a panel for the price-pressure model."""

from pathlib import Path
from typing import Annotated

import typer

from data.command_line import ending_on_bad_input
from data.errors import DataError
from data.panel_files import require_panel_suffix
from data.panels import write_panel
from models.price_pressure_simulation import NUM_WEEKS, simulate_price_pressure
from models.price_pressure_variants import VARIANTS

LONGEST_PANEL_WEEKS = 13_000
"""Dates are kept in nanoseconds, which end in 2262."""

EXAMPLE = (
    "Example: python -m models simulate price-pressure --variant net-inventory "
    "--seed 1 --out data/clean/twin.parquet"
)


@ending_on_bad_input()
def simulate_price_pressure_panel(
    variant: Annotated[str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    weeks: Annotated[
        int, typer.Option(min=1, max=LONGEST_PANEL_WEEKS, help="Length of the panel.")
    ] = NUM_WEEKS,
) -> None:
    """Simulate dealer positions and yields at the published estimates of a variant."""
    require_panel_suffix(out)
    if variant not in VARIANTS:
        raise DataError(
            f"unknown variant {variant!r}", f"choose one of {', '.join(VARIANTS)}"
        )
    write_panel(simulate_price_pressure(variant, seed, weeks), out)
    typer.echo(out)
