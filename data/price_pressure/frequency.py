"""How often a panel observes yields: a row a week, a trading day or a month."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.dims import DAY, MONTH, WEEK


@dataclass(frozen=True)
class Frequency:
    """One row of a panel to the next.

    Attributes
    ----------
    dim : str
        Dimension of the dates, named by what a step of it is.
    unit : str
        One step in words.
    steps_per_week : float
        Half-lives are in weeks whatever the frequency.
    shortest_days, longest_days : int
        Accepted from one row to the next.
    gap : str
        What has to be done about a longer step.
    """

    dim: str
    unit: str
    steps_per_week: float
    shortest_days: int
    longest_days: int
    gap: str


WEEKLY = Frequency(
    WEEK, "week", 1.0, 4, 10, "add a row with empty cells for each missing week"
)
"""Shifted by up to three days where a holiday moved an observation. A missing week must
be a row with empty cells, because the model's persistence is per row."""

DAILY = Frequency(
    DAY, "trading day", 5.0, 1, 6, "add a row with empty cells for each missing day"
)
"""Trading days: weekends and holidays have no row."""

MONTHLY = Frequency(
    MONTH, "month", 12 / 52.18, 25, 37, "add a row with empty cells for each month"
)

FREQUENCIES = (WEEKLY, DAILY, MONTHLY)


def frequency_of_dates(dates: "pd.Series[pd.Timestamp]") -> Frequency:
    """Frequency that the typical step between dates is of; weekly where it is of none.

    Steps of the wrong sign, or none, do not count.
    """
    days = dates.diff().dt.days.to_numpy()
    typical = np.median(days[days > 0]) if (days > 0).any() else np.nan
    for frequency in FREQUENCIES:
        if frequency.shortest_days <= typical <= frequency.longest_days:
            return frequency
    return DAILY if typical < WEEKLY.shortest_days else WEEKLY


def frequency_of_dims(dims: Iterable[Hashable]) -> Frequency:
    """Frequency of a dataset by the dimension of its dates."""
    found = [frequency for frequency in FREQUENCIES if frequency.dim in set(dims)]
    if len(found) != 1:
        names = ", ".join(frequency.dim for frequency in FREQUENCIES)
        raise ValueError(f"one of the dimensions {names} is needed, not {[*dims]}")
    return found[0]
