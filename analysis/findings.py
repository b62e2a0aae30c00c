"""Findings in words that every model shares, never saying more than the numbers do."""

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from analysis.figures_calibration import leaves_envelope, observed_pit
from analysis.fits import Fit
from analysis.hedging_regression import lag_one_autocorrelation
from analysis.predictive_statistics import compare_statistics
from analysis.section import Findings
from analysis.tables import number
from analysis.tables_comparison import compare_log_scores, is_reliably_scored
from analysis.tables_fit import uninformed_parameters

LISTED_FAILURES = 6

NOTABLE_CORRELATION = 0.15
"""Lag-1 correlation of errors worth a warning: more than four standard errors of white
noise at the length of the papers' samples."""


def joined(words: Sequence[str]) -> str:
    """List in words: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def range_words(row: pd.Series, decimals: int) -> str:
    """Interval in words: "0.51 to 0.64", from lower_95 and upper_95."""
    low, high = number(row["lower_95"], decimals), number(row["upper_95"], decimals)
    return f"{low} to {high}"


def information_sentence(fit: Fit) -> str:
    """Which parameters the data said nothing about; empty if none."""
    names = uninformed_parameters(fit)
    if not names:
        return ""
    return (
        f"Not informed by the data (the posterior is the prior): {joined(names)}. "
        "Nothing is concluded about them."
    )


def calibration_sentence(fit: Fit) -> str:
    """Which predictive checks the model fails."""
    replicated = _replication_words(fit)
    if not fit.has("one_step_ahead"):
        return f"{replicated[0].upper()}{replicated[1:]}."
    misses = [
        label
        for label, selection in fit.series
        if leaves_envelope(observed_pit(fit, selection))
    ]
    calibrated = (
        f"One-step-ahead predictions are not calibrated for the {joined(misses)}"
        if misses
        else "One-step-ahead predictions pass the calibration check for every series"
    )
    return f"{calibrated}; {replicated}."


def _replication_words(fit: Fit) -> str:
    """Which statistics of the observed data the replications miss."""
    frame = compare_statistics(fit, "posterior_predictive")
    outside = frame[~frame["observed"].between(frame["lower_95"], frame["upper_95"])]
    kinds = [
        f"{str(title).removesuffix(' (bp)')} ({', '.join(rows['label'])})"
        for title, rows in outside.groupby("statistic", sort=False)
    ]
    replicated = f"replicated {fit.description.predictive_check.subject}"
    if not kinds:
        return f"{replicated} cover every statistic checked"
    return f"{replicated} miss the observed {joined(kinds)}"


def correlated_errors_sentence(fit: Fit) -> str:
    """Warn that intervals are too narrow where prediction errors are correlated."""
    if not fit.has("one_step_ahead"):
        return ""
    innovation = fit.group("one_step_ahead")["standardized_innovation"]
    correlation = {
        label: lag_one_autocorrelation(innovation.sel(selection).to_numpy())
        for label, selection in fit.series
    }
    parts = [
        f"{label} ({number(value, 2)})"
        for label, value in correlation.items()
        if abs(value) > NOTABLE_CORRELATION
    ]
    if not parts:
        return ""
    return (
        f"Successive prediction errors are correlated for the {joined(parts)}, "
        "which the model rules out: the intervals above are likely too narrow."
    )


def findings_of_fit(fit: Fit, sentences: Callable[[Fit], Iterable[str]]) -> Findings:
    """Headline findings of one fit, or why there are none.

    Parameters
    ----------
    fit : Fit
    sentences : callable
        What the model's numbers say; called only if the fit may be used. Empty
        sentences are left out.

    Returns
    -------
    Findings
    """
    variant = "" if fit.variant == fit.name else f"{fit.variant}, "
    title = f"{fit.name} ({variant}{fit.span})"
    if fit.is_usable:
        return Findings(title, tuple(filter(None, sentences(fit))))
    shown = list(fit.failures[:LISTED_FAILURES])
    if len(fit.failures) > len(shown):
        shown.append(f"and {len(fit.failures) - len(shown)} more")
    head = "Diagnostics failed: nothing is concluded from this fit."
    return Findings(title, (head, *shown), is_warning=True)


def findings_of_comparison(fits: Sequence[Fit]) -> Findings | None:
    """Which variants predict the same data better; None with nothing to compare.

    Parameters
    ----------
    fits : sequence of Fit
        Only usable fits with reliable leave-future-out scores are compared.

    Returns
    -------
    Findings or None
    """
    scored = [
        fit
        for fit in fits
        if fit.is_usable and fit.has("leave_future_out") and is_reliably_scored(fit)
    ]
    if len(scored) < 2:
        return None
    unit = scored[0].description.time_unit
    frame = compare_log_scores(scored)
    sentences = [
        _comparison_sentence(rows, unit)
        for _, rows in frame.groupby("data_sha256", sort=False)
        if len(rows) > 1
    ]
    return Findings("Comparison of variants", tuple(sentences)) if sentences else None


def _comparison_sentence(rows: pd.DataFrame, unit: str) -> str:
    best, others = rows.iloc[0], rows.iloc[1:]
    apart = others["difference_to_best"].abs() > 2 * others["standard_error"]
    sentence = (
        f"Over {best['num_scored']:,} {unit}s {best['fit']} has the highest log score"
    )
    worse, close = others.loc[apart, "fit"], others.loc[~apart, "fit"]
    if len(worse):
        sentence += f", more than two standard errors above {joined(list(worse))}"
    if len(close):
        sentence += f"; it cannot be told apart from {joined(list(close))}"
    return f"{sentence}."
