"""Command line: fit the price-pressure model."""

from pathlib import Path
from typing import Annotated

import typer

from data.command_line import ending_on_bad_input
from data.errors import DataError
from data.panels import read_price_pressure_panel
from inference.console import fit_and_write
from inference.price_pressure import prepare_price_pressure
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
from models.price_pressure import SAMPLED_DECAY, PricePressurePriors
from models.price_pressure_variants import VARIANTS

FIT_EXAMPLES = """Examples

python -m inference fit price-pressure --panel data/clean/panel.csv
--variant cash-inventory --out traces/cash.nc

python -m inference fit price-pressure --panel twin.parquet --variant net-order-flow
--draws 2000 --seed 7 --decay sampled --out traces/flow.nc
"""


@ending_on_bad_input()
def fit_price_pressure(
    panel: Annotated[Path, typer.Option(help="Panel, .csv or .parquet.")],
    variant: Annotated[str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")],
    out: Out,
    draws: Draws = SamplerSettings.draws,
    tune: Tune = SamplerSettings.tune,
    chains: Chains = SamplerSettings.chains,
    seed: Seed = 1,
    sampler: Sampler = SamplerSettings.sampler,
    target_accept: TargetAccept = SamplerSettings.target_accept,
    decay: Annotated[
        str, typer.Option(help="Decay delta per month, or 'sampled'.")
    ] = "0.0609",
) -> None:
    """Price pressure and price discovery (Mixon & Tuzun 2018)."""
    settings = SamplerSettings(
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        sampler=sampler,  # type: ignore[arg-type]  # validated there
        target_accept=target_accept,
    )
    prepared = prepare_price_pressure(
        read_price_pressure_panel(panel), variant, _priors_with_decay(decay)
    )
    fit_and_write(prepared, settings, out)


def _priors_with_decay(decay: str) -> PricePressurePriors:
    if decay == "sampled":
        return PricePressurePriors(decay_per_month=SAMPLED_DECAY)
    try:
        value = float(decay)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < float("inf"):
        raise DataError(
            f"--decay is {decay!r}", "Give a positive number per month, or 'sampled'."
        )
    return PricePressurePriors(decay_per_month=value)
