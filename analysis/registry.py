"""Which section of the report a model's traces go to.

A later model registers itself by one line here: the value of its traces' attribute
`model`, the function that makes a section of its fits, and its names and units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.basis_description import BASIS_DECOMPOSITION
from analysis.description import ModelDescription
from analysis.fits import Fit
from analysis.half_life_description import HALF_LIFE
from analysis.half_life_section import half_life_section
from analysis.liquidity_description import LIQUIDITY_REGIMES, THRESHOLD_REGRESSION
from analysis.liquidity_section import (
    liquidity_regimes_section,
    threshold_regression_section,
)
from analysis.price_pressure_description import PRICE_PRESSURE
from analysis.price_pressure_section import price_pressure_section
from analysis.section import Section

GROUPS_WITHOUT_TIME = (
    "posterior",
    "sample_stats",
    "log_likelihood",
    "log_prior",
    "posterior_predictive",
    "prior",
    "prior_predictive",
    "observed_data",
    "constant_data",
    "panel",
)
"""Groups that the shared tables and figures read of a model that predicts no step
ahead."""

COMMON_GROUPS = (*GROUPS_WITHOUT_TIME, "one_step_ahead")
"""Groups that the shared tables and figures read."""


@dataclass(frozen=True)
class ModelReport:
    """How traces of one model are reported.

    Attributes
    ----------
    section : callable
        Makes the section of all fits of the model.
    required_groups : tuple of str
        Groups without which a trace cannot be reported.
    description : ModelDescription
        Names and units for what is shown of every model alike.
    """

    section: Callable[[Sequence[Fit]], Section]
    required_groups: tuple[str, ...]
    description: ModelDescription


MODEL_REPORTS = {
    "price-pressure": ModelReport(
        price_pressure_section,
        (*COMMON_GROUPS, "smoothed"),
        PRICE_PRESSURE,
    ),
    "liquidity-regimes": ModelReport(
        liquidity_regimes_section, (*COMMON_GROUPS, "regimes"), LIQUIDITY_REGIMES
    ),
    "threshold-regression": ModelReport(
        threshold_regression_section,
        (*GROUPS_WITHOUT_TIME, "goodness_of_fit"),
        THRESHOLD_REGRESSION,
    ),
    "basis-decomposition": ModelReport(
        half_life_section,
        (*COMMON_GROUPS, "smoothed"),
        BASIS_DECOMPOSITION,
    ),
    "half-life": ModelReport(
        half_life_section,
        GROUPS_WITHOUT_TIME,
        HALF_LIFE,
    ),
}
"""Attribute `model` of a trace -> how it is reported; models that name the same section
share it."""
