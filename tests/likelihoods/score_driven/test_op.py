"""Score-driven innovations against slow code, finite differences and the normal."""

from functools import cache

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose

from models.likelihoods.kalman.op import state_space_log_likelihood
from models.likelihoods.score_driven.op import (
    score_driven_log_density,
    score_driven_log_likelihood,
)
from tests.likelihoods.score_driven_systems import (
    DYNAMICS,
    slow_log_density,
    slow_log_likelihood,
    with_gaps,
)
from tests.likelihoods.state_spaces import INPUT_NAMES, random_system

EXACT = 1e-9
"""Relative; two ways to compute the same in double precision."""

STEADY = 1e-8
"""Relative. Adds what the filter forgoes by taking converged covariances as fixed."""

DIFFERENCES = 1e-6
"""Relative, of central differences with step 1e-6 against values of some hundreds."""

NUM_DATES, NUM_SERIES = 40, 4


def system(num_dates=NUM_DATES):
    result = random_system(np.random.default_rng(12), num_dates, NUM_SERIES, 3)
    result["is_observed"] = with_gaps(result["is_observed"])
    return result


def innovations():
    rng = np.random.default_rng(4)
    is_observed = with_gaps(np.ones((NUM_DATES, NUM_SERIES)))
    return rng.standard_t(5, (NUM_DATES, NUM_SERIES)), is_observed


@cache
def compiled_density(mode="NUMBA"):
    """Log densities, and the gradient of a weighted sum of them."""
    z, s = pt.matrix("z", shape=(None, NUM_SERIES)), pt.matrix("s")
    scalars = {name: pt.scalar(name) for name in DYNAMICS}
    density = score_driven_log_density(z, s, **scalars)
    weight = np.linspace(0.5, 1.5, NUM_DATES)
    gradient = pytensor.grad((weight * density).sum(), [z, *scalars.values()])
    return pytensor.function([z, s, *scalars.values()], [density, *gradient], mode=mode)


@cache
def compiled_likelihood():
    inputs = [
        pt.tensor(n, dtype="float64", shape=system()[n].shape) for n in INPUT_NAMES
    ]
    scalars = {name: pt.scalar(name) for name in DYNAMICS}
    density = score_driven_log_likelihood(*inputs, **scalars)
    weight = np.linspace(0.5, 1.5, NUM_DATES)
    wanted = [x for x in inputs if x.name != "is_observed"] + list(scalars.values())
    gradient = pytensor.grad((weight * density).sum(), wanted)
    function = pytensor.function(
        [*inputs, *scalars.values()], [density, *gradient], mode="NUMBA"
    )

    def evaluate(given):
        density, *found = function(*(given[x] for x in (*INPUT_NAMES, *DYNAMICS)))
        return density, dict(zip((x.name for x in wanted), found, strict=True))

    return evaluate


def test_each_date_has_the_density_of_the_slow_code():
    z, s = innovations()
    seen = [row[o > 0] for row, o in zip(z, s, strict=True)]
    density = compiled_density()(z, s, *DYNAMICS.values())[0]
    assert_allclose(density, slow_log_density(seen, s, **DYNAMICS), rtol=EXACT)
    assert density[9] == 0.0, "nothing was observed"


def test_the_state_space_has_the_density_of_the_slow_filter():
    density, _ = compiled_likelihood()(system() | DYNAMICS)
    assert_allclose(density, slow_log_likelihood(system(), **DYNAMICS), rtol=STEADY)


def test_what_stands_in_a_missing_cell_does_not_matter():
    z, s = innovations()
    filled = np.where(s > 0, z, 1e6)
    for ours, theirs in zip(
        compiled_density()(z, s, *DYNAMICS.values()),
        compiled_density()(filled, s, *DYNAMICS.values()),
        strict=True,
    ):
        assert_allclose(ours, theirs, rtol=0)


@pytest.mark.parametrize("name", ["z", *DYNAMICS])
def test_gradient_of_the_density_agrees_with_finite_differences(name):
    z, s = innovations()
    given = {"z": z} | DYNAMICS
    gradient = dict(
        zip(given, compiled_density()(z, s, *DYNAMICS.values())[1:], strict=True)
    )
    weight = np.linspace(0.5, 1.5, NUM_DATES)
    direction = np.random.default_rng(1).uniform(0.5, 1.5, np.shape(given[name]))

    def objective(step):
        moved = given | {name: given[name] + step * direction}
        density = compiled_density()(moved["z"], s, *list(moved.values())[1:])[0]
        return weight @ density

    numeric = (objective(1e-6) - objective(-1e-6)) / 2e-6
    assert_allclose((gradient[name] * direction).sum(), numeric, rtol=DIFFERENCES)


def test_gradient_of_the_likelihood_agrees_with_finite_differences():
    given = system() | DYNAMICS
    _, gradient = compiled_likelihood()(given)
    weight = np.linspace(0.5, 1.5, NUM_DATES)
    rng = np.random.default_rng(2)
    for name, analytic in gradient.items():
        direction = rng.uniform(0.5, 1.5, np.shape(given[name]))
        up, down = (
            weight
            @ compiled_likelihood()(given | {name: given[name] + x * direction})[0]
            for x in (1e-6, -1e-6)
        )
        assert_allclose(
            (analytic * direction).sum(),
            (up - down) / 2e-6,
            rtol=DIFFERENCES,
            atol=1e-6,
            err_msg=name,
        )


def test_no_gradient_in_what_was_not_observed():
    z, s = innovations()
    to_z = compiled_density()(z, s, *DYNAMICS.values())[1]
    assert not to_z[s == 0].any()
    assert to_z[s > 0].all()


def test_without_reactions_and_heavy_tails_it_is_the_normal_density():
    """Of 1e7 degrees of freedom the t differs from the normal by some q^2 / nu, and
    the difference of two logarithms of gamma functions near 1e8 has no more digits."""
    still = DYNAMICS | {
        "covariance_reaction": 0.0,
        "scale_reaction": 0.0,
        "degrees_of_freedom": 1e7,
    }
    density, _ = compiled_likelihood()(system() | still)
    inputs = [pt.as_tensor_variable(system()[name]) for name in INPUT_NAMES]
    expected = state_space_log_likelihood(*inputs).eval(mode="NUMBA")
    assert_allclose(density, expected, atol=1e-5)


def test_a_scale_matrix_that_is_not_positive_is_impossible_and_has_no_gradient():
    z, s = innovations()
    impossible = DYNAMICS | {"covariance_persistence": 3.0, "covariance_reaction": 5.0}
    density, *gradient = compiled_density()(z, s, *impossible.values())
    assert (density == -np.inf).all()
    assert not gradient[0].any()
    assert not any(gradient[1:-1])


def test_impossible_variances_are_impossible_here_too():
    given = system() | DYNAMICS
    given["observation_variance"] = -50 * np.ones(NUM_SERIES)
    assert (compiled_likelihood()(given)[0] == -np.inf).all()


def test_jax_agrees_in_value_and_gradient():
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    z, s = innovations()
    for ours, theirs in zip(
        compiled_density()(z, s, *DYNAMICS.values()),
        compiled_density("JAX")(z, s, *DYNAMICS.values()),
        strict=True,
    ):
        assert_allclose(ours, theirs, rtol=EXACT, atol=EXACT)


def test_unknown_sizes_are_refused():
    with pytest.raises(ValueError, match="static number of columns"):
        score_driven_log_density(pt.matrix(), pt.matrix(), **DYNAMICS)
