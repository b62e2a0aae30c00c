"""Every model that is reported: a new one is a line here, and a folder."""

from analysis.half_life.report import BASIS_DECOMPOSITION, HALF_LIFE, JOINT_DECAY
from analysis.liquidity_regimes.report import LIQUIDITY_REGIMES, THRESHOLD_REGRESSION
from analysis.model_report import ModelReport
from analysis.price_pressure.report import PRICE_PRESSURE
from analysis.trading_costs.report import TRADING_COSTS, YIELD_CURVE

MODEL_REPORTS: dict[str, ModelReport] = {
    report.model.name: report
    for report in (
        PRICE_PRESSURE,
        LIQUIDITY_REGIMES,
        THRESHOLD_REGRESSION,
        BASIS_DECOMPOSITION,
        JOINT_DECAY,
        HALF_LIFE,
        YIELD_CURVE,
        TRADING_COSTS,
    )
}
"""Attribute `model` of a trace -> how it is reported."""
