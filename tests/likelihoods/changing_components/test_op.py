"""Changing components against a dense normal, finite differences, and in JAX."""

from functools import cache

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose

from models.likelihoods.changing_components.arrays import Components
from models.likelihoods.changing_components.op import (
    changing_components_log_likelihood,
    changing_components_op,
    described_passes,
    score_driven_components_log_likelihood,
)
from tests.likelihoods.changing_systems import (
    dense_innovations,
    dense_log_density,
    random_components,
)
from tests.likelihoods.score_driven_systems import DYNAMICS, slow_log_density

EXACT = 1e-9
"""Relative; two ways to compute the same in double precision."""

DIFFERENCES = 1e-6
"""Relative, of central differences with step 1e-6 against values of some hundreds."""

NUM_DATES, NUM_SERIES, NUM_COMPONENTS = 30, 2, 3
FREE = tuple(x for x in Components._fields if x != "is_observed")


def system():
    return random_components(NUM_DATES, NUM_SERIES, NUM_COMPONENTS)


def inputs():
    shape = {name: np.shape(x) for name, x in system().items()}
    return {
        name: pt.tensor(name, dtype="float64", shape=shape[name])
        for name in Components._fields
    }


@cache
def compiled(mode="NUMBA"):
    """Both outputs, and the gradient of a weighted sum of their elements."""
    given = inputs()
    density, standardized = changing_components_op(NUM_COMPONENTS)(*given.values())[:2]
    total = (weights() * density).sum() + (weights()[::-1] * standardized).sum()
    gradient = pytensor.grad(total, [given[name] for name in FREE])
    function = pytensor.function(
        list(given.values()), [density, standardized, *gradient], mode=mode
    )

    def evaluate(values):
        density, standardized, *found = function(*values.values())
        return density, standardized, dict(zip(FREE, found, strict=True))

    return evaluate


def weights():
    return np.linspace(0.5, 1.5, NUM_DATES * NUM_SERIES).reshape(NUM_DATES, NUM_SERIES)


def test_the_density_is_that_of_one_dense_normal():
    density = compiled()(system())[0]
    assert_allclose(density.sum(), dense_log_density(system()), rtol=EXACT)


def test_the_innovations_are_those_of_a_cholesky_factor():
    standardized = compiled()(system())[1]
    assert_allclose(standardized, dense_innovations(system()), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", FREE)
def test_gradient_agrees_with_finite_differences(name):
    given = system()
    analytic = compiled()(given)[2][name]
    direction = np.random.default_rng(5).uniform(0.5, 1.5, analytic.shape)

    def objective(step):
        moved = given | {name: given[name] + step * direction}
        density, standardized, _ = compiled()(moved)
        return (weights() * density).sum() + (weights()[::-1] * standardized).sum()

    numeric = (objective(1e-6) - objective(-1e-6)) / 2e-6
    assert_allclose((analytic * direction).sum(), numeric, rtol=DIFFERENCES)


@pytest.mark.parametrize("name", ["persistence", "innovation_variance"])
def test_gradient_of_single_entries_agrees_with_finite_differences(name):
    given = system()
    analytic = compiled()(given)[2][name]
    assert not analytic[0].any(), "the first row is unused"
    for entry in ((1, 0, 0), (7, 1, 2), (29, 0, 1)):

        def objective(step, entry=entry):
            moved = given[name].copy()
            moved[entry] += step
            density, standardized, _ = compiled()(given | {name: moved})
            return (weights() * density).sum() + (weights()[::-1] * standardized).sum()

        numeric = (objective(1e-6) - objective(-1e-6)) / 2e-6
        assert_allclose(analytic[entry], numeric, rtol=1e-4, atol=1e-7)


def test_what_stands_in_a_missing_cell_does_not_matter():
    given = system()
    filled = np.where(given["is_observed"] > 0, given["observation"], 1e6)
    ours, theirs = compiled()(given), compiled()(given | {"observation": filled})
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        assert_allclose(one, other, rtol=0)
    for name in FREE:
        assert_allclose(ours[2][name], theirs[2][name], rtol=0)


def test_the_written_out_loops_are_the_function_as_written():
    given = Components(**system())
    found = described_passes(NUM_COMPONENTS).run_forward(*given)
    density, standardized = compiled()(system())[:2]
    assert_allclose(found.log_density, density, rtol=EXACT)
    assert_allclose(found.standardized_innovation, standardized, rtol=EXACT)


def test_a_variance_that_does_not_exist_gives_no_density_and_no_gradient():
    given = system()
    given["noise_variance"] = np.array([1.0, -1e6])
    density, _, gradient = compiled()(given)
    assert (density == -np.inf).all()
    assert not any(x.any() for x in gradient.values())


def test_normal_innovations_are_summed_over_series():
    given = inputs()
    density = changing_components_log_likelihood(*given.values())
    values = pytensor.function(list(given.values()), density, mode="NUMBA")(
        *system().values()
    )
    assert_allclose(values, compiled()(system())[0].sum(axis=1), rtol=EXACT)


def test_score_driven_innovations_have_the_density_of_the_slow_code():
    given = inputs()
    density = score_driven_components_log_likelihood(*given.values(), **DYNAMICS)
    found = pytensor.function(list(given.values()), density, mode="NUMBA")(
        *system().values()
    )
    normal, z, _ = compiled()(system())
    s = system()["is_observed"]
    standard = -0.5 * (z**2 + np.log(2 * np.pi) * s)
    seen = [row[o > 0] for row, o in zip(z, s, strict=True)]
    slow = slow_log_density(seen, s, **DYNAMICS)
    assert_allclose(found, (normal - standard).sum(axis=1) + slow, rtol=EXACT)


def test_the_number_of_components_must_be_known():
    values = [pt.tensor(dtype="float64", shape=(None,) * 3) for _ in range(7)]
    with pytest.raises(ValueError, match="static number of components"):
        changing_components_log_likelihood(*values)


def test_jax_gives_the_same_numbers():
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    ours, theirs = compiled()(system()), compiled("JAX")(system())
    # PyTensor's JAX backend runs in double precision.
    assert_allclose(theirs[0], ours[0], rtol=1e-8)
    assert_allclose(theirs[1], ours[1], rtol=1e-7, atol=1e-9)
    for name in FREE:
        assert_allclose(theirs[2][name], ours[2][name], rtol=1e-6, atol=1e-8)
