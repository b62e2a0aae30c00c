"""Costs as they go with size, indicative spread and liquidity, and by security."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from analysis.estimates import flat, summarise_draws, thinned
from analysis.fit import Fit
from analysis.page.exhibit import drawn
from analysis.page.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    band,
    new_figure,
    shared_legend,
    zero_line,
)
from analysis.trading_costs.cost import Trade, design_row
from data.dims import COEFFICIENT
from data.errors import DataError
from models.trading_costs.observations import VOLUME_BINS
from models.trading_costs.specification import JOINT, VOLUME_EDGES_MUSD

COLORS = (BLUE, ORANGE, VERMILLION)
LINES = ("-", (0, (4, 1.5)), (0, (1, 1)))
GROUPS = ("low", "middle", "high")

USUAL_DOLLAR_DURATION = 450.0
USUAL_MATURITY_YEARS = 5.0
USUAL_VOLUME_MUSD = 2.0
NUM_POINTS = 25


def usual_trade(fit: Fit, **changes: Any) -> Trade:
    """A trade at the medians of the panel, some things changed."""
    told = fit.panel.attrs
    spread, age = float(told["spread_center"]), float(told["seasoning_center"])
    if fit.variant == JOINT:
        spread, age = float(np.exp(spread)), float(np.expm1(age))
    usual: dict[str, Any] = {
        "volume_musd": USUAL_VOLUME_MUSD,
        "indicative_spread_bp": spread,
        "age_years": age,
        "mean_spread_bp": spread,
        "mean_age_years": age,
        "maturity_years": USUAL_MATURITY_YEARS,
        "dollar_duration": USUAL_DOLLAR_DURATION,
        "other_spread_bp": usual_other_spread(fit),
    }
    return Trade(**{**usual, **changes})


def usual_other_spread(fit: Fit, quantile: str = "50%") -> float | None:
    """Effective spread of the other segment; None where the formula has none."""
    spreads = fit.group("spreads")
    if "other_bp" not in spreads:
        return None
    return float(spreads["other_bp"].sel(quantile=quantile))


def is_answered(fit: Fit) -> bool:
    """Whether the formula asks for nothing but what a trade says."""
    try:
        design_row(fit.tree, usual_trade(fit))
    except DataError:
        return False
    return True


def expected_spread_bp(fit: Fit, trades: Sequence[Trade]) -> xr.DataArray:
    """Full effective spread of an average security on an average day, (trade, sample).

    Basis points of yield.
    """
    rows = xr.concat([design_row(fit.tree, trade)[0] for trade in trades], "trade")
    linear = (thinned(fit.posterior["coefficient"]) * rows).sum(COEFFICIENT)
    if fit.variant == JOINT:
        linear = xr.apply_ufunc(np.exp, linear) * 2
    return linear


def illiquidity_levels(
    fit: Fit, whose: str = "benchmark"
) -> tuple[float, float, float]:
    """Illiquidity in the middle of each tercile group, as in the panel."""
    low, high = map(float, fit.panel.attrs[f"{whose}_terciles"])
    return low - (high - low) / 2, (low + high) / 2, high + (high - low) / 2


def terms_of(fit: Fit) -> str:
    """Names of all columns of the formula."""
    return " ".join(map(str, fit.panel[COEFFICIENT].values))


def has_volume(fit: Fit) -> bool:
    """Whether size enters for trades everywhere, and all else is what a trade says."""
    names = map(str, fit.panel[COEFFICIENT].values)
    sizes = [x for x in names if "volume_bin" in x and "ats" not in x]
    return bool(sizes) and is_answered(fit)


def grouping_of(fit: Fit) -> str:
    """Whose illiquidity costs by size are shown by: the security's or the benchmark's.

    ``relative`` where the formula groups by it.
    """
    return "relative" if "relative_group" in terms_of(fit) else "benchmark"


def bin_sizes_musd() -> list[float]:
    """A face within each volume bin, USD million."""
    edges = [*VOLUME_EDGES_MUSD, 2 * VOLUME_EDGES_MUSD[-1]]
    middles = [float(np.sqrt(a * b)) for a, b in pairwise(edges)]
    return [0.5 * VOLUME_EDGES_MUSD[0], *middles]


def _spreads_over(
    fit: Fit, name: str, values: Sequence[float], **changes: float
) -> pd.DataFrame:
    """Columns name and those of `summarise_draws`, of trades that differ in it, bp."""
    trades = [usual_trade(fit, **changes, **{name: value}) for value in values]
    summary = summarise_draws(expected_spread_bp(fit, trades))
    frame = flat(summary.assign_coords(trade=range(len(trades))), "trade")
    return frame.rename(columns={"trade": name}).assign(**{name: values})


def costs_by_volume(fit: Fit) -> pd.DataFrame:
    """Effective spread by group of illiquidity and size.

    Returns
    -------
    DataFrame
        Columns illiquidity (`GROUPS`), volume_bin, volume_musd (face within it) and
        those of `summarise_draws`, basis points of yield.
    """
    whose = grouping_of(fit)
    frames = {}
    for group, level in zip(GROUPS, illiquidity_levels(fit, whose), strict=True):
        changed = {f"{whose}_illiquidity": level}
        frame = _spreads_over(fit, "volume_musd", bin_sizes_musd(), **changed)
        frame.insert(0, "volume_bin", VOLUME_BINS)
        frames[group] = frame
    return fit.marked(pd.concat(frames, names=["illiquidity"]).reset_index(0))


def figure_cost_by_volume(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Line: posterior mean; band: 95% interval."""
    figure, (axes,) = new_figure(1, 1, 3.0)
    places = np.arange(len(VOLUME_BINS))
    whose = grouping_of(fit)
    for group, color, line in zip(GROUPS, COLORS, LINES, strict=True):
        rows = frame[frame["illiquidity"] == group]
        band(axes, places, rows["lower_95"], rows["upper_95"], color)
        axes.plot(
            places,
            rows["mean"],
            color=color,
            linestyle=line,
            marker="o",
            markersize=3,
            label=f"{group} {whose} illiquidity",
        )
    axes.set_xticks(places, VOLUME_BINS)
    axes.set_xlabel("face traded (USD million)")
    axes.set_ylabel("effective spread (bp of yield)")
    zero_line(axes)
    shared_legend(figure, [axes], 3)
    return figure


