"""Half-life against concentration, partial effects, and who closes the basis."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    LogFormatterSciNotation,
    LogLocator,
    NullFormatter,
    StrMethodFormatter,
)

from analysis.estimates import flat, summarise_draws
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.half_life.description import COVARIATE_WORDS
from analysis.half_life.effects import (
    covariate_survival,
    has_covariates,
    inputs_of,
    low_and_high,
    median_days,
    restricted_mean_days,
)
from analysis.page.exhibit import drawn
from analysis.page.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    band,
    new_figure,
    shared_legend,
)
from data.arrays import FloatArray, is_constant
from data.half_life.checks import SHARES
from models.half_life.covariates import LOGARITHM, TRANSFORMATIONS
from models.half_life.inputs import HalfLifeInputs
from models.half_life.specification import LINEAR

CONCENTRATION = "dealer_hhi"
CLOSERS = ("ats_share", "principal_share", "dealer_hhi")
"""The notebook's "who closes the basis": electronic, principal, dominated trading."""

NUM_POINTS = 15
"""Of a curve over a covariate: it bends once at most."""

WITHIN_DECADES = 100
"""A logarithmic axis that spans less is labelled at 1, 2 and 5 too."""

EVERY_SPAN = (np.inf, np.inf)
"""Of the axis: all of its ticks are labelled, not only powers of ten."""

JITTER_DAYS = 0.25
"""Whole days would print on top of each other."""

ROOM_FOR_NOTE_DAYS = 2.5
"""Above the open outcomes, which all lie at the horizon."""

JITTER_SEED = 20100114
COLUMNS = 3


def outcome_points(inputs: HalfLifeInputs) -> pd.DataFrame:
    """Half-life of each outcome over its imputations.

    Returns
    -------
    DataFrame
        Columns tenor, days (mean over imputations of half-life or days watched),
        is_open (censored in more than half of the imputations) and the covariates;
        outcomes that are set aside in every imputation are left out.
    """
    watched = inputs.days_watched > 0
    days = np.minimum(inputs.half_life_days, inputs.days_watched).astype(float)
    known = watched.sum(axis=0)
    is_open = (inputs.half_life_days > inputs.days_watched) & watched
    frame = inputs.outcomes.assign(
        days=np.where(watched, days, 0).sum(axis=0) / np.maximum(known, 1),
        is_open=is_open.sum(axis=0) > known / 2,
    )
    return frame[known > 0].reset_index(drop=True)


def information_note(fit: Fit, inputs: HalfLifeInputs, covariate: str) -> str:
    """Words on a panel whose curve is the prior's; empty for an informed one."""
    if is_constant(inputs.outcomes[covariate]):
        value = inputs.outcomes[covariate].iloc[0]
        return f"{value:,.6g} in every row:\nits slope is the prior's"
    if f"coefficient[{covariate}]" in uninformed_parameters(fit):
        return "not informed by the data"
    return ""


def _expected_over(fit: Fit, covariate: str, tenor: int | None = None) -> pd.DataFrame:
    """Expected half-life over the range of a covariate.

    Returns
    -------
    DataFrame
        Columns covariate, value and those of `summarise_draws`, trading days.
    """
    inputs = inputs_of(fit)
    grid = _grid(inputs, covariate)
    share = covariate_survival(fit, inputs, covariate, grid, tenor)
    frame = flat(summarise_draws(restricted_mean_days(share)), "value")
    frame.insert(0, "covariate", covariate)
    return frame


def by_concentration(fit: Fit) -> pd.DataFrame:
    """Columns tenor (years) and those of expected half-life over a covariate."""
    tenors = sorted(int(x) for x in outcome_points(inputs_of(fit))["tenor"].unique())
    frames = {x: _expected_over(fit, CONCENTRATION, x) for x in tenors}
    return fit.marked(pd.concat(frames, names=["tenor"]).reset_index(0))


