"""Command line: give an event panel the trading covariates of another cleaning."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.files.cells import require_panel_suffix
from data.half_life.build import with_other_covariates
from data.half_life.event_panel import read_half_life_panel, write_half_life_panel
from data.half_life.microstructure import read_microstructure

EXAMPLES = (
    "Example: python -m data build covariates --panel data/clean/half-life.parquet "
    "--microstructure wrds.csv --out data/clean/half-life-wrds.parquet"
)


def build_covariates(
    panel: Annotated[
        Path, typer.Option(help="Event panel, of build or simulate half-life.")
    ],
    microstructure: Annotated[
        Path, typer.Option(help="Trading covariates, of build microstructure.")
    ],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
) -> None:
    """Keep the half-lives of an event panel, replace who traded around its events."""
    require_panel_suffix(out)
    frame = with_other_covariates(
        read_half_life_panel(panel).frame, read_microstructure(microstructure)
    )
    write_half_life_panel(frame, out)
    typer.echo(out)


COVARIATES_OF_EVENTS = Command(
    name="covariates", run=build_covariates, examples=EXAMPLES
)
