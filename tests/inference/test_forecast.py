"""What may be asked of a forecast, and the days that it is of."""

import pandas as pd
import pytest

from data.errors import DataError
from inference.traced.forecast import ForecastRequest, trading_days_after


@pytest.mark.parametrize("horizon", [0, 5000])
def test_a_horizon_beyond_sense_is_refused(horizon: int) -> None:
    with pytest.raises(DataError, match="horizon"):
        ForecastRequest(horizon=horizon)


@pytest.mark.parametrize("last", ["2020-11-24", "2020-11-25", "2020-11-28"])
def test_days_ahead_are_no_holidays_and_begin_after_the_last(last: str) -> None:
    following = ["2020-11-25", "2020-11-27", "2020-11-30", "2020-12-01"]
    expected = [day for day in following if day > last]
    found = trading_days_after(pd.Timestamp(last), len(expected))
    assert found.strftime("%Y-%m-%d").tolist() == expected
