"""Findings in words that every model shares, never saying more than the numbers do."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.every_model.tables_comparison import (
    compare_log_scores,
    is_reliably_scored,
)
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.page.exhibit import Shown, sentences_of
from analysis.page.section import Findings
from analysis.page.simulated import NOT_THE_MARKET
from analysis.page.table import range_text
from inference.checks.fit_to_data import SCORED
from inference.checks.prediction_errors import out_of_sample_checks

LISTED_FAILURES = 6


def joined(words: Sequence[str]) -> str:
    """List in words: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def range_words(row: pd.Series | Mapping[str, float], decimals: int) -> str:
    """Interval in words: "0.51 to 0.64", from lower_95 and upper_95."""
    return range_text(row["lower_95"], row["upper_95"], decimals)


def information_sentence(fit: Fit) -> str:
    """Which parameters the data said nothing about; empty if none."""
    names = uninformed_parameters(fit)
    if not names:
        return ""
    return (
        f"Not informed by the data (the posterior is the prior): {joined(names)}. "
        "Nothing is concluded about them."
    )


def out_of_sample_sentence(fit: Fit) -> str:
    """On how many unseen dates predictions were tried; empty of what predicts none."""
    if not fit.description.checks.predicts:
        return ""
    unit = fit.description.time_unit
    if not fit.has(SCORED):
        return (
            f"Predictions were not tried on {unit}s that the parameters had not seen: "
            "nothing here is a forecast. For that: python -m inference score."
        )
    scored = fit.group(SCORED)
    if "pit" not in scored or not is_reliably_scored(fit):
        return ""
    checks = out_of_sample_checks(scored, fit.description.checks.series_label)
    farthest = max(checks, key=lambda check: check.size)
    return (
        f"Over {int(np.isfinite(scored['elpd']).sum()):,} {unit}s, each predicted by "
        f"fits to earlier {unit}s alone, probabilities are off by at most "
        f"{farthest.size:.2f} ({farthest.label})."
    )


def findings_of_fit(fit: Fit, sentences: Callable[[Fit], Iterable[str]]) -> Findings:
    """Headline findings of one fit after its verdict, or why there are none.

    Parameters
    ----------
    fit : Fit
    sentences : callable
        What the model's numbers say, what limits it first; called only if the fit may
        be used. Empty sentences are left out.
    """
    variant = "" if fit.variant == fit.name else f"{fit.variant}, "
    title = f"{fit.name} ({variant}{fit.span})"
    judgement = fit.judgement
    caveats = (NOT_THE_MARKET,) if fit.simulated else ()
    if fit.is_usable:
        verdict = f"Verdict: {judgement.summary}."
        notes = (f"{note[0].upper()}{note[1:]}." for note in judgement.notes)
        said = (out_of_sample_sentence(fit), *sentences(fit))
        return Findings(title, (*caveats, verdict, *notes, *filter(None, said)))
    cause = (
        "The model does not fit the data"
        if judgement.has_sound_draws
        else "Diagnostics failed"
    )
    shown = list(fit.failures[:LISTED_FAILURES])
    if len(fit.failures) > len(shown):
        shown.append(f"and {len(fit.failures) - len(shown)} more")
    head = f"{cause}: nothing is concluded from this fit."
    lines = (*caveats, head, *shown, *judgement.remedies)
    return Findings(title, lines, is_warning=True)


def findings_of_exhibits(fit: Fit, shown: Iterable[Shown]) -> Findings:
    """Headline findings of one fit: what the sentences of its exhibits say."""
    return findings_of_fit(
        fit, lambda fit: [information_sentence(fit), *sentences_of(shown)]
    )


def findings_of_comparison(fits: Sequence[Fit]) -> Findings | None:
    """Which variants predict the same data better; None with nothing to compare.

    Parameters
    ----------
    fits : sequence of Fit
        Only fits with sound draws and reliable leave-future-out scores are compared:
        of models that do not fit, one may still predict better.
    """
    scored = [
        fit
        for fit in fits
        if fit.judgement.has_sound_draws
        and fit.has("leave_future_out")
        and is_reliably_scored(fit)
    ]
    if len(scored) < 2:
        return None
    unit = scored[0].description.time_unit
    frame = compare_log_scores(scored)
    sentences = [
        _misfits_first(scored, rows) + _comparison_sentence(rows, unit)
        for _, rows in frame.groupby("data_sha256", sort=False)
        if len(rows) > 1
    ]
    return Findings("Comparison of variants", tuple(sentences)) if sentences else None


def _misfits_first(fits: Sequence[Fit], rows: pd.DataFrame) -> str:
    """Say which of the compared fits do not fit; empty if all do."""
    compared = set(rows["fit"])
    misfits = [fit.name for fit in fits if fit.name in compared and not fit.is_usable]
    if not misfits:
        return ""
    verb = "does" if len(misfits) == 1 else "do"
    return f"{joined(misfits)} {verb} not fit the data. "


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
