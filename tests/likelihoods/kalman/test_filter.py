"""The compiled filter against dense normals, statsmodels and finite differences."""

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.tsa.statespace.mlemodel import MLEModel

from models.likelihoods.kalman.arrays import Filtered, FilterGradient
from models.likelihoods.kalman.op import kalman_passes
from tests.likelihoods.state_spaces import (
    INPUT_NAMES,
    dense_log_likelihood,
    random_system,
)

EXACT = 1e-9
"""Relative. Both sides solve the same linear algebra in double precision; the dense
side factorises matrices of up to 400 rows, which costs some digits."""

STEADY = 1e-8
"""Relative. Adds what the filter forgoes by taking converged covariances as fixed."""

DIFFERENCES = 2e-6
"""Relative. A central difference with step 1e-6 has an error of order 1e-12 from its
curvature and of order 1e-10 * |log likelihood| from cancellation."""


@pytest.fixture
def rng():
    return np.random.default_rng(20180927)


compiled_once = cache(kalman_passes)


def passes(system):
    num_series, num_factors = system["loading"].shape
    return compiled_once(num_series, num_factors, num_series)


def run_forward(system):
    inputs = [system[name] for name in INPUT_NAMES]
    return Filtered(*passes(system).run_forward(*inputs))


def run_backward(system, weight, result, standardized_bar=None):
    inputs = [system[name] for name in INPUT_NAMES]
    if standardized_bar is None:
        standardized_bar = np.zeros_like(system["observation"])
    return FilterGradient(
        *passes(system).run_backward(weight, standardized_bar, *inputs, *result)
    )


def with_gaps(system):
    """A series that stops for a while, whole dates without any, and the two at once."""
    system["is_observed"][30:80, 0] = 0
    system["is_observed"][90] = 0
    system["is_observed"][-8:-5] = 0
    return system


SIZES = {"num_series": 4, "num_factors": 3}
FEW_SERIES = {"num_series": 1, "num_factors": 2}
CASES = {
    "one date": SIZES | {"num_dates": 1},
    "two dates": SIZES | {"num_dates": 2},
    "steady stretch": SIZES | {"num_dates": 90},
    "random gaps": SIZES | {"num_dates": 90, "missing_share": 0.1},
    "rare gaps": SIZES | {"num_dates": 90, "missing_share": 0.005},
    "near unit root": SIZES | {"num_dates": 90, "persistence": 0.9999},
    "no persistence": SIZES | {"num_dates": 40, "persistence": 0.0},
    "alternating": SIZES | {"num_dates": 60, "persistence": -0.8},
    "more factors than series": FEW_SERIES | {"num_dates": 90},
    "unit root": FEW_SERIES | {"num_dates": 90, "persistence": [1.0, 0.9]},
}
systems = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@systems
def test_each_date_has_the_density_of_the_dense_normal(case, rng):
    system = random_system(rng, **case)
    result = run_forward(system)
    assert_allclose(
        result.log_likelihood, dense_log_likelihood(system), rtol=STEADY, atol=EXACT
    )


def test_gaps_of_every_kind_are_integrated_out(rng):
    system = with_gaps(random_system(rng, 120, 4, 3))
    result = run_forward(system)
    assert_allclose(
        result.log_likelihood, dense_log_likelihood(system), rtol=STEADY, atol=EXACT
    )


def test_a_steady_stretch_is_taken_and_left_when_cells_go_missing(rng):
    dates = run_forward(with_gaps(random_system(rng, 120, 4, 3))).covariance_date
    assert dates[29] < 29, "the stretch before the gap is steady"
    assert dates[30] == 30, "a new pattern of cells starts with an exact date"
    assert dates[79] < 79, "a lasting pattern becomes steady as well"
    assert dates[90] == 90


def test_what_stands_in_a_missing_cell_does_not_matter(rng):
    system = with_gaps(random_system(rng, 120, 4, 3))
    other = system | {"observation": system["observation"].copy()}
    other["observation"][system["is_observed"] == 0] = 1e6
    assert_allclose(
        run_forward(system).log_likelihood, run_forward(other).log_likelihood, rtol=0
    )


def test_innovations_of_missing_cells_are_zero(rng):
    complete = random_system(rng, 120, 4, 3)
    for _ in range(10):  # Leaves memory behind that is not zero.
        run_forward(complete)
    system = with_gaps(complete)
    innovation = run_forward(system).innovation
    assert not innovation[system["is_observed"] == 0].any()
    assert innovation[system["is_observed"] > 0].all()


def test_standardized_innovations_are_over_their_standard_deviation(rng):
    system = with_gaps(random_system(rng, 120, 4, 3))
    result = run_forward(system)
    sd = np.sqrt(result.predictive_variance[result.covariance_date])
    assert_allclose(result.standardized_innovation, result.innovation / sd, rtol=EXACT)
    assert not result.standardized_innovation[system["is_observed"] == 0].any()


