"""The smoother against the conditional distribution of one large Gaussian vector."""

import numpy as np
import pytest
from scipy.stats import kstest, norm

from inference.states.kalman import (
    StateSpace,
    draw_states,
    filtered_mean,
    one_step_ahead,
    smoothed_mean,
)

NUM_WEEKS = 12
MISSING = [(0, 1), (3, 0), (5, slice(None)), (6, slice(None)), (11, 2)]

# Both are double precision solves of well-conditioned systems of 36 unknowns.
EXACT_TOLERANCE = 1e-8

NUM_PATHS = 4000
# Monte Carlo: standard error of a mean in posterior standard deviations is
# 4000**-0.5 = 0.016, and of a standard deviation 0.011; five of each.
MEAN_TOLERANCE = 0.08
SD_TOLERANCE = 0.055


def system_of(
    seed: int,
    num_weeks: int = NUM_WEEKS,
    persistence: tuple[float, float] = (0.95, 0.3),
) -> StateSpace:
    rng = np.random.default_rng(seed)
    is_observed = np.ones((num_weeks, 3))
    for cell in MISSING:
        if cell[0] < num_weeks:
            is_observed[cell] = 0.0
    return StateSpace(
        observation=rng.normal(size=(num_weeks, 3)) * is_observed,
        is_observed=is_observed,
        loading=rng.normal(size=(3, 2)),
        persistence=np.array(persistence),
        state_variance=np.array([0.4, 1.5]),
        observation_variance=np.array([0.1, 0.5, 1.0]),
        initial_mean=np.array([0.5, -1.0]),
        initial_variance=np.array([2.0, 0.7]),
        state_input=rng.normal(size=(num_weeks, 2)),
        observation_input=rng.normal(size=(num_weeks, 3)),
    )


def dense_states(system: StateSpace) -> tuple[np.ndarray, np.ndarray]:
    """Mean (T*K,) and covariance of all states before any data."""
    T, K = system.state_input.shape
    phi = np.diag(system.persistence)
    mean, root = np.zeros((T, K)), np.zeros((T * K, T * K))
    mean[0] = system.initial_mean
    root[:K, :K] = np.diag(np.sqrt(system.initial_variance))
    for t in range(1, T):
        mean[t] = phi @ mean[t - 1] + system.state_input[t]
        now, before = slice(t * K, (t + 1) * K), slice((t - 1) * K, t * K)
        root[now] = phi @ root[before]
        root[now, now] = np.diag(np.sqrt(system.state_variance))
    return mean.ravel(), root @ root.T


