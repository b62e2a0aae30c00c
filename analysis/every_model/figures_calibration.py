"""Whether one-step-ahead predictions are calibrated, and what their errors hold.

The envelope is that of `arviz_stats`. The plots of `arviz_plots` take draws of whole
series and compute the probabilities themselves: they know neither days that were not
observed nor predictions one step ahead.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from arviz_stats.ecdf_utils import ecdf_pit
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats
from statsmodels.tsa.stattools import acf

from analysis.fit import Fit
from analysis.page.style import (
    BLACK,
    BLUE,
    GREY,
    band,
    new_figure,
    zero_line,
)
from data.arrays import FloatArray

NUM_BINS = 10
MAX_COLUMNS = 4
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


def observed_pit(fit: Fit, selection: Mapping[str, Any]) -> FloatArray:
    """PIT values of one series, what was not observed left out."""
    values = fit.group("one_step_ahead")["pit"].sel(selection).to_numpy()
    return np.asarray(values[np.isfinite(values)], dtype=float)


def figure_predictive_pit(fit: Fit) -> Figure:
    """Probability integral transform of one-step-ahead predictions by series.

    Returns
    -------
    Figure
        Histogram with the pointwise 95% range of a bar (dashed), and distribution
        minus the uniform with its simultaneous 95% envelope.
    """
    figure, pairs = _paired_axes(len(fit.series), 1.9)
    for (above, below), (label, selection) in zip(pairs, fit.series, strict=True):
        pit = observed_pit(fit, selection)
        _plot_histogram(above, pit)
        above.set_title(label[0].upper() + label[1:])
        points, difference, lower, upper = ecdf_difference(pit)
        band(below, points, lower, upper, GREY)
        below.plot(points, difference, color=BLUE)
        zero_line(below)
        for one in (above, below):
            one.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
            one.set_xlabel("PIT")
    for above, below in pairs[::MAX_COLUMNS]:
        above.set_ylabel("density")
        below.set_ylabel("ECDF minus uniform")
    return figure


def _paired_axes(
    num_series: int, row_height: float
) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Two axes a series: side by side for one series, else the second below."""
    if num_series == 1:
        figure, (left, right) = new_figure(1, 2, 1.25 * row_height)
        return figure, [(left, right)]
    columns = min(num_series, MAX_COLUMNS)
    bands = -(-num_series // columns)
    figure, axes = new_figure(2 * bands, columns, 2 * bands * row_height, sharey="row")
    above = [i for i in range(len(axes)) if i // columns % 2 == 0]
    for unused in above[num_series:]:
        axes[unused].remove()
        axes[unused + columns].remove()
    return figure, [(axes[i], axes[i + columns]) for i in above[:num_series]]


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
    """Autocorrelation of standardised innovations and of their squares by series.

    Returns
    -------
    Figure
        Band: pointwise 95% range of white noise. Squares above it mean volatility
        that the model takes as constant but is not.
    """
    figure, pairs = _paired_axes(len(fit.series), 1.8)
    innovation = fit.group("one_step_ahead")["standardized_innovation"]
    num_lags = fit.description.num_lags
    for (above, below), (label, selection) in zip(pairs, fit.series, strict=True):
        values = innovation.sel(selection).to_numpy()
        plot_autocorrelation(above, values, num_lags)
        plot_autocorrelation(below, values**2, num_lags)
        above.set_title(label[0].upper() + label[1:])
        for one in (above, below):
            one.set_xlabel(f"lag ({fit.description.time_unit}s)")
    for above, below in pairs[::MAX_COLUMNS]:
        above.set_ylabel("innovations")
        below.set_ylabel("squared innovations")
    return figure


def plot_autocorrelation(axes: Axes, values: FloatArray, num_lags: int) -> None:
    """Draw the correlogram of a series with the pointwise 95% range of white noise.

    Parameters
    ----------
    axes : Axes
    values : (time,) float
        May hold NaN.
    num_lags : int
    """
    lags = min(num_lags, len(values) // 2)
    correlation = acf(values, nlags=lags, missing="conservative", fft=False)[1:]
    edge = 1.96 / np.sqrt(np.isfinite(values).sum())
    axes.axhspan(-edge, edge, color=GREY, alpha=0.3, linewidth=0)
    axes.vlines(range(1, lags + 1), 0, correlation, color=BLUE, linewidth=1.4)
    zero_line(axes)
