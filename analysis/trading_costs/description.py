"""Names and units of the trading-cost regressions for the shared tables and figures."""

from collections.abc import Mapping
from typing import Any

from analysis.description import ModelDescription
from inference.trading_costs.checks import TRADING_COSTS_CHECKS

PARAMETER_WORDS = {
    "coefficient": "coefficient (bp a unit of its column; joint: log cost)",
    "security_sd": "sd of securities' effects (bp; joint: log cost)",
    "day_sd": "sd of days' effects (bp; joint: log cost)",
    "residual_sd": "residual sd (bp)",
    "noise_coefficient": "log sd of the fair value's error (1)",
    "taker_share": "share of trades in which the customer pays (1)",
    "second_share": "share of Erlang-2 in the costs (1)",
    "cost_tail": "sd of the log scale of costs (1)",
    "excess_degrees_of_freedom": "degrees of freedom of quote errors above two (1)",
}
"""Parameter -> words and unit."""


def element_label(selection: Mapping[str, Any]) -> str:
    """Words such as "spread x illiquidity"."""
    return ", ".join(str(value).replace(":", " × ") for value in selection.values())


TRADING_COSTS = ModelDescription(
    parameter_words=PARAMETER_WORDS,
    shown_parameters=list(PARAMETER_WORDS),
    element_label=element_label,
    checks=TRADING_COSTS_CHECKS,
    time_dim="day",
    time_unit="trading day",
    num_lags=20,
    dates_path="panel/date",
)
