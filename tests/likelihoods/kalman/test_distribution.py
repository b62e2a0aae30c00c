"""The state space as a PyMC distribution: draws and densities of the dense normal."""

from functools import cache

import numpy as np
import pymc as pm
import xarray as xr
from numpy.testing import assert_allclose

from models.likelihoods.kalman.distribution import (
    LinearGaussianStateSpace,
    simulate_states,
)
from tests.likelihoods.state_spaces import (
    System,
    dense_log_likelihood,
    dense_moments,
    random_system,
)

NUM_DATES, NUM_SERIES, NUM_FACTORS = 6, 4, 3

EXACT = 1e-9
"""Relative; both sides are double-precision linear algebra on small matrices."""

NUM_DRAWS = 4_000
MEAN_ERROR = 5 / np.sqrt(NUM_DRAWS)
"""Five standard errors of the mean of standard normals: all of the few dozen means
compared pass with a probability of 0.99998."""
COVARIANCE_ERROR = 5 * np.sqrt(2 / NUM_DRAWS)
"""Five standard errors of the variance of standard normals, the largest of their
second moments."""

PYTHON = {"mode": "FAST_COMPILE"}
"""No compilation of the graph; the filter inside is compiled all the same."""

SHIFT = np.array([0.7, -1.2, 0.4])
"""A value of the model's one parameter, which moves the first state."""


@cache
def system() -> System:
    """Every input at work; one cell and one whole date missing."""
    result = random_system(np.random.default_rng(3), NUM_DATES, NUM_SERIES, NUM_FACTORS)
    result["is_observed"][2, 1] = 0
    result["is_observed"][4] = 0
    return result


def shifted(shift: np.ndarray) -> System:
    return system() | {"initial_mean": system()["initial_mean"] + shift}


@cache
def model() -> pm.Model:
    inputs = dict(system())
    observed = inputs.pop("observation")
    mean = inputs.pop("initial_mean")
    coords = {
        "week": np.arange(NUM_DATES) + 100,
        "tenor": list("abcd"),
        "factor": range(NUM_FACTORS),
    }
    with pm.Model(coords=coords) as result:
        shift = pm.Normal("shift", 0, 2, dims="factor")
        LinearGaussianStateSpace(
            "y",
            observed=observed,
            initial_mean=mean + shift,
            dims=("week", "tenor"),
            **inputs,
        )
    return result


def draw_of(parameters: System, seed: int) -> np.ndarray:
    inputs = {k: x for k, x in parameters.items() if k != "observation"}
    with pm.Model(coords={"week": range(NUM_DATES), "tenor": list("abcd")}):
        y = LinearGaussianStateSpace(
            "y", observed=parameters["observation"], dims=("week", "tenor"), **inputs
        )
        return pm.draw(y, random_seed=seed, mode="FAST_COMPILE")


def draws_of(shift: np.ndarray) -> xr.DataTree:
    posterior = xr.Dataset(
        {"shift": (("chain", "draw", "factor"), shift[None])},
        coords={"factor": range(NUM_FACTORS)},
    )
    return xr.DataTree.from_dict({"posterior": posterior})


def assert_draws_have_moments(
    draws: np.ndarray, mean: np.ndarray, covariance: np.ndarray
) -> None:
    """Compare after turning the draws into what would be standard normals."""
    white = np.linalg.solve(np.linalg.cholesky(covariance), (draws - mean).T)
    assert_allclose(white.mean(axis=1), 0, atol=MEAN_ERROR)
    second = white @ white.T / len(draws)
    assert_allclose(second, np.eye(len(mean)), atol=COVARIANCE_ERROR)


