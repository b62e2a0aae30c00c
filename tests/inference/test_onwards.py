"""Simulations onwards from the data, against recursions of whole matrices."""

import numpy as np
import pytest

from inference.states.kalman import StateSpace
from inference.states.moving_inputs import estimate_input_dynamics, simulate_inputs
from inference.states.onwards import (
    Volatility,
    driven_innovations,
    onwards,
    onwards_score_driven,
    simulate_onwards,
)
from inference.states.score_driven import ScoreDrivenSystem
from models.bootstrap import draw_dates
from tests.inference.test_states_kalman import system_of
from tests.likelihoods.score_driven_systems import DYNAMICS, innovations_by_matrices

NUM_KNOWN, NUM_AHEAD = 12, 5
EXACT = 1e-9
"""The same sums in another order, in double precision."""


def system() -> StateSpace:
    """Twelve dates of data, some cells missing, and five without."""
    whole = system_of(5, NUM_KNOWN + NUM_AHEAD)
    is_observed = whole.is_observed.copy()
    is_observed[NUM_KNOWN:] = 1.0
    return whole._replace(is_observed=is_observed)


def by_matrices(space: StateSpace, innovation: np.ndarray) -> np.ndarray:
    """Filter with whole covariances, then let given innovations move on."""
    Z, phi = space.loading, np.diag(space.persistence)
    Q, H = np.diag(space.state_variance), np.diag(space.observation_variance)
    a, P = space.initial_mean, np.diag(space.initial_variance)
    ahead = []
    for t, seen in enumerate(space.is_observed > 0):
        if t > 0:
            a, P = phi @ a + space.state_input[t], phi @ P @ phi.T + Q
        F = Z[seen] @ P @ Z[seen].T + H[np.ix_(seen, seen)]
        expected = Z[seen] @ a + space.observation_input[t, seen]
        if t < NUM_KNOWN:
            surprise = space.observation[t, seen] - expected
        else:
            surprise = np.linalg.cholesky(F) @ innovation[t - NUM_KNOWN]
            ahead.append(expected + surprise)
        gain = P @ Z[seen].T @ np.linalg.inv(F)
        a, P = a + gain @ surprise, P - gain @ F @ gain.T
    return np.array(ahead)


def test_innovations_move_series_as_the_filter_of_whole_matrices_says() -> None:
    space = system()
    innovation = np.random.default_rng(2).standard_normal((3, NUM_AHEAD, 3))
    found = simulate_onwards(
        onwards(space, NUM_KNOWN),
        innovation,
        space.state_input[None, NUM_KNOWN:],
        space.observation_input[None, NUM_KNOWN:],
    )
    for path, z in zip(found, innovation, strict=True):
        np.testing.assert_allclose(path, by_matrices(space, z), atol=EXACT)


def test_values_that_fill_the_dates_ahead_do_not_matter() -> None:
    space = system()
    other = space.observation.copy()
    other[NUM_KNOWN:] += 7.0
    driven = [
        ScoreDrivenSystem(each, np.array([*DYNAMICS.values()]))
        for each in (space, space._replace(observation=other))
    ]
    (start, volatility), (again, volatile) = (
        onwards_score_driven(each, NUM_KNOWN) for each in driven
    )
    np.testing.assert_array_equal(start.state, again.state)
    np.testing.assert_array_equal(volatility.scale_matrix, volatile.scale_matrix)


def test_volatility_is_where_the_data_left_it() -> None:
    space = system()
    dynamics = np.array([*DYNAMICS.values()])
    _, found = onwards_score_driven(ScoreDrivenSystem(space, dynamics), NUM_KNOWN)
    p, a, phi, kappa, nu = dynamics
    G, log_scale = np.eye(3), 0.0
    by_date = list(innovations_by_matrices(space._asdict()))[:NUM_KNOWN]
    for (v, factor), seen in zip(by_date, space.is_observed > 0, strict=False):
        M = np.where(~seen[:, None] & ~seen[None, :], G, 0.0)
        e = np.linalg.solve(factor, v) / np.exp(log_scale)
        log_scale *= phi
        if len(e):
            q = e @ np.linalg.inv(G[np.ix_(seen, seen)]) @ e
            w = (nu + len(e)) / (nu + q)
            M[np.ix_(seen, seen)] = w * np.outer(e, e)
            log_scale += kappa * (w * q / len(e) - 1)
        G = (1 - p) * np.eye(3) + (p - a) * G + a * M
    np.testing.assert_allclose(found.scale_matrix, G, atol=EXACT)
    assert found.log_scale == pytest.approx(log_scale, abs=EXACT)


def test_driven_innovations_follow_their_equations() -> None:
    G = np.array([[1.4, 0.3], [0.3, 0.8]])
    dynamics = np.array([*DYNAMICS.values()])
    found = driven_innovations(
        Volatility(G, 0.2, dynamics), (2, 4, 2), np.random.default_rng(8)
    )
    rng = np.random.default_rng(8)
    p, a, phi, kappa, nu = dynamics
    mixing = rng.chisquare(nu, (2, 4, 1)) / nu
    shock = rng.standard_normal((2, 4, 2)) / np.sqrt(mixing)
    for path in range(2):
        scale, log_scale = G, 0.2
        for t in range(4):
            z = np.exp(log_scale) * np.linalg.cholesky(scale) @ shock[path, t]
            np.testing.assert_allclose(found[path, t], z, atol=EXACT)
            e = z / np.exp(log_scale)
            q = e @ np.linalg.inv(scale) @ e
            w = (nu + 2) / (nu + q)
            log_scale = phi * log_scale + kappa * (w * q / 2 - 1)
            scale = (1 - p) * np.eye(2) + (p - a) * scale + a * w * np.outer(e, e)


def test_inputs_move_as_the_autoregressions_of_their_past() -> None:
    rng = np.random.default_rng(4)
    shock = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 4000)
    series = np.zeros((4000, 2))
    for t in range(1, 4000):
        series[t] = np.array([1.0, -2.0]) + [0.9, 0.5] * series[t - 1] + shock[t]
    dynamics = estimate_input_dynamics(series, 40, rng)
    # Four thousand dates tell a persistence to some 0.007.
    np.testing.assert_allclose(dynamics.persistence.mean(0), [0.9, 0.5], atol=0.03)
    last = np.array([20.0, -8.0])
    paths = simulate_inputs(
        dynamics, last, draw_dates(dynamics.shock_probability, (3, 500), rng)
    )
    expected = last
    for t in range(3):
        expected = np.array([1.0, -2.0]) + [0.9, 0.5] * expected
        np.testing.assert_allclose(paths[:, :, t].mean((0, 1)), expected, atol=0.5)
    first = (paths[:, :, 0] - dynamics.persistence[:, None] * last).reshape(-1, 2)
    assert np.corrcoef(first.T)[0, 1] == pytest.approx(0.8, abs=0.03)
    assert first.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.05)


def test_an_input_that_never_moved_stays() -> None:
    rng = np.random.default_rng(4)
    dynamics = estimate_input_dynamics(np.full((30, 1), 3.0), 5, rng)
    dates = draw_dates(dynamics.shock_probability, (4, 2), rng)
    assert (simulate_inputs(dynamics, np.array([3.0]), dates) == 3.0).all()
