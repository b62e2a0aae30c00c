"""The regressions of trading costs as they are fitted: options, groups of a trace."""

from typing import Annotated, Any

import typer

from data.dims import BIN, COEFFICIENT, DAY, EFFECT, NOISE, QUOTE, SECURITY, TRADE
from data.trading_costs.kind import TRADING_COSTS as PANEL
from inference.sampling import SAMPLE_DIMS, SAMPLE_STATISTICS
from inference.traced.layout import (
    CHAIN_STARTS,
    TraceLayout,
    drawn,
    joined,
    optional,
)
from inference.traced.model import TracedModel
from inference.trading_costs.checks import TRADING_COSTS_CHECKS
from inference.trading_costs.effects import MONTH
from inference.trading_costs.prepare import MODEL_NAME, prepare_trading_costs
from inference.trading_costs.score import LEFT_OUT_SCORE, score_left_out
from inference.trading_costs.spreads import COVERAGE, OTHER_SPREAD, SPREADS
from inference.trading_costs.statistics import MEAN_RESPONSE, SIGNED_DEVIATION
from inference.trading_costs.thresholds import THRESHOLD
from models.trading_costs.model import DEVIATION, QUOTE_ERROR, STATISTICS
from models.trading_costs.specification import (
    FORMULAS,
    RESPONSES,
    TradingCostsPriors,
    TradingCostsSpecification,
)

FIT_EXAMPLES = """Examples

python -m inference fit trading-costs --panel data/clean/trading-costs.parquet
--formula bias --response signed --out traces/costs-signed.nc

python -m inference fit trading-costs --panel data/clean/trading-costs.parquet
--formula "spread * illiquidity + log_dollar_duration + (1 + spread | security)"
--response absolute --out traces/costs-own.nc
"""

PREDICTED = {MEAN_RESPONSE: (*SAMPLE_DIMS, BIN)}
SIMULATED = {
    DEVIATION: (*SAMPLE_DIMS, TRADE),
    SIGNED_DEVIATION: (*SAMPLE_DIMS, TRADE),
    QUOTE_ERROR: (*SAMPLE_DIMS, QUOTE),
}

HOLDS = TraceLayout(
    always=joined(
        drawn({"coefficient": (COEFFICIENT,), "security_sd": (optional(EFFECT),)}),
        CHAIN_STARTS,
        {
            "posterior": {
                "security_effect": (*SAMPLE_DIMS, SECURITY, optional(EFFECT))
            },
            "sample_stats": dict.fromkeys(SAMPLE_STATISTICS, SAMPLE_DIMS),
            "log_likelihood": {},
            "log_prior": {},
            "prior_predictive": {},
            "posterior_predictive": {},
            "observed_data": {},
            "spreads": dict.fromkeys(SPREADS, ("quantile",)),
            "panel": {
                "column_sd": (COEFFICIENT,),
                "mean_spread": (SECURITY,),
                "mean_seasoning": (SECURITY,),
                "rows_by_security": (SECURITY,),
                "date": (DAY,),
            },
        },
    ),
    sometimes=joined(
        drawn(
            {
                "residual_sd": (),
                "day_sd": (optional(EFFECT),),
                "noise_coefficient": (NOISE,),
                "taker_share": (),
                "second_share": (),
                "cost_tail": (),
                "excess_degrees_of_freedom": (),
            }
        ),
        {
            "posterior": {"day_effect": (*SAMPLE_DIMS, DAY)},
            "prior": {
                "security_effect": (*SAMPLE_DIMS, SECURITY, optional(EFFECT)),
            },
            "log_likelihood": {
                STATISTICS: SAMPLE_DIMS,
                DEVIATION: (*SAMPLE_DIMS, TRADE),
                QUOTE_ERROR: (*SAMPLE_DIMS, QUOTE),
            },
            "posterior_predictive": {**PREDICTED, **SIMULATED},
            "prior_predictive": {**PREDICTED, **SIMULATED},
            "observed_data": {
                MEAN_RESPONSE: (BIN,),
                DEVIATION: (TRADE,),
                SIGNED_DEVIATION: (TRADE,),
                QUOTE_ERROR: (QUOTE,),
            },
            "panel": {"prior_sd": (COEFFICIENT,)},
            "constant_data": {},
            "spreads": {OTHER_SPREAD: ("quantile",)},
            "spreads_by_group": dict.fromkeys(
                ("rows", *SPREADS, OTHER_SPREAD), ("label",)
            ),
            "fair_value": dict.fromkeys(COVERAGE, ("label",)),
            "folding": {"coefficient": (COEFFICIENT,)},
            "by_threshold": {
                "mean": (THRESHOLD, COEFFICIENT),
                "sd": (THRESHOLD, COEFFICIENT),
                "rows": (THRESHOLD,),
            },
            "day_effects": {"mean": (DAY, EFFECT), "sd": (DAY, EFFECT)},
            "left_out": {
                "security_log_density": (*SAMPLE_DIMS, SECURITY),
                "month_log_density": (*SAMPLE_DIMS, MONTH),
            },
            LEFT_OUT_SCORE: {},
        },
    ),
)


def specify(
    *,
    formula: Annotated[
        str,
        typer.Option(
            help=f"One of {', '.join(FORMULAS)}, or one of your own, as "
            "'spread * illiquidity + (1 + spread | security) + (1 | date)'."
        ),
    ],
    response: Annotated[str, typer.Option(help=f"One of {', '.join(RESPONSES)}.")],
    cost_shape: Annotated[
        str, typer.Option(help="Of joint: erlang, or tailed for heavier tails.")
    ] = "erlang",
) -> dict[str, Any]:
    """What it costs to trade, and how that goes with quotes, age and liquidity."""
    specification = TradingCostsSpecification(
        formula=formula, response=response, cost_shape=cost_shape
    )
    return {"specification": specification}


TRADING_COSTS = TracedModel(
    name=MODEL_NAME,
    panel=PANEL,
    holds=HOLDS,
    checks=TRADING_COSTS_CHECKS,
    prepare=prepare_trading_costs,
    specify=specify,
    default_priors=lambda _: TradingCostsPriors(),
    score=score_left_out,
    examples=FIT_EXAMPLES,
)
