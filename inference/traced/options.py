"""Options that the fit commands of all models share, with their help."""

from collections.abc import Mapping
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from data.commands.command import option
from inference.settings import SamplerName, SamplerSettings

Out = Annotated[Path, typer.Option(help="Trace to write, traces/NAME.nc.")]

OUT = option("out", Out)

Force = Annotated[
    bool, typer.Option("--force", help="Replace the trace that stands there.")
]

FORCE = option("force", Force, False)

DEFAULT = SamplerSettings(seed=1)

ANNOTATIONS: dict[str, Any] = {
    "draws": Annotated[int, typer.Option(help="Kept draws of each chain.")],
    "tune": Annotated[int, typer.Option(help="Adaptation draws of each chain.")],
    "chains": Annotated[int, typer.Option(help="Independent chains.")],
    "seed": Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")],
    "sampler": Annotated[
        SamplerName, typer.Option(help="Implementation of the No-U-Turn sampler.")
    ],
    "target_accept": Annotated[
        float, typer.Option(help="Acceptance rate aimed at; raise on divergences.")
    ],
}

SAMPLER_OPTIONS: Mapping[str, Parameter] = {
    name: option(name, annotation, getattr(DEFAULT, name))
    for name, annotation in ANNOTATIONS.items()
}
"""Setting of the sampler -> its option, with the default of `SamplerSettings`."""
