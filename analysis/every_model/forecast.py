"""What is to come, as a table and as a figure, whichever model says it."""

from collections.abc import Callable, Iterator
from textwrap import shorten
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from arviz_base import xarray_sel_iter
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.fit import Fit
from analysis.page.columns import bounds, displayed, once, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    BLACK,
    BLUE,
    band,
    date_axis,
    new_figure,
    shared_legend,
)
from analysis.page.table import INTERVAL_NOTE
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


class Foretold(NamedTuple):
    """A forecast and the fit that it is of."""

    fit: Fit
    forecast: Forecast


def forecast_frame(foretold: Foretold) -> pd.DataFrame:
    """One row a variable, element and date.

    Returns
    -------
    DataFrame
        Columns variable, long_name, units, element, ahead, mean, sd and `LEVELS`.
    """
    frames = []
    for name, label, draws in _series(foretold.forecast.draws):
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


def _laid_out(_: Foretold, frame: pd.DataFrame) -> pd.DataFrame:
    moment = words("Day", "ahead")
    if pd.api.types.is_datetime64_any_dtype(frame["ahead"]):
        moment = words("Date", lambda rows: rows["ahead"].dt.strftime("%Y-%m-%d"))
    of = once("Of", _words)
    mean = rounded("Mean", "mean", _decimals)
    return displayed(frame, (of, moment, mean, bounds(_decimals)))


def _decimals(frame: pd.DataFrame) -> pd.Series:
    """Two digits of the usual deviation, alike in all rows of a variable."""
    return frame.groupby("variable")["sd"].transform(_decimals_of)


def _decimals_of(sd: pd.Series) -> int:
    typical = sd.median()
    if not np.isfinite(typical) or typical <= 0:
        return 2
    return max(1 - int(np.floor(np.log10(typical))), 0)


def figure_forecast(foretold: Foretold, frame: pd.DataFrame) -> Figure:
    """Median and bands of whatever is predicted, behind what was observed."""
    shown = list(frame.groupby(["variable", "element"], sort=False))[:MOST_PANELS]
    columns = 2 if len(shown) > 1 else 1
    rows = -(-len(shown) // columns)
    figure, axes = new_figure(rows, columns, 0.5 + 1.9 * rows)
    for axis, ((name, label), part) in zip(axes, shown, strict=False):
        _draw_one(
            axis,
            part.reset_index(drop=True),
            _past(foretold.forecast, str(name), str(label)),
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


def _captioned(words: str) -> Callable[[Foretold, pd.DataFrame], str]:
    def caption(foretold: Foretold, _: pd.DataFrame) -> str:
        said = " ".join([*foretold.forecast.assumptions, INTERVAL_NOTE])
        return f"Forecast of {foretold.fit.name}{words}. {said}"

    return caption


FORECAST = (
    Exhibit(
        name="table_forecast",
        caption=_captioned(""),
        frame=forecast_frame,
        columns=_laid_out,
    ),
    drawn(
        figure_forecast,
        _captioned(": median, 50% and 95% bands; black, observed"),
        frame=forecast_frame,
    ),
)
