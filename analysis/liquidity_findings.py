"""Findings on liquidity regimes in words, never saying more than the interval."""

import numpy as np
import pandas as pd

from analysis.estimates import summarise_draws
from analysis.findings import (
    calibration_sentence,
    correlated_errors_sentence,
    information_sentence,
    joined,
    range_words,
)
from analysis.fits import Fit
from analysis.fragility import fragility, fragility_today
from analysis.liquidity_description import REGIME_WORDS, transition_label
from analysis.liquidity_estimates import (
    SIGNED_TERMS,
    is_ten_year_or_unlabelled,
    regimes_beside_published,
    specification_of,
    threshold_r2,
    thresholds_beside_published,
)
from analysis.tables import number, probability
from analysis.tables_liquidity import PAPER_TABLES, place_label
from analysis.transitions import (
    is_depth_driven,
    median_and_interval,
    transition_counts,
)
from inference.diagnostics import (
    INFORMED,
    NOT_INFORMED,
    POWER_SCALING_THRESHOLD,
    WEAKLY_INFORMED,
)

FEW_MOVES = 10
"""Moves in the sample below which a row of transitions hangs on a handful of days."""

FINDING_DEPTHS_MUSD = (30.0, 60.0, 120.0)
"""Depths of Figure 4 of the paper that a sample is likely to hold."""

COVARIATE_NAMES = {
    "VV": "the surprise in the volatility of volatility",
    "CS": "the surprise in volatility's persistence",
}


def slope_sentence(fit: Fit) -> str:
    """How much more price impact rises with volatility when liquidity is low."""
    slope = fit.posterior["price_impact_slope"].sel(covariate="V", drop=True)
    whose = ""
    if "security" in slope.dims:
        slope = slope.isel(security=0)
        whose = f" of {slope['security'].item()}"
    states = slope["state"].to_numpy()
    ratio = slope.sel(state=states[0]) / slope.sel(state=states[-1])
    summary = summarise_draws(ratio)
    times = pd.Series({name: float(summary[name]) for name in summary})
    parts = [
        f"{range_words(row, 3)} in state {state}"
        for state, row in summarise_draws(slope).to_dataframe().iterrows()
    ]
    return (
        f"A basis point more of volatility goes with a price impact{whose} higher by "
        f"{joined(parts)} (95% intervals): {range_words(times, 1)} times as much where "
        "liquidity is lowest as where it is highest."
    )


def _settled(frame: pd.DataFrame) -> pd.Series:
    return (frame["lower_95"] > 0) | (frame["upper_95"] < 0)


def surprise_sentence(fit: Fit) -> str:
    """Signs of what goes with price impact besides volatility; empty for Model I."""
    frame = regimes_beside_published(fit)
    frame = frame[frame["term"].isin(SIGNED_TERMS)]
    frame = frame[frame["parameter"] == "price_impact_slope"]
    sentences = []
    for term, rows in frame.groupby("term", sort=False):
        places = {
            "higher": rows[rows["lower_95"] > 0],
            "lower": rows[rows["upper_95"] < 0],
            "not settled": rows[~_settled(rows)],
        }
        parts = [
            f"{words} in {joined([_state_words(row) for _, row in found.iterrows()])}"
            for words, found in places.items()
            if len(found)
        ]
        sentences.append(
            f"Price impact that goes with {COVARIATE_NAMES[str(term)]} is "
            f"{joined(parts)}."
        )
    return " ".join(sentences)


def _state_words(row: pd.Series) -> str:
    security = f" ({row['security']})" if row["security"] else ""
    return f"state {row['state']}{security}"


def published_sentence(fit: Fit) -> str:
    """How many estimates agree with the paper's and which do not."""
    frame = regimes_beside_published(fit)
    frame = frame[frame["published_inside"].notna()]
    if frame.empty:
        return (
            "The paper has no such specification to set this one beside."
            if is_ten_year_or_unlabelled(fit)
            else "The paper prints estimates for the 10-year note only."
        )
    inside = frame["published_inside"].astype(bool)
    outside = [
        f"{REGIME_WORDS[row['parameter']].partition(' (')[0]} {place_label(row)}"
        for _, row in frame[~inside].iterrows()
    ]
    table = PAPER_TABLES[specification_of(fit)["transition"]]
    sentence = (
        f"The estimate in Table {table} of the paper, of the 10-year note, lies inside "
        "the 95% interval for "
        f"{inside.sum()} of {len(inside)} parameters"
    )
    return f"{sentence} (outside: {joined(outside)})." if outside else f"{sentence}."


def depth_sentence(fit: Fit) -> str:
    """Which transitions go with depth; empty for constant transitions."""
    frame = regimes_beside_published(fit)
    frame = frame[frame["parameter"] == "transition_depth_slope"]
    if frame.empty:
        return ""
    settled = _settled(frame)
    more = [_move(row) for _, row in frame[settled & (frame["mean"] > 0)].iterrows()]
    less = [_move(row) for _, row in frame[settled & (frame["mean"] < 0)].iterrows()]
    open_ = [
        f"{_move(row)} (probability of a positive sign "
        f"{row['probability_positive']:.2f})"
        for _, row in frame[~settled].iterrows()
    ]
    parts = []
    if more:
        parts.append(f"rise with depth for {joined(more)}")
    if less:
        parts.append(f"fall with depth for {joined(less)}")
    if open_:
        parts.append(f"have no settled direction for {joined(open_)}")
    return f"Log odds against moving to state 1 {'; '.join(parts)}."


