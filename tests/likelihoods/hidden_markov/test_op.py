"""The hidden Markov Ops in PyTensor's graphs, in every backend."""

from functools import cache

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose

from models.likelihoods.hidden_markov.op import hidden_markov_log_likelihood
from models.likelihoods.two_pass import GradientOp, TwoPassOp
from tests.likelihoods.hidden_chains import Chain, log_space, random_chain

SAME = 1e-9
"""Relative; the backends run the same recursion in another order of operations."""

NUM_DAYS = 70

LITTLE_WORK = pytensor.compile.mode.Mode("py", "fast_run")
"""Rewrites the graph, and runs it in Python without compiling."""


@pytest.fixture
def chain():
    chain = random_chain(np.random.default_rng(5), NUM_DAYS)
    chain.log_emission[20:30] = 0.0
    return chain


def inputs_of(chain, num_days=NUM_DAYS):
    return [
        pt.tensor(
            name,
            dtype="float64",
            shape=[num_days if k == NUM_DAYS else k for k in value.shape],
        )
        for name, value in chain._asdict().items()
    ]


@cache
def compiled(mode):
    """Log densities, and the gradient of a weighted sum of them."""
    inputs = inputs_of(random_chain(np.random.default_rng(1), NUM_DAYS))
    density = hidden_markov_log_likelihood(*inputs)
    weights = np.linspace(-0.5, 1.5, NUM_DAYS)
    gradient = pytensor.grad((weights * density).sum(), inputs[:-1])
    return pytensor.function(inputs, [density, *gradient], mode=mode)


def evaluate(chain, mode):
    if mode == "JAX":
        pytest.importorskip("jax", reason="JAX is an optional dependency")
    return compiled(mode)(*chain)


def test_op_computes_the_density_of_log_space(chain):
    assert_allclose(
        evaluate(chain, "NUMBA")[0], log_space(chain)[0], rtol=SAME, atol=SAME
    )


@pytest.mark.parametrize("times", [1.0, 400.0])
@pytest.mark.parametrize("mode", ["FAST_COMPILE", "JAX"])
def test_backends_agree_with_numba_in_value_and_gradient(mode, times, chain):
    """With transitions of usual size, and out of the range of a probability."""
    chain = chain._replace(intercept=times * chain.intercept)
    for ours, theirs in zip(
        evaluate(chain, "NUMBA"), evaluate(chain, mode), strict=True
    ):
        assert_allclose(ours, theirs, rtol=SAME, atol=SAME)


@pytest.mark.parametrize("mode", ["NUMBA", "JAX"])
@pytest.mark.parametrize("value", [-np.inf, np.nan, np.inf])
def test_an_impossible_day_makes_every_day_impossible(value, mode, chain):
    chain.log_emission[40] = value
    density, *gradient = evaluate(chain, mode)
    assert (density == -np.inf).all()
    assert all(not np.any(part) for part in gradient)


@pytest.mark.parametrize("mode", ["NUMBA", "JAX"])
def test_a_state_that_cannot_emit_leaves_the_gradient_finite(mode, chain):
    chain.log_emission[40, 1] = -np.inf
    density, *gradient = evaluate(chain, mode)
    assert_allclose(density, log_space(chain)[0], rtol=SAME, atol=SAME)
    assert all(np.isfinite(part).all() for part in gradient)


def test_backward_pass_reuses_the_forward_pass():
    nodes = compiled("NUMBA").maker.fgraph.toposort()
    assert sum(isinstance(node.op, TwoPassOp) for node in nodes) == 1
    assert sum(isinstance(node.op, GradientOp) for node in nodes) == 1


def test_the_covariate_has_no_gradient(chain):
    inputs = inputs_of(chain)
    total = hidden_markov_log_likelihood(*inputs).sum()
    with pytest.raises(pytensor.gradient.DisconnectedInputError):
        pytensor.grad(total, inputs[-1])


def test_shapes_are_known_without_running_either_pass(chain):
    """The number of days is left open, so that the Ops themselves have to tell."""
    inputs = inputs_of(chain, num_days=None)
    density = hidden_markov_log_likelihood(*inputs)
    gradient = pytensor.grad(density.sum(), inputs[:-1])
    shapes = [density.shape, *(g.shape for g in gradient)]
    function = pytensor.function(
        inputs, shapes, mode=LITTLE_WORK, on_unused_input="ignore"
    )
    nodes = function.maker.fgraph.toposort()
    assert not [n for n in nodes if isinstance(n.op, TwoPassOp | GradientOp)]
    expected = [(NUM_DAYS,), *(value.shape for value in chain[:-1])]
    assert [tuple(shape) for shape in function(*chain)] == expected


def test_an_unknown_number_of_states_is_refused():
    with pytest.raises(ValueError, match="static number of columns"):
        hidden_markov_log_likelihood(*[pt.matrix(name) for name in Chain._fields])
