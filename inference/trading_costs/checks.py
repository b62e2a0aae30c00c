"""What the verdict on traces of trading costs looks at."""

from collections.abc import Mapping
from typing import Any

from inference.checks.fit_to_data import FamilyChecks
from inference.trading_costs.statistics import (
    MEAN_CHECK,
    MEAN_TITLE,
    QUANTILE_CHECK,
    QUANTILE_TITLE,
)
from models.trading_costs.specification import JOINT


def cost_label(_selection: Mapping[str, Any]) -> str:
    """Words for the only series."""
    return "cost"


TRADING_COSTS_CHECKS = FamilyChecks(
    predictive=MEAN_CHECK,
    predictive_of_variant={JOINT: QUANTILE_CHECK},
    series_label=cost_label,
    predicts=False,
    # The density of effects and their own spread has no highest point.
    searches=False,
    remedies=(
        (
            MEAN_TITLE,
            "The formula bends where the data do not: let the bins that are off have "
            "an effect of their own (--formula volume-benchmark), or write a formula "
            "that has the missing regressor.",
        ),
        (
            QUANTILE_TITLE,
            "Costs or errors have another shape than assumed: try --cost-shape tailed, "
            "and trust --response signed, whose slopes rest on no shape.",
        ),
    ),
)
