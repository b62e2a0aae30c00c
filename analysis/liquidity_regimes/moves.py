"""How the market moves between states: how often, how likely, for how long."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import summarise_draws
from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.liquidity_regimes.description import REGIME_WORDS, transition_label
from analysis.liquidity_regimes.estimates import (
    has_published_counterpart,
    regimes_beside_published,
    specification_of,
)
from analysis.liquidity_regimes.states import state_labels
from analysis.liquidity_regimes.transitions import (
    expected_durations,
    is_depth_driven,
    median_and_interval,
    published_transitions,
    transition_counts,
    transition_matrices,
)
from analysis.page.columns import bounds, once, only_with, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import BLUE, PUBLISHED_COLOR, new_figure, shared_legend
from analysis.page.table import INTERVAL_NOTE, number, range_text
from inference.checks.diagnostics import (
    INFORMED,
    NOT_INFORMED,
    POWER_SCALING_THRESHOLD,
    WEAKLY_INFORMED,
)

FEW_MOVES = 10
"""Moves in the sample below which a row of transitions hangs on a handful of days."""

PAPER_DEPTHS_MUSD = (10.0, 30.0, 60.0, 120.0)
"""Depths of Figure 4 of the paper, USD million."""

ANY_DEPTH_MUSD = (60.0,)


def shown_depths_musd(fit: Fit) -> tuple[float, ...]:
    """Depths that tables show; one that stands for all where depth plays no part."""
    return PAPER_DEPTHS_MUSD if is_depth_driven(fit.posterior) else ANY_DEPTH_MUSD


def depth_words(frame: pd.DataFrame) -> pd.Series:
    """Depths as text; "any" where one stands for all, as transitions are constant."""
    depth = frame["depth_musd"]
    if len(set(depth)) > 1:
        return depth.map("{:.0f}".format)
    return depth.map(lambda _: "any")


def _moves(frame: pd.DataFrame) -> list[str]:
    return list(map(transition_label, frame["origin"], frame["arrival"]))


def _is_depth_driven(fit: Fit) -> bool:
    return is_depth_driven(fit.posterior)


def transitions_at_depths(fit: Fit) -> pd.DataFrame:
    """Transition probabilities at the depths of Figure 4, beside the paper's.

    Returns
    -------
    DataFrame
        Columns depth_musd, origin, arrival, mean, sd, lower_95, upper_95, published
        (from the paper's point estimates, NaN where there are none), diagnostics.
    """
    depths = shown_depths_musd(fit)
    matrices = transition_matrices(fit.posterior, depths)
    keys = ["depth_musd", "origin", "arrival"]
    frame = summarise_draws(matrices).to_dataframe(dim_order=keys).reset_index()
    frame = frame.drop(columns="probability_positive")
    published = (
        published_transitions(specification_of(fit))
        if has_published_counterpart(fit)
        else None
    )
    if published is None:
        return frame.assign(published=np.nan, diagnostics=fit.verdict)
    theirs = transition_matrices(published, depths)
    column = theirs.to_series().rename("published")
    return frame.join(column, on=keys).assign(diagnostics=fit.verdict)


TRANSITION_MATRICES = Exhibit(
    name="table_transition_matrices",
    caption="Probability of each move from one trading day to the next at four depths, "
    f"{{fit.name}} ({{fit.span}}). {INTERVAL_NOTE}"
    "{fit.published: The last column is what the paper's point estimates for the }"
    "{fit.published:10-year note imply, without an interval.}",
    frame=transitions_at_depths,
    columns=(
        once("Depth (USD million)", depth_words),
        words("Move", _moves),
        rounded("Mean", "mean", 3),
        bounds(3),
        *only_with("published", rounded("From paper's, 10-year", "published", 3)),
    ),
    shown=_is_depth_driven,
)


def figure_transition_matrices(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Dot and line: posterior. Square: what the paper's point estimates imply."""
    states = state_labels(fit)
    depths = shown_depths_musd(fit)
    figure, axes = new_figure(
        len(states), len(states), 0.6 + 1.5 * len(states), sharex=True, sharey=True
    )
    pairs = [(origin, arrival) for origin in states for arrival in states]
    for one, (origin, arrival) in zip(axes, pairs, strict=True):
        rows = frame[(frame["origin"] == origin) & (frame["arrival"] == arrival)]
        _plot_probabilities(one, rows)
        one.set_title(transition_label(origin, arrival))
        one.set_xticks(range(len(depths)), [f"{depth:.0f}" for depth in depths])
        one.set_xlim(-0.5, len(depths) - 0.5)
        one.set_ylim(-0.04, 1.04)
    for one in axes[:: len(states)]:
        one.set_ylabel("probability")
    for one in axes[-len(states) :]:
        one.set_xlabel("depth (USD million)")
    shared_legend(figure, axes[:1], 2)
    return figure


def _plot_probabilities(axes: Axes, rows: pd.DataFrame) -> None:
    x = np.arange(len(rows)) - 0.12
    axes.vlines(x, rows["lower_95"], rows["upper_95"], color=BLUE, linewidth=1.6)
    axes.plot(x, rows["mean"], "o", color=BLUE, markersize=4, label="posterior")
    if rows["published"].notna().any():
        axes.plot(
            x + 0.26,
            rows["published"],
            "s",
            color=PUBLISHED_COLOR,
            markersize=3.4,
            label="from the paper's point estimates, 10-year",
        )
    axes.grid(axis="y")


MATRICES_BY_DEPTH = drawn(
    figure_transition_matrices,
    "Probability of each move from one trading day to the next, by market depth "
    "(Figure 4 of the paper): posterior mean and 95% interval. Rows: state of today; "
    "columns: state of tomorrow. A wide interval: hardly a day of the sample was in "
    "that state at such a depth."
    "{fit.published: Squares: the paper's point estimates for the 10-year note, whose }"
    "{fit.published:row from state 1 is near separation in Models I, II and IV.}",
    frame=transitions_at_depths,
    shown=_is_depth_driven,
)


def moves_counted(fit: Fit) -> pd.DataFrame:
    """How often each move happened over posterior draws of the states.

    Columns origin, arrival, median, lower_95, upper_95, diagnostics, and
    depth_musd_{min, median, max} of the days whose most likely state is the origin.
    """
    counts = transition_counts(fit.group("regimes")["state_path"], state_labels(fit))
    frame = median_and_interval(counts).assign(diagnostics=fit.verdict)
    depth = fit.group("constant_data")["depth_musd"].to_numpy()
    path = fit.group("regimes")["most_likely_path"].to_numpy().astype(str)
    known = pd.Series(depth).groupby(path).agg(["min", "median", "max"])
    known = known.reindex(frame["origin"]).reset_index(drop=True)
    return pd.concat([frame, known.add_prefix("depth_musd_")], axis=1)


def _depth_met(frame: pd.DataFrame) -> list[str]:
    known = frame[["depth_musd_min", "depth_musd_median", "depth_musd_max"]]
    return [
        f"{range_text(low, high, 0)} (median {number(middle, 0)})"
        for low, middle, high in known.to_numpy()
    ]


def weak_rows_sentence(fit: Fit, counts: pd.DataFrame) -> str:
    """Which moves rest on a handful of days, and how far the prior decides them."""
    rare = counts[counts["median"] < FEW_MOVES]
    rare = rare[rare["origin"] != rare["arrival"]]
    frame = _transition_estimates(fit)
    parts = []
    for _, row in rare.iterrows():
        move = transition_label(row["origin"], row["arrival"])
        days = f"{range_text(row['lower_95'], row['upper_95'], 0)} days"
        own = frame[frame["state"] == row["origin"]]
        if row["arrival"] in own["term"].to_numpy():
            own = own[own["term"] == row["arrival"]]
        parts.append(f"{move} ({days}, {_sensitivity_words(own)})")
    if not parts:
        return ""
    return (
        f"Moves that hardly happened in this sample: {joined(parts)}. What is said of "
        "them hangs on those days, on the logistic form and on the prior; a "
        "maximum-likelihood estimate there runs towards separation (log odds of "
        "hundreds), and a standard error from its curvature says little."
    )


def _transition_estimates(fit: Fit) -> pd.DataFrame:
    frame = regimes_beside_published(fit)
    return frame[frame["parameter"].str.startswith("transition")]


def prior_sentence(fit: Fit) -> str:
    """Which transition coefficients the prior takes part in; empty if none."""
    frame = _transition_estimates(fit)
    shared = frame[frame["prior_sensitivity"] > POWER_SCALING_THRESHOLD]
    if shared.empty:
        return ""
    parts = [
        f"{_symbol(row)} {transition_label(row['state'], row['term'])} "
        f"({row['prior_sensitivity']:.2f})"
        for _, row in shared.iterrows()
    ]
    sentence = (
        "The prior takes part in what is said of these transitions (prior sensitivity "
        f"above {POWER_SCALING_THRESHOLD}): {joined(parts)}."
    )
    if not is_depth_driven(fit.posterior):
        return sentence
    return f"{sentence} Read the probabilities at depths that the sample holds instead."


def _symbol(row: pd.Series) -> str:
    """Symbol of the paper for a parameter: "gamma", "delta"; else its words."""
    words = REGIME_WORDS[row["parameter"]].partition(" (")[0]
    return words.split()[-1]


def _sensitivity_words(rows: pd.DataFrame) -> str:
    """Words for what data and prior say of the coefficients behind one move."""
    information = rows["information"]
    said = NOT_INFORMED if (information == NOT_INFORMED).any() else ""
    if not said:
        said = INFORMED if (information == INFORMED).all() else WEAKLY_INFORMED
    return f"{said}, prior sensitivity up to {rows['prior_sensitivity'].max():.2f}"


def _what_limits(fit: Fit, counts: pd.DataFrame) -> Iterable[str]:
    yield weak_rows_sentence(fit, counts)
    yield prior_sentence(fit)


TRANSITION_COUNTS = Exhibit(
    name="table_transition_counts",
    caption="How often each move happened, over posterior draws of the states of "
    "{fit.name} ({fit.span}). A transition probability is learned from these days "
    "alone: a move that hardly happened leaves its coefficients to the prior, and a "
    "depth that a state never met leaves the probability there to the logistic form. "
    "Depth by the most likely path.",
    frame=moves_counted,
    columns=(
        words("Move", _moves),
        rounded("Days, median", "median", 0),
        bounds(0),
        once("Depth while in origin (USD million)", _depth_met),
    ),
    sentences=_what_limits,
)


def durations(fit: Fit) -> pd.DataFrame:
    """Expected duration of a visit to each state at the depths shown, trading days."""
    draws = expected_durations(fit.posterior, shown_depths_musd(fit))
    frame = median_and_interval(draws.transpose(..., "depth_musd", "state"))
    frame = frame.sort_values(["depth_musd", "state"], ignore_index=True)
    return frame.assign(diagnostics=fit.verdict)


EXPECTED_DURATIONS = Exhibit(
    name="table_expected_durations",
    caption="Expected duration of a visit to each state, 1 / (1 − p), in trading days, "
    f"were depth to stay where it is; {{fit.name}} ({{fit.span}}). {INTERVAL_NOTE} "
    "Median, as the posterior mean of a duration need not exist. Very long durations "
    "say that the state was never left at such a depth.",
    frame=durations,
    columns=(
        once("Depth (USD million)", depth_words),
        words("State", "state"),
        rounded("Median (trading days)", "median", 1),
        bounds(1),
    ),
)
