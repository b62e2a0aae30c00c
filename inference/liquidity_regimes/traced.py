"""The liquidity regimes as they are fitted: options, groups of a trace."""

from typing import Annotated, Any

import typer

from data.dims import ARRIVAL, COVARIATE, DAY, DESTINATION, ORIGIN, SECURITY, STATE
from data.liquidity_regimes.columns import COVARIATE_SETS
from data.liquidity_regimes.kind import LIQUIDITY_REGIMES as PANEL
from inference.liquidity_regimes.checks import REGIMES_CHECKS
from inference.liquidity_regimes.forecast import forecast_liquidity_regimes
from inference.liquidity_regimes.prepare import (
    MODEL_NAME,
    OBSERVED,
    prepare_from_liquidity_regimes_trace,
    prepare_liquidity_regimes,
)
from inference.traced.layout import (
    MODE_SEARCH,
    SAMPLE,
    Groups,
    TraceLayout,
    drawn,
    joined,
    observed,
    optional,
    scored,
)
from inference.traced.model import TracedModel
from models.liquidity_regimes.data_variables import COVARIATES, DEPTH, IS_OBSERVED
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import (
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

EACH = optional(SECURITY)
"""Only a market-wide model has it as a dimension."""

LIQUIDITY_PANEL: Groups = {
    "panel": {
        "price_impact": (DAY, SECURITY),
        "depth_musd": (DAY, SECURITY),
        "covariate_bp": (DAY, COVARIATE),
    }
}

SIMULATED: Groups = {"panel": {"simulated_state": (DAY, SECURITY)}}

HOLDS = TraceLayout(
    always=joined(
        drawn(
            {
                "price_impact_slope": (STATE, EACH, COVARIATE),
                "noise_sd": (STATE, EACH),
            }
        ),
        observed(OBSERVED, (DAY, EACH), (DAY,)),
        MODE_SEARCH,
        LIQUIDITY_PANEL,
        {
            "constant_data": {
                IS_OBSERVED: (DAY, EACH),
                COVARIATES: (DAY, COVARIATE),
                DEPTH: (DAY,),
            },
            "regimes": {
                "smoothed_probability": (DAY, STATE),
                "filtered_probability": (DAY, STATE),
                "predicted_probability": (DAY, STATE),
                "most_likely_path": (DAY,),
                "state_path": (SAMPLE, DAY),
            },
            "one_step_ahead": {
                "mean": (DAY, EACH),
                "sd": (DAY, EACH),
                "pit": (DAY, EACH),
                "standardized_innovation": (DAY, EACH),
            },
        },
    ),
    sometimes=joined(
        drawn(
            {
                "initial_probability": (STATE,),
                "transition_intercept": (ORIGIN, DESTINATION),
                "transition_depth_slope": (ORIGIN, DESTINATION),
                "transition_probability": (ORIGIN, ARRIVAL),
                "degrees_of_freedom": (),
            }
        ),
        SIMULATED,
        scored((DAY,), {"pit": (DAY, EACH), "predicted_probability": (DAY, STATE)}),
    ),
)


def specify(
    *,
    covariates: Annotated[
        str, typer.Option(help=f"Model, one of {', '.join(COVARIATE_SETS)}.")
    ] = "IV",
    transition: Annotated[Transition, typer.Option(help="Between states.")] = "depth",
    states: Annotated[
        int,
        typer.Option(help=f"Number of states, {MINIMUM_STATES} to {MAXIMUM_STATES}."),
    ] = PAPER_STATES,
    noise: Annotated[Noise, typer.Option(help="Of price impact.")] = "normal",
    initial: Annotated[
        InitialDistribution, typer.Option(help="Of the first state.")
    ] = "estimated",
    security: Annotated[
        str | None, typer.Option(help=f"Label in the panel, or '{MARKET_WIDE}'.")
    ] = None,
) -> dict[str, Any]:
    """Regimes of market liquidity driven by depth (Meldrum & Sokolinskiy 2025)."""
    specification = LiquidityRegimesSpecification(
        covariates=covariates,
        transition=transition,
        noise=noise,
        num_states=states,
        initial=initial,
        security=security,
    )
    return {"specification": specification}


LIQUIDITY_REGIMES = TracedModel(
    name=MODEL_NAME,
    panel=PANEL,
    holds=HOLDS,
    checks=REGIMES_CHECKS,
    prepare=prepare_liquidity_regimes,
    specify=specify,
    default_priors=lambda _: LiquidityRegimesPriors(),
    prepare_again=prepare_from_liquidity_regimes_trace,
    forecast=forecast_liquidity_regimes,
    examples=FIT_EXAMPLES,
)
