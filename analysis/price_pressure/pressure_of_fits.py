"""Price-pressure coefficients of several fits beside each other and the published."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import TAIL, flat, stacked
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit
from analysis.page.style import BLUE, GREY, PUBLISHED_COLOR, shared_legend
from analysis.price_pressure.dates import panels_of
from data.price_pressure.published import published_counterpart

NORMAL_975 = 1.959964

QUANTILES = {"lower_95": TAIL, "lower_50": 0.25, "upper_50": 0.75, "upper_95": 1 - TAIL}


def pressures_of_fits(fits: Sequence[Fit]) -> pd.DataFrame:
    """Every coefficient of every fit, beside the published.

    Returns
    -------
    DataFrame
        Columns fit, market, tenor_years, mean and `QUANTILES`, bp per USD million of
        DV01; estimate, standard_error (published); variant, diagnostics.
    """
    return pd.concat([_pressures(fit) for fit in fits], ignore_index=True)


def _pressures(fit: Fit) -> pd.DataFrame:
    draws = stacked(fit.posterior["price_pressure"]).rename(
        inventory_market="market", tenor="tenor_years"
    )
    quantiles = draws.quantile(list(QUANTILES.values()), "sample")
    found = xr.Dataset(
        {"mean": draws.mean("sample")}
        | {
            name: quantiles.isel(quantile=place, drop=True)
            for place, name in enumerate(QUANTILES)
        }
    )
    frame = flat(found, "market", "tenor_years")
    frame.insert(0, "fit", fit.name)
    published = fit.beside(published_counterpart(fit.variant))
    published = published[published["parameter"] == "price_pressure"]
    keys = ["market", "tenor_years"]
    columns = [*keys, "estimate", "standard_error"]
    return fit.marked(frame.merge(published[columns], on=keys, how="left"))


def figure_price_pressure_forest(_: Sequence[Fit], frame: pd.DataFrame) -> Figure:
    """Dot and lines: posterior mean, 50% and 95% intervals. Square: published."""
    labels = list(dict.fromkeys(frame["fit"] + ": " + frame["market"]))
    tenors = sorted(frame["tenor_years"].unique())
    figure, axes = panels_of(tenors, 0.8 + 0.34 * len(labels), sharex=False)
    for one, tenor in zip(axes, tenors, strict=True):
        for _place, row in frame[frame["tenor_years"] == tenor].iterrows():
            _plot_coefficient(one, labels.index(f"{row['fit']}: {row['market']}"), row)
        one.axvline(0, color=GREY, linewidth=0.6, zorder=0.5)
        one.set_title(f"{tenor}-year bucket")
        one.set_yticks(range(len(labels)), labels)
        one.set_ylim(len(labels) - 0.4, -0.6)
    for one in axes[-2:]:
        one.set_xlabel("bp per USD million of DV01")
    shared_legend(figure, axes, 2)
    return figure


def _forest_caption(fits: Sequence[Fit], _: pd.DataFrame) -> str:
    caption = (
        "Price-pressure coefficients of every fit: posterior mean, 50% and 95% "
        "interval (thick, thin)"
    )
    if all(fit.simulated for fit in fits):
        return f"{caption}."
    return (
        f"{caption}, beside the published estimate with its 95% confidence interval (a "
        "square without a line: no standard error can be derived)."
    )


def _plot_coefficient(axes: Axes, position: int, row: pd.Series) -> None:
    y = position - 0.14
    for ends, width in (("95", 1), ("50", 2.6)):
        across = row[f"lower_{ends}"], row[f"upper_{ends}"]
        axes.plot(across, [y, y], color=BLUE, linewidth=width)
    axes.plot(row["mean"], y, "o", color=BLUE, markersize=3.5, label="posterior")
    if not np.isfinite(row["estimate"]):
        return
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


PRESSURE_OF_FITS = Exhibit(
    name=figure_price_pressure_forest.__name__,
    caption=_forest_caption,
    frame=pressures_of_fits,
    figure=figure_price_pressure_forest,
)
