"""What the verdict on a trace of the price-pressure model looks at."""

from collections.abc import Mapping
from typing import Any

from inference.checks.fit_to_data import FamilyChecks
from inference.price_pressure.statistics import YIELD_CHECK


def yield_label(selection: Mapping[str, Any]) -> str:
    """Words for a series: "10-year yield"."""
    return f"{selection['tenor']}-year yield"


CHECKS = FamilyChecks(
    predictive=YIELD_CHECK,
    series_label=yield_label,
    remedies=(
        (
            "",
            "The paper's variants take errors of the curve for noise of a week. Where "
            "they last, yields and inventories that both wander make coefficients that "
            "mean nothing: fit --variant NAME-persistent-errors, such as "
            "cash-inventory-persistent-errors.",
        ),
    ),
)