def figure_half_life_concentration(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Dots: outcomes that halved; open triangles: still open when last watched."""
    inputs = inputs_of(fit)
    points = outcome_points(inputs)
    tenors = sorted(int(tenor) for tenor in points["tenor"].unique())
    rows = -(-len(tenors) // COLUMNS)
    columns = min(COLUMNS, len(tenors))
    figure, axes = new_figure(rows, columns, 0.5 + 2.1 * rows, sharex=True, sharey=True)
    note = information_note(fit, inputs, CONCENTRATION)
    for one, tenor in zip(axes, tenors, strict=False):
        _plot_points(one, points[points["tenor"] == tenor], CONCENTRATION)
        _plot_curve(one, frame[frame["tenor"] == tenor])
        one.set_title(f"{tenor}-year basis")
        _write_note(one, note)
    # The last axes of each column, which is not always in the last row.
    for one in axes[max(0, len(tenors) - columns) : len(tenors)]:
        one.tick_params(labelbottom=True)
        one.set_xlabel(COVARIATE_WORDS[CONCENTRATION])
    for one in axes[::columns]:
        one.set_ylabel("half-life (trading days)")
    for one in axes[len(tenors) :]:
        one.remove()
    axes[0].set_ylim(0, inputs.horizon_days + (ROOM_FOR_NOTE_DAYS if note else 1))
    shared_legend(figure, axes[: len(tenors)], 4)
    return figure


def _grid(inputs: HalfLifeInputs, covariate: str) -> FloatArray:
    """Values between the outermost of the outcomes; a constant's neighbourhood."""
    values = inputs.outcomes[covariate]
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = 0.5 * low, (1.5 * high or 1.0)
        high = min(high, 1.0) if covariate in SHARES else high
    if TRANSFORMATIONS[covariate] == LOGARITHM:
        return np.geomspace(low, high, NUM_POINTS)
    return np.linspace(low, high, NUM_POINTS)


def _plot_curve(axes: Axes, rows: pd.DataFrame) -> None:
    value = rows["value"]
    band(axes, value, rows["lower_95"], rows["upper_95"], BLUE, "95% interval")
    axes.plot(value, rows["mean"], color=BLUE, label="expected, posterior mean")


def _plot_points(axes: Axes, points: pd.DataFrame, covariate: str) -> None:
    rng = np.random.default_rng(JITTER_SEED)
    jitter = rng.uniform(-JITTER_DAYS, JITTER_DAYS, len(points))
    kinds: tuple[tuple[bool, dict[str, Any]], ...] = (
        (False, {"marker": "o", "markersize": 2.2, "color": GREY, "label": "halved"}),
        (
            True,
            {
                "marker": "^",
                "markersize": 3.6,
                "markerfacecolor": "none",
                "markeredgecolor": VERMILLION,
                "markeredgewidth": 0.7,
                "label": "still open",
            },
        ),
    )
    for is_open, look in kinds:
        chosen = (points["is_open"] == is_open).to_numpy()
        axes.plot(
            points.loc[chosen, covariate],
            points.loc[chosen, "days"] + jitter[chosen],
            linestyle="none",
            zorder=1.5,
            **look,
        )


def _write_note(axes: Axes, note: str) -> None:
    if note:
        axes.text(
            0.5,
            0.97,
            note,
            transform=axes.transAxes,
            ha="center",
            va="top",
            fontsize=6.5,
            style="italic",
        )


def partial_effects(fit: Fit) -> pd.DataFrame:
    """Expected half-life over the range of each covariate, one after the other."""
    names = map(str, inputs_of(fit).covariates.index)
    frames = [_expected_over(fit, name) for name in names]
    return fit.marked(pd.concat(frames, ignore_index=True))


def figure_partial_effects(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Ticks below: outcomes. Amounts and counts on a logarithmic axis."""
    inputs = inputs_of(fit)
    names = [str(name) for name in inputs.covariates.index]
    rows = -(-len(names) // COLUMNS)
    figure, axes = new_figure(rows, COLUMNS, 0.4 + 1.75 * rows, sharey=True)
    for one, name in zip(axes, names, strict=False):
        _plot_curve(one, frame[frame["covariate"] == name])
        values = inputs.outcomes[name]
        one.plot(
            values,
            np.full(len(values), 0.02),
            "|",
            color=BLACK,
            markersize=4,
            markeredgewidth=0.3,
            alpha=0.5,
            transform=one.get_xaxis_transform(),
        )
        _scale(one, name)
        one.set_xlabel(COVARIATE_WORDS[name], fontsize=7)
        _write_note(one, information_note(fit, inputs, name))
    for one in axes[::COLUMNS]:
        one.set_ylabel("half-life (days)")
    for one in axes[len(names) :]:
        one.remove()
    axes[0].set_ylim(0, inputs.horizon_days)
    shared_legend(figure, axes[:1], 2)
    return figure


def _scale(axes: Axes, covariate: str) -> None:
    if TRANSFORMATIONS[covariate] != LOGARITHM:
        return
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    steps = (1, 2, 5) if high < WITHIN_DECADES * low else (1,)
    axes.xaxis.set_major_locator(LogLocator(subs=steps, numticks=5))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(
        StrMethodFormatter("{x:g}")
        if high < 1e4
        else LogFormatterSciNotation(minor_thresholds=EVERY_SPAN)
    )
    axes.set_xlim(low, high)


EXPECTED = "expected within the horizon"
MEDIAN = "median"


def who_closes(fit: Fit) -> pd.DataFrame:
    """Half-life at a low and a high value of each of `CLOSERS` that was entered.

    Returns
    -------
    DataFrame
        Columns covariate, value, half_life (`EXPECTED` or `MEDIAN`), middle (posterior
        mean of the one, median of the other), lower_95, upper_95, trading days; one
        above the horizon stands for later.
    """
    inputs = inputs_of(fit)
    frames = []
    for name in CLOSERS:
        if name not in inputs.covariates.index:
            continue
        values, _ = _shown_values(inputs, name)
        share = covariate_survival(fit, inputs, name, np.array(values))
        late = inputs.horizon_days + 1
        for half_life, draws in (
            (EXPECTED, restricted_mean_days(share)),
            (MEDIAN, median_days(share).clip(max=late)),
        ):
            summary = summarise_draws(draws)
            is_mean = half_life == EXPECTED
            middle = summary["mean"] if is_mean else draws.median("sample")
            shown = summary[["lower_95", "upper_95"]].assign(middle=middle)
            frames.append(
                flat(shown, "value").assign(covariate=name, half_life=half_life)
            )
    columns = ["covariate", "value", "half_life", "middle", "lower_95", "upper_95"]
    if not frames:
        return pd.DataFrame(columns=columns)
    return fit.marked(pd.concat(frames, ignore_index=True)[columns])


def figure_who_closes_basis(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Dot: expected half-life within the horizon; diamond: median."""
    inputs = inputs_of(fit)
    figure, axes = new_figure(1, len(CLOSERS), 2.7, sharey=True)
    for one, name in zip(axes, CLOSERS, strict=True):
        one.set_title(COVARIATE_WORDS[name][0].upper() + COVARIATE_WORDS[name][1:])
        one.set_xlim(-0.6, 1.6)
        if name not in inputs.covariates.index:
            one.set_xticks([])
            _write_note(one, "not in the regression")
            continue
        values, ticks = _shown_values(inputs, name)
        _plot_pair(one, frame[frame["covariate"] == name])
        one.set_xticks(range(len(values)), ticks)
        _write_note(one, information_note(fit, inputs, name))
    axes[0].set_ylabel("half-life (trading days)")
    axes[0].set_ylim(0, inputs.horizon_days + 2.2)
    days = [*range(0, inputs.horizon_days + 1, 2)]
    labels = [*map(str, days), f">{inputs.horizon_days}"]
    axes[0].set_yticks([*days, inputs.horizon_days + 1], labels)
    shared_legend(figure, axes, 2)
    return figure


def _shown_values(
    inputs: HalfLifeInputs, covariate: str
) -> tuple[list[float], list[str]]:
    """Low and high value with their labels; the one value of a constant."""
    low, high = low_and_high(inputs, covariate)
    if low == high:
        return [low], [f"always\n({low:.3g})"]
    return [low, high], [f"low\n({low:.3g})", f"high\n({high:.3g})"]


def _plot_pair(axes: Axes, both: pd.DataFrame) -> None:
    looks = ((EXPECTED, -0.12, "o", BLUE), (MEDIAN, 0.12, "D", ORANGE))
    for half_life, shift, marker, color in looks:
        rows = both[both["half_life"] == half_life]
        x = np.arange(len(rows)) + shift
        axes.vlines(x, rows["lower_95"], rows["upper_95"], color=color)
        axes.plot(x, rows["middle"], marker, color=color, markersize=5, label=half_life)


def explains_durations(fit: Fit) -> bool:
    """Whether a fit is a duration model with covariates."""
    return fit.variant != LINEAR and has_covariates(fit)


def _has_concentration(fit: Fit) -> bool:
    return explains_durations(fit) and CONCENTRATION in inputs_of(fit).covariates.index


WHO_CLOSES = drawn(
    figure_who_closes_basis,
    "Who closes the basis: expected and median half-life, trading days, at a low and "
    "a high value of each covariate (10% and 90% quantiles; 0 and 1 of an indicator), "
    "the others at their means, with 95% intervals.",
    frame=who_closes,
    shown=explains_durations,
)

BY_CONCENTRATION = drawn(
    figure_half_life_concentration,
    "Half-life against dealer concentration by tenor, trading days. Line and band: "
    "expected half-life within the horizon, posterior mean and 95% interval, other "
    "covariates at their means. Dots: outcomes that halved; open triangles: outcomes "
    "still open when last watched. Days are jittered.",
    frame=by_concentration,
    shown=_has_concentration,
)

PARTIAL_EFFECTS = drawn(
    figure_partial_effects,
    "Expected half-life within the horizon over the range of each covariate, trading "
    "days: posterior mean and 95% interval, the other covariates at their means. "
    "Ticks: outcomes.",
    frame=partial_effects,
    shown=explains_durations,
)
