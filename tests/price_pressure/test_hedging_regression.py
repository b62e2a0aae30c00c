"""Closed-form posterior of the regression of futures on cash exposures."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.every_model.autocorrelation import lag_one_autocorrelation
from analysis.price_pressure.hedging_regression import regression_posterior

NUM_DRAWS = 200_000
MONTE_CARLO = 5 / np.sqrt(NUM_DRAWS)
"""Five standard errors of a mean of NUM_DRAWS draws, in posterior deviations."""


def _line(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=n)
    return x, 2 - 0.5 * x + rng.normal(0, 0.7, n)


def test_posterior_is_the_student_t_of_least_squares() -> None:
    x, y = _line()
    posterior = regression_posterior(x, y, np.random.default_rng(2), NUM_DRAWS)
    fitted = sm.OLS(y, sm.add_constant(x)).fit()
    expected = stats.t(38, fitted.params[1], fitted.bse[1]).ppf([0.025, 0.5, 0.975])
    actual = np.quantile(posterior.slope, [0.025, 0.5, 0.975])
    # A tail quantile is known three times less well than a mean.
    tolerance = 3 * MONTE_CARLO * fitted.bse[1]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance)


def test_intercept_and_slope_are_correlated_as_least_squares_says() -> None:
    x, y = _line()
    x = x + 5
    posterior = regression_posterior(x, y, np.random.default_rng(2), NUM_DRAWS)
    covariance = sm.OLS(y, sm.add_constant(x)).fit().cov_params()
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    actual = np.corrcoef(posterior.intercept, posterior.slope)[0, 1]
    assert actual == pytest.approx(expected, abs=MONTE_CARLO)


def test_adjusted_r_squared_lies_around_that_of_least_squares() -> None:
    x, y = _line(400)
    posterior = regression_posterior(x, y, np.random.default_rng(2), NUM_DRAWS)
    expected = sm.OLS(y, sm.add_constant(x)).fit().rsquared_adj
    # The posterior median of sigma^2 is above s^2 by about 2 / (3 * 398) of it.
    assert np.median(posterior.adjusted_r2) == pytest.approx(expected, abs=2e-3)


def test_rows_with_a_missing_value_are_left_out() -> None:
    x, y = _line()
    padded_x, padded_y = np.append(x, [np.nan, 3.0]), np.append(y, [1.0, np.nan])
    a = regression_posterior(x, y, np.random.default_rng(2), 10)
    b = regression_posterior(padded_x, padded_y, np.random.default_rng(2), 10)
    np.testing.assert_array_equal(a.slope, b.slope)
    assert b.num_observations == 40


def test_a_constant_regressor_is_refused() -> None:
    rounding = 1 + 1e-16 * np.random.default_rng(1).standard_normal(9)
    for x in (np.ones(9), 0.3 * rounding, 3e8 * rounding):
        with pytest.raises(ValueError, match="x varies"):
            regression_posterior(x, np.arange(9.0), np.random.default_rng(0))
        assert np.isnan(lag_one_autocorrelation(x))


def test_autocorrelation_is_the_slope_on_the_lagged_value() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.0, 7.0, 5.0])
    expected = sm.OLS(values[1:], sm.add_constant(values[:-1])).fit().params[1]
    assert lag_one_autocorrelation(values) == pytest.approx(expected)


def test_autocorrelation_skips_pairs_across_a_gap() -> None:
    values = np.array([1.0, 2.0, 4.0, np.nan, 9.0, 3.0, 5.0])
    x, y = np.array([1.0, 2.0, 9.0, 3.0]), np.array([2.0, 4.0, 3.0, 5.0])
    expected = sm.OLS(y, sm.add_constant(x)).fit().params[1]
    assert lag_one_autocorrelation(values) == pytest.approx(expected)