def all_cells(parameters: System) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of every cell, those that were not observed too."""
    complete = parameters | {"is_observed": np.ones((NUM_DATES, NUM_SERIES))}
    mean, covariance, _ = dense_moments(complete)
    return mean, covariance


def test_predictions_take_one_row_of_state_input_for_all_dates() -> None:
    parameters = system() | {"state_input": np.full((1, NUM_FACTORS), 0.7)}
    repeated = parameters | {"state_input": np.full((NUM_DATES, NUM_FACTORS), 0.7)}
    first, second = (draw_of(x, seed=5) for x in (parameters, repeated))
    assert_allclose(first, second, rtol=0)


def test_simulated_states_have_the_moments_of_the_autoregression() -> None:
    rng = np.random.default_rng(8)
    state_input = rng.normal(size=NUM_DATES)
    phi, q, m1, p1 = 0.8, 0.6, 1.5, 4.0
    copies = np.ones(NUM_DRAWS)  # Independent factors that share their parameters.
    states = simulate_states(
        phi * copies,
        q * copies,
        m1 * copies,
        p1 * copies,
        np.outer(state_input, copies),
        rng,
    )
    one = np.ones((NUM_DATES, 1))
    mean, covariance, _ = dense_moments(
        {
            "persistence": np.array([phi]),
            "loading": np.ones((1, 1)),
            "state_variance": np.array([q]),
            "observation_variance": np.zeros(1),
            "initial_mean": np.array([m1]),
            "initial_variance": np.array([p1]),
            "state_input": state_input[:, None],
            "observation_input": 0 * one,
            "observation": 0 * one,
            "is_observed": one,
        }
    )
    assert_draws_have_moments(states.T, mean, covariance)


def test_simulated_states_of_different_factors_are_independent() -> None:
    rng = np.random.default_rng(9)
    phi = np.array([0.9, 0.9])
    states = simulate_states(
        phi, np.ones(2), np.zeros(2), 1 / (1 - phi**2), np.zeros((NUM_DRAWS, 2)), rng
    )
    innovations = states[1:] - phi * states[:-1]
    # One correlation has a standard error of 1 / sqrt(draws).
    assert abs(np.corrcoef(innovations.T)[0, 1]) < MEAN_ERROR


def test_simulating_states_leaves_its_inputs_alone() -> None:
    state_input = np.ones((NUM_DATES, 1))
    ones = np.ones(1)
    simulate_states(0.5 * ones, ones, ones, ones, state_input, np.random.default_rng(1))
    assert_allclose(state_input, 1, rtol=0)


def test_prior_predictive_draws_have_the_moments_of_the_dense_normal() -> None:
    with model():
        prior = pm.sample_prior_predictive(
            NUM_DRAWS, random_seed=1, compile_kwargs=PYTHON
        )
    mean, covariance = all_cells(system())
    # The prior variance of the shift, 4, adds to that of the first state.
    variance = system()["initial_variance"] + 4
    _, covariance = all_cells(system() | {"initial_variance": variance})
    draws = prior["prior_predictive"]["y"].to_numpy()[0].reshape(NUM_DRAWS, -1)
    assert_draws_have_moments(draws, mean, covariance)


def test_posterior_predictive_draws_have_the_moments_given_the_parameters() -> None:
    trace = draws_of(np.broadcast_to(SHIFT, (NUM_DRAWS, NUM_FACTORS)))
    with model():
        predictive = pm.sample_posterior_predictive(
            trace, random_seed=2, compile_kwargs=PYTHON, progressbar=False
        )
    draws = predictive["posterior_predictive"]["y"].to_numpy()[0]
    assert_draws_have_moments(draws.reshape(NUM_DRAWS, -1), *all_cells(shifted(SHIFT)))


def test_pointwise_log_likelihood_has_one_dense_density_a_week() -> None:
    shifts = np.stack([SHIFT, 0 * SHIFT, -SHIFT])
    with model():
        pointwise = pm.compute_log_likelihood(
            draws_of(shifts),
            extend_inferencedata=False,
            progressbar=False,
            compile_kwargs=PYTHON,
        )["y"]
    assert pointwise.dims == ("chain", "draw", "week")
    assert pointwise["week"].to_numpy().tolist() == list(range(100, 106))
    expected = [dense_log_likelihood(shifted(shift)) for shift in shifts]
    assert_allclose(pointwise[0], expected, rtol=EXACT, atol=EXACT)


def test_a_date_without_observations_has_log_density_zero() -> None:
    pointwise = model().compile_logp([model()["y"]], sum=False, **PYTHON)
    assert pointwise({"shift": SHIFT})[0][4] == 0.0


def test_model_log_density_is_prior_plus_dense_likelihood() -> None:
    prior = -0.5 * (SHIFT / 2) ** 2 - np.log(2 * np.sqrt(2 * np.pi))
    assert_allclose(
        model().compile_logp(**PYTHON)({"shift": SHIFT}),
        prior.sum() + dense_log_likelihood(shifted(SHIFT)).sum(),
        rtol=EXACT,
    )


def test_draws_are_reproducible() -> None:
    with model():
        first, second, other = (
            pm.sample_prior_predictive(3, random_seed=seed, compile_kwargs=PYTHON)[
                "prior_predictive"
            ]["y"].to_numpy()
            for seed in (5, 5, 6)
        )
    assert_allclose(first, second, rtol=0)
    assert not np.isclose(first, other).any()
