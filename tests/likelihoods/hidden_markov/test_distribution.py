"""Hidden Markov regressions as a PyMC distribution: densities and draws."""

from functools import cache

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy import stats

from models.likelihoods.hidden_markov.distribution import (
    HiddenMarkovRegression,
    regression_log_emission,
)
from tests.likelihoods.hidden_chains import Chain, enumerate_paths, random_chain

T, K, P, N = 6, 3, 2, 2

EXACT = 1e-9
"""Relative; both sides add up a few hundred positive terms."""

NUM_DRAWS = 4_000
LEAST_P_VALUE = 1e-4
"""Of a test that holds: the few dozen made here all pass with a probability of 0.99."""

PYTHON = {"mode": "FAST_COMPILE"}
"""No compilation of the graph; the passes inside are compiled all the same."""

CASES = {
    "one series": (1, None),
    "one series, Student-t": (1, 5.0),
    "several series": (2, None),
    "several series, Student-t": (2, np.array([3.0, 5.0, 9.0])),
}
cases = pytest.mark.parametrize("case", CASES)

SHIFT = np.array([0.7, -1.2, 0.4])
"""A value of the model's one parameter, which moves the first slope of each state."""


@cache
def inputs(case):
    """Every input at work; one cell and one whole day missing."""
    ndim, degrees = CASES[case]
    rng = np.random.default_rng(3)
    chain = random_chain(rng, T)
    series = (N,) if ndim == 2 else ()
    is_observed = np.ones((T, *series))
    is_observed[4] = 0
    is_observed[(2, 0) if series else 1] = 0
    return {
        "covariates": rng.normal(size=(T, P)),
        "slope": 3 * rng.normal(size=(K, *series, P)),
        "noise_sd": rng.uniform(0.3, 1, (K, *series)),
        "degrees_of_freedom": degrees,
        "initial": chain.initial,
        "transition_intercept": chain.intercept,
        "transition_slope": chain.slope,
        "transition_covariate": chain.covariate,
        "is_observed": is_observed,
        "observed": 2 * rng.normal(size=(T, *series)),
    }


def shifted_slope(case, shift):
    slope = inputs(case)["slope"].copy()
    slope[..., 0] += shift.reshape(-1, *[1] * (slope.ndim - 2))
    return slope


@cache
def model(case):
    arguments = dict(inputs(case))
    coords = {"day": np.arange(T) + 100, "state": list("123"), "security": list("ab")}
    with pm.Model(coords=coords) as result:
        shift = pm.Normal("shift", 0, 2, dims="state")
        slope = arguments.pop("slope")
        slope = slope + shift.reshape((K, *[1] * (slope.ndim - 1))) * np.eye(P)[0]
        dims = ("day", "security")[: arguments["observed"].ndim]
        HiddenMarkovRegression("y", slope=slope, dims=dims, **arguments)
    return result


def chain_of(case, shift, only_day=None):
    """The chain behind the series, with emissions from scipy's densities."""
    x = inputs(case)
    covariates = x["covariates"].reshape(T, 1, *[1] * (x["observed"].ndim - 1), P)
    mean = (covariates * shifted_slope(case, shift)).sum(axis=-1)
    degrees = np.inf if x["degrees_of_freedom"] is None else x["degrees_of_freedom"]
    degrees = np.broadcast_to(degrees, K).reshape(K, *[1] * (mean.ndim - 2))
    density = stats.t.logpdf(x["observed"][:, None], degrees, mean, x["noise_sd"])
    density = np.where(x["is_observed"][:, None] > 0, density, 0.0)
    return Chain(
        density.reshape(T, K, -1).sum(axis=2),
        x["initial"],
        x["transition_intercept"],
        x["transition_slope"],
        x["transition_covariate"],
    )


def draws_of(shifts):
    posterior = xr.Dataset(
        {"shift": (("chain", "draw", "state"), shifts[None])},
        coords={"state": list("123")},
    )
    return xr.DataTree.from_dict({"posterior": posterior})


@cases
def test_pointwise_log_likelihood_has_one_density_a_day(case):
    shifts = np.stack([SHIFT, 0 * SHIFT, -SHIFT])
    with model(case):
        pointwise = pm.compute_log_likelihood(
            draws_of(shifts),
            extend_inferencedata=False,
            progressbar=False,
            compile_kwargs=PYTHON,
        )["y"]
    assert pointwise.dims == ("chain", "draw", "day")
    expected = [
        enumerate_paths(chain_of(case, shift)).log_likelihood for shift in shifts
    ]
    assert_allclose(pointwise[0], expected, rtol=EXACT, atol=EXACT)


@cases
def test_a_day_without_observations_has_log_density_zero(case):
    pointwise = model(case).compile_logp([model(case)["y"]], sum=False, **PYTHON)
    assert_allclose(pointwise({"shift": SHIFT})[0][4], 0.0, atol=1e-12)


