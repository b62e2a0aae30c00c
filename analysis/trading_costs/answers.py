"""What trading costs and yield curves answer, in basis points and dollars."""

from collections.abc import Iterator

from analysis.estimates import summary_of_one
from analysis.every_model.findings import range_words
from analysis.fit import Fit
from analysis.page.exhibit import of_fit, sentences_of
from analysis.page.table import number, range_text
from analysis.trading_costs.coefficients import ABSOLUTE_CAVEAT
from analysis.trading_costs.figures import (
    USUAL_DOLLAR_DURATION,
    USUAL_VOLUME_MUSD,
    expected_spread_bp,
    usual_trade,
)
from analysis.trading_costs.spreads import SPREADS
from analysis.trading_costs.yield_curve import CURVE, NOISE
from data.trading_costs.checks import BP_PER_UNIT
from models.trading_costs.specification import ABSOLUTE

USD_PER_MUSD = 1e6
PER_100 = 100.0


def usual_costs(fit: Fit) -> dict[str, dict[str, float]]:
    """Effective spread of a trade at the medians, and what liquidity changes of it.

    Returns
    -------
    dict of str to dict
        "usual" and "illiquid" (the change with a benchmark illiquidity one standard
        deviation higher): values of `analysis.estimates.summarise_draws`, basis points
        of yield.
    """
    trades = [usual_trade(fit), usual_trade(fit, benchmark_illiquidity=1.0)]
    spread = expected_spread_bp(fit, trades)
    usual = spread.isel(trade=0, drop=True)
    change = spread.isel(trade=1, drop=True) - usual
    rows = {"usual": usual, "illiquid": change}
    return {name: summary_of_one(draws) for name, draws in rows.items()}


def _usd(bp: float) -> float:
    """Half of an effective spread on the usual trade, USD."""
    per_100 = bp / 2 * USUAL_DOLLAR_DURATION / BP_PER_UNIT
    return per_100 / PER_100 * USUAL_VOLUME_MUSD * USD_PER_MUSD


def trading_costs_answers(fit: Fit) -> Iterator[str]:
    """What a trade at the medians costs, and what bad liquidity adds."""
    if fit.variant == ABSOLUTE:
        yield ABSOLUTE_CAVEAT
    costs = usual_costs(fit)
    usual, illiquid = costs["usual"], costs["illiquid"]
    usd = range_text(_usd(usual["lower_95"]), _usd(usual["upper_95"]), 0)
    yield (
        "At the medians of the panel the effective spread is "
        f"{number(usual['mean'], 2)} bp of yield ({range_words(usual, 2)}): a customer "
        f"pays half of it, {usd} USD on {number(USUAL_VOLUME_MUSD, 0)} million of a "
        "five-year note."
    )
    yield (
        "Illiquidity of the benchmark one standard deviation higher goes with "
        f"{number(illiquid['mean'], 2)} bp more ({range_words(illiquid, 2)})."
    )
    yield from sentences_of(of_fit([SPREADS], fit))


def curve_answers(fit: Fit) -> Iterator[str]:
    """How sure the curve is, and how far quotes lie off it."""
    yield from sentences_of(of_fit([CURVE, NOISE], fit))
