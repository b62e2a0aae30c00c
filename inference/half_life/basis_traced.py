"""The basis decomposition as it is fitted: its options."""

from operator import itemgetter
from typing import Annotated, Any

import typer

from data.half_life.basis_kind import BASIS
from inference.half_life.basis_decomposition import (
    MODEL_NAME,
    prepare_basis_decomposition,
    prepare_from_basis_decomposition_trace,
)
from inference.half_life.basis_forecast import forecast_basis
from inference.half_life.basis_layout import HOLDS
from inference.half_life.checks import BASIS_CHECKS
from inference.half_life.deviations_command import EXPORT_DEVIATIONS
from inference.traced.model import TracedModel
from models.half_life.basis_decomposition import BasisDecompositionPriors
from models.priors import LogNormalPrior

DEFAULT = BasisDecompositionPriors()

FIT_EXAMPLES = """Examples

python -m inference fit basis-decomposition --panel data/clean/basis.parquet
--out traces/basis.nc

python -m inference fit basis-decomposition --panel twin.parquet --seed 7
--half-life-median-days 20 --half-life-log-sd 1 --out traces/slow.nc
"""


def specify(
    *,
    half_life_median_days: Annotated[
        float, typer.Option(min=0.1, help="Prior median of a deviation's half-life.")
    ] = DEFAULT.half_life_days.median,
    half_life_log_sd: Annotated[
        float, typer.Option(min=0.01, help="Prior sd of its natural logarithm.")
    ] = DEFAULT.half_life_days.log_sd,
) -> dict[str, Any]:
    """Level, AR(1) deviation and noise of each tenor's daily basis."""
    half_life = LogNormalPrior(median=half_life_median_days, log_sd=half_life_log_sd)
    return {"priors": BasisDecompositionPriors(half_life_days=half_life)}


BASIS_DECOMPOSITION = TracedModel(
    name=MODEL_NAME,
    panel=BASIS,
    holds=HOLDS,
    checks=BASIS_CHECKS,
    prepare=prepare_basis_decomposition,
    specify=specify,
    default_priors=itemgetter("priors"),
    prepare_again=prepare_from_basis_decomposition_trace,
    forecast=forecast_basis,
    examples=FIT_EXAMPLES,
    exports=(EXPORT_DEVIATIONS,),
)