def dense_smoother(
    system: StateSpace, last_week: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of all states given the cells before `last_week`."""
    T = len(system.observation)
    mean, covariance = dense_states(system)
    design = np.kron(np.eye(T), system.loading)
    used = system.is_observed.astype(bool).copy()
    used[last_week:] = False if last_week is not None else used[last_week:]
    used = used.ravel()
    design = design[used]
    noise = np.tile(system.observation_variance, T)[used]
    gain = np.linalg.solve(
        design @ covariance @ design.T + np.diag(noise), design @ covariance
    ).T
    residual = (system.observation - system.observation_input).ravel()[used]
    return mean + gain @ (
        residual - design @ mean
    ), covariance - gain @ design @ covariance


@pytest.mark.parametrize("num_weeks", [1, 2, NUM_WEEKS])
@pytest.mark.parametrize(
    "persistence", [(0.95, 0.3), (0.9999, 0.0)], ids=["moderate", "near unit root"]
)
def test_smoothed_mean_is_the_dense_conditional_mean(
    num_weeks: int, persistence: tuple[float, float]
) -> None:
    system = system_of(1, num_weeks, persistence)
    mean, _ = dense_smoother(system)
    np.testing.assert_allclose(
        smoothed_mean(system).ravel(), mean, atol=EXACT_TOLERANCE
    )


@pytest.mark.parametrize(
    "persistence", [(0.95, 0.3), (0.9999, 0.0)], ids=["moderate", "near unit root"]
)
def test_filtered_mean_is_the_dense_mean_given_the_weeks_so_far(
    persistence: tuple[float, float],
) -> None:
    system = system_of(1, NUM_WEEKS, persistence)
    found = filtered_mean(system)
    for week in range(NUM_WEEKS):
        mean, _ = dense_smoother(system, last_week=week + 1)
        np.testing.assert_allclose(
            found[week], mean[2 * week : 2 * week + 2], atol=EXACT_TOLERANCE
        )


def test_drawn_paths_have_the_dense_conditional_moments() -> None:
    system, rng = system_of(2), np.random.default_rng(3)
    paths = np.array([draw_states(system, rng).ravel() for _ in range(NUM_PATHS)])
    mean, covariance = dense_smoother(system)
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose((paths.mean(axis=0) - mean) / sd, 0, atol=MEAN_TOLERANCE)
    np.testing.assert_allclose(paths.std(axis=0) / sd, 1, atol=SD_TOLERANCE)
    correlation = covariance / np.outer(sd, sd)
    np.testing.assert_allclose(np.corrcoef(paths.T), correlation, atol=MEAN_TOLERANCE)


def test_drawing_leaves_the_system_as_it_was() -> None:
    system, untouched = system_of(2), system_of(2)
    draw_states(system, np.random.default_rng(0))
    for now, before in zip(system, untouched, strict=True):
        np.testing.assert_array_equal(now, before)


def test_one_draw_predicts_each_cell_from_earlier_weeks_alone() -> None:
    system = system_of(4)
    predicted = one_step_ahead([system])
    for week in range(NUM_WEEKS):
        states, covariance = dense_smoother(system, last_week=week)
        now = slice(2 * week, 2 * week + 2)
        mean = system.loading @ states[now] + system.observation_input[week]
        variance = (
            np.diag(system.loading @ covariance[now, now] @ system.loading.T)
            + system.observation_variance
        )
        np.testing.assert_allclose(predicted.mean[week], mean, atol=EXACT_TOLERANCE)
        np.testing.assert_allclose(
            predicted.sd[week], np.sqrt(variance), atol=EXACT_TOLERANCE
        )


def test_draws_are_mixed_not_averaged() -> None:
    first = system_of(4)
    second = first._replace(observation_input=first.observation_input + 3.0)
    alone, other = one_step_ahead([first]), one_step_ahead([second])
    mixed = one_step_ahead([first, second])
    np.testing.assert_allclose(mixed.mean, (alone.mean + other.mean) / 2)
    np.testing.assert_allclose(mixed.pit, (alone.pit + other.pit) / 2)
    np.testing.assert_allclose(
        mixed.sd**2, alone.sd**2 + ((alone.mean - other.mean) / 2) ** 2
    )


def test_cells_without_an_observation_have_a_prediction_but_no_residual() -> None:
    predicted = one_step_ahead([system_of(4)])
    missing = system_of(4).is_observed == 0
    assert np.isfinite(predicted.mean).all()
    np.testing.assert_array_equal(np.isnan(predicted.pit), missing)
    np.testing.assert_array_equal(np.isnan(predicted.standardized_innovation), missing)


def test_the_true_parameters_give_a_uniform_pit_and_white_innovations() -> None:
    template = system_of(5, num_weeks=2000)._replace(is_observed=np.ones((2000, 3)))
    rng = np.random.default_rng(6)
    # A path of the states under the model: what the smoother draws without any data.
    blind = template._replace(is_observed=np.zeros((2000, 3)))
    states = draw_states(blind, rng)
    noise = rng.normal(size=(2000, 3)) * np.sqrt(template.observation_variance)
    observation = states @ template.loading.T + template.observation_input + noise
    predicted = one_step_ahead([template._replace(observation=observation)])
    # Seeds are fixed; a false alarm has probability 0.001 before they were.
    assert kstest(predicted.pit[:, 0], "uniform").pvalue > 1e-3
    innovation = predicted.standardized_innovation[:, 0]
    assert kstest(innovation, norm.cdf).pvalue > 1e-3
    # Three standard errors of a lag-1 autocorrelation of white noise.
    assert abs(np.corrcoef(innovation[1:], innovation[:-1])[0, 1]) < 3 / np.sqrt(2000)
