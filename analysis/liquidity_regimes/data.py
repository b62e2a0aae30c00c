"""The data before any model of them: Figures 1 to 3 of the paper."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from analysis.every_model.figures_calibration import plot_autocorrelation
from analysis.fit import Fit
from analysis.liquidity_regimes.episodes import APART_DAYS, around_trough, depth_troughs
from analysis.liquidity_regimes.episodes import BEFORE_DAYS as USUAL_DAYS
from analysis.page.exhibit import drawn
from analysis.page.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    date_axis,
    new_figure,
    shared_legend,
)

BEFORE_DAYS = 10
AFTER_DAYS = 40
"""Window of Figure 3 around a trough, trading days."""

DEPTH_COLOR = BLUE
PRICE_IMPACT_COLOR = VERMILLION
SERIES_COLORS = (VERMILLION, BLUE, ORANGE, GREY)


def depth_of(fit: Fit) -> pd.Series:
    """Market depth that drives the transitions, USD million, by day."""
    depth: pd.Series = fit.group("constant_data")["depth_musd"].to_series()
    return depth.set_axis(pd.DatetimeIndex(fit.panel["day"].to_numpy()))


def price_impact_of(fit: Fit) -> pd.DataFrame:
    """Price impact by day, one column a security; NaN on a missing day."""
    impact = fit.panel["price_impact"].transpose("day", "security")
    return pd.DataFrame(
        impact.to_numpy(),
        index=pd.DatetimeIndex(impact["day"].to_numpy()),
        columns=impact["security"].to_numpy(),
    )


def figure_price_impact_and_depth(fit: Fit) -> Figure:
    """Price impact of every security, and the depth that drives the transitions."""
    figure, (above, below) = new_figure(2, 1, 4.0, sharex=True)
    impact, depth = price_impact_of(fit), depth_of(fit)
    for place, name in enumerate(impact):
        color = SERIES_COLORS[place % len(SERIES_COLORS)]
        above.plot(impact[name], color=color, linewidth=0.6, label=str(name))
    if impact.shape[1] > 1:
        shared_legend(figure, [above], min(impact.shape[1], 7))
    below.plot(depth, color=DEPTH_COLOR, linewidth=0.6)
    above.set_title("Price impact")
    above.set_ylabel("unit of the panel")
    below.set_title("Market depth")
    below.set_ylabel("USD million")
    for one in (above, below):
        one.set_ylim(bottom=0)
        date_axis(one)
    figure.align_ylabels()
    return figure


PRICE_IMPACT_AND_DEPTH = drawn(
    figure_price_impact_and_depth,
    "Price impact, in the unit of the panel, and market depth, USD million (Figure 1 "
    "of the paper).",
)


def figure_data_autocorrelation(fit: Fit) -> Figure:
    """Of the first security. Grey: pointwise 95% range of white noise."""
    figure, axes = new_figure(1, 2, 2.3, sharey=True)
    series = {
        "Price impact": price_impact_of(fit).iloc[:, 0],
        "Market depth": depth_of(fit),
    }
    for one, (title, values) in zip(axes, series.items(), strict=True):
        plot_autocorrelation(one, values.to_numpy(), fit.description.num_lags)
        one.set_title(title)
        one.set_xlabel("lag (trading days)")
    axes[0].set_ylabel("autocorrelation")
    return figure


AUTOCORRELATION = drawn(
    figure_data_autocorrelation,
    "Autocorrelation of price impact and of market depth by lag in trading days "
    "(Figure 2 of the paper); band: pointwise 95% range of white noise.",
)


def figure_episodes(fit: Fit) -> Figure:
    """Price impact of the first security, and depth."""
    depth, impact = depth_of(fit), price_impact_of(fit).iloc[:, 0]
    troughs = depth_troughs(depth)
    rows = max(1, -(-len(troughs) // 3))
    figure, axes = new_figure(rows, 3, 0.5 + 1.75 * rows, sharex=True, sharey=True)
    for one, day in zip(axes, troughs.index, strict=False):
        for series, color, label, line in (
            (depth, DEPTH_COLOR, "market depth", "-"),
            (impact, PRICE_IMPACT_COLOR, "price impact", (0, (4, 1.5))),
        ):
            window = around_trough(series, day, BEFORE_DAYS, AFTER_DAYS)
            one.plot(window, color=color, linestyle=line, label=label)
        _mark_trough(one, day)
    for unused in axes[len(troughs) :]:
        unused.set_axis_off()
    for one in axes[::3]:
        one.set_ylabel("multiple of usual")
    for one in axes[-3:]:
        one.set_xlabel("trading days from trough")
    shared_legend(figure, axes[:1], 2)
    return figure


def _mark_trough(axes: Axes, day: pd.Timestamp) -> None:
    axes.set_yscale("log")
    ticks = (0.125, 0.25, 0.5, 1, 2, 4, 8, 16)
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:.3g}"))
    axes.minorticks_off()
    axes.axhline(1, color=GREY, linewidth=0.6, zorder=0.5)
    axes.axvline(0, color=GREY, linewidth=0.6, zorder=0.5)
    axes.set_title(f"{day:%d %B %Y}")


EPISODES = drawn(
    figure_episodes,
    "Price impact and market depth around the sharpest falls of depth (Figure 3 of the "
    f"paper), as multiples of their medians over the {USUAL_DAYS} trading days before "
    "the window, on a logarithmic axis. Day 0 has the lowest depth within "
    f"{APART_DAYS} trading days; shown are the days furthest below the median of the "
    "quarter before them.",
)
