"""Fits side by side, and which of them predicts better."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.fit import MISFIT, Fit
from analysis.page.columns import counted, displayed, rounded, words
from analysis.page.exhibit import Exhibit, Shown, of_subject
from analysis.page.table import numbers
from inference.checks.standard_errors import standard_error_of_sum

PARETO_K_LIMIT = 0.7
"""Above it an importance-sampling estimate is unreliable (Vehtari et al. 2024)."""


def by_panel(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Group fits of the same data: only they can be compared."""
    groups: dict[str, list[Fit]] = {}
    for fit in fits:
        groups.setdefault(fit.panel_hash, []).append(fit)
    return list(groups.values())


def combined_warning(fits: Sequence[Fit]) -> str:
    """Name every failed fit of a table that holds several; empty if none failed."""
    by_cause: dict[str, list[str]] = {}
    for fit in fits:
        if not fit.is_usable:
            is_misfit = fit.verdict == MISFIT
            cause = "DOES NOT FIT THE DATA" if is_misfit else "DIAGNOSTICS FAILED"
            by_cause.setdefault(cause, []).append(fit.name)
    return "; ".join(
        f"{cause} ({', '.join(names)}): do not use" for cause, names in by_cause.items()
    )


def of_fits(
    exhibits: Iterable[Exhibit], groups: Iterable[Sequence[Fit]]
) -> list[Shown]:
    """Show groups of fits together, naming those that failed; none of an empty one."""
    exhibits = tuple(exhibits)
    return [
        shown
        for fits in groups
        if fits
        for shown in of_subject(exhibits, fits, combined_warning(fits))
    ]


def is_reliably_scored(fit: Fit) -> bool:
    """Whether chains of the score's fits agreed and importance sampling carried it."""
    return bool(fit.tree["leave_future_out"].attrs.get("reliable", 1))


def log_scores(fits: Sequence[Fit]) -> pd.DataFrame:
    """Leave-future-out log score of each period that every fit of a panel has scored.

    Parameters
    ----------
    fits : sequence of Fit
        All of the same data, each with group `leave_future_out`.

    Returns
    -------
    (time, fit) DataFrame
        Log predictive density of a period's data given earlier periods only.
    """
    columns = {
        fit.name: fit.group("leave_future_out")["elpd"].to_series() for fit in fits
    }
    return pd.concat(columns, axis=1, join="inner").dropna().sort_index()


def compare_log_scores(fits: Sequence[Fit]) -> pd.DataFrame:
    """Total log scores and their differences to the best fit of the same data.

    Parameters
    ----------
    fits : sequence of Fit
        Those without group `leave_future_out` are left out.

    Returns
    -------
    DataFrame
        Columns fit, variant, data_sha256, num_scored, log_score, difference_to_best,
        standard_error, worst_pareto_k, num_fits (of the past that the score took),
        is_reliable, diagnostics; best first within each panel.

    Notes
    -----
    The standard error of a difference is Newey and West's, since its terms are
    correlated over time where one of the two models is wrong:
    :func:`inference.checks.standard_errors.standard_error_of_sum`.
    """
    rows = []
    for group in by_panel([fit for fit in fits if fit.has("leave_future_out")]):
        scores = log_scores(group)
        best = scores[scores.sum().idxmax()]
        for fit in group:
            difference = scores[fit.name] - best
            worst = float(fit.group("leave_future_out")["pareto_k"].max())
            attributes = fit.tree["leave_future_out"].attrs
            rows.append(
                {
                    "fit": fit.name,
                    "variant": fit.variant,
                    "data_sha256": fit.panel_hash,
                    "num_scored": len(scores),
                    "log_score": scores[fit.name].sum(),
                    "difference_to_best": difference.sum(),
                    "standard_error": standard_error_of_sum(difference.to_numpy()),
                    "worst_pareto_k": worst,
                    "num_fits": attributes.get("num_fits", np.nan),
                    "is_reliable": is_reliably_scored(fit),
                    "diagnostics": fit.verdict,
                }
            )
    frame = pd.DataFrame(rows)
    return frame.sort_values(
        ["data_sha256", "log_score"], ascending=[True, False], ignore_index=True
    )


def _unit(fits: Sequence[Fit]) -> str:
    return fits[0].description.time_unit


def _reliability(frame: pd.DataFrame) -> pd.Series:
    return frame["is_reliable"].map({True: "yes", False: "NO"})


def _laid_out(fits: Sequence[Fit], frame: pd.DataFrame) -> pd.DataFrame:
    is_best = frame["difference_to_best"] == 0
    error = numbers(frame["standard_error"], 1).mask(is_best, "")
    columns = (
        words("Fit", "fit"),
        words("Variant", "variant"),
        words("Data", lambda frame: frame["data_sha256"].str[:8]),
        counted(f"{_unit(fits).capitalize()}s scored", "num_scored"),
        rounded("Log score", "log_score", 1),
        rounded("Difference", "difference_to_best", 1),
        words("SE of difference", lambda _: error),
        rounded("Fits", "num_fits", 0),
        words("Reliable", _reliability),
    )
    return displayed(frame, columns)


def _caption(fits: Sequence[Fit], _: pd.DataFrame) -> str:
    unit = _unit(fits)
    return (
        f"Variants compared by the log score of each {unit} given earlier {unit}s only "
        f"(leave-future-out), summed over the {unit}s that every fit of the same data "
        "scored; higher is better. A difference within two standard errors of zero "
        "tells nothing; the errors allow for autocorrelation (Newey and West). Fits: "
        f"how often the model was fitted to earlier {unit}s alone, anew where "
        f"importance sampling would not carry it further (Pareto k above "
        f"{PARETO_K_LIMIT}). Reliable: NO where chains of such a fit disagreed, or "
        f"more than half of the {unit}s needed one of their own."
    )


MODEL_COMPARISON = Exhibit(
    name="table_model_comparison",
    caption=_caption,
    frame=compare_log_scores,
    columns=_laid_out,
    shown=lambda fits: any(fit.has("leave_future_out") for fit in fits),
)
