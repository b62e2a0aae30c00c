"""What the fit says of the states: moves, durations, fragility, forecasts."""

import numpy as np
import pandas as pd

from analysis.estimates import summarise_draws
from analysis.fits import Fit
from analysis.fragility import fragility, fragility_today
from analysis.liquidity_description import transition_label
from analysis.liquidity_estimates import has_published_counterpart, specification_of
from analysis.state_calibration import state_forecast_scores
from analysis.tables import (
    Table,
    interval,
    number,
    numbers,
    probability,
    without_repeats,
)
from analysis.tables_coefficients import INTERVAL_NOTE
from analysis.transitions import (
    FIRST_STATE,
    expected_durations,
    is_depth_driven,
    median_and_interval,
    published_transitions,
    transition_counts,
    transition_matrices,
)

PAPER_DEPTHS_MUSD = (10.0, 30.0, 60.0, 120.0)
"""Depths of Figure 4 of the paper, USD million."""

ANY_DEPTH_MUSD = (60.0,)


def shown_depths_musd(fit: Fit) -> tuple[float, ...]:
    """Depths that tables show; one that stands for all where depth plays no part."""
    return PAPER_DEPTHS_MUSD if is_depth_driven(fit.posterior) else ANY_DEPTH_MUSD


def depth_words(fit: Fit, depth_musd: pd.Series) -> pd.Series:
    """Depths as text; "any" where transitions do not depend on it."""
    if is_depth_driven(fit.posterior):
        return depth_musd.map("{:.0f}".format)
    return depth_musd.map(lambda _: "any")


def transitions_at_depths(fit: Fit) -> pd.DataFrame:
    """Transition probabilities at the depths of Figure 4, beside the paper's.

    Parameters
    ----------
    fit : Fit

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


def table_transition_matrices(fit: Fit) -> Table:
    """Figure 4 in numbers: transition probabilities at four depths.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    frame = transitions_at_depths(fit)
    display = pd.DataFrame(
        {
            "Depth (USD million)": without_repeats(
                depth_words(fit, frame["depth_musd"])
            ),
            "Move": [
                transition_label(*pair)
                for pair in zip(frame["origin"], frame["arrival"], strict=True)
            ],
            "Mean": numbers(frame["mean"], 3),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], 3),
            "From paper's, 10-year": numbers(frame["published"], 3),
        }
    )
    caption = (
        f"Probability of each move from one trading day to the next at four depths, "
        f"{fit.name} ({fit.span}). {INTERVAL_NOTE} The last column is what the paper's "
        "point estimates for the 10-year note imply, without an interval."
    )
    return Table(
        "table_transition_matrices", caption, frame, display, fit.warning, fit.name
    )


def table_transition_counts(fit: Fit) -> Table:
    """How often each move happened in the sample: what the data can inform.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    states = [str(s) for s in fit.posterior["state"].to_numpy()]
    counts = transition_counts(fit.group("regimes")["state_path"], states)
    frame = median_and_interval(counts).assign(diagnostics=fit.verdict)
    depth = fit.group("constant_data")["depth_musd"].to_numpy()
    path = fit.group("regimes")["most_likely_path"].to_numpy().astype(str)
    known = pd.Series(depth).groupby(path).agg(["min", "median", "max"])
    known = known.reindex(frame["origin"]).reset_index(drop=True)
    range_of_depth = [
        f"{number(low, 0)} to {number(high, 0)} (median {number(mid, 0)})"
        for low, mid, high in known.to_numpy()
    ]
    display = pd.DataFrame(
        {
            "Move": [
                transition_label(*pair)
                for pair in zip(frame["origin"], frame["arrival"], strict=True)
            ],
            "Days, median": numbers(frame["median"], 0),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], 0),
            "Depth while in origin (USD million)": without_repeats(
                pd.Series(range_of_depth)
            ),
        }
    )
    caption = (
        f"How often each move happened, over posterior draws of the states of "
        f"{fit.name} ({fit.span}). A transition probability is learned from these "
        "days alone: a move that hardly happened leaves its coefficients to the "
        "prior, and a depth that a state never met leaves the probability there to "
        "the logistic form. Depth by the most likely path."
    )
    return Table(
        "table_transition_counts",
        caption,
        pd.concat([frame, known.add_prefix("depth_musd_")], axis=1),
        display,
        fit.warning,
        fit.name,
    )


def table_expected_durations(fit: Fit) -> Table:
    """Expected duration of a visit to each state at four depths.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    draws = expected_durations(fit.posterior, shown_depths_musd(fit))
    frame = median_and_interval(draws.transpose(..., "depth_musd", "state"))
    frame = frame.sort_values(["depth_musd", "state"], ignore_index=True)
    frame = frame.assign(diagnostics=fit.verdict)
    display = pd.DataFrame(
        {
            "Depth (USD million)": without_repeats(
                depth_words(fit, frame["depth_musd"])
            ),
            "State": frame["state"],
            "Median (trading days)": numbers(frame["median"], 1),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], 1),
        }
    )
    caption = (
        f"Expected duration of a visit to each state, 1 / (1 − p), in trading days, "
        f"were depth to stay where it is; {fit.name} ({fit.span}). {INTERVAL_NOTE} "
        "Median, as the posterior mean of a duration need not exist. Very long "
        "durations say that the state was never left at such a depth."
    )
    return Table(
        "table_expected_durations", caption, frame, display, fit.warning, fit.name
    )


