"""Events and half-lives by tenor: the notebook's table, and what it leaves out."""

import numpy as np
import pandas as pd

from analysis.fits import Fit
from analysis.half_life_description import COVARIATE_WORDS, covariate_name
from analysis.half_life_events import (
    events_of,
    horizon_days,
    outcome_counts,
    set_aside_counts,
    summary_statistics,
)
from analysis.tables import Table, interval, number, numbers

VARIABLE_WORDS = COVARIATE_WORDS | {
    "half_life_days": "half-life, resolved (days)",
    "total_volume_usd": "total volume (USD million)",
}
SHOWN_PER_UNIT = {"total_volume_usd": 1e6}
"""Divisor of what is shown in a larger unit than the panel's."""


def num_imputations(fit: Fit) -> int:
    """How many draws of the deviations the panel of a fit holds."""
    return int(events_of(fit)["imputation"].nunique())


def imputation_note(fit: Fit) -> str:
    """What a number that was made from several imputations means; empty for one."""
    number_of = num_imputations(fit)
    if number_of == 1:
        return ""
    return (
        f"Half-lives were computed on {number_of} draws of the deviation: numbers are "
        "means over them, ranges hold 95% of them."
    )


def table_half_life_summary(fit: Fit) -> Table:
    """Summary statistics by tenor in the notebook's layout.

    Parameters
    ----------
    fit : Fit
        Of a half-life regression; only its panel is used.

    Returns
    -------
    Table
    """
    frame = summary_statistics(events_of(fit))
    absent = [
        str(name) for name, rows in frame.groupby("variable") if not rows["count"].any()
    ]
    shown = frame[~frame["variable"].isin(absent)]
    blocks = {"Tenor": shown["tenor"].astype(str) + "y"}
    blocks["Variable"] = shown["variable"].map(VARIABLE_WORDS)
    for heading, name in (
        ("Mean", "mean"),
        ("Median", "median"),
        ("Standard deviation", "std"),
    ):
        per_unit = shown["variable"].map(SHOWN_PER_UNIT).fillna(1.0)
        blocks[heading] = numbers(shown[name] / per_unit, 3)
    if num_imputations(fit) > 1:
        ranges = interval(shown["mean_lower_95"], shown["mean_upper_95"], 3)
        varies = shown["variable"] == "half_life_days"
        blocks["Mean over imputations"] = ranges.where(varies, "")
    blocks["Count"] = shown["count"].map(_count)
    caption = (
        "Summary statistics by tenor, as in the half-life notebook: half-lives of the "
        "events whose deviation halved within the horizon only, every event counted, "
        f"also those that share a date. {_absent_note(absent)} {imputation_note(fit)}"
    ).strip()
    return Table("table_half_life_summary", caption, frame, pd.DataFrame(blocks))


def _absent_note(absent: list[str]) -> str:
    if not absent:
        return ""
    return f"No event has {', '.join(map(covariate_name, absent))}."


def _count(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def table_half_life_outcomes(fit: Fit) -> Table:
    """Events, outcomes and the share still open by tenor.

    Parameters
    ----------
    fit : Fit
        Of a half-life regression; only its panel is used.

    Returns
    -------
    Table
    """
    events = events_of(fit)
    frame, horizon = outcome_counts(events), horizon_days(events)
    share = numbers(frame["open_share_pct"], 1)
    if num_imputations(fit) > 1:
        bounds = interval(frame["open_lower_95"], frame["open_upper_95"], 1)
        share = share + " " + bounds
    median = frame["median_days"].map(
        lambda days: f">{horizon}" if np.isinf(days) else number(days, 0)
    )
    display = pd.DataFrame(
        {
            "Tenor": frame["tenor"].astype(str) + "y",
            "Events": frame["num_events"].map(_count),
            "Set aside": frame["num_set_aside"].map(_count),
            "Used": frame["num_used"].map(_count),
            "Outcomes": frame["num_outcomes"].map(_count),
            "Open": frame["num_open"].map(_count),
            "Open (%)": share,
            "Mean if halved": numbers(frame["mean_resolved_days"], 2),
            "Mean within horizon": numbers(frame["restricted_mean_days"], 2),
            "Median": median,
        }
    )
    caption = (
        f"What became of the events by tenor, watched for up to {horizon} trading "
        "days. Outcomes: distinct dates among the events used; events that share date "
        "and tenor share one outcome. Open: not halved when observation ended, that "
        "is right-censored. Mean if halved: over the others only, too short. Mean "
        f"within horizon: of the half-life or {horizon} days, whichever is shorter, "
        "and median, in days, of all outcomes by Kaplan-Meier. "
        f"{imputation_note(fit)}"
    ).strip()
    return Table("table_half_life_outcomes", caption, frame, display)


def table_set_aside(fit: Fit) -> Table:
    """Events that could not be followed, by reason and tenor.

    Parameters
    ----------
    fit : Fit
        Of a half-life regression; only its panel is used.

    Returns
    -------
    Table
    """
    events = events_of(fit)
    frame = set_aside_counts(events)
    tenors = sorted(events["tenor"].unique())
    wide = frame.pivot_table(
        index="reason", columns="tenor", values="num_events", fill_value=0.0
    ).reindex(columns=tenors, fill_value=0.0)
    display = wide.map(_count).rename(columns=lambda tenor: f"{tenor}y")
    display = display.rename_axis(columns=None).reset_index(names="Reason")
    caption = (
        "Events set aside and why, by tenor. Nothing is filled in for them. "
        f"{imputation_note(fit)}"
    ).strip()
    return Table("table_set_aside", caption, frame, display)
