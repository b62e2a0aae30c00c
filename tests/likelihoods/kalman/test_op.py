"""The Op in PyTensor's graphs, in every backend."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose

from models.likelihoods.kalman.op import state_space_log_likelihood
from models.likelihoods.two_pass import GradientOp, TwoPassOp
from tests.likelihoods.state_spaces import (
    INPUT_NAMES,
    dense_log_likelihood,
    random_system,
)

SAME = 1e-9
"""Relative; the backends run the same recursion in another order of operations."""

STEADY = 1e-8
"""Relative; JAX steps exactly where numba takes converged covariances as fixed."""

NUM_DATES = 70

LITTLE_WORK = pytensor.compile.mode.Mode("py", "fast_run")
"""Rewrites the graph, and runs it in Python without compiling."""


@pytest.fixture
def system():
    system = random_system(np.random.default_rng(5), NUM_DATES, 4, 3)
    system["is_observed"][20:40, 1] = 0
    return system


def compiled(system, mode):
    """Log densities, and the gradient of a weighted sum of them."""
    inputs = [pt.tensor(n, dtype="float64", shape=system[n].shape) for n in INPUT_NAMES]
    density = state_space_log_likelihood(*inputs)
    weights = np.linspace(0.5, 1.5, NUM_DATES)
    differentiable = [x for x in inputs if x.name != "is_observed"]
    gradient = pytensor.grad((weights * density).sum(), differentiable)
    return pytensor.function(inputs, [density, *gradient], mode=mode)


def evaluate(system, mode):
    return compiled(system, mode)(*[system[name] for name in INPUT_NAMES])


def test_op_computes_the_dense_density(system):
    density = evaluate(system, "NUMBA")[0]
    assert_allclose(density, dense_log_likelihood(system), rtol=1e-8)


def test_python_and_numba_agree(system):
    for ours, theirs in zip(
        evaluate(system, "NUMBA"), evaluate(system, "FAST_COMPILE"), strict=True
    ):
        assert_allclose(ours, theirs, rtol=SAME, atol=SAME)


def test_jax_agrees_in_value_and_gradient(system):
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    for ours, theirs in zip(
        evaluate(system, "NUMBA"), evaluate(system, "JAX"), strict=True
    ):
        assert_allclose(ours, theirs, rtol=SAME, atol=SAME)


def test_jax_takes_one_row_of_state_input_for_all_dates(system):
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    system["state_input"] = system["state_input"][:1]
    for ours, theirs in zip(
        evaluate(system, "NUMBA"), evaluate(system, "JAX"), strict=True
    ):
        assert_allclose(ours, theirs, rtol=STEADY, atol=STEADY)


def test_jax_gives_minus_infinity_and_no_nan_for_impossible_variances(system):
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    system["observation_variance"][:] = -50.0
    assert (evaluate(system, "JAX")[0] == -np.inf).all()


def test_jax_lets_one_impossible_date_make_every_date_impossible(system):
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    system["is_observed"][:-1, 2] = 0
    system["observation_variance"][2] = -500.0
    assert (evaluate(system, "JAX")[0] == -np.inf).all()


def test_backward_pass_reuses_the_forward_pass(system):
    nodes = compiled(system, "NUMBA").maker.fgraph.toposort()
    assert sum(isinstance(node.op, TwoPassOp) for node in nodes) == 1
    assert sum(isinstance(node.op, GradientOp) for node in nodes) == 1


def test_shapes_are_known_without_running_the_filter(system):
    inputs = [pt.tensor(n, dtype="float64", shape=system[n].shape) for n in INPUT_NAMES]
    shape = state_space_log_likelihood(*inputs).shape
    function = pytensor.function(inputs, shape, on_unused_input="ignore")
    nodes = function.maker.fgraph.toposort()
    assert not [n for n in nodes if isinstance(n.op, TwoPassOp)]
    assert function(*[system[name] for name in INPUT_NAMES]) == [NUM_DATES]


def test_gradient_shapes_are_known_without_running_either_pass(system):
    """The number of dates is left open, so that the Ops themselves have to tell."""
    inputs = [
        pt.tensor(n, dtype="float64", shape=[None if k == NUM_DATES else k for k in x])
        for n, x in ((n, system[n].shape) for n in INPUT_NAMES)
    ]
    density = state_space_log_likelihood(*inputs)
    differentiable = [x for x in inputs if x.name != "is_observed"]
    gradient = pytensor.grad(density.sum(), differentiable)
    shapes = [density.shape, *(g.shape for g in gradient)]
    function = pytensor.function(
        inputs, shapes, mode=LITTLE_WORK, on_unused_input="ignore"
    )
    nodes = function.maker.fgraph.toposort()
    assert not [n for n in nodes if isinstance(n.op, TwoPassOp | GradientOp)]
    results = function(*[system[name] for name in INPUT_NAMES])
    expected = [(NUM_DATES,), *(system[x.name].shape for x in differentiable)]
    assert [tuple(shape) for shape in results] == expected


def test_unknown_sizes_are_refused():
    inputs = [pt.tensor(name, dtype="float64", shape=(None,) * 2) for name in "abc"]
    with pytest.raises(ValueError, match="static shape"):
        state_space_log_likelihood(*inputs, *inputs, *inputs, inputs[0])


def test_a_graph_refuses_arrays_that_cannot_fit(system):
    system["is_observed"] = system["is_observed"][:-1]
    with pytest.raises(ValueError, match=r"is_observed must have shape \(T, 4\) with"):
        state_space_log_likelihood(*[system[name] for name in INPUT_NAMES])


@pytest.mark.parametrize("mode", ["NUMBA", "FAST_COMPILE"])
@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("is_observed", NUM_DATES - 1, r"kalman_forward: .* is_observed \(T, 4\)"),
        ("observation_input", 1, r"kalman_forward: .* observation_input \(T, 4\)"),
        ("state_input", 2, "state_input must have a row for each date, or one"),
    ],
)
def test_a_pass_refuses_arrays_of_another_length(system, mode, name, rows, message):
    inputs = [
        pt.tensor(n, shape=(None, *x.shape[1:]) if x.ndim == 2 else x.shape)
        for n, x in ((n, system[n]) for n in INPUT_NAMES)
    ]
    loading = INPUT_NAMES.index("loading")
    inputs[loading] = pt.tensor("loading", shape=(4, 3))
    function = pytensor.function(inputs, state_space_log_likelihood(*inputs), mode=mode)
    system[name] = system[name][:rows]
    with pytest.raises(ValueError, match=message):
        function(*[system[n] for n in INPUT_NAMES])
