"""What the trace of a threshold regression holds beyond the draws."""

from functools import cache

import numpy as np
import xarray as xr

from inference.liquidity_regimes.threshold_regression import (
    derive_threshold_regression,
    prepare_threshold_regression,
)
from models.liquidity_regimes.threshold_regression import threshold_inputs
from tests.liquidity_regimes.models import draws_of, twin

NUM_DRAWS = 20


@cache
def groups() -> dict[str, xr.Dataset]:
    start = dict(prepare_threshold_regression(twin()).starts[0])
    dims = {"volatility_slope_0": "regime"}
    draws = draws_of(start, NUM_DRAWS).rename(dims)
    inputs = threshold_inputs(twin())
    by_volatility = xr.Dataset(
        {"price_impact": ("day", inputs.price_impact)}, {"day": inputs.day}
    )
    held = ("observed_data", "log_likelihood", "prior_predictive")
    trace = xr.DataTree.from_dict(
        {"posterior": draws, "prior": draws, **dict.fromkeys(held, by_volatility)}
    )
    return derive_threshold_regression(inputs, trace, num_draws=NUM_DRAWS, seed=1)


def test_every_draw_has_two_observed_volatilities_in_order_as_thresholds() -> None:
    volatility = twin().dataset["covariate_bp"].sel(covariate="V").to_numpy()
    for group in ("posterior", "prior"):
        threshold = groups()[group]["volatility_threshold_bp"]
        assert threshold.dims == ("chain", "draw", "threshold")
        assert threshold["threshold"].values.tolist() == ["1", "2"]
        assert (threshold.diff("threshold") > 0).all()
        assert np.isin(threshold, volatility).all()


def test_the_data_narrow_the_thresholds_down() -> None:
    spread = {
        group: groups()[group]["volatility_threshold_bp"].std("draw").mean()
        for group in ("posterior", "prior")
    }
    assert spread["posterior"] < 0.7 * spread["prior"]


def test_predictions_are_in_calendar_order_and_single_precision() -> None:
    predictive = groups()["posterior_predictive"]["price_impact"]
    assert predictive.dtype == np.float32
    days = twin().dataset["day"].to_numpy()
    np.testing.assert_array_equal(predictive["day"], days)
    impact = twin().dataset["price_impact"].to_numpy()[:, 0]
    observed = groups()["observed_data"]["price_impact"]
    np.testing.assert_array_equal(observed["day"], days)
    np.testing.assert_array_equal(observed, impact)
    # The regression explains a good part of price impact, day by day.
    mean = predictive.mean(("chain", "draw")).to_numpy()
    assert np.corrcoef(mean, impact)[0, 1] > 0.5


def test_r_squared_is_the_share_of_the_variance_that_is_explained() -> None:
    explained = groups()["goodness_of_fit"]["r_squared"]
    assert explained.dims == ("chain", "draw")
    assert ((explained > 0.2) & (explained < 1.0)).all()


def test_a_model_that_knows_no_time_has_no_mask_to_be_scored_with() -> None:
    prepared = prepare_threshold_regression(twin())
    assert prepared.masking is None
    assert prepared.description["model"] == "threshold-regression"
