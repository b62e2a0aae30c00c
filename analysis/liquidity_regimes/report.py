"""How fits of the liquidity regimes and of the threshold regression are reported."""

from analysis.liquidity_regimes import description
from analysis.liquidity_regimes.answers import regimes_answers, threshold_answers
from analysis.liquidity_regimes.command import FRAGILITY
from analysis.liquidity_regimes.section import (
    liquidity_regimes_section,
    threshold_regression_section,
)
from analysis.model_report import ModelReport
from inference.liquidity_regimes import threshold_traced, traced

LIQUIDITY_REGIMES = ModelReport(
    model=traced.LIQUIDITY_REGIMES,
    section=liquidity_regimes_section,
    answers=regimes_answers,
    description=description.LIQUIDITY_REGIMES,
    commands=(FRAGILITY,),
)

THRESHOLD_REGRESSION = ModelReport(
    model=threshold_traced.THRESHOLD_REGRESSION,
    section=threshold_regression_section,
    answers=threshold_answers,
    description=description.THRESHOLD_REGRESSION,
)
