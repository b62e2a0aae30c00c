"""How depth moves: coefficients from data, and paths from coefficients."""

import numpy as np
import pytest

from data.arrays import FloatArray
from inference.liquidity_regimes.depth_dynamics import estimate_depth_dynamics
from models.liquidity_regimes.depth_dynamics import (
    HISTORY_DAYS,
    DepthDynamics,
    depth_regressors,
    simulate_depth_onwards,
    volatility_regressors,
)

VOLATILITY = np.array([0.4, 0.6, 0.2, 0.1])
DEPTH = np.array([0.9, 0.5, 0.2, 0.15, -0.05, -1.5, -0.3])
NUM_DAYS = 3_000


def dynamics_of(sd: float, num_draws: int = 1, num_shocks: int = 500) -> DepthDynamics:
    rng = np.random.default_rng(3)
    return DepthDynamics(
        volatility=np.tile(VOLATILITY, (num_draws, 1)),
        depth=np.tile(DEPTH, (num_draws, 1)),
        volatility_shock=sd * rng.normal(size=(num_draws, num_shocks)),
        depth_shock=sd * rng.normal(size=(num_draws, num_shocks)),
        shock_probability=np.full((num_draws, num_shocks), 1 / num_shocks),
    )


def simulated() -> tuple[FloatArray, FloatArray]:
    """Series of the equations, written as such."""
    rng = np.random.default_rng(8)
    v, d = [4.0] * HISTORY_DAYS, [4.4] * HISTORY_DAYS
    for _ in range(NUM_DAYS):
        means = [1.0, v[-1], np.mean(v[-5:]), np.mean(v[-22:])]
        v_next = VOLATILITY @ means + 0.05 * rng.standard_t(4)
        change = v_next - v[-1]
        known = [1.0, d[-1], np.mean(d[-5:]), np.mean(d[-22:]), v[-1]]
        known += [max(change, 0.0), min(change, 0.0)]
        d.append(DEPTH @ known + 0.05 * rng.standard_t(4))
        v.append(v_next)
    return np.exp(d), np.exp(v)


def test_draws_hold_the_coefficients_that_made_the_data() -> None:
    depth, volatility = simulated()
    found = estimate_depth_dynamics(depth, volatility, 400, np.random.default_rng(1))
    for draws, truth in ((found.volatility, VOLATILITY), (found.depth, DEPTH)):
        error = (draws.mean(axis=0) - truth) / draws.std(axis=0)
        assert np.abs(error).max() < 3
    # Of the response to rising volatility, least squares has a standard error of 0.03.
    assert 0.015 < found.depth[:, 5].std() < 0.06


def test_the_shocks_are_what_the_equations_leave() -> None:
    depth, volatility = simulated()
    found = estimate_depth_dynamics(depth, volatility, 3, np.random.default_rng(1))
    day = 700
    past = slice(day - HISTORY_DAYS, day)
    d, v = np.log(depth), np.log(volatility)
    known = depth_regressors(d[past], v[past], v[day])
    expected = d[day] - found.depth @ known
    np.testing.assert_allclose(found.depth_shock[:, day - HISTORY_DAYS], expected)
    known = volatility_regressors(v[past])
    expected = v[day] - found.volatility @ known
    np.testing.assert_allclose(found.volatility_shock[:, day - HISTORY_DAYS], expected)
    np.testing.assert_allclose(found.shock_probability.sum(axis=1), 1.0)


def test_without_shocks_paths_follow_the_equations() -> None:
    rng = np.random.default_rng(5)
    d, v = 4.4 + rng.normal(size=(2, HISTORY_DAYS, 1, 1)) * 0.2
    found = simulate_depth_onwards(dynamics_of(0.0), d, v, 30, rng)
    for _ in range(30):
        v_next = volatility_regressors(v[-HISTORY_DAYS:]) @ VOLATILITY
        known = depth_regressors(d[-HISTORY_DAYS:], v[-HISTORY_DAYS:], v_next)
        d = np.concatenate([d, (known @ DEPTH)[None]])
        v = np.concatenate([v, v_next[None]])
    np.testing.assert_allclose(found, np.exp(d[HISTORY_DAYS:]), rtol=1e-10)


def test_shocks_are_drawn_with_their_probability_and_in_pairs() -> None:
    dynamics = dynamics_of(0.0)._replace(
        volatility=np.array([[0.0, 1.0, 0.0, 0.0]]),
        depth=np.array([[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]]),
        volatility_shock=np.array([[0.0, 0.3, 9.9]]),
        depth_shock=np.array([[0.1, -0.2, 9.9]]),
        shock_probability=np.array([[0.25, 0.75, 0.0]]),
    )
    history = np.zeros((HISTORY_DAYS, 1, 20_000))
    rng = np.random.default_rng(2)
    found = np.log(simulate_depth_onwards(dynamics, history, history, 1, rng))
    assert sorted(np.unique(found.round(12))) == [-0.2, 0.1]
    assert (found < 0).mean() == pytest.approx(0.75, abs=0.015)


def test_depth_moves_as_it_did() -> None:
    """Changes over a month have the spread of those of the sample."""
    depth, volatility = simulated()
    rng = np.random.default_rng(6)
    dynamics = estimate_depth_dynamics(depth, volatility, 50, rng)
    starts = rng.integers(HISTORY_DAYS, NUM_DAYS, (50, 40))
    days = starts + np.arange(1 - HISTORY_DAYS, 1)[:, None, None]
    history = np.log(depth)[days], np.log(volatility)[days]
    onwards = simulate_depth_onwards(dynamics, *history, 20, rng)
    change = np.log(onwards[-1]) - history[0][-1]
    observed = np.log(depth[20:]) - np.log(depth[:-20])
    assert change.std() == pytest.approx(observed.std(), rel=0.1)
