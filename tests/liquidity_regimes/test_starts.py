"""Clusters of days, and the points that they make to start from."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from data.liquidity_regimes.panel import liquidity_panel_from_frame
from models.liquidity_regimes.clusters import Clusters, cluster_days, usual_depth
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.parameters import published_parameters
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.simulation import simulate_liquidity_regimes
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from models.liquidity_regimes.stretches import clusters_of_stretches
from tests.liquidity_regimes.models import ONE_SECURITY, SEED, model_of, twin

# Rough states ignore that states persist; observed 0.85 to 0.89.
LEAST_RIGHT = 0.7


def inputs_of(num_securities: int = 1, **arguments: str) -> object:
    specification = LiquidityRegimesSpecification(**arguments)
    return select_inputs(twin(num_securities), specification)


@cache
def long_frame() -> pd.DataFrame:
    """Days enough to meet the noisiest state, the rarest, on some seventy of them."""
    return simulate_liquidity_regimes(SEED, 1500, securities=ONE_SECURITY)


def clusters_of(frame: pd.DataFrame) -> Clusters:
    panel = liquidity_panel_from_frame(frame, "twin")
    return cluster_days(select_inputs(panel, LiquidityRegimesSpecification()), 3)[0]


def test_clusters_are_near_the_states_behind_the_data() -> None:
    best = clusters_of(long_frame())
    simulated = long_frame()["simulated_state"].to_numpy().astype(int) - 1
    assert (best.state == simulated).mean() > LEAST_RIGHT
    slope = published_parameters("IV").price_impact_slope
    # A tenth: some days of each state are assigned to its neighbours.
    np.testing.assert_allclose(best.slope[:, 0, 0], slope[:, 0], rtol=0.1)


def test_attempts_are_ordered_by_their_likelihood_and_states_by_their_slopes() -> None:
    found = cluster_days(inputs_of(), 4)
    heights = [clusters.log_likelihood for clusters in found]
    assert heights == sorted(heights, reverse=True)
    for clusters in found:
        assert (np.diff(clusters.slope[:, 0, 0]) < 0).all()


def test_missing_days_do_not_move_the_regressions() -> None:
    frame = long_frame().copy()
    frame.loc[50:59, "price_impact"] = np.nan
    whole, gaps = clusters_of(long_frame()), clusters_of(frame)
    np.testing.assert_allclose(gaps.slope[:, 0, 0], whole.slope[:, 0, 0], rtol=0.05)


def test_usual_depth_is_that_of_days_after_which_a_state_lasts() -> None:
    depth = np.array([1.0, 3.0, 9.0, 4.0, 6.0, 7.0])
    state = np.array([0, 0, 0, 2, 2, 1])
    # State 1 is met once, on the last day: the average depth stands for it.
    assert usual_depth(depth, state, 3).tolist() == [2.0, 5.0, 4.0]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"covariates": "I", "num_states": 2},
        {"num_states": 4, "noise": "student-t"},
        {"transition": "constant"},
        {"initial": "stationary"},
        {"security": "market-wide"},
    ],
    ids=str,
)
def test_every_free_parameter_has_a_value_to_start_from(
    arguments: dict[str, str],
) -> None:
    model = model_of(**arguments)
    specification = LiquidityRegimesSpecification(**arguments)
    inputs = inputs_of(2 if specification.is_market_wide else 1, **arguments)
    for point in starting_points(inputs, specification, LiquidityRegimesPriors()):
        assert set(point) == {variable.name for variable in model.free_RVs}
        for variable in model.free_RVs:
            assert np.shape(point[variable.name]) == tuple(variable.shape.eval())
            assert np.isfinite(point[variable.name]).all()


def test_the_start_has_the_regressions_of_the_clusters() -> None:
    inputs, specification = inputs_of(), LiquidityRegimesSpecification()
    point = starting_points(inputs, specification, LiquidityRegimesPriors())[0]
    clusters = cluster_days(inputs, 3)[0]
    lowest = point["lowest_volatility_slope_standardized"]
    steps = point["volatility_slope_step_standardized"]
    slope = lowest + np.append(steps[::-1].cumsum()[::-1], 0.0)
    np.testing.assert_allclose(slope * inputs.slope_unit, clusters.slope[:, 0, 0])
    np.testing.assert_allclose(point["noise_sd"], clusters.noise_sd[:, 0])


def test_stretches_find_states_that_differ_in_noise_alone() -> None:
    """Quantiles of price impact over volatility cannot tell such states apart."""
    rng = np.random.default_rng(SEED)
    frame = long_frame().copy()
    state = (np.arange(len(frame)) // 100) % 3
    noise = np.array([4.0, 1.0, 0.25])[state] * frame["price_impact"].std()
    slope = frame["price_impact"].mean() / frame["volatility_bp"].mean()
    frame["price_impact"] = slope * frame["volatility_bp"] + noise * (
        rng.standard_normal(len(frame))
    )
    panel = liquidity_panel_from_frame(frame, "twin")
    inputs = select_inputs(panel, LiquidityRegimesSpecification())
    best = clusters_of_stretches(inputs, 3)[0]
    found = np.argsort(np.argsort(-best.noise_sd[:, 0]))[best.state]
    assert (found == state).mean() > 0.9
    quantiles = cluster_days(inputs, 3)[0]
    found = np.argsort(np.argsort(-quantiles.noise_sd[:, 0]))[quantiles.state]
    assert (found == state).mean() < 0.9


def test_ends_of_stretches_are_different_and_the_same_again() -> None:
    inputs = inputs_of()
    ends = clusters_of_stretches(inputs, 3)
    for i, end in enumerate(ends):
        assert all((end.state != other.state).any() for other in ends[:i])
    for one, other in zip(ends, clusters_of_stretches(inputs, 3), strict=True):
        np.testing.assert_array_equal(one.state, other.state)
