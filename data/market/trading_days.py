"""Which days the Treasury market trades, to tell a missing row from a holiday."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.tseries.holiday import (
    AbstractHolidayCalendar,
    GoodFriday,
    USFederalHolidayCalendar,
)


class TreasuryHolidays(AbstractHolidayCalendar):
    """US federal holidays and Good Friday.

    Close to the holidays that SIFMA recommends; exchanges trade on some of them. A row
    on such a day is therefore welcome, its absence no gap. Closures for other reasons
    (2001-09-12, 2012-10-30) count as missing days, which a panel tolerates.

    From 1986 to 2026 SIFMA's calendar in `pandas_market_calendars` 5.5, which does not
    hold those closures either, differs on the Fridays before a New Year, Juneteenth or
    Veterans Day on a Saturday, and on the Good Fridays of 2021, 2023 and 2026: it has
    the market open.
    """

    rules = [*USFederalHolidayCalendar.rules, GoodFriday]  # noqa: RUF012 # pandas' name


def missing_trading_days(days: pd.DatetimeIndex) -> NDArray[np.int64]:
    """Trading days without a row before each row but the first.

    Parameters
    ----------
    days : DatetimeIndex
        Increasing.

    Returns
    -------
    (len(days) - 1,) int
        Weekdays strictly between two rows that are no holidays.
    """
    at = days.to_numpy().astype("datetime64[D]")
    holidays = TreasuryHolidays().holidays(days[0], days[-1])
    return np.busday_count(
        at[:-1] + np.timedelta64(1, "D"),
        at[1:],
        holidays=holidays.to_numpy().astype("datetime64[D]"),
    )


def trading_days_from(first: str, num_days: int) -> pd.DatetimeIndex:
    """Trading days in a row, the first on or after ``first``."""
    start = pd.Timestamp(first)
    # Holidays take less than one weekday in twenty.
    end = start + pd.Timedelta(days=int(num_days * 7 / 5 * 1.05) + 30)
    holidays = TreasuryHolidays().holidays(start, end)
    return pd.bdate_range(start, end).difference(holidays)[:num_days]
