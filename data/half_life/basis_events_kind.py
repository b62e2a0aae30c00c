"""The basis with its events, and the command that builds it."""

from pathlib import Path
from typing import Annotated

import typer

from data.half_life.basis_events_panel import BASIS_EVENTS_FILE
from data.half_life.basis_panel import read_basis_panel
from data.half_life.build_basis_events import build_basis_events_panel
from data.half_life.event_options import (
    Events,
    Liquidity,
    Microstructure,
    PlaceboSeed,
    read_covariates,
)
from data.half_life.events import read_events
from data.half_life.template import basis_events_example
from data.panel import BuiltPanel, PanelKind

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build basis-events --basis data/clean/basis.parquet "
    "--events events.csv --liquidity tenor_liq.csv "
    "--out data/clean/basis-events.parquet\n\n"
    "python -m data build basis-events --basis data/clean/basis.parquet "
    "--events events.csv --placebo-seed 1 --out data/clean/placebo.parquet"
)


def build_basis_events(
    *,
    basis: Annotated[
        Path, typer.Option(help="Basis panel of python -m data build basis.")
    ],
    events: Events,
    microstructure: Microstructure = None,
    liquidity: Liquidity = None,
    placebo_seed: PlaceboSeed = None,
) -> BuiltPanel:
    """Put events and who traded beside the daily basis that they shake."""
    return build_basis_events_panel(
        read_basis_panel(basis),
        read_events(events),
        **read_covariates(microstructure, liquidity),
        placebo_seed=placebo_seed,
    )


BASIS_EVENTS = PanelKind(
    name="basis-events",
    title="Basis with events",
    file=BASIS_EVENTS_FILE,
    example=basis_events_example,
    build=build_basis_events,
    examples=BUILD_EXAMPLES,
)
