"""Events and half-lives by tenor: the notebook's table, and what it leaves out."""

import numpy as np
import pandas as pd

from analysis.fit import Fit
from analysis.half_life.description import COVARIATE_WORDS, covariate_name
from analysis.half_life.events import (
    events_of,
    horizon_days,
    outcome_counts,
    set_aside_counts,
    summary_statistics,
)
from analysis.page.columns import Column, displayed, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import interval, number, numbers

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


def _absent(frame: pd.DataFrame) -> list[str]:
    """Variables that no event has."""
    return [str(x) for x, rows in frame.groupby("variable") if not rows["count"].any()]


def _absent_note(absent: list[str]) -> str:
    if not absent:
        return ""
    return f"No event has {', '.join(map(covariate_name, absent))}."


def _count(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def _summary_laid_out(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    """In the notebook's layout."""
    shown = frame[~frame["variable"].isin(_absent(frame))]
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
    return pd.DataFrame(blocks)


def _summary_caption(fit: Fit, frame: pd.DataFrame) -> str:
    return (
        "Summary statistics by tenor, as in the half-life notebook: half-lives of the "
        "events whose deviation halved within the horizon only, every event counted, "
        f"also those that share a date. {_absent_note(_absent(frame))} "
        f"{imputation_note(fit)}"
    ).strip()


SUMMARY = Exhibit(
    name="table_half_life_summary",
    caption=_summary_caption,
    frame=lambda fit: summary_statistics(events_of(fit)),
    columns=_summary_laid_out,
)


def _counts(heading: str, name: str) -> Column:
    return Column(heading, lambda frame: frame[name].map(_count))


def _outcomes_laid_out(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    horizon = horizon_days(events_of(fit))
    share = numbers(frame["open_share_pct"], 1)
    if num_imputations(fit) > 1:
        low, high = frame["open_lower_95"], frame["open_upper_95"]
        is_one_number = numbers(low, 1) == numbers(high, 1)
        share = share.where(is_one_number, share + " " + interval(low, high, 1))
    median = frame["median_days"].map(
        lambda days: f">{horizon}" if np.isinf(days) else number(days, 0)
    )
    columns = (
        words("Tenor", lambda frame: frame["tenor"].astype(str) + "y"),
        _counts("Events", "num_events"),
        _counts("Set aside", "num_set_aside"),
        _counts("Used", "num_used"),
        _counts("Outcomes", "num_outcomes"),
        _counts("Open", "num_open"),
        words("Open (%)", lambda _: share),
        rounded("Mean if halved", "mean_resolved_days", 2),
        rounded("Mean within horizon", "restricted_mean_days", 2),
        words("Median", lambda _: median),
    )
    return displayed(frame, columns)


def _outcomes_caption(fit: Fit, _: pd.DataFrame) -> str:
    horizon = horizon_days(events_of(fit))
    return (
        f"What became of the events by tenor, watched for up to {horizon} trading "
        "days. Outcomes: distinct dates among the events used; events that share date "
        "and tenor share one outcome. Open: not halved when observation ended, that "
        "is right-censored. Mean if halved: over the others only, too short. Mean "
        f"within horizon: of the half-life or {horizon} days, whichever is shorter, "
        "and median, in days, of all outcomes by Kaplan-Meier. "
        f"{imputation_note(fit)}"
    ).strip()


OUTCOMES = Exhibit(
    name="table_half_life_outcomes",
    caption=_outcomes_caption,
    frame=lambda fit: outcome_counts(events_of(fit)),
    columns=_outcomes_laid_out,
)


def _reasons_laid_out(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    tenors = sorted(events_of(fit)["tenor"].unique())
    wide = frame.pivot_table(
        index="reason", columns="tenor", values="num_events", fill_value=0.0
    ).reindex(columns=tenors, fill_value=0.0)
    display = wide.map(_count).rename(columns=lambda tenor: f"{tenor}y")
    return display.rename_axis(columns=None).reset_index(names="Reason")


def _reasons_caption(fit: Fit, _: pd.DataFrame) -> str:
    return (
        "Events set aside and why, by tenor. Nothing is filled in for them. "
        f"{imputation_note(fit)}"
    ).strip()


SET_ASIDE = Exhibit(
    name="table_set_aside",
    caption=_reasons_caption,
    frame=lambda fit: set_aside_counts(events_of(fit)),
    columns=_reasons_laid_out,
    shown=lambda fit: bool((events_of(fit)["set_aside"] != "").any()),
)
