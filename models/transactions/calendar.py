"""Trading days of a simulation, counted from 0, and the dates that split it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.arrays import IntArray
from data.errors import DataError
from data.market.trading_days import TreasuryHolidays
from data.transactions.findings import CALENDAR

CHANGE_OF_SYSTEM = np.datetime64("2012-02-06", "D")
"""First report date of the second system of corporate transactions."""

AFTER = 90
"""Trading days beyond the last trade, on which it may still be changed."""

T_PLUS_2 = np.datetime64("2017-09-05", "D")
T_PLUS_1 = np.datetime64("2024-05-28", "D")
"""First trade dates of shorter regular settlement of corporate bonds."""


@dataclass(frozen=True)
class TradingCalendar:
    """Trading days of a period and of the time in which its trades may change.

    Parameters
    ----------
    days : (day,) datetime64[D]
        Increasing, `AFTER` of them behind the period.
    count : int
        Days of the period.
    """

    days: NDArray[np.datetime64]
    count: int

    @classmethod
    def between(cls, first: str, last: str) -> "TradingCalendar":
        """Days from one date to another, both included.

        Raises
        ------
        DataError
            One is no date of the market's calendar, or there is no trading day between
            them.
        """
        start, end = _of_calendar(first, "--from"), _of_calendar(last, "--to")
        until = end + pd.Timedelta(days=2 * AFTER)
        holidays = TreasuryHolidays().holidays(start, until)
        days = pd.bdate_range(start, until).difference(holidays)
        count = int((days <= end).sum())
        if not count:
            raise DataError(
                f"there is no trading day from {first} to {last}",
                "give a later --to, or an earlier --from.",
            )
        kept = days[: count + AFTER].to_numpy().astype("datetime64[D]")
        return cls(kept, count)

    @property
    def change_of_system(self) -> int:
        """Position of the first day of the second system."""
        return int(np.searchsorted(self.days, CHANGE_OF_SYSTEM))

    def position(self, date: np.datetime64 | NDArray[np.datetime64]) -> IntArray:
        """Position of the first trading day on or after a date."""
        return np.searchsorted(self.days, date).astype(np.int64)

    def regular_settlement(self, day: IntArray) -> IntArray:
        """Trading days from trade to regular settlement of a corporate bond."""
        traded = self.days[day]
        return 3 - (traded >= T_PLUS_2).astype(np.int64) - (traded >= T_PLUS_1)


def _of_calendar(text: str, option: str) -> pd.Timestamp:
    opens, closes = CALENDAR
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise DataError(f"{option} {text} is no date", "Write YYYY-MM-DD.") from error
    if not date.fromisoformat(opens) <= day <= date.fromisoformat(closes):
        raise DataError(
            f"{option} {text} is outside the market's calendar",
            f"Choose a date from {opens} to {closes}.",
        )
    return pd.Timestamp(day)
