"""How likely the market is to fall into its least liquid state, by depth and state."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import flat, gridded, summarise_draws
from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.liquidity_regimes.data import depth_of
from analysis.liquidity_regimes.depth_paths import DepthPaths
from analysis.liquidity_regimes.estimates import (
    has_published_counterpart,
    specification_of,
)
from analysis.liquidity_regimes.fragility import (
    HORIZONS_DAYS,
    fragility,
    fragility_draws,
    fragility_today,
    moving_entry_probability,
)
from analysis.liquidity_regimes.moves import ANY_DEPTH_MUSD, shown_depths_musd
from analysis.liquidity_regimes.states import STATE_COLORS, state_labels
from analysis.liquidity_regimes.transitions import (
    FIRST_STATE,
    is_depth_driven,
    published_transitions,
)
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLACK, band, new_figure, shared_legend
from analysis.page.table import probability, without_repeats

FINDING_DEPTHS_MUSD = (30.0, 60.0, 120.0)
"""Depths of Figure 4 of the paper that a sample is likely to hold."""

HELD = ["mean_depth_held", "lower_95_depth_held", "upper_95_depth_held"]

NUM_GRID_POINTS = 28
"""Of depth, each with paths of its own."""

FEW_PATHS = 30
"""A draw and depth: a band does not show more."""

PUBLISHED_PATH_DRAWS = 100
"""Of how depth moves, where the parameters of the transitions are known."""


def fragility_estimates(fit: Fit) -> pd.DataFrame:
    """Fragility at the depths shown and at the last day's, one row a state and horizon.

    As :func:`analysis.liquidity_regimes.fragility.fragility`, without rows that start
    in state 1; ``depth`` is the depth in words.
    """
    by_state = fragility(fit.tree, shown_depths_musd(fit))
    by_state = by_state[by_state["current_state"] != FIRST_STATE]
    by_state = by_state.sort_values(
        ["current_state", "depth_musd", "horizon_days"], ignore_index=True
    )
    frame = pd.concat([by_state, fragility_today(fit.tree)], ignore_index=True)
    known = "{:.0f}" if is_depth_driven(fit.posterior) else "any"
    return frame.assign(
        depth=frame["depth_musd"].map(known.format), diagnostics=fit.verdict
    )


def _laid_out(_: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (state, depth), group in frame.groupby(["current_state", "depth"], sort=False):
        note = _extrapolation(group.iloc[0]) if depth != "any" else ""
        cells = {
            f"{row['horizon_days']} day{'s' if row['horizon_days'] > 1 else ''}": (
                _probability_with_interval(row)
            )
            for _, row in group.iterrows()
        }
        longest = group.sort_values("horizon_days").iloc[-1]
        held = {
            f"{longest['horizon_days']} days, depth held": _probability_with_interval(
                longest[HELD].rename(lambda name: name.removesuffix("_depth_held"))
            )
        }
        name = "last day" if state == "given probabilities" else str(state)
        rows.append(
            {"State": name, "Depth (USD million)": depth}
            | cells
            | (held if depth != "any" else {})
            | {"Remark": note}
        )
    display = pd.DataFrame(rows)
    return display.assign(State=without_repeats(display["State"]))


def _caption(fit: Fit, _: pd.DataFrame) -> str:
    last = pd.Timestamp(fit.panel["day"].to_numpy()[-1])
    return (
        f"Fragility: probability of entering the low-liquidity state 1 within a number "
        "of trading days, by state and depth of today, averaged over where depth may "
        f"go from there; last column: were it to stay; {fit.name} ({fit.span}). "
        "Posterior mean and 95% interval. Last day: depth and filtered "
        f"state probabilities of {last:%Y-%m-%d}, where being in state 1 "
        "already counts as entered. Remark: where the number is an extrapolation."
    )


def _extrapolation(row: pd.Series) -> str:
    if row["outside_sample"]:
        return "depth not met in the sample"
    return "depth not met in this state" if row["outside_state"] else ""


def _probability_with_interval(row: pd.Series) -> str:
    mean, low, high = probability(row[["mean", "lower_95", "upper_95"]])
    return f"{mean} [{low}, {high}]"


def fragility_sentence(fit: Fit) -> str:
    """How likely the low-liquidity state is within a month, by depth."""
    states = state_labels(fit)
    depths = FINDING_DEPTHS_MUSD if is_depth_driven(fit.posterior) else ANY_DEPTH_MUSD
    frame = fragility(fit.tree, depths, (20,))
    frame = frame[(frame["current_state"] == states[1]) & ~frame["outside_sample"]]
    parts = [
        f"{_chance(row)} at {row['depth_musd']:.0f} USD million"
        for _, row in frame.iterrows()
    ]
    if not is_depth_driven(fit.posterior):
        parts = [f"{_chance(row)} at any depth" for _, row in frame.iterrows()]
    last = last_day_sentence(fit)
    if not parts:
        return last
    return (
        f"From state {states[1]}, the probability of entering the low-liquidity state "
        "within 20 trading days, over where depth may go from there, is "
        f"{joined(parts)}. {last}"
    )


def last_day_sentence(fit: Fit) -> str:
    """How likely the low-liquidity state is within a month of the sample's last day."""
    today = fragility_today(fit.tree, (20,)).iloc[0]
    day = pd.Timestamp(fit.panel["day"].to_numpy()[-1])
    return (
        f"On {day:%Y-%m-%d}, the last day of the sample (depth "
        f"{today['depth_musd']:.0f} USD million), the probability of being in the "
        f"low-liquidity state within 20 trading days is {_chance(today)}."
    )


