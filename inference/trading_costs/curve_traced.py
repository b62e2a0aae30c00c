"""The yield curve as it is fitted: options, groups of a trace."""

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from data.dims import SECURITY
from data.errors import DataError
from data.market.kernel_ridge.kernel import check_parameters
from data.trading_costs.quotes_kind import QUOTES
from inference.traced.layout import (
    CHAIN_STARTS,
    SAMPLE,
    TraceLayout,
    drawn,
    joined,
    observed,
)
from inference.traced.model import TracedModel
from inference.trading_costs.curve_checks import CURVE_CHECKS
from inference.trading_costs.curve_prepare import (
    MODEL_NAME,
    YEAR,
    prepare_yield_curve,
)
from models.trading_costs.cross_section import KINDS, CrossSectionSpecification
from models.trading_costs.yield_curve import (
    INFORMED,
    OBSERVED,
    UNINFORMED,
    YieldCurvePriors,
)

DEFAULT = CrossSectionSpecification()

FIT_EXAMPLES = """Examples

python -m inference fit yield-curve --panel data/clean/quotes.parquet
--out traces/curve.nc

python -m inference fit yield-curve --panel data/clean/quotes.parquet
--date 2018-12-31 --issues off-the-run --kind note --kind bond --kind bill
--out traces/curve-2018.nc
"""

HOLDS = TraceLayout(
    always=joined(
        drawn(
            {
                "scale": (),
                "noise_bp": (),
                "price_noise": (),
                "freedom_beyond_1": (),
                "degrees_of_freedom": (),
                "informed": (INFORMED,),
                "uninformed": (UNINFORMED,),
            }
        ),
        observed(OBSERVED, (SECURITY,), (SECURITY,)),
        CHAIN_STARTS,
        {
            "panel": {
                "dirty_price": (SECURITY,),
                "dollar_duration": (SECURITY,),
                "maturity_years": (SECURITY,),
                "date": (SECURITY,),
            },
            "curve": {
                "yield_percent": (SAMPLE, YEAR),
                "forward_percent": (SAMPLE, YEAR),
                "discount": (SAMPLE, YEAR),
                "is_extrapolated": (YEAR,),
                "kernel_ridge_percent": (YEAR,),
            },
            "prices": {
                "price": (SAMPLE, SECURITY),
                "left_out_pit": (SECURITY,),
                "pareto_k": (SECURITY,),
            },
        },
    ),
)


def specify(
    *,
    date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day; the last one by default."),
    ] = None,
    issues: Annotated[
        Literal["all", "off-the-run", "on-the-run"],
        typer.Option(help="Off the run: without the two latest of each maturity."),
    ] = "all",
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help=f"One of {', '.join(KINDS)}; repeat for several. Notes and bonds."
        ),
    ] = None,
    shortest_days: Annotated[
        int, typer.Option(min=1, help="Shorter maturities are left out.")
    ] = DEFAULT.shortest_days,
    alpha: Annotated[
        float, typer.Option(help="Maturity weight of the kernel, per year.")
    ] = DEFAULT.alpha,
    delta: Annotated[
        float,
        typer.Option(help="0 to below 1: weight of the curve's slope in smoothness."),
    ] = DEFAULT.delta,
) -> dict[str, Any]:
    """Discount curve of a day's quotes, with its uncertainty."""
    kinds = tuple(kind or DEFAULT.kinds)
    unknown = [each for each in kinds if each not in KINDS]
    if unknown:
        raise DataError(f"--kind {unknown[0]}", f"give some of {', '.join(KINDS)}.")
    check_parameters(alpha, delta)
    if delta == 1:
        raise DataError(
            "--delta 1: the slope of the curve is white noise, and forwards have no "
            "variance",
            "give a delta below 1.",
        )
    return {
        "specification": CrossSectionSpecification(
            date="" if date is None else f"{date:%Y-%m-%d}",
            issues=issues,
            kinds=kinds,
            shortest_days=shortest_days,
            alpha=alpha,
            delta=delta,
        )
    }


YIELD_CURVE = TracedModel(
    name=MODEL_NAME,
    panel=QUOTES,
    holds=HOLDS,
    checks=CURVE_CHECKS,
    prepare=prepare_yield_curve,
    specify=specify,
    default_priors=lambda _: YieldCurvePriors(),
    examples=FIT_EXAMPLES,
)
