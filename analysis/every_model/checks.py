"""The block of checks that the report holds for a fit of any model."""

from collections.abc import Iterable

from analysis.every_model.figures_calibration import (
    figure_innovation_autocorrelation,
    figure_predictive_pit,
    innovation_autocorrelation,
    observed_pit,
)
from analysis.every_model.figures_predictive import (
    figure_posterior_predictive_check,
    figure_prior_posterior,
    figure_prior_predictive_check,
    prior_beside_posterior,
    prior_statistics,
)
from analysis.every_model.figures_sampling import figure_rank, figure_trace
from analysis.every_model.tables_fit import DIAGNOSTICS, PREDICTIVE_CHECK
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit, drawn, items_of, of_fit
from analysis.page.section import Block


def _predicts(fit: Fit) -> bool:
    """Whether a fit predicts one step ahead; one that does not has no calibration."""
    return fit.has("one_step_ahead")


PRIOR_POSTERIOR = drawn(
    figure_prior_posterior,
    "Prior and posterior of every parameter, in prior standard deviations from the "
    "prior mean. A posterior as wide as its prior was not informed by the data.",
    frame=prior_beside_posterior,
)

PRIOR_PREDICTIVE = drawn(
    figure_prior_predictive_check,
    "Statistics of {fit.predictive_check.subject} drawn from the prior (50% and 95% "
    "ranges) beside the observed; sizes on a logarithmic axis. The prior should allow "
    "the observed value without insisting on it.",
    frame=prior_statistics,
)

POSTERIOR_PREDICTIVE = drawn(
    figure_posterior_predictive_check,
    "Statistics of replicated {fit.predictive_check.subject} (50% and 95% ranges) "
    "beside the observed. A diamond outside the thin line is a feature that the model "
    "does not reproduce.",
    frame=PREDICTIVE_CHECK.frame,
)

CALIBRATION = drawn(
    figure_predictive_pit,
    "Calibration of one-step-ahead predictions. Histogram of the probability "
    "integral transform, dashed: pointwise 95% range of a bar. Empirical "
    "distribution minus the uniform: a calibrated model stays inside the "
    "simultaneous 95% envelope.",
    frame=observed_pit,
    shown=_predicts,
)

AUTOCORRELATION = drawn(
    figure_innovation_autocorrelation,
    "Autocorrelation of standardised one-step-ahead errors and of their squares, "
    "lags 1 to {fit.description.num_lags} {fit.description.time_unit}s; band: "
    "pointwise 95% range of white noise. Squares above it: volatility changes over "
    "time, which the model does not know.",
    frame=innovation_autocorrelation,
    shown=_predicts,
)

TRACE = drawn(
    figure_trace,
    "Trace of every parameter, one colour a chain, at most 250 draws of each. Red "
    "marks: divergent trajectories.",
)

RANK = drawn(
    figure_rank,
    "Rank histogram of every parameter, one colour a chain, as a density; level "
    "lines say that the chains agree. Band: pointwise 95% range of independent "
    "draws.",
)

CHECK_FIGURES = (
    PRIOR_POSTERIOR,
    PRIOR_PREDICTIVE,
    POSTERIOR_PREDICTIVE,
    CALIBRATION,
    AUTOCORRELATION,
    TRACE,
    RANK,
)

MIXING_FIGURES = (PRIOR_POSTERIOR, TRACE, RANK)
"""Those of :data:`CHECK_FIGURES` that need no replicated data."""


def checks_block(fit: Fit) -> Block:
    """Diagnostics, predictive checks, calibration and mixing of one fit."""
    return _block(fit, (DIAGNOSTICS, PREDICTIVE_CHECK, *CHECK_FIGURES))


def mixing_block(fit: Fit) -> Block:
    """Diagnostics and mixing alone, of a fit that takes part of the data as given."""
    return _block(fit, (DIAGNOSTICS, *MIXING_FIGURES))


def _block(fit: Fit, exhibits: Iterable[Exhibit]) -> Block:
    items = items_of(of_fit(exhibits, fit))
    return Block(f"Checks: {fit.name}", "", items, in_appendix=True)
