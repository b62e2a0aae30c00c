"""Densities of switching regressions, and their gradient."""

from functools import cache

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from models.likelihoods.hidden_markov.emission import regression_log_density
from models.likelihoods.hidden_markov.emission_passes import emission_passes

K, N, P, T = 3, 2, 4, 40

EXACT = 1e-12
"""Relative; a handful of operations on either side."""

DIFFERENCES = 1e-6
"""Relative. A central difference with step 1e-5 has an error of order 1e-10 from its
third derivative and of order 1e-11 * |log density| from cancellation."""

NAMES = (
    "observation",
    "is_observed",
    "covariates",
    "slope",
    "noise_sd",
    "degrees_of_freedom",
)
NUM_DATA = 3


@pytest.fixture
def values():
    rng = np.random.default_rng(11)
    is_observed = (rng.random((N, T)) > 0.2).astype(float)
    is_observed[:, 7] = 0
    return {
        "observation": 3 * rng.normal(size=(N, T)),
        "is_observed": is_observed,
        "covariates": rng.normal(size=(P, T)),
        "slope": rng.normal(size=(K, N, P)),
        "noise_sd": rng.uniform(0.3, 2, (K, N)),
        "degrees_of_freedom": rng.uniform(2, 9, K),
    }


def scipy_log_density(values, noise):
    mean = np.einsum("knp,pt->knt", values["slope"], values["covariates"])
    scale = values["noise_sd"][:, :, None]
    if noise == "normal":
        density = stats.norm.logpdf(values["observation"], mean, scale)
    else:
        degrees = values["degrees_of_freedom"][:, None, None]
        density = stats.t.logpdf(values["observation"], degrees, mean, scale)
    return np.where(values["is_observed"] > 0, density, 0.0).sum(axis=1)


def names_of(noise):
    return NAMES if noise == "student-t" else NAMES[:-1]


WEIGHTS = np.random.default_rng(12).normal(size=(K, T))


@cache
def compiled(noise, mode):
    """Log densities, and the gradient of a weighted sum of them."""
    shapes = (N, T), (N, T), (P, T), (K, N, P), (K, N), (K,)
    inputs = [
        pt.tensor(name, dtype="float64", shape=shape)
        for name, shape in zip(names_of(noise), shapes, strict=False)
    ]
    density = regression_log_density(*inputs)
    gradient = pytensor.grad((WEIGHTS * density).sum(), inputs[NUM_DATA:])
    return pytensor.function(inputs, [density, *gradient], mode=mode)


def evaluate(values, noise, mode="FAST_COMPILE"):
    if mode == "JAX":
        pytest.importorskip("jax", reason="JAX is an optional dependency")
    return compiled(noise, mode)(*[values[name] for name in names_of(noise)])


both_noises = pytest.mark.parametrize("noise", ["normal", "student-t"])


@both_noises
def test_density_is_that_of_scipy(noise, values):
    assert_allclose(
        evaluate(values, noise)[0], scipy_log_density(values, noise), rtol=EXACT
    )


@both_noises
def test_gradient_agrees_with_finite_differences(noise, values):
    _, *gradient = evaluate(values, noise)
    rng, step = np.random.default_rng(13), 1e-5
    for name, found in zip(names_of(noise)[NUM_DATA:], gradient, strict=True):
        direction = rng.normal(size=found.shape)
        above, below = (
            scipy_log_density(values | {name: values[name] + move * direction}, noise)
            for move in (step, -step)
        )
        numeric = (WEIGHTS * (above - below)).sum() / (2 * step)
        assert_allclose((found * direction).sum(), numeric, rtol=DIFFERENCES)


@both_noises
@pytest.mark.parametrize("mode", ["NUMBA", "JAX"])
def test_backends_agree_with_python(mode, noise, values):
    for ours, theirs in zip(
        evaluate(values, noise, mode), evaluate(values, noise), strict=True
    ):
        assert_allclose(ours, theirs, rtol=EXACT, atol=EXACT)


@both_noises
def test_what_stands_in_a_missing_cell_does_not_matter(noise, values):
    missing = values["is_observed"] == 0
    other = np.where(missing, np.nan, values["observation"])
    for ours, theirs in zip(
        evaluate(values, noise),
        evaluate(values | {"observation": other}, noise),
        strict=True,
    ):
        assert_allclose(ours, theirs, rtol=0)


def test_a_day_without_data_has_log_density_zero(values):
    assert (evaluate(values, "normal")[0][:, 7] == 0.0).all()


@both_noises
def test_an_infinite_error_that_carries_no_weight_leaves_the_gradient_finite(
    noise, values
):
    """As when the hidden chain has found the data impossible: no day has a weight."""
    parameters = [values[name] for name in names_of(noise)[NUM_DATA:]]
    if noise == "normal":
        parameters += [np.full(K, np.inf)]
    y = np.full((N, T), np.inf)
    x = values["covariates"].T.copy()
    passes = emission_passes(noise, P)
    inputs = (y, values["is_observed"], x, *parameters, np.zeros(K))
    _, error = passes.forward(*inputs)
    assert np.isinf(error).any()
    gradient = passes.backward(np.zeros((K, T)), *inputs, error)
    assert all(np.isfinite(part).all() for part in gradient)


def test_many_degrees_of_freedom_are_the_normal(values):
    values["degrees_of_freedom"][:] = 1e8
    # The t density departs from the normal by about r ** 4 / (4 nu).
    assert_allclose(
        evaluate(values, "student-t")[0], evaluate(values, "normal")[0], atol=1e-3
    )


def test_unknown_numbers_of_covariates_are_refused():
    slope = pt.tensor3("slope")
    with pytest.raises(ValueError, match="static shape"):
        regression_log_density(*[pt.matrix(n) for n in "abc"], slope, pt.matrix("d"))
