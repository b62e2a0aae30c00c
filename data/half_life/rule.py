"""How many business days a deviation takes to halve after an event.

The rule of the half-life notebook: the first day, up to a horizon, on which the
absolute deviation is at most half its value on the event day. What the notebook throws
away is kept: a deviation that has not halved when observation ends is right-censored.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.arrays import FloatArray
from data.errors import DataError

LONGEST_STEP_DAYS = 5
"""Calendar days that may pass between an event and the first deviation on or after it,
and from one deviation to the next: a weekend with a holiday on either side. A longer
step is a gap in the data; the days in it cannot be counted."""

TOO_EARLY = "before the first deviation"
TOO_LATE = "after the last deviation"
NO_DEVIATION = "no deviation at the event"
TOO_SMALL = "deviation under the threshold"
NOT_FOLLOWED = "no deviation on the day after"


LONGEST_HORIZON_DAYS = 500
"""Two years of business days. A free baseline has a hazard for each of them."""


@dataclass(frozen=True)
class HalfLifeRule:
    """When an event counts, and how long it is watched.

    Parameters
    ----------
    threshold_bp : float
        Deviations smaller than this, in absolute value on the event day, are set
        aside: half of nothing is not reached by any news.
    horizon_days : int
        Business days after the event that are looked at.

    Raises
    ------
    DataError
        If one of them is not positive, or the horizon longer than
        `LONGEST_HORIZON_DAYS`.
    """

    threshold_bp: float = 1e-6
    horizon_days: int = 10

    def __post_init__(self) -> None:
        if not 0.0 < self.threshold_bp < np.inf:
            raise DataError(
                f"the threshold is {self.threshold_bp} bp",
                "give a positive number of basis points.",
            )
        if not 1 <= self.horizon_days <= LONGEST_HORIZON_DAYS:
            raise DataError(
                f"the horizon is {self.horizon_days} days",
                f"give from 1 to {LONGEST_HORIZON_DAYS} days.",
            )


def half_lives(
    deviation_bp: FloatArray,
    days: pd.DatetimeIndex,
    event_dates: pd.DatetimeIndex,
    rule: HalfLifeRule,
) -> pd.DataFrame:
    """Half-life of one tenor's deviation after each event.

    Parameters
    ----------
    deviation_bp : (day,) float
        NaN where not known.
    days : DatetimeIndex
        Business days of `deviation_bp`, increasing.
    event_dates : DatetimeIndex
        An event that falls on none of `days` counts from the first one after it.
    rule : HalfLifeRule
        Threshold and horizon.

    Returns
    -------
    DataFrame
        One row an event: ``deviation_date``, ``deviation_bp``, ``half_life_days`` (the
        days observed where censored, NaN where set aside), ``is_censored`` and
        ``set_aside`` (a reason or empty).
    """
    num_days, horizon = len(days), rule.horizon_days
    start = np.asarray(days.searchsorted(event_dates))
    inside = start < num_days
    at_event = np.minimum(start, num_days - 1)
    waited = (days[at_event] - event_dates).days.to_numpy()
    early = np.asarray(event_dates < days[0])
    near = inside & ~early & (waited <= LONGEST_STEP_DAYS)
    initial = np.where(near, deviation_bp[at_event], np.nan)

    position = at_event[:, None] + np.arange(1, horizon + 1)
    path = np.abs(_padded(deviation_bp, horizon)[position])
    halved = path <= np.abs(initial)[:, None] / 2
    followed = np.logical_and.accumulate(
        ~np.isnan(path) & _follows(days, horizon)[position], axis=1
    )
    resolved = halved & followed
    observed_days = followed.sum(axis=1)
    is_resolved = resolved.any(axis=1)
    duration = np.where(is_resolved, resolved.argmax(axis=1) + 1, observed_days)

    reason = np.select(
        [
            early,
            ~inside,
            np.isnan(initial),
            np.abs(initial) < rule.threshold_bp,
            observed_days == 0,
        ],
        [TOO_EARLY, TOO_LATE, NO_DEVIATION, TOO_SMALL, NOT_FOLLOWED],
        default="",
    )
    counted = reason == ""
    return pd.DataFrame(
        {
            "deviation_date": pd.Series(days[at_event]).where(near),
            "deviation_bp": initial,
            "half_life_days": np.where(counted, duration, np.nan),
            "is_censored": counted & ~is_resolved,
            "set_aside": reason.astype(object),
        }
    )


def _padded(values: FloatArray, horizon: int) -> FloatArray:
    """Unknown days after the last, so that every event has a whole window."""
    return np.concatenate([values, np.full(horizon, np.nan)])


def _follows(days: pd.DatetimeIndex, horizon: int) -> NDArray[np.bool_]:
    """Whether a day comes after the one before it without a gap."""
    steps = np.diff(days.to_numpy()) / np.timedelta64(1, "D")
    follows = np.concatenate([[True], steps <= LONGEST_STEP_DAYS])
    return np.concatenate([follows, np.zeros(horizon, dtype=bool)])
