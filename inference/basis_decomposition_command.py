"""Command line: fit the decomposition of the basis."""

from pathlib import Path
from typing import Annotated

import typer

from data.basis_panels import read_basis_panel
from data.command_line import ending_on_bad_input
from inference.basis_decomposition import prepare_basis_decomposition
from inference.console import fit_and_write
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
from models.basis_decomposition import BasisDecompositionPriors
from models.priors import LogNormalPrior

DEFAULT = BasisDecompositionPriors()

FIT_EXAMPLES = """Examples

python -m inference fit basis-decomposition --panel data/clean/basis.parquet
--out traces/basis.nc

python -m inference fit basis-decomposition --panel twin.parquet --seed 7
--half-life-median-days 20 --half-life-log-sd 1 --out traces/slow.nc
"""


@ending_on_bad_input()
def fit_basis_decomposition(
    panel: Annotated[Path, typer.Option(help="Basis panel, .csv or .parquet.")],
    out: Out,
    draws: Draws = SamplerSettings.draws,
    tune: Tune = SamplerSettings.tune,
    chains: Chains = SamplerSettings.chains,
    seed: Seed = 1,
    sampler: Sampler = SamplerSettings.sampler,
    target_accept: TargetAccept = SamplerSettings.target_accept,
    half_life_median_days: Annotated[
        float, typer.Option(min=0.1, help="Prior median of a deviation's half-life.")
    ] = DEFAULT.half_life_days.median,
    half_life_log_sd: Annotated[
        float, typer.Option(min=0.01, help="Prior sd of its natural logarithm.")
    ] = DEFAULT.half_life_days.log_sd,
) -> None:
    """Level, AR(1) deviation and noise of each tenor's daily basis."""
    settings = SamplerSettings(
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        sampler=sampler,  # type: ignore[arg-type]  # validated there
        target_accept=target_accept,
    )
    half_life = LogNormalPrior(median=half_life_median_days, log_sd=half_life_log_sd)
    prepared = prepare_basis_decomposition(
        read_basis_panel(panel), BasisDecompositionPriors(half_life_days=half_life)
    )
    fit_and_write(prepared, settings, out)
