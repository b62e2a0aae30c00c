"""Names and units of the price-pressure model for the shared tables and figures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import xarray as xr

from analysis.description import ModelDescription
from analysis.price_pressure.words import (
    SHOWN_PARAMETERS,
    parameter_words,
    term_label,
)
from data.price_pressure.frequency import WEEKLY, Frequency, frequency_of_dims
from inference.price_pressure.checks import CHECKS


def _element_label(selection: Mapping[str, Any]) -> str:
    """Words such as "10y cash", "slope on 5y cash", "level"."""
    if "order_flow_term" in selection:
        return term_label(str(selection["order_flow_term"]))
    tenor = f"{selection['tenor']}y" if "tenor" in selection else ""
    others = [str(v) for dim, v in selection.items() if dim != "tenor"]
    return " ".join(filter(None, (tenor, *others)))


def _of(frequency: Frequency) -> ModelDescription:
    return ModelDescription(
        parameter_words=parameter_words(frequency),
        shown_parameters=SHOWN_PARAMETERS,
        element_label=_element_label,
        checks=CHECKS,
        time_dim=frequency.dim,
        time_unit=frequency.unit,
        num_lags=26,
    )


def _of_panel(panel: xr.Dataset) -> ModelDescription:
    return _of(frequency_of_dims(panel.dims))


PRICE_PRESSURE = replace(_of(WEEKLY), at_frequency=_of_panel)
"""Lags: half a year of weeks."""
