"""Command line: fit the threshold regression."""

from pathlib import Path
from typing import Annotated

import typer

from data.command_line import ending_on_bad_input
from data.liquidity_panels import read_liquidity_panel
from inference.console import fit_and_write
from inference.sampler_options import Chains, Draws, Out, Seed, TargetAccept, Tune
from inference.settings import SamplerSettings
from inference.threshold_regression import prepare_threshold_regression

FIT_EXAMPLES = """Example

python -m inference fit threshold-regression --panel data/clean/liquidity.csv
--out traces/thresholds.nc
"""


@ending_on_bad_input()
def fit_threshold_regression(
    panel: Annotated[Path, typer.Option(help="Panel, .csv or .parquet.")],
    out: Out,
    security: Annotated[str | None, typer.Option(help="Label in the panel.")] = None,
    draws: Draws = SamplerSettings.draws,
    tune: Tune = SamplerSettings.tune,
    chains: Chains = SamplerSettings.chains,
    seed: Seed = 1,
    target_accept: TargetAccept = SamplerSettings.target_accept,
) -> None:
    """Threshold regression on volatility (Meldrum & Sokolinskiy 2025, Table 1)."""
    settings = SamplerSettings(
        seed=seed, draws=draws, tune=tune, chains=chains, target_accept=target_accept
    )
    prepared = prepare_threshold_regression(read_liquidity_panel(panel), security)
    fit_and_write(prepared, settings, out)
