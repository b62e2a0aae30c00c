"""Whether one-step-ahead predictions are calibrated, and what their errors hold."""

from functools import lru_cache

import numpy as np
from arviz_stats.ecdf_utils import ecdf_pit
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats
from statsmodels.tsa.stattools import acf

from analysis.fits import Fit
from analysis.hedging_regression import FloatArray
from analysis.style import (
    BLACK,
    BLUE,
    GREY,
    band,
    new_figure,
    zero_line,
)
from data.columns import TENOR_YEARS

NUM_BINS = 10
NUM_LAGS = 26
"""Half a year of weeks."""

ENVELOPE_PROBABILITY = 0.95
ENVELOPE_SIMULATIONS = 1000
ENVELOPE_SEED = 214


def ecdf_difference(pit: FloatArray) -> tuple[FloatArray, ...]:
    """Empirical distribution of PIT values minus the uniform, with its envelope.

    Parameters
    ----------
    pit : (time,) float
        Without NaN.

    Returns
    -------
    tuple of four (point,) float
        Evaluation points, difference, lower and upper end of the simultaneous 95%
        envelope: the whole line lies inside it with that probability if the values
        are independent and uniform (Säilynoja, Bürkner and Vehtari 2022).
    """
    points, lower, upper = _envelope(len(pit))
    ecdf = np.searchsorted(np.sort(pit), points, side="right") / len(pit)
    return points, ecdf - points, lower - points, upper - points


@lru_cache
def _envelope(num_values: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Simulate the envelope, which depends on the number of values only."""
    rng = np.random.default_rng(ENVELOPE_SEED)
    points, _, lower, upper = ecdf_pit(
        np.zeros(num_values), ENVELOPE_PROBABILITY, ENVELOPE_SIMULATIONS, rng=rng
    )
    return points, lower, upper


def leaves_envelope(pit: FloatArray) -> bool:
    """Whether the empirical distribution leaves its simultaneous 95% envelope."""
    _, difference, lower, upper = ecdf_difference(pit)
    return bool(((difference < lower) | (difference > upper)).any())


def observed_pit(fit: Fit, tenor: int) -> FloatArray:
    """PIT values of one tenor, weeks without a quote left out."""
    values = fit.group("one_step_ahead")["pit"].sel(tenor=tenor).to_numpy()
    return np.asarray(values[np.isfinite(values)], dtype=float)


def figure_predictive_pit(fit: Fit) -> Figure:
    """Probability integral transform of one-step-ahead predictions by tenor.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Top: histogram with the pointwise 95% range of a bar (dashed). Bottom:
        distribution minus the uniform with its simultaneous 95% envelope.
    """
    figure, axes = new_figure(2, 4, 3.8, sharex=True, sharey="row")
    for column, tenor in enumerate(TENOR_YEARS):
        pit = observed_pit(fit, tenor)
        _plot_histogram(axes[column], pit)
        axes[column].set_title(f"{tenor}-year yield")
        below = axes[column + 4]
        points, difference, lower, upper = ecdf_difference(pit)
        band(below, points, lower, upper, GREY)
        below.plot(points, difference, color=BLUE)
        zero_line(below)
        below.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        below.set_xlabel("PIT")
    axes[0].set_ylabel("density")
    axes[4].set_ylabel("ECDF minus uniform")
    return figure


def _plot_histogram(axes: Axes, pit: FloatArray) -> None:
    axes.hist(
        pit,
        bins=NUM_BINS,
        range=(0, 1),
        density=True,
        color=BLUE,
        alpha=0.75,
        edgecolor="white",
        linewidth=0.5,
    )
    expected = stats.binom(len(pit), 1 / NUM_BINS)
    low, high = expected.ppf([0.025, 0.975]) * NUM_BINS / len(pit)
    for edge in (low, high):
        axes.axhline(edge, color=BLACK, linewidth=0.6, linestyle=(0, (4, 2)))
    axes.axhline(1, color=BLACK, linewidth=0.6)


def figure_innovation_autocorrelation(fit: Fit) -> Figure:
    """Autocorrelation of standardised innovations and of their squares by tenor.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Band: pointwise 95% range of white noise. Squares above it mean volatility
        that the model takes as constant but is not.
    """
    figure, axes = new_figure(2, 4, 3.6, sharex=True, sharey=True)
    innovation = fit.group("one_step_ahead")["standardized_innovation"]
    for column, tenor in enumerate(TENOR_YEARS):
        values = innovation.sel(tenor=tenor).to_numpy()
        _plot_autocorrelation(axes[column], values)
        _plot_autocorrelation(axes[column + 4], values**2)
        axes[column].set_title(f"{tenor}-year yield")
        axes[column + 4].set_xlabel("lag (weeks)")
    axes[0].set_ylabel("innovations")
    axes[4].set_ylabel("squared innovations")
    return figure


def _plot_autocorrelation(axes: Axes, values: FloatArray) -> None:
    lags = min(NUM_LAGS, len(values) // 2)
    correlation = acf(values, nlags=lags, missing="conservative", fft=False)[1:]
    edge = 1.96 / np.sqrt(np.isfinite(values).sum())
    axes.axhspan(-edge, edge, color=GREY, alpha=0.3, linewidth=0)
    axes.vlines(range(1, lags + 1), 0, correlation, color=BLUE, linewidth=1.4)
    zero_line(axes)
