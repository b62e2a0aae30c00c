"""Options that the fit commands of all models share, with their help."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from inference.settings import SamplerName

Out = Annotated[Path, typer.Option(help="Trace to write, traces/NAME.nc.")]
Draws = Annotated[int, typer.Option(help="Kept draws of each chain.")]
Tune = Annotated[int, typer.Option(help="Adaptation draws of each chain.")]
Chains = Annotated[int, typer.Option(help="Independent chains.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")]
Sampler = Annotated[
    str, typer.Option(help=f"One of {', '.join(get_args(SamplerName))}.")
]
TargetAccept = Annotated[
    float, typer.Option(help="Acceptance rate aimed at; raise on divergences.")
]
