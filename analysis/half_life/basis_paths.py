"""The basis with its level, the deviation with the events, and the half-lives."""

from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import TAIL, flat, gridded, stacked, summarise_draws
from analysis.fit import Fit
from analysis.half_life.basis import decomposition_estimates
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PUBLISHED_COLOR,
    band,
    date_axis,
    new_figure,
    shared_legend,
    zero_line,
)


def _grid(fit: Fit, height: float) -> tuple[Figure, list[tuple[Axes, int]]]:
    """Two columns of axes, one a tenor; axes left over are removed."""
    tenors = [int(tenor) for tenor in fit.panel["tenor"].to_numpy()]
    rows = -(-len(tenors) // 2)
    figure, axes = new_figure(rows, min(2, len(tenors)), height * rows, sharex=True)
    for one in axes[len(tenors) :]:
        one.remove()
    return figure, list(zip(axes, tenors, strict=False))


def basis_levels(fit: Fit) -> pd.DataFrame:
    """Columns tenor (years), day, of `summarise_draws`, and observed_bp."""
    level = summarise_draws(fit.group("smoothed")["level_bp"])
    return _by_day(fit, level.assign(observed_bp=fit.panel["basis_bp"]))


def _by_day(fit: Fit, dataset: xr.Dataset) -> pd.DataFrame:
    return fit.marked(flat(dataset, "tenor", "day"))


def figure_basis_level(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Line: posterior mean of the level; band: 95% interval."""
    figure, places = _grid(fit, 2.2)
    level = gridded(frame, "tenor", "day")
    for axes, tenor in places:
        here = level.sel(tenor=tenor)
        axes.plot(
            here["day"],
            here["observed_bp"],
            color=GREY,
            linewidth=0.5,
            label="observed basis",
        )
        _plot_band(axes, here, BLUE, "level, posterior mean")
        axes.set_title(f"{tenor}-year basis")
        axes.set_ylabel("basis points")
    shared_legend(figure, [axes for axes, _ in places], 3)
    return figure


BASIS_LEVEL = drawn(
    figure_basis_level,
    "Observed basis and its level given all days, basis points: posterior mean and "
    "pointwise 95% interval.",
    frame=basis_levels,
)


def _plot_band(axes: Axes, summary: xr.Dataset, color: str, label: str) -> None:
    day = summary["day"]
    band(axes, day, summary["lower_95"], summary["upper_95"], color, "95% interval")
    axes.plot(day, summary["mean"], color=color, linewidth=0.6, label=label)
    date_axis(axes)


def basis_deviations(fit: Fit) -> pd.DataFrame:
    """Columns tenor (years), day and those of `summarise_draws`, bp."""
    return _by_day(fit, summarise_draws(fit.group("smoothed")["deviation_bp"]))


def figure_basis_deviation(
    fit: Fit, frame: pd.DataFrame, events: pd.DataFrame
) -> Figure:
    """Smoothed deviation by tenor with the events that were followed, basis points.

    Parameters
    ----------
    fit : Fit
        Of the basis decomposition.
    frame : DataFrame
        Of :func:`basis_deviations`.
    events : DataFrame
        Columns date, tenor, is_censored: marked under each series; may be empty.

    Returns
    -------
    Figure
        Line: posterior mean; band: 95% interval; lower row of ticks: events whose
        deviation halved within the horizon; upper row: those whose did not.
    """
    figure, places = _grid(fit, 2.2)
    deviation = gridded(frame, "tenor", "day")
    first, last = deviation["day"].to_numpy()[[0, -1]]
    events = events[(events["date"] >= first) & (events["date"] <= last)]
    for axes, tenor in places:
        _plot_band(axes, deviation.sel(tenor=tenor), BLUE, "deviation, posterior mean")
        zero_line(axes)
        _mark_events(axes, events[events["tenor"] == tenor])
        axes.set_title(f"{tenor}-year basis")
        axes.set_ylabel("basis points")
    shared_legend(figure, [axes for axes, _ in places], 2)
    return figure


def deviation_with(events: pd.DataFrame) -> Exhibit:
    """Exhibit of the deviation that marks events."""
    return Exhibit(
        name=figure_basis_deviation.__name__,
        caption="Deviation of the basis from its level given all days, basis points: "
        "posterior mean and pointwise 95% interval. Ticks: events that were followed, "
        "those whose deviation halved within the horizon below, those still open "
        "above.",
        frame=basis_deviations,
        figure=partial(figure_basis_deviation, events=events),
    )


def _mark_events(axes: Axes, events: pd.DataFrame) -> None:
    if events.empty:
        return
    kinds = (
        (False, 0.015, ORANGE, "event, halved in time"),
        (True, 0.055, BLACK, "event, still open at the horizon"),
    )
    for is_censored, height, color, label in kinds:
        dates = events.loc[events["is_censored"] == is_censored, "date"]
        axes.plot(
            dates,
            np.full(len(dates), height),
            "|",
            color=color,
            markersize=4,
            markeredgewidth=0.5,
            transform=axes.get_xaxis_transform(),
            label=label,
        )
    # Room under the series, so that the marks hide nothing of it.
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.1 * (high - low), high)


def figure_basis_half_life(fit: Fit, estimates: pd.DataFrame) -> Figure:
    """Dot and lines: median, 50% and 95% interval. Square: published."""
    draws = stacked(fit.posterior["half_life_days"])
    tenors = draws["tenor"].to_numpy()
    levels = draws.quantile([TAIL, 0.25, 0.5, 0.75, 1 - TAIL], "sample")
    figure, (axes,) = new_figure(1, 1, 0.9 + 0.34 * len(tenors))
    for y, tenor in enumerate(tenors):
        low, lower, median, upper, high = levels.sel(tenor=tenor).to_numpy()
        axes.plot([low, high], [y, y], color=BLUE, linewidth=1)
        axes.plot([lower, upper], [y, y], color=BLUE, linewidth=3)
        axes.plot(median, y, "o", color=BLUE, markersize=4, label="posterior median")
    _plot_published(axes, estimates)
    axes.set_xscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
    low, high = axes.get_xlim()
    axes.set_xticks([t for t in ticks if low <= t <= high])
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(tenors)), [f"{tenor}-year" for tenor in tenors])
    axes.set_ylim(len(tenors) - 0.5, -0.5)
    axes.set_xlabel("half-life of the deviation (trading days, logarithmic)")
    shared_legend(figure, [axes], 2)
    return figure


def _plot_published(axes: Axes, estimates: pd.DataFrame) -> None:
    rows = estimates[estimates["parameter"] == "half_life_days"]
    if rows["published"].isna().all():
        return
    axes.plot(
        rows["published"],
        np.arange(len(rows)) + 0.22,
        "s",
        color=PUBLISHED_COLOR,
        markersize=3.5,
        label="published",
    )


BASIS_HALF_LIFE = drawn(
    figure_basis_half_life,
    "Half-life of the deviation by tenor, trading days on a logarithmic axis: "
    "posterior median, 50% and 95% interval (thick, thin)."
    "{fit.published: Squares: published point estimates, without standard errors.}",
    frame=decomposition_estimates,
)
