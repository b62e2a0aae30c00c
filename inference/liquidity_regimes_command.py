"""Command line: fit the liquidity-regimes model."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from data.command_line import ending_on_bad_input
from data.liquidity_columns import COVARIATE_SETS
from data.liquidity_panels import read_liquidity_panel
from inference.console import fit_and_write
from inference.liquidity_regimes import prepare_liquidity_regimes
from inference.sampler_options import (
    Chains,
    Draws,
    Out,
    Sampler,
    Seed,
    TargetAccept,
    Tune,
)
from inference.settings import SamplerSettings
from models.liquidity_regimes_specification import (
    MARKET_WIDE,
    MAXIMUM_STATES,
    MINIMUM_STATES,
    PAPER_STATES,
    InitialDistribution,
    LiquidityRegimesSpecification,
    Noise,
    Transition,
)

FIT_EXAMPLES = """Examples

python -m inference fit liquidity-regimes --panel data/clean/liquidity.csv
--out traces/regimes.nc

python -m inference fit liquidity-regimes --panel market.parquet --covariates II
--transition constant --states 4 --noise student-t --security market-wide --seed 7
--out traces/market.nc
"""


def _choices(kind: object) -> str:
    return f"One of {', '.join(get_args(kind))}."


@ending_on_bad_input()
def fit_liquidity_regimes(
    panel: Annotated[Path, typer.Option(help="Panel, .csv or .parquet.")],
    out: Out,
    covariates: Annotated[
        str, typer.Option(help=f"Model, one of {', '.join(COVARIATE_SETS)}.")
    ] = "IV",
    transition: Annotated[
        str, typer.Option(help=f"{_choices(Transition)} Between states.")
    ] = "depth",
    states: Annotated[
        int,
        typer.Option(help=f"Number of states, {MINIMUM_STATES} to {MAXIMUM_STATES}."),
    ] = PAPER_STATES,
    noise: Annotated[str, typer.Option(help=_choices(Noise))] = "normal",
    initial: Annotated[
        str, typer.Option(help=f"{_choices(InitialDistribution)} Of the first state.")
    ] = "estimated",
    security: Annotated[
        str | None, typer.Option(help=f"Label in the panel, or '{MARKET_WIDE}'.")
    ] = None,
    draws: Draws = SamplerSettings.draws,
    tune: Tune = SamplerSettings.tune,
    chains: Chains = SamplerSettings.chains,
    seed: Seed = 1,
    sampler: Sampler = SamplerSettings.sampler,
    target_accept: TargetAccept = SamplerSettings.target_accept,
) -> None:
    """Regimes of market liquidity driven by depth (Meldrum & Sokolinskiy 2025)."""
    settings = SamplerSettings(
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        sampler=sampler,  # type: ignore[arg-type]  # validated there
        target_accept=target_accept,
    )
    specification = LiquidityRegimesSpecification(
        covariates=covariates,
        transition=transition,  # type: ignore[arg-type]  # validated there
        noise=noise,  # type: ignore[arg-type]
        num_states=states,
        initial=initial,  # type: ignore[arg-type]
        security=security,
    )
    prepared = prepare_liquidity_regimes(read_liquidity_panel(panel), specification)
    fit_and_write(prepared, settings, out)
