"""The threshold regression as it is fitted: options, groups of a trace."""

from typing import Annotated, Any

import typer

from data.dims import DAY, REGIME, THRESHOLD
from data.liquidity_regimes.kind import LIQUIDITY_REGIMES as PANEL
from inference.liquidity_regimes.checks import THRESHOLD_CHECKS
from inference.liquidity_regimes.threshold_forecast import (
    forecast_threshold_regression,
)
from inference.liquidity_regimes.threshold_regression import (
    MODEL_NAME,
    OBSERVED,
    prepare_threshold_regression,
)
from inference.liquidity_regimes.traced import LIQUIDITY_PANEL, SIMULATED
from inference.sampling import SAMPLE_DIMS
from inference.traced.layout import MODE_SEARCH, TraceLayout, drawn, joined, observed
from inference.traced.model import TracedModel
from inference.traced.options import SAMPLER_OPTIONS
from models.liquidity_regimes.threshold_regression import ThresholdRegressionPriors

FIT_EXAMPLES = """Example

python -m inference fit threshold-regression --panel data/clean/liquidity.csv
--out traces/thresholds.nc
"""

HOLDS = TraceLayout(
    always=joined(
        drawn(
            {
                "volatility_slope": (REGIME,),
                "volatility_threshold_bp": (THRESHOLD,),
                "noise_sd": (),
            }
        ),
        observed(OBSERVED, (DAY,), (DAY,)),
        MODE_SEARCH,
        LIQUIDITY_PANEL,
        {"goodness_of_fit": {"r_squared": SAMPLE_DIMS}},
    ),
    sometimes=SIMULATED,
)


def specify(
    *,
    security: Annotated[str | None, typer.Option(help="Label in the panel.")] = None,
) -> dict[str, Any]:
    """Threshold regression on volatility (Meldrum & Sokolinskiy 2025, Table 1)."""
    return {"security": security}


THRESHOLD_REGRESSION = TracedModel(
    name=MODEL_NAME,
    panel=PANEL,
    holds=HOLDS,
    checks=THRESHOLD_CHECKS,
    prepare=prepare_threshold_regression,
    specify=specify,
    default_priors=lambda _: ThresholdRegressionPriors(),
    forecast=forecast_threshold_regression,
    examples=FIT_EXAMPLES,
    # Of four parameters any sampler makes as short work.
    sampler_options={
        name: one for name, one in SAMPLER_OPTIONS.items() if name != "sampler"
    },
)
