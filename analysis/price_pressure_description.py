"""Names and units of the price-pressure model for the shared tables and figures."""

from collections.abc import Mapping
from typing import Any

from analysis.description import ModelDescription
from analysis.tables_coefficients import PARAMETER_WORDS, SHOWN_PARAMETERS, term_label
from analysis.yield_statistics import YIELD_CHECK


def _element_label(selection: Mapping[str, Any]) -> str:
    """Words such as "10y cash", "slope on 5y cash", "level"."""
    if "order_flow_term" in selection:
        return term_label(str(selection["order_flow_term"]))
    tenor = f"{selection['tenor']}y" if "tenor" in selection else ""
    others = [str(v) for dim, v in selection.items() if dim != "tenor"]
    return " ".join(filter(None, (tenor, *others)))


def _series_label(selection: Mapping[str, Any]) -> str:
    return f"{selection['tenor']}-year yield"


PRICE_PRESSURE = ModelDescription(
    parameter_words=PARAMETER_WORDS,
    shown_parameters=SHOWN_PARAMETERS,
    element_label=_element_label,
    series_label=_series_label,
    predictive_check=YIELD_CHECK,
    time_dim="week",
    time_unit="week",
    num_lags=26,
)
"""Lags: half a year of weeks."""