def _move(row: pd.Series) -> str:
    return transition_label(row["state"], row["term"])


def weak_rows_sentence(fit: Fit) -> str:
    """Which moves rest on a handful of days, and how far the prior decides them."""
    states = [str(state) for state in fit.posterior["state"].to_numpy()]
    counts = median_and_interval(
        transition_counts(fit.group("regimes")["state_path"], states)
    )
    rare = counts[counts["median"] < FEW_MOVES]
    rare = rare[rare["origin"] != rare["arrival"]]
    frame = regimes_beside_published(fit)
    frame = frame[frame["parameter"].str.startswith("transition")]
    parts = []
    for _, row in rare.iterrows():
        move = transition_label(row["origin"], row["arrival"])
        days = f"{number(row['lower_95'], 0)} to {number(row['upper_95'], 0)} days"
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


def prior_sentence(fit: Fit) -> str:
    """Which transition coefficients the prior takes part in; empty if none."""
    frame = regimes_beside_published(fit)
    frame = frame[frame["parameter"].str.startswith("transition")]
    shared = frame[frame["prior_sensitivity"] > POWER_SCALING_THRESHOLD]
    if shared.empty:
        return ""
    parts = [
        f"{_symbol(row)} {_move(row)} ({row['prior_sensitivity']:.2f})"
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


def fragility_sentence(fit: Fit) -> str:
    """How likely the low-liquidity state is within a month, by depth."""
    states = [str(state) for state in fit.posterior["state"].to_numpy()]
    depths = FINDING_DEPTHS_MUSD if is_depth_driven(fit.posterior) else (60.0,)
    frame = fragility(fit.tree, depths, (20,))
    frame = frame[(frame["current_state"] == states[1]) & ~frame["outside_sample"]]
    parts = [
        f"{_chance(row)} at {row['depth_musd']:.0f} USD million"
        for _, row in frame.iterrows()
    ]
    if not is_depth_driven(fit.posterior):
        parts = [f"{_chance(row)} at any depth" for _, row in frame.iterrows()]
    today = fragility_today(fit.tree, (20,)).iloc[0]
    last = (
        f"On the last day of the sample (depth {today['depth_musd']:.0f} USD million) "
        f"it is {_chance(today)}."
    )
    if not parts:
        return last
    return (
        f"From state {states[1]}, the probability of entering the low-liquidity state "
        f"within 20 trading days, were depth to stay where it is, is {joined(parts)}. "
        f"{last}"
    )


def _chance(row: pd.Series) -> str:
    mean, low, high = probability(row[["mean", "lower_95", "upper_95"]])
    return mean if low == high else f"{mean} ({low} to {high})"


def states_sentence(fit: Fit) -> str:
    """How much of the sample was spent in each state."""
    path = fit.group("regimes")["state_path"]
    states = [str(state) for state in fit.posterior["state"].to_numpy()]
    parts = []
    for state in states:
        share = 100 * (path == int(state)).mean("day")
        low, high = share.quantile([0.025, 0.975], "sample").to_numpy()
        parts.append(f"{number(low, 0)} to {number(high, 0)}% in state {state}")
    return f"Of the sample's days the market spent {joined(parts)}."


def starts_sentence(fit: Fit) -> str:
    """Warn where searches from dispersed starts ended apart; empty if none did."""
    if not fit.has("starts"):
        return ""
    starts = fit.group("starts")
    best, count = int(starts.attrs["num_at_best"]), int(starts.attrs["num_starts"])
    if best == count:
        return ""
    density = starts["log_density"]
    others = density.where((starts["mode"] > 0) & np.isfinite(density))
    gap = float(density.max() - others.max())
    next_mode = (
        f"the next mode is lower by {number(gap, 1)} in log density"
        if np.isfinite(gap)
        else "the others found none"
    )
    return (
        f"Only {best} of {count} searches from dispersed starts ended at the best mode "
        f"found; {next_mode}. The chains started at the best."
    )


def regimes_findings(fit: Fit) -> list[str]:
    """Everything the report says in words about one usable fit; empty ones are dropped.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of str
    """
    return [
        slope_sentence(fit),
        surprise_sentence(fit),
        states_sentence(fit),
        depth_sentence(fit),
        fragility_sentence(fit),
        weak_rows_sentence(fit),
        prior_sentence(fit),
        published_sentence(fit),
        starts_sentence(fit),
        calibration_sentence(fit),
        correlated_errors_sentence(fit),
        information_sentence(fit),
    ]


def threshold_findings(fit: Fit) -> list[str]:
    """What the threshold regression says in words.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of str
    """
    frame = thresholds_beside_published(fit)
    slopes = frame[frame["parameter"] == "volatility_slope"]
    thresholds = frame[frame["parameter"] == "volatility_threshold_bp"]
    regimes = ("below both thresholds", "between them", "above both")
    by_regime = [
        f"{range_words(row, 3)} {words}"
        for (_, row), words in zip(slopes.iterrows(), regimes, strict=True)
    ]
    at = [f"{range_words(row, 1)} bp" for _, row in thresholds.iterrows()]
    low, high = threshold_r2(fit).quantile([0.025, 0.975]).to_numpy()
    return [
        f"Price impact per basis point of volatility is {joined(by_regime)} (95% "
        f"intervals); the thresholds lie at {joined(at)}.",
        f"Volatility in three regimes explains {number(100 * low, 1)} to "
        f"{number(100 * high, 1)}% of the variance of price impact.",
        calibration_sentence(fit),
        starts_sentence(fit),
        information_sentence(fit),
    ]
