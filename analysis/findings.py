"""Findings in words, made from the numbers and never saying more than the interval.

A sign is stated only where the 95% interval lies on one side of zero; everything else
is reported as not settled. "Goes with" is meant: the model is no experiment.
"""

from collections.abc import Sequence

import pandas as pd

from analysis.estimates import tidy_estimates
from analysis.figures_calibration import leaves_envelope, observed_pit
from analysis.fits import Fit
from analysis.hedging_regression import lag_one_autocorrelation
from analysis.predictive_statistics import compare_statistics
from analysis.section import Findings
from analysis.tables import number
from analysis.tables_coefficients import (
    cash_against_futures,
    coefficient_label,
    estimates_beside_published,
    variance_ratios,
)
from analysis.tables_comparison import compare_log_scores
from analysis.tables_fit import uninformed_parameters
from data.columns import TENOR_YEARS
from data.published import COUNTERPARTS

LISTED_FAILURES = 6

NOTABLE_CORRELATION = 0.15
"""Lag-1 correlation of errors worth a warning: more than four standard errors of white
noise at the length of the paper's sample."""


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _range(row: pd.Series, decimals: int) -> str:
    low, high = number(row["lower_95"], decimals), number(row["upper_95"], decimals)
    return f"{low} to {high}"


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
            f"({_range(row, 2)})"
            for _, row in rows[settled].iterrows()
        ]
        sentences.append(
            f"One USD million more of dealers' {market} DV01 in a bucket goes with a "
            f"change of that bucket's yield of {_joined(parts)}."
        )
    if not settled.all():
        parts = [
            f"{row['tenor_years']} years ({_range(row, 2)}, probability of a positive "
            f"sign {row['probability_positive']:.2f})"
            for _, row in rows[~settled].iterrows()
        ]
        sentences.append(
            f"For {market} DV01 the data do not settle the sign at {_joined(parts)}."
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
    sentence += f" (outside: {_joined(outside)})." if outside else "."
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
        f"interval is, for the {_joined(parts)}."
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
        f"{words} at {_joined([f'{tenor}' for tenor in rows['tenor_years']])} years"
        for words, rows in (("more", more), ("less", less))
        if len(rows)
    ]
    stated = f"A dollar of cash DV01 presses {_joined(parts)} than one of futures"
    probabilities = _joined(
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
        f"{coefficient_label(row)} ({_range(row, 2)} bp per USD billion)"
        for _, row in settled.iterrows()
    ]
    sign = (
        f"Price discovery has a settled sign for {_joined(names)}."
        if names
        else "No price-discovery coefficient has a settled sign."
    )
    ratios = variance_ratios(fit)
    largest = ratios.iloc[int(ratios["mean"].argmax())]
    return (
        f"{sign} The largest share is that of {coefficient_label(largest)}: "
        f"{_range(largest, 2)} per cent of the variance of the factor's innovation."
    )


def information_sentence(fit: Fit) -> str:
    """Which parameters the data said nothing about; empty if none."""
    names = uninformed_parameters(fit)
    if not names:
        return ""
    return (
        f"Not informed by the data (the posterior is the prior): {_joined(names)}. "
        "Nothing is concluded about them."
    )


def calibration_sentence(fit: Fit) -> str:
    """Which predictive checks the model fails."""
    misses = [
        f"{tenor}y"
        for tenor in TENOR_YEARS
        if leaves_envelope(observed_pit(fit, tenor))
    ]
    frame = compare_statistics(fit.tree, "posterior_predictive")
    outside = frame[~frame["observed"].between(frame["lower_95"], frame["upper_95"])]
    kinds = [
        f"{str(title).removesuffix(' (bp)')} ({', '.join(rows['label'])})"
        for title, rows in outside.groupby("statistic", sort=False)
    ]
    calibrated = (
        f"One-step-ahead predictions are not calibrated for the {_joined(misses)} yield"
        if misses
        else "One-step-ahead predictions pass the calibration check at every tenor"
    )
    if not kinds:
        return f"{calibrated}; replicated yields cover every statistic checked."
    return f"{calibrated}; replicated yields miss the observed {_joined(kinds)}."


def correlated_errors_sentence(fit: Fit) -> str:
    """Warn that intervals are too narrow where prediction errors are correlated."""
    innovation = fit.group("one_step_ahead")["standardized_innovation"]
    correlation = {
        tenor: lag_one_autocorrelation(innovation.sel(tenor=tenor).to_numpy())
        for tenor in TENOR_YEARS
    }
    parts = [
        f"{tenor}y ({number(value, 2)})"
        for tenor, value in correlation.items()
        if abs(value) > NOTABLE_CORRELATION
    ]
    if not parts:
        return ""
    return (
        f"Successive prediction errors are correlated for the {_joined(parts)} yield, "
        "which the model rules out: the intervals above are likely too narrow."
    )


def findings_of_fit(fit: Fit) -> Findings:
    """Headline findings of one fit, or why there are none.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Findings
    """
    variant = "" if fit.variant == fit.name else f"{fit.variant}, "
    title = f"{fit.name} ({variant}{fit.weeks})"
    if not fit.is_usable:
        shown = list(fit.failures[:LISTED_FAILURES])
        if len(fit.failures) > len(shown):
            shown.append(f"and {len(fit.failures) - len(shown)} more")
        head = "Diagnostics failed: nothing is concluded from this fit."
        return Findings(title, (head, *shown), is_warning=True)
    sentences = [*price_pressure_sentences(fit), published_sentence(fit)]
    if {"cash", "futures"} <= set(fit.posterior["inventory_market"].to_numpy()):
        sentences.append(cash_against_futures_sentence(fit))
    if fit.has_order_flow:
        sentences.append(order_flow_sentence(fit))
    sentences += [
        half_life_sentence(fit),
        calibration_sentence(fit),
        correlated_errors_sentence(fit),
        information_sentence(fit),
    ]
    return Findings(title, tuple(filter(None, sentences)))


def findings_of_comparison(fits: Sequence[Fit]) -> Findings | None:
    """Which variants predict the same data better; None with nothing to compare.

    Parameters
    ----------
    fits : sequence of Fit
        Only usable fits with leave-future-out scores are compared.

    Returns
    -------
    Findings or None
    """
    scored = [fit for fit in fits if fit.is_usable and fit.has("leave_future_out")]
    if len(scored) < 2:
        return None
    frame = compare_log_scores(scored)
    sentences = [
        _comparison_sentence(rows)
        for _, rows in frame.groupby("data_sha256", sort=False)
        if len(rows) > 1
    ]
    return Findings("Comparison of variants", tuple(sentences)) if sentences else None


def _comparison_sentence(rows: pd.DataFrame) -> str:
    best, others = rows.iloc[0], rows.iloc[1:]
    apart = others["difference_to_best"].abs() > 2 * others["standard_error"]
    sentence = (
        f"Over {best['num_weeks']:,} weeks {best['fit']} has the highest log score"
    )
    worse, close = others.loc[apart, "fit"], others.loc[~apart, "fit"]
    if len(worse):
        sentence += f", more than two standard errors above {_joined(list(worse))}"
    if len(close):
        sentence += f"; it cannot be told apart from {_joined(list(close))}"
    return f"{sentence}."
