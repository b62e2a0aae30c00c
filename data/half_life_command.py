"""Command line: build the event panel of the half-life model."""

from pathlib import Path
from typing import Annotated

import typer

from data.command_line import ending_on_bad_input
from data.deviations import COMPONENTS, ESTIMATES, read_deviations
from data.events import read_events
from data.half_life import HalfLifeRule
from data.half_life_events import EVENT_TENORS, build_half_life_panel
from data.half_life_panels import write_half_life_panel
from data.liquidity_controls import read_liquidity_controls
from data.microstructure import read_microstructure
from data.panel_files import require_panel_suffix

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build half-life --states state_estimates.csv --events events.csv "
    "--out data/clean/half-life.parquet\n\n"
    "python -m data build half-life --states traces/basis.nc --imputations 20 "
    "--events events.csv --microstructure trace_panels.csv --liquidity tenor_liq.csv "
    "--out data/clean/half-life.parquet"
)


@ending_on_bad_input()
def build_half_life(
    states: Annotated[
        Path,
        typer.Option(
            help="Daily deviations: trace of fit basis-decomposition (.nc), or a table "
            "with date, tenor, epsilon_filtered, epsilon_smoothed."
        ),
    ],
    events: Annotated[
        Path, typer.Option(help="Events: event_date, event_type, optionally tenor.")
    ],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    microstructure: Annotated[
        Path | None, typer.Option(help="Trading covariates by event and tenor.")
    ] = None,
    liquidity: Annotated[
        Path | None, typer.Option(help="Liquidity controls by date and tenor.")
    ] = None,
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
    imputations: Annotated[
        int, typer.Option(help="Posterior draws of the deviations; 1: the estimate.")
    ] = 1,
    estimate: Annotated[
        str, typer.Option(help=f"The estimate: {' or '.join(ESTIMATES)}.")
    ] = ESTIMATES[0],
    component: Annotated[
        str,
        typer.Option(help=f"What a trace's deviation is: {' or '.join(COMPONENTS)}."),
    ] = COMPONENTS[0],
) -> None:
    """Measure how long the basis takes to halve after each event, with covariates."""
    require_panel_suffix(out)
    panel = build_half_life_panel(
        read_deviations(states, imputations, estimate, component),
        read_events(events),
        HalfLifeRule(threshold_bp, horizon),
        tenors=tuple(tenor or EVENT_TENORS),
        microstructure=None
        if microstructure is None
        else read_microstructure(microstructure),
        liquidity=None if liquidity is None else read_liquidity_controls(liquidity),
    )
    write_half_life_panel(panel.frame, out)
    for note in panel.notes:
        typer.echo(note)
    typer.echo(out)
