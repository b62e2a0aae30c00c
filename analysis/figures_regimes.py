"""Figures 4 and 5 of the paper, and fragility: what the fit says of the states."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from analysis.estimates import TAIL
from analysis.figures_liquidity import depth_of, price_impact_of
from analysis.figures_price_pressure import thinned
from analysis.fits import Fit
from analysis.fragility import HORIZONS_DAYS, entry_probability
from analysis.liquidity_description import transition_label
from analysis.liquidity_estimates import has_published_counterpart, specification_of
from analysis.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PUBLISHED_COLOR,
    SKY_BLUE,
    VERMILLION,
    band,
    date_axis,
    new_figure,
    shared_legend,
)
from analysis.tables_states import shown_depths_musd, transitions_at_depths
from analysis.transitions import (
    FIRST_STATE,
    is_depth_driven,
    published_transitions,
    transition_matrices,
)

STATE_COLORS = {
    2: (VERMILLION, BLUE),
    3: (VERMILLION, ORANGE, BLUE),
    4: (VERMILLION, ORANGE, SKY_BLUE, BLUE),
    5: (VERMILLION, ORANGE, GREEN, SKY_BLUE, BLUE),
}
"""Number of states -> colours, least liquid first."""

STATE_LINES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (4, 1.5, 1, 1.5)))

NUM_GRID_POINTS = 80


def state_labels(fit: Fit) -> list[str]:
    """Labels of the states, the least liquid first."""
    return [str(state) for state in fit.posterior["state"].to_numpy()]


def figure_transition_matrices(fit: Fit) -> Figure:
    """Figure 4: transition probabilities at four depths, one axes a move.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Rows: state of today; columns: state of tomorrow. Dot and line: posterior mean
        and 95% interval; square: what the paper's point estimates imply.
    """
    states = state_labels(fit)
    depths = shown_depths_musd(fit)
    frame = transitions_at_depths(fit)
    figure, axes = new_figure(
        len(states), len(states), 0.6 + 1.5 * len(states), sharex=True, sharey=True
    )
    pairs = [(origin, arrival) for origin in states for arrival in states]
    for one, (origin, arrival) in zip(axes, pairs, strict=True):
        rows = frame[(frame["origin"] == origin) & (frame["arrival"] == arrival)]
        _plot_probabilities(one, rows)
        one.set_title(transition_label(origin, arrival))
        one.set_xticks(range(len(depths)), [f"{depth:.0f}" for depth in depths])
        one.set_xlim(-0.5, len(depths) - 0.5)
        one.set_ylim(-0.04, 1.04)
    for one in axes[:: len(states)]:
        one.set_ylabel("probability")
    for one in axes[-len(states) :]:
        one.set_xlabel("depth (USD million)")
    shared_legend(figure, axes[:1], 2)
    return figure


def _plot_probabilities(axes: Axes, rows: pd.DataFrame) -> None:
    x = np.arange(len(rows)) - 0.12
    axes.vlines(x, rows["lower_95"], rows["upper_95"], color=BLUE, linewidth=1.6)
    axes.plot(x, rows["mean"], "o", color=BLUE, markersize=4, label="posterior")
    if rows["published"].notna().any():
        axes.plot(
            x + 0.26,
            rows["published"],
            "s",
            color=PUBLISHED_COLOR,
            markersize=3.4,
            label="from the paper's point estimates, 10-year",
        )
    axes.grid(axis="y")


def figure_smoothed_states(fit: Fit) -> Figure:
    """Figure 5: smoothed state probabilities, most likely path and price impact.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Top: probability of each state given all data, stacked. Middle: the most likely
        path. Bottom: price impact (of the first security), coloured by that path.
    """
    regimes = fit.group("regimes")
    states = state_labels(fit)
    colors = STATE_COLORS[len(states)]
    day = pd.DatetimeIndex(fit.panel["day"].to_numpy())
    path = regimes["most_likely_path"].to_numpy().astype(int)
    figure, (above, strip, below) = new_figure(
        3, 1, 4.4, sharex=True, gridspec_kw={"height_ratios": [3, 0.5, 3]}
    )
    probability = regimes["smoothed_probability"].transpose("state", "day")
    labels = [f"state {state}" for state in states]
    labels[0] += " (least liquid)"
    above.stackplot(day, probability, colors=colors, labels=labels, linewidth=0)
    above.set_ylim(0, 1)
    above.set_title("Probability of each state given all data")
    strip.pcolormesh(
        day,
        [0, 1],
        path[None, :-1],
        cmap=ListedColormap(list(colors)),
        vmin=1,
        vmax=len(states),
    )
    strip.set_yticks([])
    strip.set_title("Most likely path")
    impact = price_impact_of(fit).iloc[:, 0].to_numpy()
    below.plot(day, impact, color=GREY, linewidth=0.3, zorder=1)
    for state, color in enumerate(colors, start=1):
        shown = np.where(path == state, impact, np.nan)
        below.plot(day, shown, ".", color=color, markersize=2.2)
    below.set_title("Price impact")
    below.set_ylim(bottom=0)
    below.margins(x=0)
    date_axis(below)
    shared_legend(figure, [above], len(states))
    return figure


def fragility_draws(posterior: xr.Dataset, depth_musd: np.ndarray) -> xr.DataArray:
    """Probability of entering state 1 within each horizon over a grid of depths.

    Parameters
    ----------
    posterior : (..., ) Dataset
    depth_musd : (depth_musd,) float

    Returns
    -------
    (..., depth_musd, origin, horizon_days) DataArray
        Without origin 1.
    """
    matrices = transition_matrices(posterior, depth_musd)
    entered = entry_probability(matrices, HORIZONS_DAYS)
    return entered.sel(origin=entered["origin"] != FIRST_STATE)


def figure_fragility(fit: Fit) -> Figure:
    """Probability of entering the low-liquidity state by depth, state and horizon.

    Parameters
    ----------
    fit : Fit
        Of a depth-driven model.

    Returns
    -------
    Figure
        Line and band: posterior mean and pointwise 95% interval, faint where no day of
        the sample was in that state at such a depth. Dotted: the paper's point
        estimates. Ticks at the bottom: percentiles of depth in the sample.
    """
    depth = depth_of(fit)
    grid = np.linspace(min(10.0, depth.min()), max(120.0, depth.max()), NUM_GRID_POINTS)
    names = ["transition_intercept", "transition_depth_slope"]
    drawn = xr.Dataset({name: thinned(fit.posterior[name]) for name in names})
    draws = fragility_draws(drawn, grid)
    figure, axes = new_figure(1, len(HORIZONS_DAYS), 2.9, sharey=True)
    for one, horizon in zip(axes, HORIZONS_DAYS, strict=True):
        _plot_fragility(one, fit, draws.sel(horizon_days=horizon), depth)
        one.set_title(f"within {horizon} day{'s' if horizon > 1 else ''}")
        one.set_xlabel("market depth (USD million)")
    _plot_published_fragility(axes, fit, grid)
    axes[0].set_ylabel("probability of entering state 1")
    axes[0].set_ylim(-0.02, 1.02)
    shared_legend(figure, axes, 4)
    return figure


def _plot_fragility(
    axes: Axes, fit: Fit, draws: xr.DataArray, depth: pd.Series
) -> None:
    path = fit.group("regimes")["most_likely_path"].to_numpy().astype(str)
    colors = STATE_COLORS[len(state_labels(fit))][1:]
    origins = [str(origin) for origin in draws["origin"].to_numpy()]
    grid = draws["depth_musd"].to_numpy()
    for origin, color, line in zip(origins, colors, STATE_LINES, strict=False):
        here = draws.sel(origin=origin)
        lower, upper = here.quantile([TAIL, 1 - TAIL], "sample").to_numpy()
        mean = here.mean("sample").to_numpy()
        met = depth[path == origin]
        is_met = (grid >= met.min()) & (grid <= met.max())
        label = f"from state {origin}, mean and 95%"
        band(axes, grid, lower, upper, color)
        axes.plot(grid, mean, color=color, linestyle=line, linewidth=0.5)
        shown = np.where(is_met, mean, np.nan)
        axes.plot(grid, shown, color=color, linestyle=line, linewidth=1.8, label=label)
    deciles = depth.quantile(np.arange(0.05, 1, 0.1))
    axes.plot(
        deciles,
        np.full(len(deciles), 0.0),
        "|",
        color=BLACK,
        markersize=5,
        transform=axes.get_xaxis_transform(),
        clip_on=False,
    )
    axes.grid(axis="y")


def _plot_published_fragility(axes: list[Axes], fit: Fit, grid: np.ndarray) -> None:
    if not (has_published_counterpart(fit) and is_depth_driven(fit.posterior)):
        return
    published = published_transitions(specification_of(fit))
    if published is None:
        return
    theirs = fragility_draws(published, grid)
    for one, horizon in zip(axes, HORIZONS_DAYS, strict=True):
        for origin in theirs["origin"].to_numpy():
            one.plot(
                grid,
                theirs.sel(origin=origin, horizon_days=horizon),
                color=BLACK,
                linestyle=(0, (1, 1.5)),
                linewidth=0.9,
                label="paper's point estimates, 10-year",
            )
