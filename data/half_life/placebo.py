"""Events moved to days without events: what any day shows."""

import numpy as np
import pandas as pd

from data.errors import DataError

PLACEBO = "placebo "
"""Begins each type of an event that was moved to a day without events."""


def other_days(
    event_dates: pd.DatetimeIndex, days: pd.DatetimeIndex, seed: int
) -> pd.Series:
    """A day without events for each day with one, drawn without replacement.

    Parameters
    ----------
    event_dates : DatetimeIndex
        Days with events.
    days : DatetimeIndex
        All days, increasing.
    seed : int
        Of the draw.

    Returns
    -------
    Series
        Index: each different day of `event_dates`, in order; values in order as well.

    Raises
    ------
    DataError
        There are fewer days without events than with.
    """
    dates = pd.DatetimeIndex(event_dates.unique()).sort_values()
    free = days.difference(dates)
    if len(free) < len(dates):
        raise DataError(
            f"{len(dates)} days have events and {len(free)} have none",
            "take the placebo with fewer types of events.",
        )
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.choice(len(free), len(dates), replace=False))
    return pd.Series(free[drawn], index=dates)
