"""Findings on the decomposition in words, never saying more than the interval."""

from collections.abc import Iterator

import pandas as pd

from analysis.estimates import element_estimates, summarise_draws
from analysis.findings import (
    calibration_sentence,
    correlated_errors_sentence,
    information_sentence,
    joined,
    range_words,
)
from analysis.fits import Fit
from analysis.tables_basis import decomposition_estimates, variance_shares
from analysis.tables_fit import uninformed_parameters

NEGLIGIBLE_PUBLISHED_SD_BP = 0.01
"""Published deviation innovations below this are none: the basis is quoted to whole
tenths of a basis point, and the published persistence then belongs to nothing."""


def half_life_sentence(fit: Fit) -> str:
    """How long a deviation lasts at each tenor; empty if the data do not say."""
    frame = element_estimates(
        fit.posterior, ["half_life_days"], lambda at: f"{at['tenor']} years"
    )
    frame = frame[~frame["element"].isin(uninformed_parameters(fit))]
    if frame.empty:
        return ""
    parts = [f"{range_words(row, 1)} at {row['label']}" for _, row in frame.iterrows()]
    return (
        "Half of a deviation from the level is gone after a number of trading days "
        f"whose 95% interval is {joined(parts)}."
    )


def variance_sentence(fit: Fit) -> str:
    """How much of the basis's variance the deviation holds, by tenor."""
    shares = summarise_draws(variance_shares(fit).sel(component="deviation", drop=True))
    frame = shares.to_dataframe().reset_index()
    parts = [
        f"{range_words(row, 1)} at {row['tenor']:.0f} years"
        for _, row in frame.iterrows()
    ]
    return (
        "Of the variance of the basis over the sample, the share of the deviation in "
        f"per cent is {joined(parts)} (95% intervals); the rest is level and noise."
    )


def published_sentence(fit: Fit) -> str:
    """How the published persistences compare, and which describe no deviation."""
    frame = decomposition_estimates(fit).dropna(subset="published")
    if frame.empty:
        return ""
    rows = frame[frame["parameter"] == "half_life_days"]
    inside = rows["published_inside"].astype(bool)
    outside = [f"{tenor}y" for tenor in rows.loc[~inside, "tenor"]]
    sentence = (
        f"The published half-life lies inside the 95% interval at {inside.sum()} of "
        f"{len(rows)} tenors"
    )
    sentence += f" (outside: {joined(outside)})." if outside else "."
    return f"{sentence} {_published_without_deviation(frame)}".strip()


def _published_without_deviation(frame: pd.DataFrame) -> str:
    rows = frame[frame["parameter"] == "deviation_innovation_sd_bp"]
    empty = rows[rows["published"] < NEGLIGIBLE_PUBLISHED_SD_BP]
    if empty.empty:
        return ""
    tenors = joined([str(tenor) for tenor in empty["tenor"]])
    return (
        f"At {tenors} years the published fit gives the deviation a variance of zero, "
        "so its persistence says nothing and what it publishes as deviation is what "
        "the level leaves, that is noise."
    )


def basis_sentences(fit: Fit) -> Iterator[str]:
    """What a fit of the decomposition says, one sentence at a time.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    str
        May be empty.
    """
    yield half_life_sentence(fit)
    yield variance_sentence(fit)
    yield published_sentence(fit)
    yield calibration_sentence(fit)
    yield correlated_errors_sentence(fit)
    yield information_sentence(fit)
