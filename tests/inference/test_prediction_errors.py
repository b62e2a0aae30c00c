"""Calibration and memory of one-step-ahead errors."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from inference.checks.prediction_errors import (
    AUTOCORRELATION,
    CALIBRATION,
    CLUSTERED_VOLATILITY,
    DataCheck,
    autocorrelation,
    prediction_checks,
)


def predictions(error: np.ndarray) -> xr.Dataset:
    values = {"pit": norm.cdf(error), "standardized_innovation": error}
    return xr.Dataset(
        {name: (("week", "tenor"), value) for name, value in values.items()},
        coords={"tenor": [2, 10]},
    )


def found(error: np.ndarray) -> list[DataCheck]:
    label = "{tenor}-year yield".format_map
    return list(prediction_checks(predictions(error), label))


def test_every_series_is_looked_at_in_every_way() -> None:
    checks = found(np.random.default_rng(1).normal(size=(200, 2)))
    assert {(one.aspect, one.label) for one in checks} == {
        (aspect, f"{tenor}-year yield")
        for aspect in (CALIBRATION, AUTOCORRELATION, CLUSTERED_VOLATILITY)
        for tenor in (2, 10)
    }


def test_errors_of_the_model_are_beyond_chance_at_the_rate_of_chance() -> None:
    rng = np.random.default_rng(2)
    below: dict[str, list[bool]] = {}
    for _ in range(150):
        for one in found(rng.normal(size=(120, 2))):
            below.setdefault(one.aspect, []).append(one.p_value < 0.1)
    shares = {aspect: np.mean(values) for aspect, values in below.items()}
    # 300 series: a standard error of 0.017; five lags of each, of 0.008.
    assert shares[CALIBRATION] == pytest.approx(0.1, abs=0.05)
    assert shares[AUTOCORRELATION] == pytest.approx(0.1, abs=0.03)
    # Squares of 120 normal errors are skewed, and the normal limit comes slowly.
    assert shares[CLUSTERED_VOLATILITY] == pytest.approx(0.1, abs=0.05)


def test_distance_is_that_of_the_distribution_functions() -> None:
    # Errors half as large as predicted: most PIT values lie in the middle.
    error = norm.ppf((np.arange(400) + 0.5) / 400) / 2
    calibration = found(np.column_stack([error, error]))[0]
    assert calibration.aspect == CALIBRATION
    grid = np.linspace(-3, 3, 100_001)
    expected = np.abs(norm.cdf(2 * grid) - norm.cdf(grid)).max()
    # The empirical function moves in steps of 1/400.
    assert calibration.size == pytest.approx(expected, abs=1 / 400)
    assert calibration.p_value < 1e-6


def test_autocorrelation_is_that_of_the_errors() -> None:
    error = np.random.default_rng(4).normal(size=20_000)
    series = error[1:] + 0.5 * error[:-1]
    for lag, expected in ((1, 0.4), (2, 0.0)):
        correlation, score = autocorrelation(series, lag)
        # Four standard errors of 20,000 pairs.
        assert correlation == pytest.approx(expected, abs=0.03)
        assert (abs(score) > 10) == (lag == 1)


def test_changing_volatility_is_not_taken_for_memory() -> None:
    rng = np.random.default_rng(5)
    robust, naive = [], []
    for _ in range(300):
        error = rng.normal(size=300) * np.repeat(np.exp(rng.normal(0, 1.0, 30)), 10)
        correlation, score = autocorrelation(error, 1)
        robust.append(abs(score) > 1.96)
        naive.append(abs(correlation) * np.sqrt(300) > 1.96)
    assert np.mean(naive) > 0.2
    # 0.05, with a binomial standard error of 0.013.
    assert np.mean(robust) < 0.09


def test_what_was_not_observed_is_left_out() -> None:
    error = np.random.default_rng(6).normal(size=(100, 2))
    gappy = error.copy()
    gappy[::7] = np.nan
    assert all(np.isfinite(one.size) for one in found(gappy))
    correlation, _ = autocorrelation(gappy[:, 0], 1)
    later = np.array([week for week in range(1, 100) if week % 7 not in (0, 1)])
    current, before = error[later, 0], error[later - 1, 0]
    expected = (current @ before) / np.sqrt((current @ current) * (before @ before))
    assert correlation == pytest.approx(expected)


def test_a_series_that_was_never_observed_is_no_failure() -> None:
    error = np.random.default_rng(7).normal(size=(50, 2))
    error[:, 1] = np.nan
    never = [one for one in found(error) if one.label == "10-year yield"]
    assert never
    assert all(np.isnan(one.p_value) for one in never)
