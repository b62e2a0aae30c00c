"""Figures 3 and 4 and the forest of price-pressure coefficients."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import TAIL, stacked, summarise_draws
from analysis.fits import Fit
from analysis.order_flow_response import order_flow_response_bp, responding_markets
from analysis.style import (
    BLUE,
    GREY,
    MARKET_COLORS,
    MARKET_LINES,
    PUBLISHED_COLOR,
    band,
    date_axis,
    new_figure,
    shared_legend,
    zero_line,
)
from data.columns import TENOR_YEARS
from data.published import (
    published_counterpart,
    published_order_flow_responses,
)

MAX_DRAWS = 1000
"""Draws behind a band through time: more would not show at 200 dots per inch."""

NORMAL_975 = 1.959964


def thinned(draws: xr.DataArray) -> xr.DataArray:
    """At most :data:`MAX_DRAWS` draws, evenly spaced, along "sample"."""
    sample = stacked(draws)
    return sample.isel(
        sample=slice(None, None, -(-sample.sizes["sample"] // MAX_DRAWS))
    )


def price_pressure_bp(fit: Fit) -> xr.DataArray:
    """Draws of the yield deviation that dealers' inventory goes with.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    (inventory_market, week, tenor, sample) DataArray
        Basis points: coefficient times DV01.
    """
    dv01 = fit.group("constant_data")["inventory_dv01_musd"]
    pressure = thinned(fit.posterior["price_pressure"]) * dv01
    return pressure.transpose("inventory_market", "week", "tenor", "sample")


def figure_price_pressure(fit: Fit) -> Figure:
    """Figure 3: price pressure through time by bucket, basis points.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Line: posterior mean over all markets; band: 95% interval; thin lines: the
        posterior mean of each market where there are two.
    """
    figure, axes = new_figure(2, 2, 4.2, sharex=True, sharey=True)
    by_market = price_pressure_bp(fit)
    total = summarise_draws(by_market.sum("inventory_market"))
    markets = by_market["inventory_market"].to_numpy()
    parts = by_market.mean("sample")
    for one, tenor in zip(axes, TENOR_YEARS, strict=True):
        here = total.sel(tenor=tenor)
        band(
            one, here["week"], here["lower_95"], here["upper_95"], GREY, "95% interval"
        )
        one.plot(here["week"], here["mean"], color="black", label="posterior mean")
        for market in markets if len(markets) > 1 else ():
            one.plot(
                parts["week"],
                parts.sel(tenor=tenor, inventory_market=market),
                color=MARKET_COLORS[market],
                linestyle=MARKET_LINES[market],
                linewidth=0.7,
                label=f"of which {market}",
            )
        zero_line(one)
        date_axis(one)
        one.set_title(f"{tenor}-year yield")
    for one in axes[::2]:
        one.set_ylabel("basis points")
    shared_legend(figure, axes, 4)
    return figure


def figure_order_flow_response(fit: Fit) -> Figure:
    """Figure 4: yield curve after one standard deviation of order flow.

    Parameters
    ----------
    fit : Fit
        Of a variant with order flow.

    Returns
    -------
    Figure
        Band: 95% interval. Rings: what the text of the paper says of its variant.
    """
    figure, axes = new_figure(2, 2, 4.4, sharex=True, sharey=True)
    published = published_order_flow_responses()
    published = published[published["variant"] == fit.variant]
    for one, tenor in zip(axes, TENOR_YEARS, strict=True):
        for market in responding_markets(fit, tenor):
            _plot_response(one, fit, market, tenor)
            points = published[
                (published["market"] == market)
                & (published["order_flow_tenor_years"] == tenor)
            ]
            _plot_published(one, points, MARKET_COLORS[market])
        zero_line(one)
        one.set_title(f"{tenor}-year order flow")
        one.set_xticks([2, 5, 10, 15, 20])
    for one in axes[::2]:
        one.set_ylabel("basis points")
    for one in axes[2:]:
        one.set_xlabel("maturity (years)")
    shared_legend(figure, axes, 4)
    return figure


def _plot_response(axes: Axes, fit: Fit, market: str, tenor: int) -> None:
    summary = summarise_draws(order_flow_response_bp(fit, market, tenor))
    maturity, color = summary["maturity_years"], MARKET_COLORS[market]
    band(axes, maturity, summary["lower_95"], summary["upper_95"], color)
    axes.plot(
        maturity,
        summary["mean"],
        color=color,
        linestyle=MARKET_LINES[market],
        label=f"{market} order flow",
    )


def _plot_published(axes: Axes, points: pd.DataFrame, color: str) -> None:
    if points.empty:
        return
    axes.plot(
        points["tenor_years"],
        points["yield_change_bp"],
        "o",
        markersize=4,
        markerfacecolor="white",
        markeredgecolor=color,
    )
    # The legend shows the shape; the colour is that of the market.
    axes.plot([], [], "o", mfc="white", mec="black", markersize=4, label="paper")


def figure_price_pressure_forest(fits: Sequence[Fit]) -> Figure:
    """Price-pressure coefficients of every fit beside the published estimates.

    Parameters
    ----------
    fits : sequence of Fit

    Returns
    -------
    Figure
        Dot and lines: posterior mean, 50% and 95% intervals. Square: published
        estimate with its 95% confidence interval (estimate over t-value).
    """
    rows = [
        (fit, str(market))
        for fit in fits
        for market in fit.posterior["inventory_market"].to_numpy()
    ]
    height = 1.6 + 2 * 0.34 * len(rows)
    figure, axes = new_figure(2, 2, height, sharey=True)
    for one, tenor in zip(axes, TENOR_YEARS, strict=True):
        for position, (fit, market) in enumerate(rows):
            _plot_coefficient(one, position, fit, market, tenor)
        one.axvline(0, color=GREY, linewidth=0.6, zorder=0.5)
        one.set_title(f"{tenor}-year bucket")
        one.set_yticks(range(len(rows)), [f"{fit.name}: {m}" for fit, m in rows])
        one.set_ylim(len(rows) - 0.4, -0.6)
    for one in axes[2:]:
        one.set_xlabel("bp per USD million of DV01")
    shared_legend(figure, axes, 2)
    return figure


def _plot_coefficient(
    axes: Axes, position: int, fit: Fit, market: str, tenor: int
) -> None:
    draws = stacked(
        fit.posterior["price_pressure"].sel(inventory_market=market, tenor=tenor)
    )
    low, lower, upper, high = draws.quantile([TAIL, 0.25, 0.75, 1 - TAIL], "sample")
    y = position - 0.14
    axes.plot([low, high], [y, y], color=BLUE, linewidth=1)
    axes.plot([lower, upper], [y, y], color=BLUE, linewidth=2.6)
    axes.plot(draws.mean(), y, "o", color=BLUE, markersize=3.5, label="posterior")
    published = published_counterpart(fit.variant)
    row = published[
        (published["parameter"] == "price_pressure")
        & (published["market"] == market)
        & (published["tenor_years"] == tenor)
    ].iloc[0]
    error = row["standard_error"]
    axes.errorbar(
        row["estimate"],
        position + 0.16,
        xerr=NORMAL_975 * error if np.isfinite(error) else None,
        fmt="s",
        markersize=3.2,
        color=PUBLISHED_COLOR,
        elinewidth=1,
        label="paper",
    )
