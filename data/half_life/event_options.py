"""Options of the commands that put who traded beside events."""

from pathlib import Path
from typing import Annotated, Any

import typer

from data.half_life.liquidity_controls import read_liquidity_controls
from data.half_life.microstructure import read_microstructure

Events = Annotated[
    Path, typer.Option(help="Events: event_date, event_type, optionally tenor.")
]
Microstructure = Annotated[
    Path | None, typer.Option(help="Trading covariates by event and tenor.")
]
Liquidity = Annotated[
    Path | None, typer.Option(help="Liquidity controls by date and tenor.")
]
PlaceboSeed = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Move the events to days without events, drawn with this seed: what any "
        "day shows.",
    ),
]


def read_covariates(
    microstructure: Path | None, liquidity: Path | None
) -> dict[str, Any]:
    """Tables of covariates by the names that builders take; None without one."""
    return {
        "microstructure": microstructure and read_microstructure(microstructure),
        "liquidity": liquidity and read_liquidity_controls(liquidity),
    }
