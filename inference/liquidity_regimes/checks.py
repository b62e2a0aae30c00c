"""What the verdict on traces of the liquidity models looks at."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.liquidity_regimes.columns import ONLY_SECURITY
from inference.checks.fit_to_data import FamilyChecks
from inference.checks.prediction_errors import AUTOCORRELATION, CALIBRATION
from inference.liquidity_regimes.statistics import PRICE_IMPACT_CHECK


def price_impact_label(selection: Mapping[str, Any]) -> str:
    """Words for a series: "price impact of 10y", or without its only security."""
    label = str(selection.get("security", ONLY_SECURITY))
    return "price impact" if label == ONLY_SECURITY else f"price impact of {label}"


REGIMES_CHECKS = FamilyChecks(
    predictive=PRICE_IMPACT_CHECK,
    series_label=price_impact_label,
    remedies=(
        (
            AUTOCORRELATION,
            "Try one of --states more, or --covariates IV: what is left over is "
            "remembered from day to day.",
        ),
        (CALIBRATION, "Try --noise student-t, or one of --states more."),
        ("", "Try --noise student-t, or another number of --states."),
    ),
)

THRESHOLD_CHECKS = FamilyChecks(
    # Its data are sorted by volatility, and none of them is missing.
    predictive=replace(PRICE_IMPACT_CHECK, observed_mask=""),
    series_label=price_impact_label,
    predicts=False,
    remedies=(
        (
            "",
            "Fit liquidity-regimes: its states last from day to day, while the "
            "regression takes its errors as independent.",
        ),
    ),
)
"""Volatility is taken as given, so what can be held against the data is price impact
replicated on the same volatility."""
