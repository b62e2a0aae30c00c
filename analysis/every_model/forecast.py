"""What is to come, as a table and as a figure, whichever model says it."""

from collections.abc import Iterator
from textwrap import shorten

import numpy as np
import pandas as pd
import xarray as xr
from arviz_base import xarray_sel_iter
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.page.columns import Column, bounds, displayed, once, rounded, words
from analysis.page.section import ReportFigure
from analysis.page.style import (
    BLACK,
    BLUE,
    band,
    date_axis,
    new_figure,
    shared_legend,
)
from analysis.page.table import INTERVAL_NOTE, Table
from data.dims import TENOR
from inference.traced.forecast import AHEAD, SAMPLE, Forecast

LEVELS = {
    "lower_95": 0.025,
    "lower_50": 0.25,
    "median": 0.5,
    "upper_50": 0.75,
    "upper_95": 0.975,
}
"""Quantiles of what is to come, by the name of their column."""

MOST_PANELS = 12
"""Of a figure: more do not fit on a page."""

PAST_SHARE = 3
"""Dates of the past that are drawn, in horizons."""

SMALLEST_PAST = 20

WORDS = {TENOR: "{}-year"}
"""Dimension -> words for one of its coordinates; its name and the coordinate else."""

TITLE_WIDTH = 44
"""Characters that fit above one of two panels."""

INNER_ALPHA = 0.55


def forecast_frame(forecast: Forecast) -> pd.DataFrame:
    """One row a variable, element and date.

    Returns
    -------
    DataFrame
        Columns variable, long_name, units, element, ahead, mean, sd and `LEVELS`.
    """
    frames = []
    for name, label, draws in _series(forecast.draws):
        found = pd.DataFrame(
            {
                "variable": name,
                "long_name": draws.attrs["long_name"],
                "units": draws.attrs["units"],
                "element": label,
                "ahead": draws[AHEAD].to_numpy(),
                "mean": draws.mean(SAMPLE).to_numpy(),
                "sd": draws.std(SAMPLE, ddof=1).to_numpy(),
            }
        )
        quantiles = draws.quantile(list(LEVELS.values()), SAMPLE).to_numpy()
        frames.append(found.assign(**dict(zip(LEVELS, quantiles, strict=True))))
    return pd.concat(frames, ignore_index=True)


def table_forecast(forecast: Forecast, name: str, warning: str) -> Table:
    """Mean and interval of whatever is predicted.

    Parameters
    ----------
    forecast : Forecast
    name : str
        Of the fit.
    warning : str
        Of a fit that must not be used.
    """
    frame = forecast_frame(forecast)
    decimals = frame.groupby(["variable"])["sd"].transform(_decimals)
    display = displayed(
        frame,
        [
            once("Of", _words),
            _moments(frame),
            rounded("Mean", "mean", lambda _: decimals),
            bounds(lambda _: decimals),
        ],
    )
    caption = f"Forecast of {name}. {_said(forecast)}"
    return Table("table_forecast", caption, frame, display, warning, name)


def figure_forecast(forecast: Forecast, name: str, warning: str) -> ReportFigure:
    """Median and bands of whatever is predicted, behind what was observed."""
    caption = (
        f"Forecast of {name}: median, 50% and 95% bands; black, observed. "
        f"{_said(forecast)}"
    )
    return ReportFigure(
        "figure_forecast", caption, lambda: _drawn(forecast), warning, name
    )


def _said(forecast: Forecast) -> str:
    return " ".join([*forecast.assumptions, INTERVAL_NOTE])


def _series(dataset: xr.Dataset) -> Iterator[tuple[str, str, xr.DataArray]]:
    """Name, label and draws of everything that has a path of its own."""
    for name, selection, _ in xarray_sel_iter(dataset, skip_dims={SAMPLE, AHEAD}):
        label = ", ".join(
            WORDS.get(str(dim), f"{dim} {{}}").format(value)
            for dim, value in selection.items()
        )
        series = dataset[name].sel(selection)
        yield str(name), label, series.transpose(SAMPLE, AHEAD)


def _words(frame: pd.DataFrame) -> pd.Series:
    said = frame["long_name"] + frame["units"].map(lambda x: f", {x}" if x else "")
    return said + frame["element"].map(lambda x: f": {x}" if x else "")


def _moments(frame: pd.DataFrame) -> Column:
    if pd.api.types.is_datetime64_any_dtype(frame["ahead"]):
        return words("Date", lambda rows: rows["ahead"].dt.strftime("%Y-%m-%d"))
    return words("Day", "ahead")


def _decimals(sd: pd.Series) -> int:
    typical = sd.median()
    if not np.isfinite(typical) or typical <= 0:
        return 2
    return max(1 - int(np.floor(np.log10(typical))), 0)


def _drawn(forecast: Forecast) -> Figure:
    frame = forecast_frame(forecast)
    shown = list(frame.groupby(["variable", "element"], sort=False))[:MOST_PANELS]
    columns = 2 if len(shown) > 1 else 1
    rows = -(-len(shown) // columns)
    figure, axes = new_figure(rows, columns, 0.5 + 1.9 * rows)
    for axis, ((name, label), part) in zip(axes, shown, strict=False):
        _draw_one(
            axis, part.reset_index(drop=True), _past(forecast, str(name), str(label))
        )
    for axis in axes[len(shown) :]:
        axis.remove()
    shared_legend(figure, axes[: len(shown)], 4)
    return figure


def _past(forecast: Forecast, name: str, label: str) -> pd.Series:
    """Last observed values of a series; empty where it is never observed."""
    if name not in forecast.past:
        return pd.Series(dtype=float)
    past = forecast.past[[name]].expand_dims({SAMPLE: 1})
    number = max(PAST_SHARE * forecast.draws.sizes[AHEAD], SMALLEST_PAST)
    for _, other, series in _series(past):
        if other == label:
            return series.isel({SAMPLE: 0, AHEAD: slice(-number, None)}).to_series()
    return pd.Series(dtype=float)


def _draw_one(axis: Axes, part: pd.DataFrame, past: pd.Series) -> None:
    x = part["ahead"]
    if len(past):
        axis.plot(past.index, past, color=BLACK, linewidth=0.8, label="observed")
    band(axis, x, part["lower_95"], part["upper_95"], BLUE, "95%")
    axis.fill_between(
        x,
        part["lower_50"],
        part["upper_50"],
        color=BLUE,
        alpha=INNER_ALPHA,
        linewidth=0,
        label="50%",
    )
    axis.plot(x, part["median"], color=BLACK, linestyle="--", label="median")
    first = part.iloc[0]
    title = shorten(first["element"] or first["long_name"], TITLE_WIDTH)
    axis.set_title(title[:1].upper() + title[1:])
    units = f" ({first['units']})" if first["units"] else ""
    axis.set_ylabel(first["long_name"] + units)
    if pd.api.types.is_datetime64_any_dtype(x):
        date_axis(axis)
    else:
        axis.set_xlabel("day")
