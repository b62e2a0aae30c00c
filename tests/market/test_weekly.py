import numpy as np
import pandas as pd

from data.market.weekly import observation_dates, on_wednesdays, wednesdays

WEDNESDAY = pd.Timestamp("2013-12-25")
WEEKS = pd.DatetimeIndex([WEDNESDAY])


def _daily(**values: float) -> pd.DataFrame:
    days = {
        "friday": "2013-12-20",
        "monday": "2013-12-23",
        "tuesday": "2013-12-24",
        "wednesday": "2013-12-25",
        "thursday": "2013-12-26",
    }
    index = pd.DatetimeIndex([days[name] for name in values], name="date")
    return pd.DataFrame({2: list(values.values())}, index=index)


def _sampled(daily: pd.DataFrame) -> float:
    return float(on_wednesdays(daily, WEEKS)[2].iloc[0])


def test_weeks_are_all_wednesdays_holidays_too() -> None:
    weeks = wednesdays(pd.Timestamp("2001-07-05"), pd.Timestamp("2018-04-18"))
    assert [weeks[0], weeks[-1]] == [
        pd.Timestamp("2001-07-11"),
        pd.Timestamp("2018-04-18"),
    ]
    assert len(weeks) == 876
    assert WEDNESDAY in weeks


def test_wednesday_shows_its_own_close() -> None:
    assert _sampled(_daily(tuesday=1.0, wednesday=2.0, thursday=3.0)) == 2.0


def test_holiday_wednesday_shows_the_last_close_of_its_week() -> None:
    assert (
        _sampled(_daily(monday=1.0, tuesday=2.0, wednesday=np.nan, thursday=3.0)) == 2.0
    )
    assert _sampled(_daily(friday=0.5, monday=1.0, thursday=3.0)) == 1.0


def test_close_of_the_week_before_or_of_the_day_after_never_counts() -> None:
    assert np.isnan(_sampled(_daily(friday=1.0, thursday=3.0)))


def test_single_cell_missing_on_a_published_wednesday_stays_missing() -> None:
    daily = _daily(tuesday=1.0, wednesday=np.nan)
    daily[5] = [3.0, 4.0]
    sampled = on_wednesdays(daily, WEEKS)
    assert np.isnan(sampled[2].iloc[0])
    assert sampled[5].iloc[0] == 4.0


def test_date_of_the_observation_is_kept() -> None:
    dates = observation_dates(_daily(monday=1.0, wednesday=np.nan), WEEKS)
    assert dates.iloc[0] == pd.Timestamp("2013-12-23")
    assert observation_dates(_daily(friday=1.0), WEEKS).isna().all()
