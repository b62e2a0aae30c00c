"""Holidays are no gaps."""

import numpy as np
import pandas as pd
import pytest

from data.market.trading_days import missing_trading_days, trading_days_from


@pytest.mark.parametrize(
    ("before", "after", "missing"),
    [
        ("2014-04-01", "2014-04-02", 0),
        ("2014-04-04", "2014-04-07", 0),  # a weekend
        ("2014-04-17", "2014-04-21", 0),  # Good Friday
        ("2014-12-31", "2015-01-02", 0),
        ("2022-06-17", "2022-06-21", 0),  # Juneteenth
        ("2014-04-01", "2014-04-03", 1),
        ("2012-10-26", "2012-10-31", 2),  # the closure after Hurricane Sandy
        ("2014-04-01", "2014-04-15", 9),
    ],
)
def test_weekdays_without_a_row_count_unless_they_are_holidays(
    before: str, after: str, missing: int
) -> None:
    days = pd.DatetimeIndex([before, after])
    assert missing_trading_days(days).tolist() == [missing]


def test_a_row_on_a_holiday_opens_no_gap() -> None:
    days = pd.DatetimeIndex(["2014-10-10", "2014-10-13", "2014-10-14"])  # Columbus Day
    assert missing_trading_days(days).tolist() == [0, 0]


def test_trading_days_follow_each_other_without_gaps() -> None:
    days = trading_days_from("2014-04-01", 2_440)
    assert len(days) == 2_440
    assert days[0] == pd.Timestamp("2014-04-01")
    assert not missing_trading_days(days).any()
    assert np.is_busday(days.to_numpy().astype("datetime64[D]")).all()
    assert pd.Timestamp("2014-07-04") not in days
