import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from data.errors import DataError
from data.half_life.rule import (
    NO_DEVIATION,
    NOT_FOLLOWED,
    TOO_EARLY,
    TOO_LATE,
    TOO_SMALL,
    HalfLifeRule,
    half_lives,
)

MONDAY = "2020-03-02"


def measure(
    deviation_bp: list[float],
    events: list[str] | None = None,
    rule: HalfLifeRule | None = None,
    days: pd.DatetimeIndex | None = None,
) -> pd.DataFrame:
    days = pd.bdate_range(MONDAY, periods=len(deviation_bp)) if days is None else days
    dates = pd.DatetimeIndex(events or [MONDAY])
    rule = rule or HalfLifeRule()
    return half_lives(np.array(deviation_bp, dtype=float), days, dates, rule)


def test_half_life_is_the_first_day_at_or_below_half() -> None:
    found = measure([4.0, 3.0, 2.0, 1.0]).iloc[0]
    assert found["half_life_days"] == 2
    assert not found["is_censored"]
    assert found["deviation_bp"] == 4.0


def test_size_counts_and_not_the_sign() -> None:
    assert measure([-4.0, 3.0, -1.5, 0.0])["half_life_days"].item() == 2
    assert measure([-4.0, 2.0, 9.0])["half_life_days"].item() == 1


def test_a_later_return_of_the_deviation_changes_nothing() -> None:
    assert measure([4.0, 1.0, 9.0, 1.0])["half_life_days"].item() == 1


def test_not_halved_within_the_horizon_is_censored_at_the_horizon() -> None:
    found = measure([4.0] * 11 + [0.0]).iloc[0]
    assert found["half_life_days"] == 10
    assert found["is_censored"]
    assert found["set_aside"] == ""


def test_halved_on_the_last_day_of_the_horizon_is_resolved() -> None:
    found = measure([4.0] * 10 + [2.0]).iloc[0]
    assert found["half_life_days"] == 10
    assert not found["is_censored"]


def test_horizon_is_the_users() -> None:
    found = measure([4.0] * 5 + [0.0], rule=HalfLifeRule(horizon_days=3)).iloc[0]
    assert (found["half_life_days"], found["is_censored"]) == (3, True)


def test_end_of_the_sample_censors_at_the_days_observed() -> None:
    found = measure([4.0, 4.0, 4.0]).iloc[0]
    assert (found["half_life_days"], found["is_censored"]) == (2, True)


def test_missing_day_censors_at_the_days_before_it() -> None:
    found = measure([4.0, 4.0, np.nan, 1.0]).iloc[0]
    assert (found["half_life_days"], found["is_censored"]) == (1, True)


def test_gap_in_the_dates_censors_and_a_long_weekend_does_not() -> None:
    weekend = pd.DatetimeIndex(["2020-03-02", "2020-03-03", "2020-03-08"])
    gap = pd.DatetimeIndex(["2020-03-02", "2020-03-03", "2020-03-09"])
    assert measure([4.0, 4.0, 1.0], days=weekend)["half_life_days"].item() == 2
    found = measure([4.0, 4.0, 1.0], days=gap).iloc[0]
    assert (found["half_life_days"], found["is_censored"]) == (1, True)


def test_event_on_a_day_without_a_deviation_counts_from_the_next() -> None:
    found = measure([4.0] * 5 + [6.0, 3.0], ["2020-03-07"]).iloc[0]
    assert found["deviation_date"] == pd.Timestamp("2020-03-09")
    assert found["deviation_bp"] == 6.0
    assert found["half_life_days"] == 1


@pytest.mark.parametrize(
    ("deviation_bp", "event", "reason"),
    [
        ([4.0, 1.0], "2020-02-28", TOO_EARLY),
        ([4.0, 1.0], "2020-03-04", TOO_LATE),
        ([np.nan, 1.0], MONDAY, NO_DEVIATION),
        ([0.0, 1.0], MONDAY, TOO_SMALL),
        ([9.9e-7, 1.0], MONDAY, TOO_SMALL),
        ([4.0, np.nan], MONDAY, NOT_FOLLOWED),
        ([4.0], MONDAY, NOT_FOLLOWED),
    ],
)
def test_event_that_cannot_be_measured_is_set_aside_with_its_reason(
    deviation_bp: list[float], event: str, reason: str
) -> None:
    found = measure(deviation_bp, [event]).iloc[0]
    assert found["set_aside"] == reason
    assert np.isnan(found["half_life_days"])
    assert not found["is_censored"]


def test_threshold_itself_counts() -> None:
    rule = HalfLifeRule(threshold_bp=0.5)
    assert measure([0.5, 0.1], rule=rule)["half_life_days"].item() == 1
    assert measure([0.4, 0.1], rule=rule)["set_aside"].item() == TOO_SMALL


def test_event_in_a_gap_of_the_dates_is_set_aside() -> None:
    days = pd.DatetimeIndex(["2020-03-02", "2020-03-20", "2020-03-23"])
    found = measure([4.0, 3.0, 1.0], ["2020-03-04"], days=days).iloc[0]
    assert found["set_aside"] == NO_DEVIATION
    assert pd.isna(found["deviation_date"])


def test_events_are_measured_independently_and_in_order() -> None:
    days = pd.bdate_range(MONDAY, periods=4).strftime("%Y-%m-%d").tolist()
    found = measure([8.0, 4.0, 2.0, 1.0], [days[2], days[0], days[1]])
    assert found["deviation_bp"].tolist() == [2.0, 8.0, 4.0]
    assert found["half_life_days"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"threshold_bp": 0.0}, "threshold is 0.0 bp"),
        ({"threshold_bp": float("nan")}, "threshold is nan bp"),
        ({"horizon_days": 0}, "horizon is 0 days"),
    ],
)
def test_rule_without_a_threshold_or_a_horizon_is_refused(
    arguments: dict[str, float], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        HalfLifeRule(**arguments)  # type: ignore[arg-type]


def test_white_noise_halves_like_the_published_deviations() -> None:
    num_days, horizon = 40_000, 10
    rng = np.random.default_rng(1)
    days = pd.bdate_range("1900-01-01", periods=num_days)
    events = days[: -horizon - 1 : horizon + 1]
    found = half_lives(rng.standard_normal(num_days), days, events, HalfLifeRule())
    # A day is within half of the event's deviation with a probability of its own.
    size, step = np.linspace(0, 8, 4001, retstep=True)
    within = 2 * norm.cdf(size / 2) - 1
    expected = np.sum(2 * norm.pdf(size) * (1 - within) ** horizon) * step
    assert expected == pytest.approx(0.177, abs=0.001)
    # A share of 3,600 events has a standard error of 0.0064; three of them.
    assert found["is_censored"].mean() == pytest.approx(expected, abs=0.02)
    assert found["half_life_days"].median() == 3
