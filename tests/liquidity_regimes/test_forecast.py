"""Price impact and states ahead, against mixtures and chains written out."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from data.liquidity_regimes.panel import (
    liquidity_panel_from_frame,
    write_liquidity_panel,
)
from inference.liquidity_regimes.forecast import forecast_liquidity_regimes
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from inference.liquidity_regimes.threshold_forecast import (
    forecast_threshold_regression,
)
from inference.traced.forecast import Forecast, ForecastRequest
from models.liquidity_regimes.data_variables import PRIOR_SCALES
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from tests.liquidity_regimes.models import at_jittered_point, draws_of, twin_frame
from tests.liquidity_regimes.traces import threshold_tree

NUM_KNOWN = 594
NUM_AHEAD = 6
NUM_DRAWS = 150

STANDARD_ERRORS = 5.0
"""Of a mean over 1,500 paths, at 6 days."""


@cache
def fitted() -> tuple[xr.DataTree, dict[str, np.ndarray]]:
    """A trace that holds one point again and again, and what the model says there."""
    frame = twin_frame()[:NUM_KNOWN]
    specification = LiquidityRegimesSpecification()
    panel = liquidity_panel_from_frame(frame, "twin")
    prepared = prepare_liquidity_regimes(panel, specification)
    model = prepared.model
    free = [variable.name for variable in model.free_RVs]
    told = [
        "price_impact_slope",
        "noise_sd",
        "transition_intercept",
        "transition_depth_slope",
        "initial_probability",
    ]
    names = [*free, *told]
    found = at_jittered_point(model, [model[name] for name in names])
    values = dict(zip(names, found, strict=True))
    scales = {
        name: ((), value) if np.ndim(value) == 0 else (f"{name}_dim", value)
        for name in PRIOR_SCALES
        if np.ndim(value := model[name].get_value()) < 2
    }
    tree = xr.DataTree.from_dict(
        {
            "posterior": draws_of({name: values[name] for name in free}, NUM_DRAWS),
            "panel": prepared.used,
            "constant_data": xr.Dataset(scales),
        }
    )
    tree.attrs = prepared.description
    return tree, values


def matrix(values: dict[str, np.ndarray], depth: float) -> np.ndarray:
    """Equation (4) at one depth."""
    odds = values["transition_intercept"] + values["transition_depth_slope"] * depth
    odds = np.exp(np.concatenate([np.zeros((3, 1)), odds], axis=1))
    return odds / odds.sum(axis=1, keepdims=True)


def last_probability(values: dict[str, np.ndarray]) -> np.ndarray:
    """Filter written out: emission times prediction, day by day."""
    rows = twin_frame()[:NUM_KNOWN]
    covariates = rows[
        [
            "volatility_bp",
            "volatility_of_volatility_surprise_bp",
            "persistence_surprise_bp",
        ]
    ].to_numpy()
    impacts, depths = rows["price_impact"].to_numpy(), rows["depth_musd"].to_numpy()
    probability = values["initial_probability"]
    for t, (impact, x) in enumerate(zip(impacts, covariates, strict=True)):
        if t > 0:
            probability = probability @ matrix(values, depths[t - 1])
        z = (impact - values["price_impact_slope"] @ x) / values["noise_sd"]
        log_density = -0.5 * z**2 - np.log(values["noise_sd"])
        probability = probability * np.exp(log_density - log_density.max())
        probability = probability / probability.sum()
    return probability


@cache
def moving() -> Forecast:
    return forecast_liquidity_regimes(fitted()[0], ForecastRequest(horizon=NUM_AHEAD))


def test_states_with_depth_held_are_powers_of_one_matrix() -> None:
    trace, values = fitted()
    request = ForecastRequest(horizon=NUM_AHEAD, inputs="held")
    found = forecast_liquidity_regimes(trace, request).draws
    depth = twin_frame()["depth_musd"].to_numpy()[NUM_KNOWN - 1]
    volatility = twin_frame()["volatility_bp"].to_numpy()[NUM_KNOWN - 1]
    probability = last_probability(values)
    for day in range(NUM_AHEAD):
        probability = probability @ matrix(values, depth)
        here = found.isel(ahead=day)
        np.testing.assert_allclose(
            here["state_probability"].mean("sample"), probability, atol=1e-8
        )
        mean = values["price_impact_slope"][:, 0] * volatility
        second = probability @ (mean**2 + values["noise_sd"] ** 2)
        sd = np.sqrt(second - (probability @ mean) ** 2)
        error = float(here["price_impact"].mean()) - probability @ mean
        assert abs(error) < STANDARD_ERRORS * sd * found.sizes["sample"] ** -0.5
        assert float(here["price_impact"].std()) == pytest.approx(sd, rel=0.1)
    assert (found["depth_musd"] == depth).all()


def test_states_along_moving_depth_are_those_of_a_loop_over_its_paths() -> None:
    _, values = fitted()
    found = moving().draws
    first = twin_frame()["depth_musd"].to_numpy()[NUM_KNOWN - 1]
    start = last_probability(values)
    by_path = []
    for depth in found["depth_musd"].to_numpy()[:200]:
        probability, path = start, []
        for left in [first, *depth[:-1]]:
            probability = probability @ matrix(values, left)
            path.append(probability)
        by_path.append(path)
    # Each draw of the posterior averages its own ten paths of depth.
    expected = np.reshape(by_path, (20, 10, NUM_AHEAD, 3)).mean(axis=1)
    told = found["state_probability"].to_numpy()[:200].reshape(20, 10, NUM_AHEAD, 3)
    np.testing.assert_allclose(told[:, 0], expected, atol=1e-8)
    assert (told == told[:, :1]).all()
    assert found["depth_musd"].isel(ahead=-1).std() > 2.0


def test_moving_volatility_moves_price_impact_and_numbers_come_again() -> None:
    trace, _ = fitted()
    again = forecast_liquidity_regimes(trace, ForecastRequest(horizon=NUM_AHEAD))
    xr.testing.assert_identical(moving().draws, again.draws)
    request = ForecastRequest(horizon=NUM_AHEAD, inputs="held")
    held = forecast_liquidity_regimes(trace, request)
    sd, without = (
        each.draws["price_impact"].isel(ahead=-1).std() for each in (moving(), held)
    )
    assert sd > 1.02 * without


def test_days_without_price_impact_state_what_depth_will_be(tmp_path: Path) -> None:
    trace, values = fitted()
    frame = twin_frame()[: NUM_KNOWN + 2].drop(columns="simulated_state")
    frame.loc[frame.index[-2:], "price_impact"] = np.nan
    frame.loc[frame.index[-2:], "depth_musd"] = [10.0, 400.0]
    path = tmp_path / "stated.csv"
    write_liquidity_panel(frame, path)
    found = forecast_liquidity_regimes(trace, ForecastRequest(panel=path)).draws
    assert (found["ahead"].to_numpy() == frame["date"].to_numpy()[-2:]).all()
    assert (found["depth_musd"].isel(sample=0) == [10.0, 400.0]).all()
    last = frame["depth_musd"].to_numpy()[NUM_KNOWN - 1]
    expected = last_probability(values) @ matrix(values, last) @ matrix(values, 10.0)
    np.testing.assert_allclose(
        found["state_probability"].isel(ahead=1).mean("sample"), expected, atol=1e-8
    )


def test_thresholds_give_the_mean_of_their_regime_at_volatility_held() -> None:
    tree = threshold_tree(draws=200)
    tree.attrs["data_notes"] = []
    request = ForecastRequest(horizon=3, inputs="held")
    found = forecast_threshold_regression(tree, request).draws
    volatility = float(tree["panel"]["covariate_bp"].sel(covariate="V")[-1])
    posterior = tree["posterior"].to_dataset()
    thresholds = posterior["volatility_threshold_bp"]
    regime = (volatility > thresholds).sum("threshold")
    slope = posterior["volatility_slope"].to_numpy().reshape(-1, 3)
    mean = slope[np.arange(len(slope)), regime.to_numpy().ravel()] * volatility
    variance = mean.var() + (posterior["noise_sd"].to_numpy() ** 2).mean()
    assert (found["volatility_bp"] == volatility).all()
    for day in range(3):
        impact = found["price_impact"].isel(ahead=day)
        error = float(impact.mean()) - mean.mean()
        assert abs(error) < STANDARD_ERRORS * (variance / impact.size) ** 0.5
        assert float(impact.std()) == pytest.approx(variance**0.5, rel=0.1)
    moving = forecast_threshold_regression(tree, ForecastRequest(horizon=3)).draws
    assert moving["volatility_bp"].isel(ahead=2).std() > 0
