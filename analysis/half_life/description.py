"""Names and units of the half-life regressions for the shared tables and figures."""

from collections.abc import Mapping
from typing import Any

from analysis.description import ModelDescription
from inference.half_life.checks import HALF_LIFE_CHECKS

COVARIATE_WORDS = {
    "dealer_hhi": "dealer HHI",
    "principal_share": "principal share",
    "ats_share": "ATS share",
    "total_volume_usd": "total volume (USD)",
    "trade_count": "trade count",
    "dealer_count": "dealer count",
    "bid_ask_spread": "bid-ask spread (price points)",
    "liquidity_hhi": "issue concentration HHI",
    "issue_concentration_top5": "share of five largest issues",
    "outstanding": "amount outstanding (USD million)",
    "deviation_size_bp": "size of the deviation (bp)",
}
"""Covariate of the event panel -> words and unit."""

ACRONYMS = frozenset({"cpi", "fomc", "tips"})

PARAMETER_WORDS = {
    "coefficient": "coefficient (per standard deviation)",
    "event_tenor_effect": "effect of event type and tenor (log hazard ratio)",
    "event_tenor_sd": "sd of event effects (log hazard)",
    "date_sd": "sd of date effects (log hazard)",
    "baseline_log_hazard": "baseline hazard (log, per day)",
    "shape": "Weibull shape",
    "intercept_days": "intercept (days)",
    "event_tenor_sd_days": "sd of event effects (days)",
    "noise_sd_days": "residual sd (days)",
    "missing_level": "level of a missing covariate by tenor (sd)",
    "missing_slope": "slope of a missing covariate on another (sd over sd)",
    "missing_sd": "sd of a missing covariate around what is known (sd)",
}
"""Parameter -> words and unit."""


def covariate_name(covariate: str) -> str:
    """Words for a covariate without its unit, as "total volume"."""
    return COVARIATE_WORDS[covariate].partition(" (")[0]


def event_type_name(kind: str) -> str:
    """Words for an event type, as "FOMC statement"."""
    return " ".join(
        word.upper() if word in ACRONYMS else word for word in kind.split("_")
    )


def event_tenor_label(label: str) -> str:
    """Words for an event type and tenor.

    Examples
    --------
    >>> event_tenor_label("cpi_release:10")
    'CPI release 10y'
    """
    kind, tenor = label.rsplit(":", 1)
    return f"{event_type_name(kind)} {tenor}y"


def _element_label(selection: Mapping[str, Any]) -> str:
    words = {
        "covariate": lambda value: covariate_name(str(value)),
        "event_tenor": lambda value: event_tenor_label(str(value)),
        "day": lambda value: f"day {value}",
        "incomplete": lambda value: covariate_name(str(value)),
        "tenor": lambda value: f"{value}y",
        "missing_slope_on": lambda value: " on ".join(
            covariate_name(name) for name in str(value).split(" on ")
        ),
    }
    return " ".join(words.get(dim, str)(value) for dim, value in selection.items())


HALF_LIFE = ModelDescription(
    parameter_words=PARAMETER_WORDS,
    # Effects of three dozen event types by tenors would fill pages.
    shown_parameters=[
        name
        for name in PARAMETER_WORDS
        if name not in ("event_tenor_effect", "missing_level", "missing_slope")
    ],
    element_label=_element_label,
    checks=HALF_LIFE_CHECKS,
    time_dim="outcome",
    time_unit="event row",
    num_lags=0,
    dates_path="events/event_date",
    imputations_path="events/imputation",
)
