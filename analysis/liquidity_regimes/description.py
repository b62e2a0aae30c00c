"""Names and units of the liquidity models for the shared tables and figures."""

from collections.abc import Mapping
from typing import Any

from analysis.description import ModelDescription
from inference.liquidity_regimes.checks import REGIMES_CHECKS, THRESHOLD_CHECKS

NUM_LAGS = 60
"""Three months of trading days, as far as Figure 2 of the paper is read for."""

REGIME_WORDS = {
    "price_impact_slope": "price-impact slope beta (per bp)",
    "noise_sd": "noise sd sigma (price impact)",
    "degrees_of_freedom": "degrees of freedom (Student t)",
    "transition_intercept": "transition intercept delta (log odds against state 1)",
    "transition_depth_slope": "transition slope gamma (log odds per USD million)",
    "transition_probability": "transition probability (per day)",
    "initial_probability": "initial probability (first day)",
}
"""Parameter -> words and unit."""

THRESHOLD_WORDS = {
    "volatility_slope": "price impact on volatility beta (per bp)",
    "volatility_threshold_bp": "volatility threshold (bp)",
    "noise_sd": "noise sd (price impact)",
}


def transition_label(origin: object, arrival: object) -> str:
    """Words for a move between states: "1→3"."""
    return f"{origin}→{arrival}"


def _element_label(selection: Mapping[str, Any]) -> str:
    """Words such as "V, state 1", "1→3", "threshold 2"."""
    origin = selection.get("origin")
    if origin is not None:
        return transition_label(
            origin, selection.get("destination", selection.get("arrival"))
        )
    parts = [
        str(selection[dim]) for dim in ("security", "covariate") if dim in selection
    ]
    parts += [
        f"{dim} {selection[dim]}"
        for dim in ("state", "regime", "threshold")
        if dim in selection
    ]
    return ", ".join(parts)


LIQUIDITY_REGIMES = ModelDescription(
    parameter_words=REGIME_WORDS,
    shown_parameters=list(REGIME_WORDS),
    element_label=_element_label,
    checks=REGIMES_CHECKS,
    time_dim="day",
    time_unit="trading day",
    num_lags=NUM_LAGS,
)

THRESHOLD_REGRESSION = ModelDescription(
    parameter_words=THRESHOLD_WORDS,
    shown_parameters=list(THRESHOLD_WORDS),
    element_label=_element_label,
    checks=THRESHOLD_CHECKS,
    time_dim="day",
    time_unit="trading day",
    num_lags=NUM_LAGS,
)
