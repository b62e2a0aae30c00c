"""Command line: simulate a panel for the liquidity-regimes model."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from data.commands.command import Command
from data.errors import DataError
from data.files.cells import require_panel_suffix
from data.liquidity_regimes.checks import MINIMUM_DAYS
from data.liquidity_regimes.panel import write_liquidity_panel
from models.liquidity_regimes.parameters import published_parameters
from models.liquidity_regimes.simulation import (
    NUM_DAYS,
    ONE_SECURITY,
    SECURITIES,
    SecurityScale,
    simulate_liquidity_regimes,
)
from models.liquidity_regimes.specification import Noise, Transition

LONGEST_PANEL_DAYS = 60_000
"""Dates are kept in nanoseconds, which end in 2262."""

STUDENT_T_DEGREES_OF_FREEDOM = 4.0
"""Of simulated Student-t noise: tails that the fourth moment does not survive."""

EXAMPLES = (
    "Examples:\n\n"
    "python -m models simulate liquidity-regimes --seed 1 --out data/clean/twin.parquet"
    "\n\n"
    "python -m models simulate liquidity-regimes --seed 1 --securities 2y,5y,10y,30y "
    "--out data/clean/market.parquet"
)


def simulate_liquidity_regimes_panel(
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    days: Annotated[
        int,
        typer.Option(
            min=MINIMUM_DAYS, max=LONGEST_PANEL_DAYS, help="Length of the panel."
        ),
    ] = NUM_DAYS,
    model: Annotated[
        Literal["I", "II", "III", "IV"],
        typer.Option(help="Model of the paper, by its covariates."),
    ] = "IV",
    transition: Annotated[
        Transition,
        typer.Option(help="Transitions driven by depth (Table 3) or not (Table 2)."),
    ] = "depth",
    noise: Annotated[Noise, typer.Option(help="Noise of price impact.")] = "normal",
    securities: Annotated[
        str,
        typer.Option(help=f"Any of {','.join(SECURITIES)}, separated by commas."),
    ] = ",".join(ONE_SECURITY),
    states: Annotated[
        Literal["common", "independent"],
        typer.Option(help="One state of the market, or one of each security."),
    ] = "common",
    missing_share: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Share of price impacts that are missing."),
    ] = 0.0,
) -> None:
    """Simulate price impact and depth at the published estimates of a model."""
    require_panel_suffix(out)
    degrees = STUDENT_T_DEGREES_OF_FREEDOM if noise == "student-t" else None
    panel = simulate_liquidity_regimes(
        seed,
        days,
        published_parameters(model, transition, degrees),
        _scales(securities),
        states,
        missing_share,
    )
    write_liquidity_panel(panel, out)
    typer.echo(out)


SIMULATE_LIQUIDITY_REGIMES = Command(
    name="liquidity-regimes", run=simulate_liquidity_regimes_panel, examples=EXAMPLES
)


def _scales(securities: str) -> dict[str, SecurityScale]:
    labels = [label.strip() for label in securities.split(",") if label.strip()]
    unknown = [label for label in labels if label not in SECURITIES]
    if unknown or not labels:
        raise DataError(
            f"unknown security {', '.join(unknown) or '(none)'}",
            f"choose among {', '.join(SECURITIES)}",
        )
    if labels == list(ONE_SECURITY):
        return dict(ONE_SECURITY)
    return {label: SECURITIES[label] for label in labels}
