"""Command line: simulate a panel for the price-pressure model."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.errors import DataError
from data.files.cells import require_panel_suffix
from data.price_pressure.checks import MINIMUM_WEEKS
from data.price_pressure.panel import write_panel
from models.price_pressure.persistent_errors_simulation import (
    simulate_persistent_errors,
)
from models.price_pressure.simulation import NUM_WEEKS, simulate_price_pressure
from models.price_pressure.variants import (
    PERSISTENT_ERRORS_VARIANTS,
    VARIANTS,
    PersistentErrorsVariant,
    Variant,
)

LONGEST_PANEL_WEEKS = 13_000
"""Dates are kept in nanoseconds, which end in 2262."""

SIMULATED_VARIANTS: dict[str, Variant] = {
    **VARIANTS,
    **{
        name: variant
        for name, variant in PERSISTENT_ERRORS_VARIANTS.items()
        if variant.factors == "nelson-siegel" and variant.inventory_form == "level"
    },
}
"""Those that there is a simulator of."""

EXAMPLE = (
    "Example: python -m models simulate price-pressure --variant net-inventory "
    "--seed 1 --out data/clean/twin.parquet"
)


def simulate_price_pressure_panel(
    variant: Annotated[
        str, typer.Option(help=f"One of {', '.join(SIMULATED_VARIANTS)}.")
    ],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    weeks: Annotated[
        int,
        typer.Option(
            min=MINIMUM_WEEKS, max=LONGEST_PANEL_WEEKS, help="Length of the panel."
        ),
    ] = NUM_WEEKS,
) -> None:
    """Simulate dealer positions and yields.

    The paper's variants at their published estimates, the others as persistent and
    volatile as the market.
    """
    require_panel_suffix(out)
    if variant not in SIMULATED_VARIANTS:
        raise DataError(
            f"unknown variant {variant!r}",
            f"choose one of {', '.join(SIMULATED_VARIANTS)}",
        )
    specification = SIMULATED_VARIANTS[variant]
    if isinstance(specification, PersistentErrorsVariant):
        frame = simulate_persistent_errors(specification, seed, weeks)
    else:
        frame = simulate_price_pressure(specification, seed, weeks)
    write_panel(frame, out)
    typer.echo(out)


SIMULATE_PRICE_PRESSURE = Command(
    name="price-pressure", run=simulate_price_pressure_panel, examples=EXAMPLE
)
