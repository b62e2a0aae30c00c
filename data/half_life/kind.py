"""The event panel of the half-life model, and the command that builds it."""

from pathlib import Path
from typing import Annotated

import typer

from data.half_life.build import EVENT_TENORS, build_half_life_panel
from data.half_life.deviations import ESTIMATES, read_deviations
from data.half_life.event_options import (
    Events,
    Liquidity,
    Microstructure,
    PlaceboSeed,
    read_covariates,
)
from data.half_life.event_panel import HALF_LIFE_FILE
from data.half_life.events import read_events
from data.half_life.rule import HalfLifeRule
from data.half_life.template import half_life_example
from data.panel import BuiltPanel, PanelKind

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build half-life --deviations state_estimates.csv "
    "--events events.csv "
    "--out data/clean/half-life.parquet\n\n"
    "python -m data build half-life --deviations data/clean/deviations.parquet "
    "--events events.csv --microstructure trace_panels.csv --liquidity tenor_liq.csv "
    "--out data/clean/half-life.parquet"
)


def build_half_life(
    *,
    deviations: Annotated[
        Path,
        typer.Option(
            help="Daily deviations: file of python -m inference export deviations, or "
            "a table with date, tenor, epsilon_filtered, epsilon_smoothed."
        ),
    ],
    events: Events,
    microstructure: Microstructure = None,
    liquidity: Liquidity = None,
    tenor: Annotated[
        list[int] | None,
        typer.Option(
            help="Years; repeat for several. For events that name no tenor; by default "
            f"{', '.join(map(str, EVENT_TENORS))}."
        ),
    ] = None,
    threshold_bp: Annotated[
        float, typer.Option(help="Smaller deviations are set aside.")
    ] = HalfLifeRule.threshold_bp,
    horizon: Annotated[
        int, typer.Option(help="Business days watched after an event.")
    ] = HalfLifeRule.horizon_days,
    placebo_seed: PlaceboSeed = None,
    estimate: Annotated[
        str, typer.Option(help=f"Of a table: epsilon_{' or epsilon_'.join(ESTIMATES)}.")
    ] = ESTIMATES[0],
) -> BuiltPanel:
    """Measure how long the basis takes to halve after each event, with covariates."""
    return build_half_life_panel(
        read_deviations(deviations, estimate),
        read_events(events),
        HalfLifeRule(threshold_bp, horizon),
        tenors=tuple(tenor or EVENT_TENORS),
        **read_covariates(microstructure, liquidity),
        placebo_seed=placebo_seed,
    )


HALF_LIFE = PanelKind(
    name="half-life",
    title="Event panel",
    file=HALF_LIFE_FILE,
    example=half_life_example,
    build=build_half_life,
    examples=BUILD_EXAMPLES,
)