@cases
def test_gradient_agrees_with_finite_differences(case):
    density, gradient = (
        compile_(**PYTHON)
        for compile_ in (model(case).compile_logp, model(case).compile_dlogp)
    )
    step = 1e-5
    numeric = [
        (density({"shift": SHIFT + move}) - density({"shift": SHIFT - move}))
        / (2 * step)
        for move in step * np.eye(K)
    ]
    # A central difference's error is of order 1e-10 from its third derivative.
    assert_allclose(gradient({"shift": SHIFT}), numeric, rtol=1e-6, atol=1e-6)


@cases
def test_numpy_emission_is_that_of_the_model(case):
    x = inputs(case)
    degrees = np.inf if x["degrees_of_freedom"] is None else x["degrees_of_freedom"]
    found = regression_log_emission(
        x["observed"],
        x["is_observed"],
        x["covariates"],
        shifted_slope(case, SHIFT),
        x["noise_sd"],
        degrees,
    )
    assert_allclose(found, chain_of(case, SHIFT).log_emission, rtol=EXACT, atol=EXACT)


@cases
def test_predictive_draws_have_the_distribution_of_the_mixture(case):
    """The first day's cells: a mixture over the first state, by Kolmogorov-Smirnov."""
    draws = predictive_draws(case)
    x = inputs(case)
    slope = shifted_slope(case, SHIFT)
    for day in (0, T - 1):
        state = state_probability(case, day)
        cells = draws[:, day].reshape(NUM_DRAWS, -1)
        for n in range(cells.shape[1]):
            each = slope.reshape(K, -1, P)[:, n] @ x["covariates"][day]
            scale = x["noise_sd"].reshape(K, -1)[:, n]
            p_value = mixture_p_value(cells[:, n], state, each, scale, case)
            assert p_value > LEAST_P_VALUE


def predictive_draws(case):
    trace = draws_of(np.broadcast_to(SHIFT, (NUM_DRAWS, K)))
    with model(case):
        predictive = pm.sample_posterior_predictive(
            trace, random_seed=2, compile_kwargs=PYTHON, progressbar=False
        )
    return predictive["posterior_predictive"]["y"].to_numpy()[0]


def state_probability(case, day):
    chain = chain_of(case, SHIFT)
    probability = chain.initial
    for matrix in chain.transition[:day]:
        probability = probability @ matrix
    return probability


def mixture_p_value(values, weights, mean, scale, case):
    degrees = CASES[case][1]
    degrees = np.broadcast_to(np.inf if degrees is None else degrees, K)

    def cdf(y):
        return stats.t.cdf(np.asarray(y)[:, None], degrees, mean, scale) @ weights

    return stats.kstest(values, cdf).pvalue


def test_series_share_their_states_in_predictive_draws():
    """The largest of the residuals' correlations, which independent states rule out."""
    case = "several series"
    draws = predictive_draws(case)[:, 0]
    x = inputs(case)
    mean = shifted_slope(case, SHIFT) @ x["covariates"][0]
    weights = state_probability(case, 0)
    centre = weights @ mean
    expected = ((mean - centre).T * weights) @ (mean - centre)
    spread = np.cov(draws.T)
    error = np.sqrt((spread[0, 0] * spread[1, 1] + spread[0, 1] ** 2) / NUM_DRAWS)
    assert abs(expected[0, 1]) > 10 * error, "independent states would be noticed"
    assert_allclose(spread[0, 1], expected[0, 1], atol=5 * error)


def test_draws_are_reproducible():
    with model("one series"):
        first, second, other = (
            pm.sample_prior_predictive(3, random_seed=seed, compile_kwargs=PYTHON)[
                "prior_predictive"
            ]["y"].to_numpy()
            for seed in (5, 5, 6)
        )
    assert_allclose(first, second, rtol=0)
    assert not np.isclose(first, other).any()


@pytest.mark.parametrize("value", [0.0, np.inf, np.nan, -1.0])
def test_impossible_noise_gives_minus_infinity_and_no_nan_gradient(value):
    arguments = inputs("one series") | {"dims": ("day",)}
    with pm.Model(coords={"day": range(T)}) as impossible:
        noise_sd = pm.Flat("noise_sd", shape=K)
        HiddenMarkovRegression("y", **(arguments | {"noise_sd": noise_sd}))
    point = {"noise_sd": np.full(K, value)}
    assert impossible.compile_logp(**PYTHON)(point) == -np.inf
    assert not np.isnan(impossible.compile_dlogp(**PYTHON)(point)).any()


def test_slopes_of_unknown_shape_are_refused():
    with pm.Model(coords={"day": range(T), "state": range(K), "covariate": range(P)}):
        slope = pm.Normal("slope", dims=("state", "covariate"))
        arguments = inputs("one series") | {"slope": slope}
        with pytest.raises(ValueError, match="static shape"):
            HiddenMarkovRegression("y", dims=("day",), **arguments)
