"""The block of checks that the report holds for a fit of any model."""

from collections.abc import Callable, Iterable
from functools import partial

from matplotlib.figure import Figure

from analysis.figures_calibration import (
    figure_innovation_autocorrelation,
    figure_predictive_pit,
)
from analysis.figures_predictive import (
    figure_posterior_predictive_check,
    figure_prior_posterior,
    figure_prior_predictive_check,
)
from analysis.figures_sampling import figure_rank, figure_trace
from analysis.fits import Fit
from analysis.section import Block, ReportFigure
from analysis.tables import Table
from analysis.tables_fit import table_diagnostics, table_predictive_check

CHECK_FIGURES = (
    figure_prior_posterior,
    figure_prior_predictive_check,
    figure_posterior_predictive_check,
    figure_predictive_pit,
    figure_innovation_autocorrelation,
    figure_trace,
    figure_rank,
)

MIXING_FIGURES = (figure_prior_posterior, figure_trace, figure_rank)
"""Those of :data:`CHECK_FIGURES` that need no replicated data."""

PREDICTION_FIGURES = (figure_predictive_pit, figure_innovation_autocorrelation)
"""Those of :data:`CHECK_FIGURES` that need predictions one step ahead."""

CAPTIONS: dict[Callable[[Fit], Figure], str] = {
    figure_prior_posterior: (
        "Prior and posterior of every parameter, in prior standard deviations from the "
        "prior mean. A posterior as wide as its prior was not informed by the data."
    ),
    figure_prior_predictive_check: (
        "Statistics of {subject} drawn from the prior (50% and 95% ranges) beside the "
        "observed; sizes on a logarithmic axis. The prior should allow the observed "
        "value without insisting on it."
    ),
    figure_posterior_predictive_check: (
        "Statistics of replicated {subject} (50% and 95% ranges) beside the observed. "
        "A diamond outside the thin line is a feature that the model does not "
        "reproduce."
    ),
    figure_predictive_pit: (
        "Calibration of one-step-ahead predictions. Histogram of the probability "
        "integral transform, dashed: pointwise 95% range of a bar. Empirical "
        "distribution minus the uniform: a calibrated model stays inside the "
        "simultaneous 95% envelope."
    ),
    figure_innovation_autocorrelation: (
        "Autocorrelation of standardised one-step-ahead errors and of their squares, "
        "lags 1 to {num_lags} {unit}s; band: pointwise 95% range of white noise. "
        "Squares above it: volatility changes over time, which the model does not know."
    ),
    figure_trace: (
        "Trace of every parameter, one colour a chain, at most 250 draws of each. Red "
        "marks: divergent trajectories."
    ),
    figure_rank: (
        "Rank histogram of every parameter, one colour a chain, as a density; level "
        "lines say that the chains agree. Band: pointwise 95% range of independent "
        "draws."
    ),
}
"""Function that draws the figure -> caption, with places for the model's words."""


def figure_of_fit(
    draw: Callable[[Fit], Figure], caption: str, fit: Fit
) -> ReportFigure:
    """Figure of one fit, its caption ending in whose it is.

    Parameters
    ----------
    draw : callable
        Named figure_*; its name is the stem of the files.
    caption : str
        What is shown, with units.
    fit : Fit

    Returns
    -------
    ReportFigure
    """
    return ReportFigure(
        draw.__name__,
        f"{caption} {fit.name}, {fit.span}.",
        partial(draw, fit),
        fit.warning,
        fit.name,
    )


def checks_block(fit: Fit) -> Block:
    """Diagnostics, predictive checks, calibration and mixing of one fit.

    Parameters
    ----------
    fit : Fit
        One that predicts no step ahead has no calibration.

    Returns
    -------
    Block
    """
    figures = [
        draw
        for draw in CHECK_FIGURES
        if fit.has("one_step_ahead") or draw not in PREDICTION_FIGURES
    ]
    return _block(fit, [table_diagnostics(fit), table_predictive_check(fit)], figures)


def mixing_block(fit: Fit) -> Block:
    """Diagnostics and mixing alone, of a fit that takes part of the data as given.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Block
    """
    return _block(fit, [table_diagnostics(fit)], MIXING_FIGURES)


def _block(
    fit: Fit, tables: list[Table], figures: Iterable[Callable[[Fit], Figure]]
) -> Block:
    described = fit.description
    words = {
        "subject": described.predictive_check.subject,
        "num_lags": described.num_lags,
        "unit": described.time_unit,
    }
    drawn = [
        figure_of_fit(draw, CAPTIONS[draw].format(**words), fit) for draw in figures
    ]
    return Block(f"Checks: {fit.name}", "", (*tables, *drawn))
