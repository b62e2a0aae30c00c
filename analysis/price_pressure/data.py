"""The data themselves, before any model of the yields: Table I, Figures 1 and 2."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import flat, gridded
from analysis.every_model.autocorrelation import lag_one_autocorrelation
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    MARKET_COLORS,
    MARKET_LINES,
    date_axis,
    new_figure,
    shared_legend,
    zero_line,
)
from analysis.page.table import NOT_AVAILABLE, numbers, without_repeats
from analysis.price_pressure.dates import panels_of, tenors_of
from data.price_pressure.columns import FACTORS, MARKETS, MARKETS_AND_NET
from data.price_pressure.frequency import frequency_of_dims
from data.price_pressure.published import published_summary_statistics

Statistic = Callable[[pd.Series], float]


def _autocorrelation(series: pd.Series) -> float:
    return lag_one_autocorrelation(series.to_numpy())


STATISTICS: dict[str, tuple[str, Statistic, int]] = {
    "mean": ("Mean", pd.Series.mean, 2),
    "median": ("Median", pd.Series.median, 2),
    "std": ("Standard deviation", pd.Series.std, 2),
    "autocorrelation_lag1": ("Lag-1 autocorrelation", _autocorrelation, 3),
}
"""Name in the published file -> heading, function of a series, decimals."""

HEADINGS = {
    "yield_pct": "Yield (%)",
    "inventory_cash_busd": "Inventory cash",
    "inventory_futures_busd": "Inventory futures",
    "inventory_net_busd": "Inventory net",
    "order_flow_cash_busd": "Order flow cash",
    "order_flow_futures_busd": "Order flow futures",
    "order_flow_net_busd": "Order flow net",
}


def _series_of_table_one(panel: xr.Dataset) -> dict[tuple[str, int], pd.Series]:
    """Each series of Table I by variable (its published name) and tenor."""
    series = {}
    for tenor in panel["tenor"].to_numpy().tolist():
        yields = panel["yield_bp"].sel(tenor=tenor)
        series["yield_pct", tenor] = pd.Series(yields.to_numpy() / 100)
        for kind in ("inventory", "order_flow"):
            for market in MARKETS_AND_NET:
                values = panel[f"{kind}_busd"].sel(tenor=tenor, market=market)
                name = f"{kind}_{market}_busd"
                series[name, tenor] = pd.Series(values.to_numpy())
    return series


def summary_statistics(panel: xr.Dataset) -> pd.DataFrame:
    """Statistics of Table I beside the published ones.

    Parameters
    ----------
    panel : Dataset
        Group `panel` of a trace.

    Returns
    -------
    DataFrame
        Columns statistic, tenor_years, variable, value, published. Units as in the
        last part of the variable's name; NaN where the panel lacks the series.
    """
    rows = [
        (statistic, tenor, variable, compute(series))
        for statistic, (_, compute, _) in STATISTICS.items()
        for (variable, tenor), series in _series_of_table_one(panel).items()
    ]
    keys = ["statistic", "tenor_years", "variable"]
    ours = pd.DataFrame(rows, columns=[*keys, "value"])
    theirs = published_summary_statistics().rename(columns={"value": "published"})
    return ours.merge(theirs, on=keys, how="left")


def _statistics(fit: Fit) -> pd.DataFrame:
    frame = summary_statistics(fit.panel)
    return frame.assign(published=fit.beside(frame["published"]))


def _statistics_caption(fit: Fit, frame: pd.DataFrame) -> str:
    return (
        f"Summary statistics of the panel ({fit.span})"
        f"{fit.published:, beside Table I of the paper (872 weeks, 2001-07-05 to }"
        f"{fit.published:2018-04-18)}. Inventories in USD billion at market "
        f"value, order flow in USD billion a {fit.description.time_unit} (minus the "
        "change of inventory). The autocorrelation is the coefficient on the lagged "
        "value in an AR(1) regression." + _absence_note(frame) + _shortness_note(fit)
    )


def _statistics_laid_out(_: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    """As Table I: a column a variable, ours above the paper's."""
    rows, sources = [], [("here", "value")]
    if frame["published"].notna().any():
        sources.append(("paper", "published"))
    for (statistic, tenor), group in frame.groupby(
        ["statistic", "tenor_years"], sort=False
    ):
        heading, _statistic, decimals = STATISTICS[str(statistic)]
        by_variable = group.set_index("variable")
        for source, column in sources:
            values = by_variable[column].reindex(list(HEADINGS))
            cells = dict(zip(HEADINGS.values(), numbers(values, decimals), strict=True))
            rows.append(
                {"Statistic": heading, "Bucket": f"{tenor}y", "": source} | cells
            )
    display = pd.DataFrame(rows)
    for label in ("Statistic", "Bucket"):
        display[label] = without_repeats(display[label])
    return display


