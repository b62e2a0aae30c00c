import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.price_pressure.order_flow import (
    MINIMUM_REGRESSION_WEEKS,
    order_flow,
    order_flow_surprise,
    report_form_breaks,
)

ROUNDING = 1e-10  # least squares by pseudo-inverse in double precision


def _weeks(number: int) -> pd.DatetimeIndex:
    return pd.date_range("2012-07-04", periods=number, freq="W-WED", name="date")


def test_customers_bought_what_dealers_no_longer_hold() -> None:
    inventory = pd.DataFrame({2: [5.0, 3.0, 4.0]}, index=_weeks(3))
    np.testing.assert_array_equal(order_flow(inventory)[2], [np.nan, 2.0, -1.0])


def test_missing_week_makes_no_two_week_change() -> None:
    inventory = pd.DataFrame({2: [5.0, np.nan, 4.0, 6.0]}, index=_weeks(4))
    flow = order_flow(inventory)[2]
    np.testing.assert_array_equal(flow, [np.nan, np.nan, np.nan, -2.0])


def test_index_that_skips_a_week_is_refused() -> None:
    inventory = pd.DataFrame({2: [5.0, 3.0]}, index=_weeks(3)[[0, 2]])
    with pytest.raises(DataError, match="2012-07-18 is not a week after"):
        order_flow(inventory)


def test_surprise_is_what_the_last_weeks_flow_does_not_explain() -> None:
    flow = pd.Series(np.random.default_rng(1).normal(size=60), index=_weeks(60)) + 3.0
    surprise = order_flow_surprise(flow)
    x, y = flow.to_numpy()[:-1], flow.to_numpy()[1:]
    slope, intercept = np.polyfit(x, y, 1)
    assert np.isnan(surprise.iloc[0])
    np.testing.assert_allclose(
        surprise.iloc[1:], y - intercept - slope * x, atol=ROUNDING
    )


def test_surprise_is_missing_with_its_week_or_its_lag_and_nowhere_else() -> None:
    flow = pd.Series(np.random.default_rng(2).normal(size=60), index=_weeks(60))
    flow.iloc[30] = np.nan
    missing = order_flow_surprise(flow).isna()
    assert np.flatnonzero(missing).tolist() == [0, 30, 31]


def test_too_few_weeks_for_the_regression_give_no_surprise() -> None:
    enough = MINIMUM_REGRESSION_WEEKS + 1
    flow = pd.Series(np.random.default_rng(3).normal(size=enough), index=_weeks(enough))
    assert order_flow_surprise(flow).notna().sum() == MINIMUM_REGRESSION_WEEKS
    assert order_flow_surprise(flow.iloc[:-1]).isna().all()


def test_break_is_the_first_week_of_a_new_form_even_behind_a_missing_week() -> None:
    form = pd.Series(
        ["SBP2013", "SBP2013", None, "SBN2013", "SBN2013"], index=_weeks(5)
    )
    assert report_form_breaks(form).tolist() == [_weeks(5)[3]]
