"""What the shared tables and figures must know about a model: names, units, series."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from inference.checks.fit_to_data import FamilyChecks


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
    checks : FamilyChecks
        What the verdict looks at: words for a series of the observed variable, and the
        statistics that replicated data are compared by.
    time_dim : str
        Dimension of the panel along which the data run and scores are added up.
    time_unit : str
        One step of it in words, singular: "week", "trading day", "event".
    num_lags : int
        Lags shown of autocorrelations.
    dates_path : str
        Where the trace holds the dates of the sample, as "events/event_date"; empty
        for the coordinate `time_dim` of the panel.
    imputations_path : str
        Where it says which imputation each of those dates is of; empty of data that
        hold every date once.
    at_frequency : callable, optional
        Of models whose data come weekly, daily or monthly: from the panel of a trace to
        the description of its fits.
    """

    parameter_words: Mapping[str, str]
    shown_parameters: Sequence[str]
    element_label: Callable[[Mapping[str, Any]], str]
    checks: FamilyChecks
    time_dim: str
    time_unit: str
    num_lags: int
    dates_path: str = ""
    imputations_path: str = ""
    at_frequency: Callable[[xr.Dataset], "ModelDescription"] | None = None

    def of(self, panel: xr.Dataset) -> "ModelDescription":
        """Describe fits to one panel."""
        return self.at_frequency(panel) if self.at_frequency else self

    def parameter_name(self, parameter: str) -> str:
        """Words for a parameter without its unit, as "price pressure"."""
        return self.parameter_words[parameter].partition(" (")[0]
