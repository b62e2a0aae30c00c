"""Whether one-step-ahead predictions are calibrated, and what their errors hold.

The envelope is that of `arviz_stats`. The plots of `arviz_plots` take draws of whole
series and compute the probabilities themselves: they know neither days that were not
observed nor predictions one step ahead.
"""

from functools import lru_cache

import numpy as np
import pandas as pd
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


def observed_pit(fit: Fit) -> pd.DataFrame:
    """Columns series and pit; what was not observed is left out."""
    values = fit.group("one_step_ahead")["pit"]
    frames = [
        pd.DataFrame({"pit": values.sel(selection).to_numpy()}).assign(series=label)
        for label, selection in fit.series
    ]
    frame = pd.concat(frames, ignore_index=True)[["series", "pit"]]
    return fit.marked(frame[np.isfinite(frame["pit"])])


def figure_predictive_pit(_: Fit, frame: pd.DataFrame) -> Figure:
    """Probability integral transform of one-step-ahead predictions by series.

    Returns
    -------
    Figure
        Histogram with the pointwise 95% range of a bar (dashed), and distribution
        minus the uniform with its simultaneous 95% envelope.
    """
    series = list(frame.groupby("series", sort=False)["pit"])
    figure, pairs = _paired_axes(len(series), 1.9)
    for (above, below), (label, values) in zip(pairs, series, strict=True):
        pit = values.to_numpy(dtype=float)
        _plot_histogram(above, pit)
        above.set_title(_sentence_case(str(label)))
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


def _sentence_case(label: str) -> str:
    return label[:1].upper() + label[1:]


INNOVATIONS = "innovations"
SQUARES = "squared innovations"


def innovation_autocorrelation(fit: Fit) -> pd.DataFrame:
    """Correlogram of each series one step ahead, and of its squares.

    Returns
    -------
    DataFrame
        Columns series, of (`INNOVATIONS` or `SQUARES`) and those of `correlogram`.
    """
    innovation = fit.group("one_step_ahead")["standardized_innovation"]
    num_lags = fit.description.num_lags
    frames = []
    for label, selection in fit.series:
        values = innovation.sel(selection).to_numpy()
        for of, series in ((INNOVATIONS, values), (SQUARES, values**2)):
            found = correlogram(series, num_lags)
            found.insert(0, "of", of)
            found.insert(0, "series", label)
            frames.append(found)
    return fit.marked(pd.concat(frames, ignore_index=True))


def figure_innovation_autocorrelation(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Autocorrelation of standardised innovations and of their squares by series.

    Returns
    -------
    Figure
        Band: pointwise 95% range of white noise. Squares above it mean volatility
        that the model takes as constant but is not.
    """
    series = list(frame.groupby("series", sort=False))
    figure, pairs = _paired_axes(len(series), 1.8)
    for (above, below), (label, rows) in zip(pairs, series, strict=True):
        for one, of in ((above, INNOVATIONS), (below, SQUARES)):
            plot_correlogram(one, rows[rows["of"] == of])
            one.set_xlabel(f"lag ({fit.description.time_unit}s)")
        above.set_title(_sentence_case(str(label)))
    for above, below in pairs[::MAX_COLUMNS]:
        above.set_ylabel(INNOVATIONS)
        below.set_ylabel(SQUARES)
    return figure


def correlogram(values: FloatArray, num_lags: int) -> pd.DataFrame:
    """Autocorrelation of a series by lag.

    Parameters
    ----------
    values : (time,) float
        May hold NaN.
    num_lags : int

    Returns
    -------
    DataFrame
        Columns lag, autocorrelation, white_noise_95: white noise lies between minus
        and plus this at a lag with 95% probability.
    """
    lags = min(num_lags, len(values) // 2)
    return pd.DataFrame(
        {
            "lag": range(1, lags + 1),
            "autocorrelation": acf(
                values, nlags=lags, missing="conservative", fft=False
            )[1:],
            "white_noise_95": 1.96 / np.sqrt(np.isfinite(values).sum()),
        }
    )


def plot_correlogram(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw a `correlogram` with the pointwise 95% range of white noise."""
    for edge in rows["white_noise_95"].head(1):
        axes.axhspan(-edge, edge, color=GREY, alpha=0.3, linewidth=0)
    axes.vlines(rows["lag"], 0, rows["autocorrelation"], color=BLUE, linewidth=1.4)
    zero_line(axes)
