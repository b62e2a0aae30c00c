"""Names and units of the joint model of basis and events."""

from collections.abc import Mapping
from typing import Any

from analysis.description import ModelDescription
from analysis.half_life import basis_description
from analysis.half_life.description import covariate_name, event_type_name
from inference.half_life.checks import JOINT_CHECKS

PARAMETER_WORDS = {
    "coefficient": "effect on the hazard (log ratio a sd)",
    "median_half_life_days": "median half-life of an event (trading days)",
    "shape": "shape of half-lives",
    "event_shock_sd_bp": "shock of an event, sd (bp)",
    "event_tenor_sd": "spread between events by tenor (log hazard)",
    "date_sd": "spread between dates (log hazard)",
    "event_tenor_effect": "event by tenor (log hazard)",
    **basis_description.PARAMETER_WORDS,
    "covariance_half_life_days": "memory of the covariance (trading days)",
    "covariance_reaction": "reaction of the covariance",
    "scale_half_life_days": "memory of the scale (trading days)",
    "scale_reaction": "reaction of the scale",
    "degrees_of_freedom": "degrees of freedom",
}
"""Parameter -> words and unit."""

MANY = ("event_tenor_effect", "half_life_days")
"""Parameters that figures of every parameter leave out: some dozens of elements, and a
persistence said otherwise."""


def _element_label(selection: Mapping[str, Any]) -> str:
    return " ".join(_words(dim, value) for dim, value in selection.items())


def _words(dim: str, value: Any) -> str:
    if dim == "covariate":
        return covariate_name(str(value))
    if dim == "event_tenor":
        kind, tenor = str(value).rsplit(":", 1)
        return f"{event_type_name(kind)}, {tenor}y"
    return f"{value}y" if dim == "tenor" else str(value)


JOINT_DECAY = ModelDescription(
    parameter_words=PARAMETER_WORDS,
    shown_parameters=[name for name in PARAMETER_WORDS if name not in MANY],
    element_label=_element_label,
    checks=JOINT_CHECKS,
    time_dim="day",
    time_unit="trading day",
    num_lags=20,
)
