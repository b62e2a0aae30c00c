"""Whether the chains mixed: traces and rank histograms of every parameter.

Drawn here and not by `arviz_plots`, where some thirty parameters share a page: its rank
plot (1.3) prints a test across the curves and knows no way to leave it out, and its
trace, thinned for print, would lose the divergences between the draws that stay.
"""

from collections.abc import Callable

import numpy as np
import xarray as xr
from arviz_base import xarray_sel_iter
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from analysis.fit import Fit
from analysis.page.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
    new_figure,
)

CHAIN_COLORS = (BLUE, ORANGE, GREEN, PURPLE)
COLUMNS = 4
MAX_POINTS = 250
"""Points of a trace: a finger's width of paper shows no more."""

NUM_BINS = 20


def figure_trace(fit: Fit) -> Figure:
    """Trace of every parameter, one colour a chain.

    Returns
    -------
    Figure
        At most 250 evenly spaced draws of each chain; red marks under a trace:
        divergent trajectories.
    """
    diverging = fit.group("sample_stats")["diverging"]

    def plot(axes: Axes, draws: xr.DataArray) -> None:
        _plot_trace(axes, draws, diverging)

    return _small_multiples(fit, plot, "draw")


def figure_rank(fit: Fit) -> Figure:
    """Rank histogram of every parameter, one line a chain.

    Returns
    -------
    Figure
        Share of each chain's draws by rank among all draws (Vehtari et al. 2021): level
        lines if the chains agree. Band: pointwise 95% range of independent draws.
    """
    return _small_multiples(fit, _plot_ranks, "rank")


def _small_multiples(
    fit: Fit, plot: Callable[[Axes, xr.DataArray], None], xlabel: str
) -> Figure:
    """One small axes per element of every parameter, in reading order."""
    described = fit.description
    shown = [name for name in described.shown_parameters if name in fit.posterior]
    elements = [
        (name, selection, fit.posterior[name].sel(selection))
        for name, selection, _ in xarray_sel_iter(
            fit.posterior[shown], skip_dims={"chain", "draw"}
        )
    ]
    rows = -(-len(elements) // COLUMNS)
    figure, axes = new_figure(rows, COLUMNS, 0.5 + 0.9 * rows)
    for one, (name, selection, draws) in zip(axes, elements, strict=False):
        plot(one, draws.transpose("chain", "draw"))
        words = described.parameter_name(str(name)), described.element_label(selection)
        one.set_title("\n".join(words), fontsize=6.5)
        one.tick_params(labelsize=6)
        one.set_xticks([])
    for one in axes[len(elements) :]:
        one.remove()
    figure.supxlabel(xlabel, fontsize=8)
    return figure


def _plot_trace(axes: Axes, draws: xr.DataArray, diverging: xr.DataArray) -> None:
    step = -(-draws.sizes["draw"] // MAX_POINTS)
    for chain, color in zip(draws.to_numpy(), _colors(draws), strict=True):
        index = np.arange(0, len(chain), step)
        axes.plot(index, chain[index], color=color, linewidth=0.4, alpha=0.8)
    at = np.flatnonzero(diverging.any("chain").to_numpy())
    axes.plot(
        at,
        np.zeros(len(at)),
        "|",
        color=VERMILLION,
        markersize=5,
        transform=axes.get_xaxis_transform(),
    )


def _plot_ranks(axes: Axes, draws: xr.DataArray) -> None:
    values = draws.to_numpy()
    rank = stats.rankdata(values).reshape(values.shape) / values.size
    expected = stats.binom(values.shape[1], 1 / NUM_BINS)
    low, high = expected.ppf([0.025, 0.975]) * NUM_BINS / values.shape[1]
    axes.axhspan(low, high, color=GREY, alpha=0.3, linewidth=0)
    for chain, color in zip(rank, _colors(draws), strict=True):
        density, edges = np.histogram(chain, NUM_BINS, (0, 1), density=True)
        axes.stairs(density, edges, color=color, linewidth=0.7, baseline=None)
    axes.set_ylim(0, max(2.0, axes.get_ylim()[1]))


def _colors(draws: xr.DataArray) -> list[str]:
    repeats = -(-draws.sizes["chain"] // len(CHAIN_COLORS))
    return list(CHAIN_COLORS * repeats)[: draws.sizes["chain"]]
