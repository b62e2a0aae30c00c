"""Findings on half-lives in words, never saying more than the interval.

"Goes with" is meant: events are not assigned to markets of more or less concentration,
so nothing here says what a change of concentration would do.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.estimates import summary_of_one
from analysis.every_model.findings import joined, range_words
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.half_life.closers import CLOSERS
from analysis.half_life.description import covariate_name
from analysis.half_life.effects import (
    average_survival,
    covariate_survival,
    effect_days,
    has_covariates,
    inputs_of,
    low_and_high,
    restricted_mean_days,
)
from analysis.half_life.events import events_of, outcome_counts
from analysis.half_life.notebook_regression import notebook_regression
from analysis.half_life.survival_check import cells_outside, survival_sentence
from analysis.page.table import number
from models.half_life.covariates import CONSTANT
from models.half_life.inputs import HalfLifeInputs
from models.half_life.specification import LINEAR

PRINCIPAL_COVARIATE = "dealer_hhi"

NOTABLE_T = 2.0
"""A t-value that a reader takes for a finding."""

NO_COVARIATES = (
    "No covariate is known for enough of these events to enter, so nothing is said "
    "about who closes the basis."
)
ASSOCIATION = (
    "Differences between events are associations: nothing here says what a change of "
    "who trades would do."
)


def uninformed_covariates(fit: Fit) -> list[str]:
    """Covariates whose coefficient repeats its prior, constant ones included."""
    inputs = inputs_of(fit)
    uninformed = set(uninformed_parameters(fit))
    return [
        str(name)
        for name, finding in inputs.covariates["finding"].items()
        if finding == CONSTANT or f"coefficient[{name}]" in uninformed
    ]


def outcomes_sentence(fit: Fit) -> str:
    """How many outcomes there are, and what dropping the open ones would do."""
    counts = outcome_counts(events_of(fit))
    outcomes, open_ = counts["num_outcomes"].sum(), counts["num_open"].sum()
    sentence = (
        f"{number(outcomes, 0)} outcomes, of which {number(open_, 0)} "
        f"({number(100 * open_ / outcomes, 0)} per cent) had not halved when last "
        "watched and are censored, not dropped."
    )
    weight = counts["num_outcomes"]
    if counts["restricted_mean_days"].isna().any():
        return sentence
    resolved = counts["num_outcomes"] - counts["num_open"]
    kept = np.average(counts["restricted_mean_days"], weights=weight)
    dropped = np.average(
        counts["mean_resolved_days"].fillna(0.0), weights=resolved.clip(lower=1e-9)
    )
    return (
        f"{sentence} Their mean half-life within the horizon is {number(kept, 1)} "
        f"days; over those that halved alone it would be {number(dropped, 1)}."
    )


def entered_sentence(fit: Fit, inputs: HalfLifeInputs) -> Iterator[str]:
    """How many outcomes enter, where covariates that some lack leave fewer."""
    outcomes = outcome_counts(events_of(fit))["num_outcomes"].sum()
    entered = len(inputs.outcomes)
    if entered < round(outcomes):
        yield (
            f"The regression takes {number(entered, 0)} of them: the others lack a "
            "covariate."
        )


def duration_sentence(fit: Fit, inputs: HalfLifeInputs) -> str:
    """Expected half-life of a dislocation and the chance that it stays open."""
    share = average_survival(fit, inputs)
    days = summary_of_one(restricted_mean_days(share))
    left = summary_of_one(100 * share.isel(day=-1, drop=True))
    start = "At mean covariates a" if has_covariates(fit) else "A"
    return (
        f"{start} dislocation is expected to halve within "
        f"{range_words(days, 1)} trading days (counting {inputs.horizon_days} for "
        f"longer ones), and {range_words(left, 0)} per cent are still open after "
        f"{inputs.horizon_days} days (95% intervals)."
    )


def tenor_sentence(fit: Fit, inputs: HalfLifeInputs) -> str:
    """Expected half-life by tenor; empty for a single one."""
    tenors = sorted(int(tenor) for tenor in inputs.outcomes["tenor"].unique())
    if len(tenors) == 1:
        return ""
    parts = [
        f"{range_words(summary_of_one(days), 1)} at {tenor} years"
        for tenor in tenors
        for days in (restricted_mean_days(average_survival(fit, inputs, tenor=tenor)),)
    ]
    return f"By tenor the expected half-life in days is {joined(parts)}."


def coefficient_sentences(fit: Fit, inputs: HalfLifeInputs) -> Iterator[str]:
    """Which covariates go with faster or slower halving, in days.

    Parameters
    ----------
    fit : Fit
        Of any variant.
    inputs : HalfLifeInputs

    Yields
    ------
    str
        Settled signs, then those the data leave open; coefficients that repeat their
        prior are in neither.
    """
    silent = uninformed_covariates(fit)
    settled, unsettled = [], []
    for name in map(str, inputs.covariates.index):
        if name in silent:
            continue
        coefficient = summary_of_one(fit.posterior["coefficient"].sel(covariate=name))
        days = summary_of_one(effect_days(fit, inputs, name))
        if coefficient["lower_95"] > 0 or coefficient["upper_95"] < 0:
            settled.append(f"{covariate_name(name)} {_longer_or_shorter(days)}")
        else:
            unsettled.append(f"{covariate_name(name)} ({range_words(days, 1)} days)")
    if settled:
        yield (
            "One standard deviation more of a covariate goes with a half-life that is, "
            f"in days, {joined(settled)}."
        )
    if unsettled:
        yield f"The data do not settle the sign for {joined(unsettled)}."


def _longer_or_shorter(days: dict[str, float]) -> str:
    """Words such as "0.3 to 0.9 shorter" for a change in days."""
    if days["mean"] >= 0:
        return f"{range_words(days, 1)} longer"
    size = pd.Series({"lower_95": -days["upper_95"], "upper_95": -days["lower_95"]})
    return f"{range_words(size, 1)} shorter"


def closers_sentence(fit: Fit, inputs: HalfLifeInputs) -> str:
    """Expected half-life at low and high ATS share, principal share and dealer HHI."""
    silent = uninformed_covariates(fit)
    shown = [name for name in CLOSERS if name in inputs.covariates.index]
    parts = []
    for name in shown:
        if name in silent:
            continue
        low, high = low_and_high(inputs, name)
        share = covariate_survival(fit, inputs, name, np.array([low, high]))
        days = restricted_mean_days(share)
        at = [summary_of_one(days.isel(value=i)) for i in (0, 1)]
        parts.append(
            f"{range_words(at[0], 1)} days where {covariate_name(name)} is {low:.2g} "
            f"and {range_words(at[1], 1)} where it is {high:.2g}"
        )
    if not parts:
        return ""
    return f"Who closes the basis: the expected half-life is {'; '.join(parts)}."


def silence_sentence(fit: Fit) -> str:
    """Which coefficients repeat their prior; empty if none."""
    names = uninformed_covariates(fit)
    if not names:
        return ""
    sentence = (
        "Not informed by the data (the posterior is the prior): the "
        f"{'coefficients' if len(names) > 1 else 'coefficient'} of "
        f"{joined([covariate_name(name) for name in names])}. Nothing is concluded "
        "about them."
    )
    if PRINCIPAL_COVARIATE in names:
        sentence += (
            " In particular, that concentration of dealers delays closing, the "
            "notebook's conclusion, has no support in these data, nor has its opposite."
        )
    return sentence


def placeholder_sentence(inputs: HalfLifeInputs) -> str:
    """Covariates that enter but are not what their name says; empty if none."""
    finding = inputs.covariates["finding"]
    odd = finding[(finding != "") & (finding != CONSTANT)]
    parts = [f"{covariate_name(str(name))} is {words}" for name, words in odd.items()]
    return f"Read with care: {'; '.join(parts)}." if parts else ""


def artefact_sentence(fit: Fit) -> str:
    """Covariates for which least squares prints a t-value that means nothing."""
    table = notebook_regression(fit)
    if table.empty:
        return ""
    odd = table[(table["is_identified"] == False) & (table["t"].abs() > NOTABLE_T)]  # noqa: E712
    if odd.empty:
        return ""
    parts = [
        f"{covariate_name(term)} ({number(t, 1)})"
        for term, t in zip(odd["term"], odd["t"], strict=True)
    ]
    return (
        "The notebook's least squares prints a t-value for what its rows cannot tell "
        f"from the rest: {joined(parts)}. These are artefacts of the generalised "
        "inverse."
    )


def linear_sentences(fit: Fit, inputs: HalfLifeInputs) -> Iterator[str]:
    """What the notebook's equation says, and why it is here to be compared with."""
    yield (
        "The notebook's equation as a Bayesian regression, on the outcomes that halved "
        "only: half-lives and effects are biased by what it leaves out, and it stands "
        "here to show by how much."
    )
    yield silence_sentence(fit)
    yield artefact_sentence(fit)
    yield from coefficient_sentences(fit, inputs)


def half_life_sentences(fit: Fit) -> Iterator[str]:
    """What a half-life regression says, one sentence at a time.

    Parameters
    ----------
    fit : Fit
        Of any variant.

    Yields
    ------
    str
        May be empty.
    """
    inputs = inputs_of(fit)
    if fit.variant == LINEAR:
        yield from linear_sentences(fit, inputs)
        return
    yield survival_sentence(cells_outside(fit))
    yield silence_sentence(fit)
    yield placeholder_sentence(inputs)
    yield ASSOCIATION if has_covariates(fit) else NO_COVARIATES
    yield outcomes_sentence(fit)
    yield from entered_sentence(fit, inputs)
    yield duration_sentence(fit, inputs)
    yield tenor_sentence(fit, inputs)
    yield from coefficient_sentences(fit, inputs)
    yield closers_sentence(fit, inputs)