def effective_by_indicative(fit: Fit) -> pd.DataFrame:
    """Effective spread at low and high illiquidity of the benchmark.

    Returns
    -------
    DataFrame
        Columns illiquidity, indicative_spread_bp and those of `summarise_draws`, basis
        points of yield.
    """
    center = usual_trade(fit).indicative_spread_bp
    spreads = np.linspace(0.25 * center, 4 * center, NUM_POINTS).tolist()
    outer = list(zip(GROUPS, illiquidity_levels(fit), strict=True))[::2]
    frames = {
        group: _spreads_over(
            fit, "indicative_spread_bp", spreads, benchmark_illiquidity=level
        )
        for group, level in outer
    }
    return fit.marked(pd.concat(frames, names=["illiquidity"]).reset_index(0))


def figure_effective_by_indicative(_: Fit, frame: pd.DataFrame) -> Figure:
    """Line: posterior mean; band: 95% interval. Dotted: effective equals indicative."""
    figure, (axes,) = new_figure(1, 1, 3.0)
    for group, color, line in list(zip(GROUPS, COLORS, LINES, strict=True))[::2]:
        rows = frame[frame["illiquidity"] == group]
        spreads = rows["indicative_spread_bp"]
        band(axes, spreads, rows["lower_95"], rows["upper_95"], color)
        axes.plot(
            spreads,
            rows["mean"],
            color=color,
            linestyle=line,
            label=f"{group} benchmark illiquidity",
        )
    axes.plot(spreads, spreads, color=GREY, linewidth=0.8, linestyle=":", label="equal")
    axes.set_xlabel("indicative spread (bp of yield)")
    axes.set_ylabel("effective spread (bp of yield)")
    shared_legend(figure, [axes], 3)
    return figure


def security_effects(fit: Fit) -> pd.DataFrame:
    """Columns age_years (mean over the rows), security and of `summarise_draws`."""
    effect = fit.posterior["security_effect"]
    if "effect" in effect.dims:
        effect = effect.isel(effect=0, drop=True)
    summary = summarise_draws(effect)
    age = fit.panel["mean_seasoning"] + float(fit.panel.attrs["seasoning_center"])
    if fit.variant == JOINT:
        age = xr.apply_ufunc(np.expm1, age)
    (dim,) = summary.dims
    frame = flat(summary, str(dim))
    frame.insert(0, "age_years", age.to_numpy())
    return fit.marked(frame)


def figure_security_effects(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Dot and line: posterior mean and 95% interval of a security."""
    figure, (axes,) = new_figure(1, 1, 3.0)
    age = frame["age_years"]
    axes.vlines(age, frame["lower_95"], frame["upper_95"], color=BLUE, linewidth=0.6)
    axes.plot(age, frame["mean"], "o", color=BLUE, markersize=2.5)
    zero_line(axes)
    axes.set_xlabel("years since issue, mean over the security's rows")
    unit = "log cost" if fit.variant == JOINT else "bp of yield"
    axes.set_ylabel(f"effect of the security ({unit})")
    return figure


COST_BY_VOLUME = drawn(
    figure_cost_by_volume,
    "Effective spread by face traded and illiquidity (the middle of each tercile; of "
    "the benchmark, or of the security to its maturity), at the medians of all else: "
    "posterior mean and 95% interval. Size is chosen knowing liquidity: this is no "
    "schedule of costs.",
    frame=costs_by_volume,
    shown=has_volume,
)

EFFECTIVE_BY_INDICATIVE = drawn(
    figure_effective_by_indicative,
    "Effective against indicative spread at low and high benchmark illiquidity, at the "
    "medians of all else: posterior mean and 95% interval.",
    frame=effective_by_indicative,
    shown=lambda fit: "spread" in terms_of(fit).split() and is_answered(fit),
)

SECURITY_EFFECTS = drawn(
    figure_security_effects,
    "Effects of securities that no regressor explains, against age: posterior mean and "
    "95% interval.",
    frame=security_effects,
)

OF_FIGURES = (EFFECTIVE_BY_INDICATIVE, COST_BY_VOLUME, SECURITY_EFFECTS)
