"""The data before any model of them: Figures 1 to 3 of the paper."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from analysis.every_model.figures_calibration import correlogram, plot_correlogram
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

SERIES_WORDS = {"depth": "market depth", "price_impact": "price impact"}

DEPTH = "depth_musd"
"""Column of market depth, USD million."""


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


def impact_and_depth(fit: Fit) -> pd.DataFrame:
    """Columns day, depth_musd, and the price impact of each security by its name."""
    impact = price_impact_of(fit)
    frame = pd.concat([depth_of(fit).rename(DEPTH), impact], axis=1)
    return frame.rename_axis("day").reset_index()


def figure_price_impact_and_depth(_: Fit, frame: pd.DataFrame) -> Figure:
    """Price impact of every security, and the depth that drives the transitions."""
    figure, (above, below) = new_figure(2, 1, 4.0, sharex=True)
    by_day = frame.set_index("day")
    depth, impact = by_day[DEPTH], by_day.drop(columns=DEPTH)
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
    frame=impact_and_depth,
)


def data_autocorrelation(fit: Fit) -> pd.DataFrame:
    """Columns series and those of `correlogram`; of the first security."""
    series = {
        "price impact": price_impact_of(fit).iloc[:, 0],
        "market depth": depth_of(fit),
    }
    num_lags = fit.description.num_lags
    found = {
        name: correlogram(values.to_numpy(), num_lags)
        for name, values in series.items()
    }
    return pd.concat(found, names=["series"]).reset_index("series")


def figure_data_autocorrelation(_: Fit, frame: pd.DataFrame) -> Figure:
    """Of the first security. Grey: pointwise 95% range of white noise."""
    figure, axes = new_figure(1, 2, 2.3, sharey=True)
    by_series = frame.groupby("series", sort=False)
    for one, (name, rows) in zip(axes, by_series, strict=True):
        plot_correlogram(one, rows)
        one.set_title(str(name).capitalize())
        one.set_xlabel("lag (trading days)")
    axes[0].set_ylabel("autocorrelation")
    return figure


AUTOCORRELATION = drawn(
    figure_data_autocorrelation,
    "Autocorrelation of price impact and of market depth by lag in trading days "
    "(Figure 2 of the paper); band: pointwise 95% range of white noise.",
    frame=data_autocorrelation,
)


def episodes(fit: Fit) -> pd.DataFrame:
    """Depth and price impact around each trough of depth.

    Returns
    -------
    DataFrame
        Columns trough (day), days_from_trough, depth, price_impact (of the first
        security), as multiples of what is usual.
    """
    depth, impact = depth_of(fit), price_impact_of(fit).iloc[:, 0]
    windows = {
        trough: pd.DataFrame(
            {
                name: around_trough(series, trough, BEFORE_DAYS, AFTER_DAYS)
                for name, series in (("depth", depth), ("price_impact", impact))
            }
        )
        for trough in depth_troughs(depth).index
    }
    if not windows:
        return pd.DataFrame(
            columns=["trough", "days_from_trough", "depth", "price_impact"]
        )
    return pd.concat(windows, names=["trough", "days_from_trough"]).reset_index()


def figure_episodes(_: Fit, frame: pd.DataFrame) -> Figure:
    """Price impact of the first security, and depth."""
    windows = [rows for _, rows in frame.groupby("trough", sort=False)]
    rows = max(1, -(-len(windows) // 3))
    figure, axes = new_figure(rows, 3, 0.5 + 1.75 * rows, sharex=True, sharey=True)
    for one, window in zip(axes, windows, strict=False):
        for name, color, line in (
            ("depth", DEPTH_COLOR, "-"),
            ("price_impact", PRICE_IMPACT_COLOR, (0, (4, 1.5))),
        ):
            one.plot(
                window["days_from_trough"],
                window[name],
                color=color,
                linestyle=line,
                label=SERIES_WORDS[name],
            )
        _mark_trough(one, window["trough"].iloc[0])
    for unused in axes[len(windows) :]:
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
    frame=episodes,
)
