"""Sample daily and weekly series on Wednesdays."""

import pandas as pd

WEEK = pd.Timedelta(days=7)

OLDEST_OBSERVATION = pd.Timedelta(days=2)
"""A Wednesday takes nothing older than the Monday of its week."""


def wednesdays(start: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
    """All Wednesdays from start to end, both included, holidays too."""
    return pd.date_range(start, end, freq="W-WED", name="date", unit="ns")


OLDEST_RISK_CURVE = pd.Timedelta(days=9)
"""For turning a market value into a DV01 the curve may be as old as the Monday of the
week before: a week's change of yields moves that ratio by a few tenths of a percent,
and a position that is known should not be lost for it."""


def on_wednesdays(
    series: pd.DataFrame,
    weeks: pd.DatetimeIndex,
    oldest: pd.Timedelta = OLDEST_OBSERVATION,
) -> pd.DataFrame:
    """Take each Wednesday's observation, or the latest of the two days before.

    For yields this is the holiday rule: where nothing was published on a Wednesday,
    the last close of the same week counts, and without one the week is missing. For
    the Commitments of Traders, which are as of Tuesday (Monday around some holidays),
    it is the convention of Mixon & Tuzun (2018, footnote 1): they count for the
    Wednesday of their week. A row counts as published when it has any value; its empty
    cells stay empty.

    Parameters
    ----------
    series : DataFrame
        Sorted DatetimeIndex, one row a date.
    weeks : DatetimeIndex
        Wednesdays.
    oldest : Timedelta
        Greatest age of an observation.

    Returns
    -------
    DataFrame
        Indexed by ``weeks``.
    """
    published = series.dropna(how="all")
    return published.reindex(weeks, method="ffill", tolerance=oldest)


def observation_dates(series: pd.DataFrame, weeks: pd.DatetimeIndex) -> pd.Series:
    """Date of the observation that `on_wednesdays` takes, NaT where there is none."""
    dates = series.dropna(how="all").index.to_series()
    return dates.reindex(weeks, method="ffill", tolerance=OLDEST_OBSERVATION)
