"""The price-pressure model as it is fitted: options, groups of a trace."""

from operator import itemgetter
from typing import Annotated, Any

import typer

from data.dims import (
    DAY,
    FACTOR,
    FACTOR_PAIR,
    INVENTORY_MARKET,
    MARKET,
    MONTH,
    ORDER_FLOW_TERM,
    ROTATED_FACTOR,
    TENOR,
    WEEK,
)
from data.errors import DataError
from data.price_pressure.kind import PRICE_PRESSURE as PANEL
from inference.price_pressure.checks import CHECKS
from inference.price_pressure.forecast import forecast_price_pressure
from inference.price_pressure.prepare import (
    MASK,
    MODEL_NAME,
    OBSERVED,
    prepare_from_price_pressure_trace,
    prepare_price_pressure,
    priors_of,
)
from inference.traced.layout import (
    MODE_SEARCH,
    SAMPLE,
    TraceLayout,
    drawn,
    joined,
    observed,
    optional,
    scored,
)
from inference.traced.model import TracedModel
from models.price_pressure.model import SAMPLED_DECAY, PricePressurePriors
from models.price_pressure.persistent_errors import PersistentErrorsPriors
from models.price_pressure.variants import EVERY_VARIANT

FIT_EXAMPLES = """Examples

python -m inference fit price-pressure --panel data/clean/panel.csv
--variant cash-inventory-persistent-errors --out traces/cash.nc

python -m inference fit price-pressure --panel twin.parquet --variant net-order-flow
--draws 2000 --seed 7 --decay sampled --out traces/flow.nc
"""

DATES = (optional(WEEK), optional(DAY), optional(MONTH))
"""One of them, by the frequency of the panel."""

BY_MARKET = (*DATES, MARKET, TENOR)

HOLDS = TraceLayout(
    always=joined(
        drawn(
            {
                "factor_innovation_sd_bp": (FACTOR,),
            }
        ),
        observed(OBSERVED, (*DATES, TENOR), DATES),
        MODE_SEARCH,
        {
            "constant_data": {
                MASK: (*DATES, TENOR),
            },
            "panel": {
                "yield_bp": (*DATES, TENOR),
                "inventory_busd": BY_MARKET,
                "dv01_musd": BY_MARKET,
                "order_flow_busd": BY_MARKET,
                "order_flow_surprise_busd": BY_MARKET,
                "exposure_musd": (*DATES, MARKET, FACTOR),
            },
            "smoothed": {
                "factor_bp": (SAMPLE, *DATES, FACTOR),
                "efficient_yield_bp": (SAMPLE, *DATES, TENOR),
            },
            "one_step_ahead": {
                "mean_bp": (*DATES, TENOR),
                "sd_bp": (*DATES, TENOR),
                "pit": (*DATES, TENOR),
                "standardized_innovation": (*DATES, TENOR),
            },
        },
    ),
    sometimes=joined(
        drawn(
            {
                "price_pressure": (INVENTORY_MARKET, TENOR),
                "price_discovery": (ORDER_FLOW_TERM,),
                "decay_per_month": (),
                "persistence": (FACTOR,),
                "half_life_weeks": (FACTOR,),
                "factor_mean_bp": (FACTOR,),
                "yield_noise_sd_bp": (TENOR,),
                "factor_persistence": (),
                "factor_half_life_weeks": (),
                "factor_partial_correlation_score": (FACTOR_PAIR,),
                "factor_innovation_correlation": (FACTOR_PAIR,),
                "factor_rotation": (FACTOR, ROTATED_FACTOR),
                "error_half_life_weeks": (TENOR,),
                "error_persistence": (TENOR,),
                "error_innovation_sd_bp": (TENOR,),
                "intercept_bp": (TENOR,),
                "covariance_half_life_weeks": (),
                "covariance_reaction": (),
                "scale_half_life_weeks": (),
                "scale_reaction": (),
                "freedom_above_two": (),
                "degrees_of_freedom": (),
            }
        ),
        {
            "constant_data": {
                "inventory_dv01_musd": (*DATES, INVENTORY_MARKET, TENOR),
                "order_flow_surprise_busd": (*DATES, ORDER_FLOW_TERM),
            }
        },
        scored(DATES, {"pit": (*DATES, TENOR)}),
    ),
)


def specify(
    *,
    variant: Annotated[str, typer.Option(help=f"One of {', '.join(EVERY_VARIANT)}.")],
    decay: Annotated[
        str | None,
        typer.Option(
            help="Decay delta per month, or 'sampled'; the paper's 0.0609 for the "
            "paper's variants and sampled for the others where left out."
        ),
    ] = None,
) -> dict[str, Any]:
    """Price pressure and price discovery (Mixon & Tuzun 2018)."""
    return {"variant": variant, "priors": _priors_with_decay(variant, decay)}


def _priors_with_decay(
    variant: str, decay: str | None
) -> PricePressurePriors | PersistentErrorsPriors:
    kind = priors_of(variant)
    if decay is None:
        return kind()
    if decay == "sampled":
        return kind(decay_per_month=SAMPLED_DECAY)
    try:
        value = float(decay)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < float("inf"):
        raise DataError(
            f"--decay is {decay!r}", "Give a positive number per month, or 'sampled'."
        )
    return kind(decay_per_month=value)


PRICE_PRESSURE = TracedModel(
    name=MODEL_NAME,
    panel=PANEL,
    holds=HOLDS,
    checks=CHECKS,
    prepare=prepare_price_pressure,
    specify=specify,
    default_priors=itemgetter("priors"),
    prepare_again=prepare_from_price_pressure_trace,
    forecast=forecast_price_pressure,
    examples=FIT_EXAMPLES,
)
