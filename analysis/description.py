"""What the shared tables and figures must know about a model: names, units, series."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

Statistic = Callable[[xr.DataArray], xr.DataArray]
"""From data (..., time, ...) to one number a label (..., label)."""


@dataclass(frozen=True)
class PredictiveCheck:
    """What replicated data are compared with observed data by.

    Attributes
    ----------
    variable : str
        Observed variable, of groups observed_data and {prior, posterior}_predictive.
    subject : str
        Its name in captions, plural: "yields".
    statistics : mapping of str to callable
        Title with unit -> statistic of the variable.
    scale_statistics : collection of str
        Titles of positive statistics whose prior spans orders of magnitude.
    observed_mask : str
        Variable of constant_data that is positive where the data were observed; empty
        where the observed data themselves hold NaN.
    """

    variable: str
    subject: str
    statistics: Mapping[str, Statistic]
    scale_statistics: Collection[str]
    observed_mask: str = ""


@dataclass(frozen=True)
class ModelDescription:
    """Names and units of a model for what is shown of every model alike.

    Attributes
    ----------
    parameter_words : mapping of str to str
        Parameter -> words and unit in parentheses.
    shown_parameters : sequence of str
        Parameters in figures of every parameter; those a trace lacks are left out.
    element_label : callable
        Words for an element, from its coordinates by dimension: {"tenor": 10,
        "inventory_market": "cash"} -> "10y cash". Empty mapping for a scalar.
    series_label : callable
        Words for a series of the observed variable, from its coordinates by dimension
        other than time: {"tenor": 10} -> "10-year yield".
    predictive_check : PredictiveCheck
    time_dim : str
        Dimension of the panel along which the data run and scores are added up.
    time_unit : str
        One step of it in words, singular: "week", "trading day", "event".
    num_lags : int
        Lags shown of autocorrelations.
    date_variable : str
        Variable or coordinate of the panel that dates `time_dim`; empty for the
        coordinate of that name.
    """

    parameter_words: Mapping[str, str]
    shown_parameters: Sequence[str]
    element_label: Callable[[Mapping[str, Any]], str]
    series_label: Callable[[Mapping[str, Any]], str]
    predictive_check: PredictiveCheck
    time_dim: str
    time_unit: str
    num_lags: int
    date_variable: str = ""

    def parameter_name(self, parameter: str) -> str:
        """Words for a parameter without its unit, as "price pressure"."""
        return self.parameter_words[parameter].partition(" (")[0]
