"""How the curve moves apart from inventories: dynamics of the factors, their paths."""

from collections.abc import Iterable

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import flat, gridded, summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.fit import Fit
from analysis.page.columns import displayed
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    BLUE,
    VERMILLION,
    band,
    date_axis,
    new_figure,
    shared_legend,
    zero_line,
)
from analysis.page.table import INTERVAL_NOTE
from analysis.price_pressure.dates import dates_of, tenors_of
from analysis.price_pressure.estimates import informed, tidy_estimates
from analysis.price_pressure.pressure import REPORTED, columns_of_estimates
from analysis.price_pressure.words import (
    PARAMETER_WORDS,
)
from data.price_pressure.columns import FACTORS
from data.price_pressure.frequency import frequency_of_dims

STATE_PARAMETERS = [name for name in PARAMETER_WORDS if name not in REPORTED]


def factor_dynamics(fit: Fit) -> pd.DataFrame:
    """Half-lives, means and deviations: what the paper's tables leave out."""
    frame = tidy_estimates(fit.posterior, STATE_PARAMETERS)
    return fit.marked(frame.drop(columns="probability_positive"))


def half_life_sentence(fit: Fit, frame: pd.DataFrame) -> str:
    """How long a shock to each factor lasts; empty if the data do not say."""
    rows = informed(fit, frame[frame["parameter"] == "half_life_weeks"])
    if rows.empty:
        return ""
    parts = [f"{row['factor']} {range_words(row, 0)}" for _, row in rows.iterrows()]
    return (
        "Half of a shock to a factor is gone after a number of weeks whose 95% "
        f"interval is, for the {joined(parts)}."
    )


def _sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    yield half_life_sentence(fit, frame)


def _laid_out(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    return displayed(frame, columns_of_estimates(fit))


FACTOR_DYNAMICS = Exhibit(
    name="table_factor_dynamics",
    caption="Factor dynamics and yield noise of the {fit.variant} variant "
    f"({{fit.span}}); not printed in the paper. {INTERVAL_NOTE}",
    frame=factor_dynamics,
    columns=_laid_out,
    sentences=_sentences,
)


def _plot_band(axes: Axes, summary: xr.Dataset, color: str, label: str) -> None:
    dates = summary[frequency_of_dims(summary.dims).dim]
    band(axes, dates, summary["lower_95"], summary["upper_95"], color, "95% interval")
    axes.plot(dates, summary["mean"], color=color, linewidth=0.8, label=label)
    date_axis(axes)


def smoothed_factors(fit: Fit) -> pd.DataFrame:
    """Columns factor, date by its name, and those of `summarise_draws`, bp."""
    summary = summarise_draws(fit.group("smoothed")["factor_bp"])
    return fit.marked(flat(summary, "factor", fit.description.time_dim))


def figure_smoothed_factors(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Line: posterior mean; band: 95% interval."""
    figure, axes = new_figure(3, 1, 5.2, sharex=True)
    summary = gridded(frame, "factor", fit.description.time_dim)
    for one, factor in zip(axes, FACTORS, strict=True):
        _plot_band(one, summary.sel(factor=factor), BLUE, "posterior mean")
        one.set_title(factor.capitalize())
        one.set_ylabel("basis points")
    figure.align_ylabels()
    shared_legend(figure, axes, 2)
    return figure


PER_CENT = "efficient yield, per cent"
GAP = "observed minus efficient, bp"


def efficient_yields(fit: Fit) -> pd.DataFrame:
    """What a yield would be without price pressure, and what it lacks.

    Returns
    -------
    DataFrame
        Columns quantity (`PER_CENT` or `GAP`), tenor (years), date by its name, those
        of `summarise_draws`, and observed_percent.
    """
    dims = "quantity", "tenor", fit.description.time_dim
    observed = fit.panel["yield_bp"]
    efficient = fit.group("smoothed")["efficient_yield_bp"]
    summaries = [
        summarise_draws(efficient / 100),
        summarise_draws(observed - efficient),
    ]
    both = xr.concat(summaries, pd.Index([PER_CENT, GAP], name="quantity"))
    return fit.marked(flat(both.assign(observed_percent=observed / 100), *dims))


def figure_efficient_yield(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Left: per cent. Right: basis points; price pressure and noise together."""
    tenors = tenors_of(fit)
    figure, axes = new_figure(len(tenors), 2, 1.7 * len(tenors), sharex=True)
    grid = gridded(frame, "quantity", "tenor", fit.description.time_dim)
    for row, tenor in enumerate(tenors):
        left, right = axes[2 * row], axes[2 * row + 1]
        here = grid.sel(tenor=tenor)
        efficient = here.sel(quantity=PER_CENT)
        _plot_band(left, efficient, BLUE, "efficient, posterior mean")
        left.plot(
            dates_of(fit),
            efficient["observed_percent"],
            color=VERMILLION,
            linewidth=0.6,
            linestyle=(0, (3, 1.5)),
            label="observed",
        )
        _plot_band(right, here.sel(quantity=GAP), BLUE, "posterior mean")
        zero_line(right)
        left.set_ylabel(f"{tenor}-year (%)")
        right.set_ylabel("basis points")
    axes[0].set_title("Observed and efficient yield")
    axes[1].set_title("Observed minus efficient")
    figure.align_ylabels()
    shared_legend(figure, axes[:1], 3)
    return figure


SMOOTHED_FACTORS = drawn(
    figure_smoothed_factors,
    "Level, slope and curvature given all dates, basis points: posterior mean and "
    "pointwise 95% interval.",
    frame=smoothed_factors,
)

EFFICIENT_YIELD = drawn(
    figure_efficient_yield,
    "Left: observed and efficient yield, per cent. Right: observed minus efficient, "
    "that is price pressure plus noise, basis points, with pointwise 95% interval.",
    frame=efficient_yields,
)
