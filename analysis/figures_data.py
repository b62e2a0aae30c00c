"""Figures 1 and 2: what dealers held."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.fits import Fit
from analysis.style import (
    MARKET_COLORS,
    MARKET_LINES,
    date_axis,
    new_figure,
    shared_legend,
    zero_line,
)
from data.columns import FACTORS, MARKETS, TENOR_YEARS


def _plot_markets(axes: Axes, by_market: xr.DataArray) -> list[str]:
    """Draw each market that the panel holds; return those it lacks."""
    absent = []
    for market in MARKETS:
        series = by_market.sel(market=market)
        if not np.isfinite(series).any():
            absent.append(market)
            continue
        axes.plot(
            series["week"],
            series,
            color=MARKET_COLORS[market],
            linestyle=MARKET_LINES[market],
            linewidth=0.9,
            label=market,
        )
    zero_line(axes)
    date_axis(axes)
    return absent


def _say_absent(axes: Axes, absent: list[str]) -> None:
    if absent:
        axes.text(
            0.5,
            0.98,
            f"no {' or '.join(absent)} positions in this panel",
            transform=axes.transAxes,
            ha="center",
            va="top",
            fontsize=6.5,
            style="italic",
        )


def figure_inventories(fit: Fit) -> Figure:
    """Figure 1: dealer inventories by bucket, cash and futures, USD billion.

    Parameters
    ----------
    fit : Fit
        Only its panel is used.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(2, 2, 4.2, sharex=True, sharey=True)
    inventory = fit.panel["inventory_busd"]
    for one, tenor in zip(axes, TENOR_YEARS, strict=True):
        absent = _plot_markets(one, inventory.sel(tenor=tenor))
        one.set_title(f"{tenor}-year bucket")
        _say_absent(one, absent)
    for one in axes[::2]:
        one.set_ylabel("USD billion")
    shared_legend(figure, axes, 2)
    return figure


def figure_factor_exposures(fit: Fit) -> Figure:
    """Figure 2: dealers' dollar exposure to each factor, USD million per basis point.

    Parameters
    ----------
    fit : Fit
        Only its panel is used.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(3, 1, 5.6, sharex=True)
    exposure = fit.panel["exposure_musd"]
    for one, factor in zip(axes, FACTORS, strict=True):
        absent = _plot_markets(one, exposure.sel(factor=factor))
        one.set_title(f"{factor.capitalize()} exposure")
        one.set_ylabel("USD million per bp")
        _say_absent(one, absent)
    figure.align_ylabels()
    shared_legend(figure, axes, 2)
    return figure
