"""Tables 1 to 3 of the paper on liquidity regimes: posteriors beside its estimates."""

from collections.abc import Sequence

import pandas as pd

from analysis.fits import Fit
from analysis.liquidity_description import (
    REGIME_WORDS,
    THRESHOLD_WORDS,
    transition_label,
)
from analysis.liquidity_estimates import (
    SIGNED_TERMS,
    has_published_counterpart,
    is_ten_year_or_unlabelled,
    regimes_beside_published,
    specification_of,
    threshold_r2,
    thresholds_beside_published,
)
from analysis.tables import (
    NOT_AVAILABLE,
    Table,
    interval,
    number,
    numbers,
    probability,
    unbroken,
    without_repeats,
)
from analysis.tables_coefficients import INTERVAL_NOTE
from analysis.tables_comparison import combined_warning
from analysis.transitions import is_depth_driven
from data.liquidity_columns import COVARIATE_COLUMNS

DECIMALS = 3
"""As in the paper's tables."""

READING_ORDER = {
    name: f"{place:02d}"
    for place, name in enumerate([*REGIME_WORDS, *COVARIATE_COLUMNS])
}
"""Parameter or covariate -> what it is sorted by."""

PAPER_TABLES = {"constant": "2", "depth": "3"}
PAPER_NOTE = (
    "Paper: maximum-likelihood estimate and standard error for the 10-year note, April "
    "2014 to December 2023; n/a where it prints none or the number is not legible."
)


def _inside(frame: pd.DataFrame) -> pd.Series:
    words = frame["published_inside"].map({True: "yes", False: "no"})
    return words.fillna(NOT_AVAILABLE)


def table_1_threshold_regression(fit: Fit) -> Table:
    """Table 1: price impact on volatility with two thresholds.

    Parameters
    ----------
    fit : Fit
        Of the threshold regression.

    Returns
    -------
    Table
    """
    frame = thresholds_beside_published(fit)
    display = pd.DataFrame(
        {
            "Parameter": without_repeats(frame["parameter"].map(THRESHOLD_WORDS)),
            "Of": frame["published_name"].str.replace("_", "\u00a0"),
            "Mean": numbers(frame["mean"], DECIMALS),
            "SD": numbers(frame["sd"], DECIMALS),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], DECIMALS),
            "Paper, 10-year": numbers(frame["estimate"], DECIMALS),
            "Paper SE": numbers(frame["standard_error"], DECIMALS),
            "Paper inside": _inside(frame),
        }
    )
    share = threshold_r2(fit)
    low, high = share.quantile([0.025, 0.975]).to_numpy()
    caption = (
        f"Price impact on volatility with two thresholds ({fit.span}), beside Table 1 "
        f"of the paper. beta 1 holds below the first threshold, beta 3 above the "
        f"second. R² is {number(low, 3)} to {number(high, 3)} (95% interval); the "
        f"paper's is 0.897. {INTERVAL_NOTE} {PAPER_NOTE}"
    )
    return Table(
        "table_1_threshold_regression", caption, frame, display, fit.warning, fit.name
    )


def place_label(row: pd.Series) -> str:
    """Words for the place of an estimate: "V, state 1", "state 2", "1→3"."""
    if row["parameter"].startswith("transition"):
        return transition_label(row["state"], row["term"])
    parts = [row["security"], row["term"], f"state {row['state']}"]
    return ", ".join(part for part in parts if part)


def _has_open_sign(frame: pd.DataFrame) -> pd.Series:
    return (frame["parameter"] == "transition_depth_slope") | frame["term"].isin(
        SIGNED_TERMS
    )


def _regimes_table(stem: str, fit: Fit) -> Table:
    frame = regimes_beside_published(fit)
    sign = probability(frame["probability_positive"])
    display = pd.DataFrame(
        {
            "Parameter": without_repeats(frame["parameter"].map(REGIME_WORDS)),
            "Of": frame.apply(place_label, axis=1).map(unbroken),
            "Mean": numbers(frame["mean"], DECIMALS),
            "SD": numbers(frame["sd"], DECIMALS),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], DECIMALS),
            "P(> 0)": sign.where(_has_open_sign(frame), ""),
            "Data": frame["information"].fillna(NOT_AVAILABLE),
        }
    )
    note = (
        "The paper has no such specification."
        if is_ten_year_or_unlabelled(fit)
        else "The paper prints estimates for the 10-year note only."
    )
    if has_published_counterpart(fit):
        note = PAPER_NOTE
        display["Paper, 10-year"] = numbers(frame["estimate"], DECIMALS)
        display["Paper SE"] = numbers(frame["standard_error"], DECIMALS)
        display["Paper inside"] = _inside(frame)
    chosen = specification_of(fit)
    if chosen["noise"] == "student-t":
        note += " sigma² is the square of the scale of the Student-t noise."
    caption = (
        f"Posterior of {fit.name}: Model {chosen['covariates']}, {fit.variant} "
        f"({fit.span}), beside Table {PAPER_TABLES[chosen['transition']]} of the "
        f"paper. {INTERVAL_NOTE} P(> 0) where the sign is open. Data: what the data "
        f"said about the parameter; one that is not informed repeats its prior. {note}"
    )
    return Table(stem, caption, frame, display, fit.warning, fit.name)


def table_2_constant_transitions(fit: Fit) -> Table:
    """Table 2: the hidden Markov model with a constant transition matrix."""
    return _regimes_table("table_2_constant_transitions", fit)


def table_3_depth_transitions(fit: Fit) -> Table:
    """Table 3: the hidden Markov model with transitions driven by market depth."""
    return _regimes_table("table_3_depth_transitions", fit)


def table_of_regimes(fit: Fit) -> Table:
    """Table 2 or 3, whichever the fit's transitions belong to."""
    if is_depth_driven(fit.posterior):
        return table_3_depth_transitions(fit)
    return table_2_constant_transitions(fit)


def table_models_side_by_side(fits: Sequence[Fit]) -> Table:
    """Every estimate of Tables 2 and 3, one column a fit, as the paper prints them.

    Parameters
    ----------
    fits : sequence of Fit

    Returns
    -------
    Table
        Posterior mean and, in brackets, standard deviation.
    """
    keys = ["parameter", "state", "term", "security"]
    frames = [regimes_beside_published(fit).assign(fit=fit.name) for fit in fits]
    frame = pd.concat(frames, ignore_index=True)
    cells = [
        f"{number(mean, DECIMALS)} ({number(sd, DECIMALS)})"
        for mean, sd in zip(frame["mean"], frame["sd"], strict=True)
    ]
    wide = (
        frame.assign(cell=cells)
        .pivot_table(index=keys, columns="fit", values="cell", aggfunc="first")
        .reset_index()
        .sort_values(
            ["parameter", "security", "state", "term"],
            key=lambda column: column.map(
                lambda value: READING_ORDER.get(value, value)
            ),
            ignore_index=True,
        )
    )
    display = pd.DataFrame(
        {
            "Parameter": without_repeats(wide["parameter"].map(REGIME_WORDS)),
            "Of": wide.apply(place_label, axis=1).map(unbroken),
        }
        | {fit.name: wide[fit.name].fillna("") for fit in fits}
    )
    caption = (
        "Posterior mean (standard deviation) of every fit, in the layout of Tables 2 "
        "and 3 of the paper. States are ordered by their volatility slope, 1 the least "
        "liquid."
    )
    return Table(
        "table_models_side_by_side",
        caption,
        frame,
        display,
        combined_warning(fits),
    )
