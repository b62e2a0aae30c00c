"""Events of a fit and what became of them, before any model of the half-lives.

A dislocation that had not halved when observation ended is open, not missing: its mean
half-life over the events that did halve is too short, by how much the share of open
ones tells. All statistics are made within each imputation first, so that what is
printed is their mean and, where it matters, their range.
"""

import pandas as pd

from analysis.estimates import TAIL
from analysis.fit import Fit
from analysis.half_life.survival import pooled_kaplan_meier
from data.half_life.event_panel import HalfLifePanel

SUMMARISED = (
    "half_life_days",
    "ats_share",
    "principal_share",
    "dealer_hhi",
    "total_volume_usd",
)
"""What the notebook's table of summary statistics holds, in its order."""

STATISTICS = ("mean", "median", "std", "count")


def events_of(fit: Fit) -> pd.DataFrame:
    """Events of a fit as their panel held them.

    Parameters
    ----------
    fit : Fit
        Of a half-life regression.

    Returns
    -------
    DataFrame
        One row an event, tenor and imputation: the columns of
        :class:`data.half_life.event_panel.HalfLifePanel`.
    """
    frame = fit.group("events").to_dataframe().reset_index(drop=True)
    return frame.assign(set_aside=frame["set_aside"].fillna("").astype(str))


def panel_of(fit: Fit) -> HalfLifePanel:
    """Event panel that a regression was fitted to."""
    return HalfLifePanel(
        events_of(fit), str(fit.tree.attrs["data_source"]), fit.panel_hash
    )


def used_events(events: pd.DataFrame) -> pd.DataFrame:
    """Events that were followed, with `days`: half-life, or days observed."""
    used = events[events["set_aside"] == ""]
    return used.assign(days=used["half_life_days"])


def distinct_outcomes(events: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of those that share date and tenor, and so one half-life."""
    return events.drop_duplicates(["outcome", "imputation"])


def horizon_days(events: pd.DataFrame) -> int:
    """Longest time that any event was watched, trading days."""
    return int(events["half_life_days"].max())


def summary_statistics(events: pd.DataFrame) -> pd.DataFrame:
    """Summary statistics by tenor: the notebook's table.

    Parameters
    ----------
    events : DataFrame
        As :func:`events_of`.

    Returns
    -------
    DataFrame
        Columns tenor, variable, mean, median, std, count, mean_lower_95,
        mean_upper_95. Half-lives are, as in the notebook, those of resolved events;
        count is that of the values behind the statistics. All but the last two are
        means over imputations; the last two bound the mean over 95% of imputations.
    """
    resolved = (events["set_aside"] == "") & ~events["is_censored"]
    shown = events.assign(half_life_days=events["half_life_days"].where(resolved))
    frames = []
    for name in SUMMARISED:
        each = shown.groupby(["tenor", "imputation"])[name].agg(list(STATISTICS))
        by_tenor = each.groupby("tenor")
        frame = by_tenor.mean()
        frame["mean_lower_95"] = by_tenor["mean"].quantile(TAIL)
        frame["mean_upper_95"] = by_tenor["mean"].quantile(1 - TAIL)
        frames.append(frame.reset_index().assign(variable=name))
    columns = ["tenor", "variable", *STATISTICS, "mean_lower_95", "mean_upper_95"]
    return pd.concat(frames, ignore_index=True)[columns].sort_values(
        "tenor", kind="stable", ignore_index=True
    )


def outcome_counts(events: pd.DataFrame) -> pd.DataFrame:
    """How many events each tenor has and what became of them.

    Parameters
    ----------
    events : DataFrame
        As :func:`events_of`.

    Returns
    -------
    DataFrame
        Columns tenor, num_events, num_set_aside, num_used, num_outcomes (distinct
        dates of those used), num_open (distinct outcomes that were censored),
        open_share_pct with open_lower_95 and open_upper_95 over imputations,
        mean_resolved_days (what dropping the open ones leaves), restricted_mean_days
        and median_days (of all outcomes, by Kaplan-Meier). Counts are means over
        imputations.
    """
    horizon = horizon_days(events)
    rows = [
        {"tenor": int(str(tenor)), **_counts(group, horizon)}
        for tenor, group in events.groupby("tenor")
    ]
    return pd.DataFrame(rows)


def _counts(group: pd.DataFrame, horizon: int) -> dict[str, float]:
    used = used_events(group)
    outcomes = distinct_outcomes(used)
    num = group["imputation"].nunique()
    open_ = outcomes.groupby("imputation")["is_censored"]
    share = 100 * open_.mean()
    row: dict[str, float] = {
        "num_events": len(group) / num,
        "num_set_aside": (len(group) - len(used)) / num,
        "num_used": len(used) / num,
        "num_outcomes": len(outcomes) / num,
        "num_open": open_.sum().sum() / num,
        "open_share_pct": share.mean(),
        "open_lower_95": float(share.quantile(TAIL)),
        "open_upper_95": float(share.quantile(1 - TAIL)),
        "mean_resolved_days": outcomes.loc[~outcomes["is_censored"], "days"].mean(),
    }
    if outcomes.empty:
        return row
    survival = pooled_kaplan_meier(outcomes, horizon)["survival"]
    halved = survival[survival <= 0.5]
    return row | {
        "restricted_mean_days": survival.iloc[:horizon].sum(min_count=horizon),
        "median_days": float(halved.index[0]) if len(halved) else float("inf"),
    }


def set_aside_counts(events: pd.DataFrame) -> pd.DataFrame:
    """Events that were not followed, by reason and tenor.

    Parameters
    ----------
    events : DataFrame
        As :func:`events_of`.

    Returns
    -------
    DataFrame
        Columns reason, tenor, num_events (mean over imputations); empty if none.
    """
    aside = events[events["set_aside"] != ""]
    counts = (
        aside.groupby(["set_aside", "tenor"]).size() / events["imputation"].nunique()
    )
    return (
        counts.rename("num_events")
        .reset_index()
        .rename(columns={"set_aside": "reason"})
    )