def fragility_estimates(fit: Fit) -> pd.DataFrame:
    """Fragility at four depths and at the last day's, one row a state and horizon.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DataFrame
        As :func:`analysis.fragility.fragility`, without rows that start in state 1.
    """
    by_state = fragility(fit.tree, shown_depths_musd(fit))
    by_state = by_state[by_state["current_state"] != FIRST_STATE]
    by_state = by_state.sort_values(
        ["current_state", "depth_musd", "horizon_days"], ignore_index=True
    )
    return pd.concat([by_state, fragility_today(fit.tree)], ignore_index=True)


def table_fragility(fit: Fit) -> Table:
    """Probability of entering the low-liquidity state within 1, 5 and 20 days.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    frame = fragility_estimates(fit).assign(
        depth=lambda f: depth_words(fit, f["depth_musd"]), diagnostics=fit.verdict
    )
    keys = ["current_state", "depth"]
    rows = []
    for (state, depth), group in frame.groupby(keys, sort=False):
        note = _extrapolation(group.iloc[0]) if depth != "any" else ""
        cells = {
            f"{row['horizon_days']} day{'s' if row['horizon_days'] > 1 else ''}": (
                _probability_with_interval(row)
            )
            for _, row in group.iterrows()
        }
        name = "last day" if state == "given probabilities" else str(state)
        rows.append(
            {"State": name, "Depth (USD million)": depth} | cells | {"Remark": note}
        )
    display = pd.DataFrame(rows)
    display["State"] = without_repeats(display["State"])
    last = fit.panel["day"].to_numpy()[-1]
    caption = (
        f"Fragility: probability of entering the low-liquidity state 1 within a number "
        f"of trading days, by state and depth of today, depth held; {fit.name} "
        f"({fit.span}). Posterior mean and 95% interval. Last day: depth and filtered "
        f"state probabilities of {pd.Timestamp(last):%Y-%m-%d}, where being in state 1 "
        "already counts as entered. Remark: where the number is an extrapolation."
    )
    return Table("table_fragility", caption, frame, display, fit.warning, fit.name)


def _extrapolation(row: pd.Series) -> str:
    if row["outside_sample"]:
        return "depth not met in the sample"
    return "depth not met in this state" if row["outside_state"] else ""


def _probability_with_interval(row: pd.Series) -> str:
    mean, low, high = probability(row[["mean", "lower_95", "upper_95"]])
    return f"{mean} [{low}, {high}]"


def table_state_forecast(fit: Fit) -> Table:
    """Scores of the forecast of the low-liquidity state, where the truth is known.

    Parameters
    ----------
    fit : Fit
        Of a simulated panel.

    Returns
    -------
    Table
    """
    frame = state_forecast_scores(fit).assign(diagnostics=fit.verdict)
    display = pd.DataFrame(
        {
            "Probability of state 1": frame["forecast"],
            "Brier score": numbers(frame["brier_score"], 4),
            "Skill": numbers(frame["skill"], 3),
        }
    )
    caption = (
        f"Mean squared error of the probability of state 1 against the states that the "
        f"panel was simulated with, {fit.name} ({fit.span}). Skill: 1 minus the score "
        "over that of the share of days, so 1 is perfect and 0 no better. Forecasts "
        "take parameters learned from all days."
    )
    return Table("table_state_forecast", caption, frame, display, fit.warning, fit.name)