def _absence_note(frame: pd.DataFrame) -> str:
    absent = frame.groupby("variable")["value"].apply(lambda v: v.isna().all())
    names = [HEADINGS[name].lower() for name in HEADINGS if absent[name]]
    if not names:
        return ""
    return f" Not in this panel ({NOT_AVAILABLE}): {', '.join(names)}."


def _shortness_note(fit: Fit) -> str:
    """Name the series that are observed in part of the dates only."""
    panel = fit.panel
    frequency = frequency_of_dims(panel.dims)
    length = panel.sizes[frequency.dim]
    observed: dict[str, int] = {}
    for (name, _), series in _series_of_table_one(panel).items():
        observed[name] = max(observed.get(name, 0), int(series.notna().sum()))
    # An order flow lacks the first week and its successor to a gap by construction.
    short = [
        f"{HEADINGS[name].lower()} {count:,}"
        for name, count in observed.items()
        if 0 < count < 0.95 * length
    ]
    if not short:
        return ""
    return (
        f" Observed in part of the {length:,} {frequency.unit}s only"
        f"{fit.published:, so not the paper's sample}: {', '.join(short)} "
        f"{frequency.unit}s."
    )


SUMMARY_STATISTICS = Exhibit(
    name="table_1_summary_statistics",
    caption=_statistics_caption,
    frame=_statistics,
    columns=_statistics_laid_out,
)


def _plot_markets(axes: Axes, by_market: xr.DataArray) -> list[str]:
    """Draw each market that the panel holds; return those it lacks."""
    absent = []
    for market in MARKETS:
        series = by_market.sel(market=market)
        if not np.isfinite(series).any():
            absent.append(market)
            continue
        axes.plot(
            series[frequency_of_dims(series.dims).dim],
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


def inventories(fit: Fit) -> pd.DataFrame:
    """Columns tenor (years), market, date by its name, inventory_busd."""
    return flat(fit.panel[["inventory_busd"]], "tenor", "market", _time_of(fit))


def _time_of(fit: Fit) -> str:
    return fit.description.time_dim


def figure_inventories(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Cash and futures by bucket."""
    tenors = tenors_of(fit)
    figure, axes = panels_of(tenors, 2.1)
    inventory = gridded(frame, "tenor", "market", _time_of(fit))["inventory_busd"]
    for one, tenor in zip(axes, tenors, strict=True):
        absent = _plot_markets(one, inventory.sel(tenor=tenor))
        one.set_title(f"{tenor}-year bucket")
        _say_absent(one, absent)
    for one in axes[::2]:
        one.set_ylabel("USD billion")
    shared_legend(figure, axes, 2)
    return figure


INVENTORIES = drawn(
    figure_inventories,
    "Dealer inventories by maturity bucket, USD billion at market value (Figure 1 of "
    "the paper).",
    frame=inventories,
)


def factor_exposures(fit: Fit) -> pd.DataFrame:
    """Columns factor, market, date by its name, exposure_musd (per bp)."""
    return flat(fit.panel[["exposure_musd"]], "factor", "market", _time_of(fit))


def figure_factor_exposures(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Cash and futures by factor."""
    figure, axes = new_figure(3, 1, 5.6, sharex=True)
    exposure = gridded(frame, "factor", "market", _time_of(fit))["exposure_musd"]
    for one, factor in zip(axes, FACTORS, strict=True):
        absent = _plot_markets(one, exposure.sel(factor=factor))
        one.set_title(f"{factor.capitalize()} exposure")
        one.set_ylabel("USD million per bp")
        _say_absent(one, absent)
    figure.align_ylabels()
    shared_legend(figure, axes, 2)
    return figure


EXPOSURES = drawn(
    figure_factor_exposures,
    "Dealers' dollar exposure to a rise of one basis point in each factor, USD million "
    "(Figure 2 of the paper).",
    frame=factor_exposures,
)