def _chance(row: pd.Series) -> str:
    mean, low, high = probability(row[["mean", "lower_95", "upper_95"]])
    return mean if low == high else f"{mean} ({low} to {high})"


def _sentences(fit: Fit, _: pd.DataFrame) -> Iterable[str]:
    yield fragility_sentence(fit)


FRAGILITY = Exhibit(
    name="table_fragility",
    caption=_caption,
    frame=fragility_estimates,
    columns=_laid_out,
    sentences=_sentences,
)


GRID = ("horizon_days", "current_state", "depth_musd")


def fragility_by_depth(fit: Fit) -> pd.DataFrame:
    """Fragility over the depths of the sample and of Figure 4 of the paper.

    Returns
    -------
    DataFrame
        Columns `GRID`, those of `summarise_draws` (depth as it moves from there),
        mean_depth_held, published (the paper's point estimates; NaN where there are
        none), variant and diagnostics.
    """
    depth = depth_of(fit)
    low, high = min(10.0, depth.min()), max(120.0, depth.max())
    grid = np.geomspace(low, high, NUM_GRID_POINTS)
    draws = fragility_draws(fit.tree, grid, HORIZONS_DAYS, num_paths=FEW_PATHS)
    draws = draws.sel(current_state=draws["current_state"] != FIRST_STATE)
    found = summarise_draws(draws["moving"]).assign(
        mean_depth_held=draws["held"].mean("sample")
    )
    published = _published_fragility(fit, grid)
    if published is not None:
        found["published"] = published
    frame = flat(found, *GRID)
    return fit.marked(frame.assign(published=frame.get("published", np.nan)))


def figure_fragility(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Faint where no day was in that state at such a depth. Dotted: the paper's."""
    depth = depth_of(fit)
    grid = gridded(frame, *GRID)
    figure, axes = new_figure(1, len(HORIZONS_DAYS), 2.9, sharey=True)
    for one, horizon in zip(axes, HORIZONS_DAYS, strict=True):
        here = grid.sel(horizon_days=horizon)
        _plot_fragility(one, fit, here, depth)
        _plot_published_fragility(one, here)
        one.set_title(f"within {horizon} day{'s' if horizon > 1 else ''}")
        one.set_xlabel("market depth (USD million)")
    axes[0].set_ylabel("probability of entering state 1")
    axes[0].set_ylim(-0.02, 1.02)
    shared_legend(figure, axes, 3)
    return figure


def _plot_fragility(axes: Axes, fit: Fit, found: xr.Dataset, depth: pd.Series) -> None:
    path = fit.group("regimes")["most_likely_path"].to_numpy().astype(str)
    colors = STATE_COLORS[len(state_labels(fit))][1:]
    origins = [str(origin) for origin in found["current_state"].to_numpy()]
    grid = found["depth_musd"].to_numpy()
    for origin, color in zip(origins, colors, strict=False):
        here = found.sel(current_state=origin)
        mean = here["mean"].to_numpy()
        met = depth[path == origin]
        is_met = (grid >= met.min()) & (grid <= met.max())
        label = f"from state {origin}, mean and 95%"
        band(axes, grid, here["lower_95"], here["upper_95"], color)
        axes.plot(grid, mean, color=color, linewidth=0.5)
        shown = np.where(is_met, mean, np.nan)
        axes.plot(grid, shown, color=color, linewidth=1.8, label=label)
        axes.plot(
            grid,
            here["mean_depth_held"],
            color=color,
            linestyle=(0, (4, 2)),
            linewidth=1.0,
            label=f"from state {origin}, were depth to stay",
        )
    deciles = depth.quantile(np.arange(0.05, 1, 0.1))
    axes.plot(
        deciles,
        np.full(len(deciles), 0.0),
        "|",
        color=BLACK,
        markersize=5,
        transform=axes.get_xaxis_transform(),
        clip_on=False,
    )
    axes.grid(axis="y")


def _published_fragility(fit: Fit, grid: np.ndarray) -> xr.DataArray | None:
    if not (has_published_counterpart(fit) and is_depth_driven(fit.posterior)):
        return None
    published = published_transitions(specification_of(fit))
    if published is None:
        return None
    repeated = published.expand_dims(sample=PUBLISHED_PATH_DRAWS)
    paths = DepthPaths(fit.tree, PUBLISHED_PATH_DRAWS, max(HORIZONS_DAYS), FEW_PATHS)
    theirs = moving_entry_probability(repeated, paths, grid, HORIZONS_DAYS)
    theirs = theirs.mean("sample", skipna=False)
    others = theirs["origin"] != FIRST_STATE
    return theirs.sel(origin=others).rename(origin="current_state")


def _plot_published_fragility(axes: Axes, found: xr.Dataset) -> None:
    for _, theirs in found["published"].groupby("current_state"):
        if not np.isfinite(theirs).any():
            continue
        axes.plot(
            found["depth_musd"],
            theirs.squeeze(),
            color=BLACK,
            linestyle=(0, (1, 1.5)),
            linewidth=0.9,
            label="paper's point estimates, 10-year",
        )


FRAGILITY_BY_DEPTH = drawn(
    figure_fragility,
    "Fragility: probability of entering the low-liquidity state 1 within 1, 5 and 20 "
    "trading days, by market depth and state of today, averaged over where depth may "
    "go from there. Posterior mean and pointwise 95% interval; the line is thin where "
    "no day of the sample was in that state at such a depth. Dashed: posterior mean, "
    "were depth to stay where it is. Ticks below: deciles of depth in the sample.",
    frame=fragility_by_depth,
    shown=lambda fit: is_depth_driven(fit.posterior),
)