@pytest.mark.parametrize("gaps", [with_gaps, lambda system: system])
def test_one_row_of_state_input_holds_at_every_date(gaps, rng):
    one_row = gaps(random_system(rng, 120, 4, 3))
    one_row["state_input"] = rng.normal(size=(1, 3))
    repeated = one_row | {"state_input": np.repeat(one_row["state_input"], 120, axis=0)}
    weight = rng.normal(size=120)
    ours, theirs = run_forward(one_row), run_forward(repeated)
    assert_allclose(ours.log_likelihood, theirs.log_likelihood, rtol=0)
    gradient = run_backward(one_row, weight, ours)
    expected = run_backward(repeated, weight, theirs)
    total = expected.state_input.sum(axis=0, keepdims=True)
    assert_allclose(gradient.state_input, total, rtol=EXACT)
    assert_allclose(gradient.persistence, expected.persistence, rtol=EXACT)


@pytest.mark.parametrize("num_dates", [200, 10_000])
def test_long_samples_agree_with_statsmodels(num_dates, rng):
    system = random_system(
        rng, num_dates, 4, 3, persistence=[0.9999, 0.995, 0.998], missing_share=0.002
    )
    system["state_input"][:] = rng.normal(size=system["state_input"].shape)
    expected = statsmodels_log_likelihood(system)
    assert_allclose(run_forward(system).log_likelihood, expected, rtol=STEADY)


def statsmodels_log_likelihood(system):
    values = np.where(system["is_observed"] > 0, system["observation"], np.nan)
    num_factors = system["loading"].shape[1]
    model = MLEModel(values, k_states=num_factors)
    model.ssm["design"] = system["loading"]
    model.ssm["transition"] = np.diag(system["persistence"])
    model.ssm["selection"] = np.eye(num_factors)
    model.ssm["state_cov"] = np.diag(system["state_variance"])
    model.ssm["obs_cov"] = np.diag(system["observation_variance"])
    model.ssm["obs_intercept"] = system["observation_input"].T
    # statsmodels adds the intercept of date t on the way to t + 1.
    model.ssm["state_intercept"] = np.roll(system["state_input"], -1, axis=0).T
    model.ssm.initialize_known(
        system["initial_mean"], np.diag(system["initial_variance"])
    )
    model.ssm.tolerance = 0
    return model.ssm.filter().llf_obs


@systems
def test_gradient_agrees_with_finite_differences(case, rng):
    check_gradient(random_system(rng, **case), rng)


def test_gradient_agrees_with_finite_differences_around_gaps(rng):
    check_gradient(with_gaps(random_system(rng, 120, 4, 3)), rng)


def check_gradient(system, rng):
    """Along random directions of each input, under unequal weights of the outputs."""
    weight = rng.uniform(0.5, 1.5, len(system["observation"]))
    of_innovations = rng.normal(size=system["observation"].shape)
    gradient = run_backward(system, weight, run_forward(system), of_innovations)

    def objective(name, value):
        result = run_forward(system | {name: value})
        return (
            weight @ result.log_likelihood
            + (of_innovations * result.standardized_innovation).sum()
        )

    step = 1e-6
    for name in FilterGradient._fields:
        direction = rng.uniform(0.5, 1.5, system[name].shape)
        numeric = (
            objective(name, system[name] + step * direction)
            - objective(name, system[name] - step * direction)
        ) / (2 * step)
        analytic = (getattr(gradient, name) * direction).sum()
        assert_allclose(
            analytic, numeric, rtol=DIFFERENCES, atol=DIFFERENCES * 10, err_msg=name
        )


def test_innovations_that_nobody_asks_for_change_nothing(rng):
    system = with_gaps(random_system(rng, 120, 4, 3))
    weight = rng.normal(size=120)
    inputs = [system[name] for name in INPUT_NAMES]
    short = kalman_passes(4, 3, 0)
    result = Filtered(*short.run_forward(*inputs))
    assert result.standardized_innovation.shape == (120, 0)
    expected = run_forward(system)
    assert_allclose(result.log_likelihood, expected.log_likelihood, rtol=EXACT)
    gradient = short.run_backward(weight, np.empty((120, 0)), *inputs, *result)
    for ours, theirs in zip(
        gradient, run_backward(system, weight, expected), strict=True
    ):
        assert_allclose(ours, theirs, rtol=EXACT, atol=EXACT)


def test_gradient_has_no_part_where_nothing_was_observed(rng):
    system = with_gaps(random_system(rng, 120, 4, 3))
    gradient = run_backward(system, np.ones(120), run_forward(system))
    missing = system["is_observed"] == 0
    assert not gradient.observation_input[missing].any()
    assert not gradient.state_input[0].any(), "the first state has no transition"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("observation_variance", -5.0),
        ("state_variance", np.inf),
        ("initial_variance", np.nan),
    ],
)
def test_impossible_variances_give_minus_infinity_and_a_zero_gradient(name, value, rng):
    system = random_system(rng, 30, 4, 3)
    system[name][:] = value
    system["state_variance"] *= 1e-3
    result = run_forward(system)
    assert (result.log_likelihood == -np.inf).all()
    assert not result.standardized_innovation.any()
    gradient = run_backward(system, np.ones(30), result)
    assert all(not np.any(part) for part in gradient)


@pytest.mark.parametrize("value", [-500.0, np.inf])
def test_one_impossible_date_makes_every_date_impossible(value, rng):
    system = random_system(rng, 30, 4, 3)
    system["is_observed"][:-1, 2] = 0
    system["observation_variance"][2] = value
    result = run_forward(system)
    assert (result.log_likelihood == -np.inf).all()
    assert not result.standardized_innovation.any()
    gradient = run_backward(system, np.ones(30), result)
    assert all(not np.any(part) for part in gradient)
