"""Thresholds summed out and drawn, against every pair of them."""

from itertools import combinations

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy.special import logsumexp
from scipy.stats import norm

from models.liquidity_regimes.threshold_regression import (
    ThresholdRegressionInputs,
    draw_thresholds,
    regime_of,
    threshold_candidates,
    threshold_inputs,
    threshold_regression_model,
)
from tests.liquidity_regimes.models import INTERPRETED, NUM_DAYS, twin, twin_frame

SLOPE = np.array([0.097, 0.137, 0.196])
NOISE_SD = 2.0

# Sums of a thousand densities in another order.
ROUNDING = 1e-10

NUM_DRAWS = 4000


def inputs_with(num_days: int, decimals: int, seed: int) -> ThresholdRegressionInputs:
    """Days of the published Table 1, volatilities rounded so that some are equal."""
    rng = np.random.default_rng(seed)
    volatility = np.sort(np.round(np.exp(rng.normal(4.4, 0.4, num_days)), decimals))
    threshold = np.quantile(volatility, [0.6, 0.85])
    mean = SLOPE[regime_of(volatility, threshold)] * volatility
    return ThresholdRegressionInputs(
        dataset=xr.Dataset(),
        day=np.arange(num_days).astype("datetime64[D]").astype("datetime64[ns]"),
        volatility_bp=volatility,
        price_impact=mean + NOISE_SD * rng.standard_normal(num_days),
        is_candidate=threshold_candidates(volatility),
        slope_unit=0.12,
        noise_unit=2.5,
    )


def log_weights(
    inputs: ThresholdRegressionInputs, slope: np.ndarray, noise_sd: float
) -> dict[tuple[float, float], float]:
    """Log likelihood of every admissible pair of thresholds."""
    candidates = inputs.volatility_bp[inputs.is_candidate > 0]
    found = {}
    for pair in combinations(candidates, 2):
        regime = regime_of(inputs.volatility_bp, np.array(pair))
        mean = slope[regime] * inputs.volatility_bp
        found[pair] = norm.logpdf(inputs.price_impact, mean, noise_sd).sum()
    return found


@pytest.mark.parametrize("decimals", [0, 3], ids=["ties", "no ties"])
@pytest.mark.parametrize("stretch", [1.0, 0.8])
def test_likelihood_is_the_average_over_every_pair_of_thresholds(
    decimals: int, stretch: float
) -> None:
    inputs = inputs_with(50, decimals, seed=2)
    model = threshold_regression_model(inputs)
    log_likelihood = model.compile_fn(
        model.observedlogp, inputs=model.value_vars, mode=INTERPRETED
    )
    slope, noise_sd = SLOPE * stretch, NOISE_SD / stretch
    point = {
        "volatility_slope_log__": np.log(slope),
        "noise_sd_log__": np.log(noise_sd),
    }
    weights = list(log_weights(inputs, slope, noise_sd).values())
    expected = logsumexp(weights) - np.log(len(weights))
    assert log_likelihood(point) == pytest.approx(expected, rel=ROUNDING)


def test_thresholds_are_drawn_as_often_as_they_are_likely() -> None:
    inputs = inputs_with(50, 0, seed=2)
    weights = log_weights(inputs, SLOPE, NOISE_SD)
    probability = np.exp(np.array(list(weights.values())))
    probability /= probability.sum()
    rng = np.random.default_rng(3)
    draws = [
        tuple(draw_thresholds(inputs, SLOPE, NOISE_SD, rng)) for _ in range(NUM_DRAWS)
    ]
    for (pair, _), expected in zip(weights.items(), probability, strict=True):
        # Five standard errors; there are some hundred pairs.
        error = 5 * np.sqrt(expected * (1 - expected) / NUM_DRAWS) + 1e-3
        assert draws.count(pair) / NUM_DRAWS == pytest.approx(expected, abs=error)


def test_a_threshold_leaves_a_twentieth_of_the_days_on_either_side() -> None:
    volatility = np.sort(np.random.default_rng(1).uniform(50, 150, 200))
    candidates = np.flatnonzero(threshold_candidates(volatility))
    assert candidates.tolist() == list(range(9, 190))


def test_equal_volatilities_are_never_parted() -> None:
    volatility = np.repeat(np.arange(50.0, 90.0), 5)
    candidates = np.flatnonzero(threshold_candidates(volatility))
    assert ((candidates + 1) % 5 == 0).all()


def test_a_volatility_at_a_threshold_is_in_the_regime_below() -> None:
    volatility = np.array([90.0, 93.9, 94.0, 146.8, 146.9])
    assert regime_of(volatility, np.array([93.9, 146.8])).tolist() == [0, 0, 1, 1, 2]


def test_missing_days_are_left_out_and_the_others_sorted_by_volatility() -> None:
    frame = twin_frame().copy()
    frame.loc[[3, 4], "price_impact"] = np.nan
    inputs = threshold_inputs(twin())
    assert (np.diff(inputs.volatility_bp) >= 0).all()
    by_day = frame.set_index("date")["volatility_bp"]
    np.testing.assert_array_equal(inputs.volatility_bp, by_day[inputs.day])
    assert len(inputs.day) == NUM_DAYS


def test_prior_predictions_have_the_size_of_price_impact() -> None:
    inputs = inputs_with(300, 2, seed=5)
    drawn = pm.sample_prior_predictive(
        200,
        model=threshold_regression_model(inputs),
        random_seed=1,
        backend=INTERPRETED,
    )
    median = drawn["prior_predictive"]["price_impact"].median("day")
    low, high = np.quantile(median / np.median(inputs.price_impact), [0.05, 0.95])
    assert 0.2 < low < 1.0 < high < 5.0
