"""Kaplan-Meier estimates: against by-hand values, Rubin's rules, replications."""

import numpy as np
import pandas as pd
import pytest

from analysis.half_life.survival import (
    NORMAL_975,
    kaplan_meier,
    pooled_kaplan_meier,
    replicated_survival,
)

# Six events; two open on days 2 and 4.
DAYS = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 4.0])
RESOLVED = np.array([True, True, False, True, True, False])
# 5/6; times 4/5; times 2/3; times 1/2.
BY_HAND = [1, 5 / 6, 2 / 3, 4 / 9, 2 / 9]

ROUNDING = 1e-12


def _events(*imputations: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame({"days": days, "is_censored": ~resolved, "imputation": m})
            for m, (days, resolved) in enumerate(imputations)
        ],
        ignore_index=True,
    )


def test_estimate_is_the_product_of_daily_shares() -> None:
    survival, _ = kaplan_meier(DAYS, RESOLVED, 4)
    np.testing.assert_allclose(survival, BY_HAND, atol=ROUNDING)


def test_standard_error_is_greenwoods() -> None:
    _, error = kaplan_meier(DAYS, RESOLVED, 1)
    greenwood = 5 / 6 * np.sqrt(1 / (6 * 5))
    np.testing.assert_allclose(error, [0, greenwood], atol=ROUNDING)


def test_nothing_is_said_of_days_on_which_no_event_was_watched() -> None:
    survival, _ = kaplan_meier(DAYS, RESOLVED, 6)
    assert np.isnan(survival[5:]).all()


def test_once_all_have_halved_the_share_stays_zero() -> None:
    survival, _ = kaplan_meier(np.array([2.0, 3.0]), np.array([True, True]), 5)
    np.testing.assert_array_equal(survival, [1, 1, 0.5, 0, 0, 0])


def test_equal_imputations_give_the_interval_of_one() -> None:
    one = pooled_kaplan_meier(_events((DAYS, RESOLVED)), 4)
    two = pooled_kaplan_meier(_events((DAYS, RESOLVED), (DAYS, RESOLVED)), 4)
    pd.testing.assert_frame_equal(one, two)


def test_interval_of_one_imputation_is_log_log() -> None:
    frame = pooled_kaplan_meier(_events((DAYS, RESOLVED)), 4)
    survival, error = kaplan_meier(DAYS, RESOLVED, 4)
    shift = np.exp(NORMAL_975 * error[2] / (survival[2] * np.log(survival[2])))
    # The error of log(-log S) divides by log S, which is negative.
    assert frame["upper_95"][2] == pytest.approx(survival[2] ** shift)
    assert frame["lower_95"][2] == pytest.approx(survival[2] ** (1 / shift))


def test_imputations_that_differ_widen_the_interval() -> None:
    later = np.minimum(DAYS + 1, 4)
    single = pooled_kaplan_meier(_events((DAYS, RESOLVED)), 4)
    mixed = pooled_kaplan_meier(_events((DAYS, RESOLVED), (later, RESOLVED)), 4)

    def width(frame: pd.DataFrame) -> float:
        score = np.log(-np.log(frame.loc[2, ["lower_95", "upper_95"]].astype(float)))
        return float(score.iloc[0] - score.iloc[1])

    assert width(mixed) > width(single)
    # Rubin's rules: mean of the variances, and 1 + 1/2 of that between two estimates.
    score, within = [], []
    for days in (DAYS, later):
        survival, error = kaplan_meier(days, RESOLVED, 4)
        score.append(np.log(-np.log(survival[2])))
        within.append((error[2] / (survival[2] * np.log(survival[2]))) ** 2)
    variance = np.mean(within) + 1.5 * np.var(score, ddof=1)
    assert width(mixed) == pytest.approx(2 * NORMAL_975 * np.sqrt(variance))


def test_replications_of_censored_events_agree_with_kaplan_meier() -> None:
    watched = np.where(RESOLVED, 6, DAYS)
    longer = np.where(RESOLVED, DAYS, DAYS + 1)
    replicated = replicated_survival(longer[None].astype(int), watched, 4)
    np.testing.assert_allclose(replicated[0], BY_HAND, atol=ROUNDING)
