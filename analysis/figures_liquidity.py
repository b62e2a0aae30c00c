"""Figures 1 to 3 of the paper on liquidity regimes: the data before any model."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from analysis.episodes import around_trough, depth_troughs
from analysis.estimates import stacked
from analysis.figures_calibration import plot_autocorrelation
from analysis.fits import Fit
from analysis.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    band,
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
    """Figure 1: price impact and market depth through time.

    Parameters
    ----------
    fit : Fit
        Only its data are used.

    Returns
    -------
    Figure
    """
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


def figure_data_autocorrelation(fit: Fit) -> Figure:
    """Figure 2: autocorrelation of price impact and of market depth.

    Parameters
    ----------
    fit : Fit
        Only its data are used, of the first security.

    Returns
    -------
    Figure
        Grey: pointwise 95% range of white noise.
    """
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


def figure_episodes(fit: Fit) -> Figure:
    """Figure 3: price impact and depth around the sharpest falls of depth.

    Parameters
    ----------
    fit : Fit
        Only its data are used, of the first security.

    Returns
    -------
    Figure
        Both over their median of the 60 trading days before the window, on a
        logarithmic axis.
    """
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


def figure_threshold_regression(fit: Fit) -> Figure:
    """Price impact on volatility with the regression line of Table 1.

    Parameters
    ----------
    fit : Fit
        Of the threshold regression.

    Returns
    -------
    Figure
        Line and band: posterior mean and pointwise 95% interval of the mean of price
        impact. Grey: 95% interval of each threshold.
    """
    figure, (axes,) = new_figure(1, 1, 3.2)
    volatility = fit.panel["covariate_bp"].sel(covariate="V").to_numpy()
    impact = fit.panel["price_impact"].isel(security=0).to_numpy()
    axes.plot(volatility, impact, ".", color=GREY, markersize=2, label="observed day")
    grid = np.linspace(np.nanmin(volatility), np.nanmax(volatility), 200)
    mean = threshold_mean(fit.posterior, grid)
    lower, upper = mean.quantile([0.025, 0.975], "sample").to_numpy()
    band(axes, grid, lower, upper, BLUE, "95% interval")
    axes.plot(grid, mean.mean("sample"), color=BLUE, label="posterior mean")
    thresholds = stacked(fit.posterior["volatility_threshold_bp"])
    for threshold in thresholds.quantile([0.025, 0.975], "sample").T.to_numpy():
        axes.axvspan(*threshold, color=ORANGE, alpha=0.5, linewidth=0)
    axes.set_xlabel("volatility (annualised bp)")
    axes.set_ylabel("price impact")
    shared_legend(figure, [axes], 3)
    return figure


def threshold_mean(posterior: xr.Dataset, volatility_bp: np.ndarray) -> xr.DataArray:
    """Mean of price impact given volatility, by draw.

    Parameters
    ----------
    posterior : Dataset
        volatility_slope (..., regime) and volatility_threshold_bp (..., threshold).
    volatility_bp : (volatility,) float

    Returns
    -------
    (volatility, sample) DataArray

    Notes
    -----
    Equation (1) of Meldrum and Sokolinskiy (2025): the slope of the regime that
    volatility is in, times volatility.
    """
    slope = stacked(posterior["volatility_slope"])
    threshold = stacked(posterior["volatility_threshold_bp"])
    volatility = xr.DataArray(volatility_bp, dims="volatility")
    regime = (volatility > threshold).sum("threshold")
    return (slope.isel(regime=regime) * volatility).transpose("volatility", "sample")
