"""How fits of trading-cost regressions are reported."""

from analysis.model_report import ModelReport
from analysis.trading_costs import yield_curve
from analysis.trading_costs.answers import curve_answers, trading_costs_answers
from analysis.trading_costs.command import TRADING_COST
from analysis.trading_costs.description import TRADING_COSTS as DESCRIPTION
from analysis.trading_costs.section import trading_costs_section
from inference.trading_costs import curve_traced, traced

TRADING_COSTS = ModelReport(
    model=traced.TRADING_COSTS,
    section=trading_costs_section,
    answers=trading_costs_answers,
    description=DESCRIPTION,
    commands=(TRADING_COST,),
)

YIELD_CURVE = ModelReport(
    model=curve_traced.YIELD_CURVE,
    section=yield_curve.yield_curve_section,
    answers=curve_answers,
    description=yield_curve.DESCRIPTION,
)
