"""Command line: fit a half-life regression."""

from pathlib import Path
from typing import Annotated

import typer

from data.command_line import ending_on_bad_input
from data.errors import DataError
from data.half_life_panels import read_half_life_panel
from data.half_life_validation import COVARIATES
from inference.console import EXIT_CHECK_FAILED, console, report_checks
from inference.half_life import fit_half_life, prepare_half_life
from inference.sampler_options import Out, Sampler, Seed, TargetAccept, Tune
from inference.settings import SamplerSettings
from inference.store import write_trace
from models.half_life_specification import VARIANTS, HalfLifeSpecification

FIT_EXAMPLES = """Examples

python -m inference fit half-life --panel data/clean/half-life.parquet
--variant proportional-hazard --out traces/half-life-hazard.nc

python -m inference fit half-life --panel imputed.parquet --variant discrete-weibull
--covariate bid_ask_spread --draws 500 --seed 7 --out traces/half-life-imputed.nc
"""


@ending_on_bad_input()
def fit_half_life_command(
    panel: Annotated[Path, typer.Option(help="Event panel, .csv or .parquet.")],
    variant: Annotated[str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")],
    out: Out,
    covariate: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(COVARIATES)}; repeat for several. All that are "
            "known for at least half of the outcomes."
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Kept draws of each chain (and imputation).")
    ] = SamplerSettings.draws,
    tune: Tune = SamplerSettings.tune,
    chains: Annotated[
        int, typer.Option(help="Independent chains (of each imputation).")
    ] = SamplerSettings.chains,
    seed: Seed = 1,
    sampler: Sampler = SamplerSettings.sampler,
    target_accept: TargetAccept = SamplerSettings.target_accept,
) -> None:
    """How long dislocations of the basis last, and what shortens them."""
    if out.suffix != ".nc":
        raise DataError(f"--out {out} does not end in .nc", "Name it traces/NAME.nc.")
    settings = SamplerSettings(
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        sampler=sampler,  # type: ignore[arg-type]  # validated there
        target_accept=target_accept,
    )
    specification = HalfLifeSpecification(
        variant=variant, covariates=tuple(covariate) if covariate else None
    )
    prepared = prepare_half_life(read_half_life_panel(panel), specification)
    for note in prepared.inputs.notes:
        console.print(note, markup=False)
    console.print(f"Compiling and sampling half-life ({variant}) with {sampler} ...")
    trace = fit_half_life(prepared, settings)
    write_trace(trace, out)
    console.print(f"Wrote {out} after {trace.attrs['wall_time_s']:.0f} s")
    if report_checks(out, trace):
        raise typer.Exit(EXIT_CHECK_FAILED)
