"""Standard errors of sums of dependent terms, against sums simulated anew."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.signal import lfilter

from inference.checks.standard_errors import (
    WINDOWS_IN_LARGEST_LAG,
    standard_error_of_event_sum,
    standard_error_of_sum,
)

NUM_SIMULATIONS = 400
# The standard deviation of 400 sums is known to 3.5%; Bartlett's weights leave out some
# of the covariance of persistent terms, at this length up to 10%.
TOLERANCE = 0.15


def autoregressive(persistence: float, num_terms: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=num_terms + 100)
    return np.asarray(lfilter([1.0], [1.0, -persistence], noise))[100:]


@pytest.mark.parametrize("persistence", [0.0, 0.45, 0.8])
def test_the_error_of_a_sum_is_that_of_sums_simulated_anew(persistence: float) -> None:
    series = [autoregressive(persistence, 1200, s) for s in range(NUM_SIMULATIONS)]
    of_sums = np.std([terms.sum() for terms in series], ddof=1)
    errors = [standard_error_of_sum(terms) for terms in series]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(of_sums, rel=TOLERANCE)


def test_the_error_of_persistent_terms_is_not_that_of_independent_ones() -> None:
    terms = autoregressive(0.45, 1200, 1)
    independent = np.sqrt(len(terms)) * terms.std(ddof=1)
    # The root of (1 + 0.45) / (1 - 0.45).
    assert standard_error_of_sum(terms) > 1.3 * independent


def test_rounding_is_no_error() -> None:
    rounding = 1e-14 * autoregressive(0.45, 200, 1)
    assert standard_error_of_sum(rounding) == 0
    dates = pd.bdate_range("2020-01-01", periods=200)
    assert standard_error_of_event_sum(3.0 + rounding, dates, 10) == 0


def test_terms_that_are_all_equal_have_no_error() -> None:
    assert standard_error_of_sum(np.zeros(5)) == 0
    dates = pd.bdate_range("2020-01-01", periods=5)
    assert standard_error_of_event_sum(np.ones(5), dates, 10) == 0


def test_a_handful_of_terms_has_an_error_that_is_not_known() -> None:
    assert np.isnan(standard_error_of_sum(np.array([-1.0, 0.0, -2.0])))


WINDOW = 10


def overlapping(seed: int) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Means of daily noise over the window of each event, on one day in three or so."""
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2010-01-04", periods=1500)
    starts = np.flatnonzero(rng.random(len(days) - WINDOW) < 0.3)
    noise = rng.normal(size=len(days))
    terms = np.array([noise[t : t + WINDOW].mean() for t in starts])
    return terms, days[starts]


def test_events_whose_windows_overlap_are_not_independent() -> None:
    found = [overlapping(seed) for seed in range(NUM_SIMULATIONS)]
    of_sums = np.std([terms.sum() for terms, _ in found], ddof=1)
    errors = [standard_error_of_event_sum(*events, WINDOW) for events in found]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(of_sums, rel=TOLERANCE)
    independent = np.mean([np.sqrt(x.size) * x.std(ddof=1) for x, _ in found])
    assert independent < 0.75 * of_sums


def test_one_event_a_day_has_the_error_of_another_library() -> None:
    terms = autoregressive(0.6, 500, 4)
    dates = pd.bdate_range("2010-01-04", periods=len(terms))
    lags = WINDOWS_IN_LARGEST_LAG * WINDOW
    options = {"maxlags": lags, "use_correction": True}
    fit = sm.OLS(terms, np.ones(len(terms))).fit(cov_type="HAC", cov_kwds=options)
    assert standard_error_of_event_sum(terms, dates, WINDOW) == pytest.approx(
        len(terms) * fit.bse.item()
    )


def test_events_far_apart_are_independent() -> None:
    rng = np.random.default_rng(2)
    dates = pd.bdate_range("2010-01-04", periods=60, freq="50B")
    terms = rng.normal(size=60)
    expected = np.sqrt(60) * terms.std(ddof=1)
    assert standard_error_of_event_sum(terms, dates, WINDOW) == pytest.approx(expected)


def test_the_order_of_events_and_a_day_shared_by_several_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    dates = pd.DatetimeIndex(rng.choice(pd.bdate_range("2010-01-04", periods=40), 60))
    terms, order = rng.normal(size=60), rng.permutation(60)
    assert standard_error_of_event_sum(
        terms[order], dates[order], WINDOW
    ) == pytest.approx(standard_error_of_event_sum(terms, dates, WINDOW))
