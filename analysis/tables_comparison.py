"""Which variant predicts better, and Akaike's criterion beside the paper's."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.fits import Fit
from analysis.tables import Table, numbers
from data.published import published_aic

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
    failed = [fit.name for fit in fits if not fit.is_usable]
    return f"DIAGNOSTICS FAILED ({', '.join(failed)}): do not use" if failed else ""


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
    return pd.concat(columns, axis=1, join="inner").dropna()


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
    The standard error of a difference is sqrt(n) times the standard deviation of its
    terms, which one-step-ahead scores of a well-specified model leave
    uncorrelated (Vehtari, Gelman and Gabry 2017, section 5.2).
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
                    "standard_error": np.sqrt(len(scores)) * difference.std(ddof=1),
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


def table_model_comparison(fits: Sequence[Fit]) -> Table:
    """Leave-future-out log scores, in place of Akaike's criterion.

    Parameters
    ----------
    fits : sequence of Fit
        At least one with group `leave_future_out`.

    Returns
    -------
    Table
    """
    frame = compare_log_scores(fits)
    unit = fits[0].description.time_unit
    is_best = frame["difference_to_best"] == 0
    error = numbers(frame["standard_error"], 1)
    display = pd.DataFrame(
        {
            "Fit": frame["fit"],
            "Variant": frame["variant"],
            "Data": frame["data_sha256"].str[:8],
            f"{unit.capitalize()}s scored": frame["num_scored"].map("{:,}".format),
            "Log score": numbers(frame["log_score"], 1),
            "Difference": numbers(frame["difference_to_best"], 1),
            "SE of difference": error.mask(is_best, ""),
            "Fits": numbers(frame["num_fits"], 0),
            "Reliable": frame["is_reliable"].map({True: "yes", False: "NO"}),
        }
    )
    caption = (
        f"Variants compared by the log score of each {unit} given earlier {unit}s only "
        f"(leave-future-out), summed over the {unit}s that every fit of the same data "
        "scored; higher is better. A difference within two standard errors of zero "
        f"tells nothing. Fits: how often the model was fitted to earlier {unit}s "
        "alone, anew where importance sampling would not carry it further (Pareto k "
        f"above {PARETO_K_LIMIT}). Reliable: NO where chains of such a fit disagreed, "
        f"or more than half of the {unit}s needed one of their own."
    )
    return Table(
        "table_model_comparison", caption, frame, display, combined_warning(fits)
    )


def compare_aic(fits: Sequence[Fit]) -> pd.DataFrame:
    """Akaike's criterion at the posterior mode, beside the paper's.

    Parameters
    ----------
    fits : sequence of Fit
        Each with group `posterior_mode`.

    Returns
    -------
    DataFrame
        Columns fit, variant, data_sha256, num_weeks, num_parameters, log_likelihood,
        aic, aic_difference, published_aic, published_difference, num_starts,
        num_starts_at_mode. Differences are to the first fit of the same data and are
        missing where the weeks differ.
    """
    published = published_aic()
    rows = []
    for group in by_panel([fit for fit in fits if fit.has("posterior_mode")]):
        first = group[0]
        base = first.tree["posterior_mode"].attrs["aic"]
        for fit in group:
            mode = fit.tree["posterior_mode"].attrs
            same_weeks = fit.panel["week"].equals(first.panel["week"])
            theirs = published.get(fit.variant, np.nan)
            rows.append(
                {
                    "fit": fit.name,
                    "variant": fit.variant,
                    "data_sha256": fit.panel_hash,
                    "num_weeks": fit.panel.sizes["week"],
                    "num_parameters": int(mode["num_parameters"]),
                    "log_likelihood": float(mode["log_likelihood"]),
                    "aic": float(mode["aic"]),
                    "aic_difference": mode["aic"] - base if same_weeks else np.nan,
                    "published_aic": theirs,
                    "published_difference": theirs
                    - published.get(first.variant, np.nan),
                    "num_starts": int(mode["num_starts"]),
                    "num_starts_at_mode": int(mode["num_starts_at_mode"]),
                    "diagnostics": fit.verdict,
                }
            )
    return pd.DataFrame(rows)


def table_aic(fits: Sequence[Fit]) -> Table:
    """Akaike's information criterion at the posterior mode, beside the paper's.

    Parameters
    ----------
    fits : sequence of Fit
        At least one with group `posterior_mode`.

    Returns
    -------
    Table
    """
    frame = compare_aic(fits)
    display = pd.DataFrame(
        {
            "Fit": frame["fit"],
            "Variant": frame["variant"],
            "Weeks": frame["num_weeks"].map("{:,}".format),
            "Parameters": frame["num_parameters"].astype(str),
            "Log likelihood": numbers(frame["log_likelihood"], 1),
            "AIC": numbers(frame["aic"], 1),
            "Difference": numbers(frame["aic_difference"], 1),
            "Paper AIC": numbers(frame["published_aic"], 1),
            "Paper difference": numbers(frame["published_difference"], 1),
            "Starts at mode": frame["num_starts_at_mode"].astype(str)
            + " of "
            + frame["num_starts"].astype(str),
        }
    )
    caption = (
        "Akaike's information criterion at the posterior mode, beside the paper's at "
        "maximum likelihood; lower is better, differences are to the first fit of the "
        "same data. Levels compare only over the same weeks and data; the mode is "
        "pulled by the priors, so this AIC is never below that of maximum likelihood. "
        "Starts at mode: how many searches from dispersed starts ended at it."
    )
    return Table("table_aic", caption, frame, display, combined_warning(fits))
