"""Findings on price pressure in words, never saying more than the interval.

A sign is stated only where the 95% interval lies on one side of zero; everything else
is reported as not settled. "Goes with" is meant: the model is no experiment.
"""

import pandas as pd

from analysis.estimates import tidy_estimates
from analysis.findings import (
    calibration_sentence,
    correlated_errors_sentence,
    information_sentence,
    joined,
    range_words,
)
from analysis.fits import Fit
from analysis.tables import number
from analysis.tables_coefficients import (
    cash_against_futures,
    coefficient_label,
    estimates_beside_published,
    variance_ratios,
)
from analysis.tables_fit import uninformed_parameters
from data.published import COUNTERPARTS


def informed_estimates(fit: Fit, parameter: str) -> pd.DataFrame:
    """Estimates of one parameter, without the elements that repeat their prior.

    Parameters
    ----------
    fit : Fit
    parameter : str

    Returns
    -------
    DataFrame
        As :func:`analysis.estimates.tidy_estimates`.
    """
    frame = tidy_estimates(fit.posterior, [parameter])
    uninformed = set(uninformed_parameters(fit))
    labels = frame.apply(_diagnostics_label, axis=1)
    return frame[~labels.isin(uninformed)]


def _diagnostics_label(row: pd.Series) -> str:
    """Name of a row in the diagnostics, such as "price_pressure[cash, 2]"."""
    if row["parameter"] == "price_discovery":
        return f"price_discovery[{row['factor']}:{row['market']}:{row['tenor_years']}]"
    keys = [row["factor"], row["market"], row["tenor_years"]]
    return f"{row['parameter']}[{', '.join(str(key) for key in keys if key)}]"


def price_pressure_sentences(fit: Fit) -> list[str]:
    """Sign and size of each price-pressure coefficient, one sentence a market.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of str
    """
    frame = informed_estimates(fit, "price_pressure")
    return [
        " ".join(_sentences_of_market(market, rows))
        for market, rows in frame.groupby("market", sort=False)
    ]


def _sentences_of_market(market: object, rows: pd.DataFrame) -> list[str]:
    settled = (rows["lower_95"] > 0) | (rows["upper_95"] < 0)
    sentences = []
    if settled.any():
        parts = [
            f"{number(row['mean'], 2)} bp at {row['tenor_years']} years "
            f"({range_words(row, 2)})"
            for _, row in rows[settled].iterrows()
        ]
        sentences.append(
            f"One USD million more of dealers' {market} DV01 in a bucket goes with a "
            f"change of that bucket's yield of {joined(parts)}."
        )
    if not settled.all():
        parts = [
            f"{row['tenor_years']} years ({range_words(row, 2)}, probability of a "
            f"positive sign {row['probability_positive']:.2f})"
            for _, row in rows[~settled].iterrows()
        ]
        sentences.append(
            f"For {market} DV01 the data do not settle the sign at {joined(parts)}."
        )
    return sentences


def published_sentence(fit: Fit) -> str:
    """How many price-pressure coefficients agree with the paper, and which do not."""
    frame = estimates_beside_published(fit)
    frame = frame[frame["parameter"] == "price_pressure"]
    inside = frame["published_inside"].astype(bool)
    outside = [coefficient_label(row) for _, row in frame[~inside].iterrows()]
    table = COUNTERPARTS[fit.variant]
    sentence = (
        f"The estimate in Table {table.table} of the paper lies inside the 95% "
        f"interval for {inside.sum()} of {len(inside)} price-pressure coefficients"
    )
    sentence += f" (outside: {joined(outside)})." if outside else "."
    return f"{sentence} {table.caveat}".strip()


def half_life_sentence(fit: Fit) -> str:
    """How long a shock to each factor lasts; empty if the data do not say."""
    frame = informed_estimates(fit, "half_life_weeks")
    if frame.empty:
        return ""
    parts = [
        f"{row['factor']} {number(row['lower_95'], 0)} to {number(row['upper_95'], 0)}"
        for _, row in frame.iterrows()
    ]
    return (
        "Half of a shock to a factor is gone after a number of weeks whose 95% "
        f"interval is, for the {joined(parts)}."
    )


def cash_against_futures_sentence(fit: Fit) -> str:
    """Where cash DV01 presses more than futures DV01; empty if the data do not say."""
    frame = cash_against_futures(fit)
    informed = informed_estimates(fit, "price_pressure")
    frame = frame[frame["tenor_years"].map(informed["tenor_years"].value_counts()) == 2]
    if frame.empty:
        return ""
    more = frame[frame["lower_95"] > 0]
    less = frame[frame["upper_95"] < 0]
    open_ = frame.drop(index=[*more.index, *less.index])
    parts = [
        f"{words} at {joined([f'{tenor}' for tenor in rows['tenor_years']])} years"
        for words, rows in (("more", more), ("less", less))
        if len(rows)
    ]
    stated = f"A dollar of cash DV01 presses {joined(parts)} than one of futures"
    probabilities = joined(
        [
            f"{tenor} years {value:.2f}"
            for tenor, value in zip(
                open_["tenor_years"],
                open_["probability_cash_exceeds_futures"],
                strict=True,
            )
        ]
    )
    unsettled = f"not settled, probability that cash presses more: {probabilities}"
    if not parts:
        return f"Whether cash DV01 presses more than futures DV01 is {unsettled}."
    return f"{stated}; {unsettled}." if len(open_) else f"{stated}."


def order_flow_sentence(fit: Fit) -> str:
    """Which order flows move a factor, and how much of its variance the largest is."""
    frame = informed_estimates(fit, "price_discovery")
    settled = frame[(frame["lower_95"] > 0) | (frame["upper_95"] < 0)]
    names = [
        f"{coefficient_label(row)} ({range_words(row, 2)} bp per USD billion)"
        for _, row in settled.iterrows()
    ]
    sign = (
        f"Price discovery has a settled sign for {joined(names)}."
        if names
        else "No price-discovery coefficient has a settled sign."
    )
    ratios = variance_ratios(fit)
    largest = ratios.iloc[int(ratios["mean"].argmax())]
    return (
        f"{sign} The largest share is that of {coefficient_label(largest)}: "
        f"{range_words(largest, 2)} per cent of the variance of the factor's "
        "innovation."
    )


def price_pressure_findings(fit: Fit) -> list[str]:
    """Everything the report says in words about one usable fit; empty ones are dropped.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of str
    """
    sentences = [*price_pressure_sentences(fit), published_sentence(fit)]
    if {"cash", "futures"} <= set(fit.posterior["inventory_market"].to_numpy()):
        sentences.append(cash_against_futures_sentence(fit))
    if fit.has_order_flow:
        sentences.append(order_flow_sentence(fit))
    return [
        *sentences,
        half_life_sentence(fit),
        calibration_sentence(fit),
        correlated_errors_sentence(fit),
        information_sentence(fit),
    ]
