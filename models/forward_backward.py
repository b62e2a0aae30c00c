"""The hidden Markov likelihood as a PyTensor Op with an analytic gradient.

`hidden_markov_log_likelihood` puts the compiled passes of
`models.forward_backward_passes` into a PyTensor graph. The forward Op also returns
what it computed on the way, so that the gradient Op runs only the backward pass. numba
(PyMC's default backend, and nutpie's) calls the passes directly; for JAX, import
`models.hidden_markov_jax` once.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import (
    numba_njit,
    register_funcify_default_op_cache_key,
)

from models.forward_backward_passes import forward_backward

NUM_INPUTS = 5
COVARIATE = 4
"""Position of the one input that has no gradient."""

# PyTensor's disk cache cannot see into the passes; a change of their source has to
# change the key, or an old compilation would go on being used.
_SOURCES = sorted(Path(__file__).parent.glob("forward_backward*.py"))
_DIGEST = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES))
CACHE_VERSION = int(_DIGEST.hexdigest()[:12], 16)


class HiddenMarkovForward(Op):
    """Log densities of each day, and what the backward pass needs.

    Parameters
    ----------
    num_states : int
        K of `models.forward_backward_passes`.
    """

    __props__ = ("num_states",)

    def __init__(self, num_states: int) -> None:
        self.num_states = num_states

    def make_node(self, *inputs: Any) -> Apply:
        """Take the inputs of `models.forward_backward_passes`' forward pass."""
        variables = [pt.as_tensor_variable(x).astype("float64") for x in inputs]
        if len(variables) != NUM_INPUTS:
            raise ValueError(f"expected {NUM_INPUTS} inputs, got {len(variables)}")
        T, K = variables[COVARIATE].type.shape[0], self.num_states
        outputs = [
            pt.tensor("log_likelihood", shape=(T,), dtype="float64"),
            pt.tensor("transition", shape=(K, K, T), dtype="float64"),
            pt.tensor("filtered", shape=(K, T), dtype="float64"),
            pt.tensor("update", shape=(K, T), dtype="float64"),
        ]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled forward pass."""
        results = forward_backward(self.num_states).forward(
            *(np.ascontiguousarray(x) for x in inputs)
        )
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """One entry a day."""
        T, K = input_shapes[COVARIATE][0], self.num_states
        return [(T,), (K, K, T), (K, T), (K, T)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Only the log densities are differentiable."""
        return [[i != COVARIATE, *[False] * 3] for i in range(NUM_INPUTS)]

    def pullback(
        self,
        inputs: Sequence[Variable],
        outputs: Sequence[Variable],
        cotangents: Sequence[Variable],
    ) -> list[Variable]:
        """Run the backward pass on what the forward pass has stored."""
        weight = cotangents[0]
        if isinstance(weight.type, DisconnectedType):
            return [disconnected_type() for _ in inputs]
        gradient = HiddenMarkovBackward(self.num_states)(
            weight, inputs[COVARIATE], *outputs[1:]
        )
        return [*gradient, disconnected_type()]


class HiddenMarkovBackward(Op):
    """Gradient of a weighted sum of the log densities of `HiddenMarkovForward`."""

    __props__ = ("num_states",)

    def __init__(self, num_states: int) -> None:
        self.num_states = num_states

    def make_node(self, weight: Any, *inputs: Any) -> Apply:
        """Take the weights, the covariate and the results of the forward pass."""
        variables = [pt.as_tensor_variable(x) for x in (weight, *inputs)]
        T, K = variables[1].type.shape[0], self.num_states
        shapes = [(K, T), (K,), (K, K - 1), (K, K - 1)]
        outputs = [pt.tensor(shape=shape, dtype="float64") for shape in shapes]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled backward pass."""
        results = forward_backward(self.num_states).backward(
            *(np.ascontiguousarray(x) for x in inputs)
        )
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """Return the shape of each parameter."""
        T, K = input_shapes[1][0], self.num_states
        return [(K, T), (K,), (K, K - 1), (K, K - 1)]


def hidden_markov_log_likelihood(
    log_emission: Any,
    initial_probability: Any,
    transition_intercept: Any,
    transition_slope: Any,
    transition_covariate: Any,
) -> Variable:
    """One-step-ahead log predictive density of each day.

    Parameters
    ----------
    log_emission : (time, K)
        Log density of the day's data in each state; a row of zeros where there are
        none. K must be known when the graph is built.
    initial_probability : (K,)
        Distribution of the first state, which sums to one.
    transition_intercept, transition_slope : (K, K - 1)
        Row i, column j - 1: the log odds of moving from state i to state j, j counted
        from zero, against moving to state 0; at a covariate of zero, and their change
        per unit of it. A slope of zero makes the transition matrix constant.
    transition_covariate : (time,)
        Enters the transition from its own day to the next; its last value is not used
        but must be finite. Not differentiated.

    Returns
    -------
    (time,) tensor
        Their sum is the log likelihood. -inf on every day where one is impossible.

    Raises
    ------
    ValueError
        If the number of states is unknown or below two.
    """
    log_emission = pt.as_tensor_variable(log_emission)
    num_states = log_emission.type.shape[1]
    if num_states is None or num_states < 2:
        raise ValueError(
            "log_emission must have a static number of columns, at least 2; got shape "
            f"{log_emission.type.shape}. Use pytensor.tensor.specify_shape."
        )
    return HiddenMarkovForward(num_states)(
        # Time comes last inside; two transpositions in a row cost nothing.
        log_emission.T,
        initial_probability,
        transition_intercept,
        transition_slope,
        transition_covariate,
    )[0]


@register_funcify_default_op_cache_key(HiddenMarkovForward)
def _forward_in_numba(op: HiddenMarkovForward, node: Apply, **kwargs: Any) -> Any:
    forward = forward_backward(op.num_states).forward

    @numba_njit
    def hidden_markov_forward(L, pi, delta, gamma, x):
        return forward(
            np.ascontiguousarray(L),
            np.ascontiguousarray(pi),
            np.ascontiguousarray(delta),
            np.ascontiguousarray(gamma),
            np.ascontiguousarray(x),
        )

    return hidden_markov_forward, CACHE_VERSION


@register_funcify_default_op_cache_key(HiddenMarkovBackward)
def _backward_in_numba(op: HiddenMarkovBackward, node: Apply, **kwargs: Any) -> Any:
    backward = forward_backward(op.num_states).backward

    @numba_njit
    def hidden_markov_backward(g, x, P, p, update):
        return backward(
            np.ascontiguousarray(g),
            np.ascontiguousarray(x),
            np.ascontiguousarray(P),
            np.ascontiguousarray(p),
            np.ascontiguousarray(update),
        )

    return hidden_markov_backward, CACHE_VERSION
