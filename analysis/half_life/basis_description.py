"""Names and units of the basis decomposition for the shared tables and figures."""

from collections.abc import Mapping
from typing import Any

from analysis.description import ModelDescription
from inference.half_life.checks import BASIS_CHECKS

PARAMETER_WORDS = {
    "persistence": "persistence (per trading day)",
    "half_life_days": "half-life (trading days)",
    "deviation_innovation_sd_bp": "deviation innovation sd (bp a day)",
    "level_innovation_sd_bp": "level innovation sd (bp a day)",
    "noise_sd_bp": "noise sd (bp)",
}
"""Parameter -> words and unit."""


def _element_label(selection: Mapping[str, Any]) -> str:
    return " ".join(f"{value}y" for value in selection.values())


BASIS_DECOMPOSITION = ModelDescription(
    parameter_words=PARAMETER_WORDS,
    # A half-life is a persistence said otherwise.
    shown_parameters=[name for name in PARAMETER_WORDS if name != "half_life_days"],
    element_label=_element_label,
    checks=BASIS_CHECKS,
    time_dim="day",
    time_unit="trading day",
    num_lags=20,
)
"""Lags: a month of trading days."""
