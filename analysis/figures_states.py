"""Smoothed factors, and the efficient yield beside the observed one."""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import summarise_draws
from analysis.fits import Fit
from analysis.style import (
    BLUE,
    VERMILLION,
    band,
    date_axis,
    new_figure,
    shared_legend,
    zero_line,
)
from data.columns import FACTORS, TENOR_YEARS


def _plot_band(axes: Axes, summary: xr.Dataset, color: str, label: str) -> None:
    week = summary["week"]
    band(axes, week, summary["lower_95"], summary["upper_95"], color, "95% interval")
    axes.plot(week, summary["mean"], color=color, linewidth=0.8, label=label)
    date_axis(axes)


def figure_smoothed_factors(fit: Fit) -> Figure:
    """Level, slope and curvature given all weeks, basis points.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Line: posterior mean; band: 95% interval.
    """
    figure, axes = new_figure(3, 1, 5.2, sharex=True)
    summary = summarise_draws(fit.group("smoothed")["factor_bp"])
    for one, factor in zip(axes, FACTORS, strict=True):
        _plot_band(one, summary.sel(factor=factor), BLUE, "posterior mean")
        one.set_title(factor.capitalize())
        one.set_ylabel("basis points")
    figure.align_ylabels()
    shared_legend(figure, axes, 2)
    return figure


def figure_efficient_yield(fit: Fit) -> Figure:
    """Observed yield and the efficient yield: levels, and observed minus efficient.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Figure
        Left: per cent. Right: basis points; price pressure and noise together.
    """
    figure, axes = new_figure(4, 2, 6.8, sharex=True)
    observed = fit.panel["yield_bp"]
    efficient = fit.group("smoothed")["efficient_yield_bp"]
    for row, tenor in enumerate(TENOR_YEARS):
        left, right = axes[2 * row], axes[2 * row + 1]
        here = efficient.sel(tenor=tenor)
        _plot_band(left, summarise_draws(here / 100), BLUE, "efficient, posterior mean")
        seen = observed.sel(tenor=tenor)
        left.plot(
            seen["week"],
            seen / 100,
            color=VERMILLION,
            linewidth=0.6,
            linestyle=(0, (3, 1.5)),
            label="observed",
        )
        _plot_band(right, summarise_draws(seen - here), BLUE, "posterior mean")
        zero_line(right)
        left.set_ylabel(f"{tenor}-year (%)")
        right.set_ylabel("basis points")
    axes[0].set_title("Observed and efficient yield")
    axes[1].set_title("Observed minus efficient")
    figure.align_ylabels()
    shared_legend(figure, axes[:1], 3)
    return figure
