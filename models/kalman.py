"""The Kalman filter as a PyTensor Op with an analytic gradient.

`state_space_log_likelihood` puts the compiled passes of `models.kalman_filter` into a
PyTensor graph. The forward Op also returns what it stored on the way, so that the
gradient Op runs only the backward pass. numba (PyMC's default backend, and nutpie's)
calls the passes directly; for JAX, import `models.kalman_jax` once.
"""

from collections.abc import Sequence
from typing import Any

import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from models.kalman_arrays import VERSION
from models.kalman_filter import BACKWARD, FORWARD, kalman_filter
from models.separate_passes import compile_beside

NUM_INPUTS = 10
IS_OBSERVED = 1
"""Position of the one input that has no gradient."""

PARAMETERS = slice(3, NUM_INPUTS + 1)
"""Positions, among the inputs of the backward pass, of what it differentiates."""

CACHE_VERSION = int(VERSION, 16)


class KalmanForward(Op):
    """Log densities of each date, and what the backward pass needs.

    Parameters
    ----------
    num_series, num_factors : int
        N and K of `models.kalman_filter`.
    """

    __props__ = ("num_series", "num_factors")

    def __init__(self, num_series: int, num_factors: int) -> None:
        self.num_series = num_series
        self.num_factors = num_factors

    def make_node(self, *inputs: Any) -> Apply:
        """Take the inputs of `models.kalman_filter`'s forward pass."""
        variables = [pt.as_tensor_variable(x).astype("float64") for x in inputs]
        if len(variables) != NUM_INPUTS:
            raise ValueError(f"expected {NUM_INPUTS} inputs, got {len(variables)}")
        T = variables[0].type.shape[0]
        N, K = self.num_series, self.num_factors
        outputs = [
            pt.tensor("log_likelihood", shape=(T,), dtype="float64"),
            pt.tensor("predicted_mean", shape=(T, K), dtype="float64"),
            pt.tensor("innovation", shape=(T, N), dtype="float64"),
            pt.tensor("predicted_covariance", shape=(T, K, K), dtype="float64"),
            pt.tensor("covariance_date", shape=(T,), dtype="int64"),
            pt.tensor("gain", shape=(T, N, K), dtype="float64"),
            pt.tensor("predictive_variance", shape=(T, N), dtype="float64"),
        ]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled forward pass."""
        results = kalman_filter(self.num_series, self.num_factors).forward(*inputs)
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """One entry a date."""
        T = input_shapes[0][0]
        N, K = self.num_series, self.num_factors
        return [(T,), (T, K), (T, N), (T, K, K), (T,), (T, N, K), (T, N)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Only the log densities are differentiable."""
        return [[i != IS_OBSERVED, *[False] * 6] for i in range(NUM_INPUTS)]

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
        gradient = KalmanBackward(self.num_series, self.num_factors)(
            weight, *inputs, *outputs[1:]
        )
        # Only their difference enters, so the observations' is minus the last.
        return [-gradient[-1], disconnected_type(), *gradient]


class KalmanBackward(Op):
    """Gradient of a weighted sum of the log densities of `KalmanForward`."""

    __props__ = ("num_series", "num_factors")

    def __init__(self, num_series: int, num_factors: int) -> None:
        self.num_series = num_series
        self.num_factors = num_factors

    def make_node(self, weight: Any, *inputs: Any) -> Apply:
        """Take the weights, the inputs of the forward pass and its stored results."""
        variables = [pt.as_tensor_variable(x) for x in (weight, *inputs)]
        outputs = [
            pt.tensor(shape=x.type.shape, dtype="float64")
            for x in variables[PARAMETERS]
        ]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled backward pass."""
        results = kalman_filter(self.num_series, self.num_factors).backward(*inputs)
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """Return the shape of each parameter."""
        return list(input_shapes[PARAMETERS])


def state_space_log_likelihood(
    observation: Any,
    is_observed: Any,
    loading: Any,
    persistence: Any,
    state_variance: Any,
    observation_variance: Any,
    initial_mean: Any,
    initial_variance: Any,
    state_input: Any,
    observation_input: Any,
) -> Variable:
    """One-step-ahead log predictive density of each date.

    Parameters
    ----------
    observation, is_observed, observation_input : (time, N)
        A cell that is not observed must hold a finite number, which is ignored.
    loading : (N, K)
        N and K must be known when the graph is built.
    persistence, state_variance, initial_mean, initial_variance : (K,)
        See the table in `models.kalman_filter`; variances must be positive.
    observation_variance : (N,)
        Must be positive.
    state_input : (time, K) or (1, K)
        The first of several rows is not used; a single one holds at all dates.

    Returns
    -------
    (time,) tensor
        Their sum is the log likelihood. -inf where a predictive variance is not
        positive and finite.

    Raises
    ------
    ValueError
        If the static shape of `loading` is unknown.
    """
    loading = pt.as_tensor_variable(loading)
    num_series, num_factors = loading.type.shape
    if num_series is None or num_factors is None:
        raise ValueError(
            f"loading must have a static shape; got {loading.type.shape}. "
            "Use pytensor.tensor.specify_shape."
        )
    return KalmanForward(num_series, num_factors)(
        observation,
        is_observed,
        loading,
        persistence,
        state_variance,
        observation_variance,
        initial_mean,
        initial_variance,
        state_input,
        observation_input,
    )[0]


@register_funcify_default_op_cache_key(KalmanForward)
def _forward_in_numba(op: KalmanForward, node: Apply, **kwargs: Any) -> Any:
    sizes = op.num_series, op.num_factors
    compile_beside(FORWARD, *sizes)
    return kalman_filter(*sizes).forward, CACHE_VERSION


@register_funcify_default_op_cache_key(KalmanBackward)
def _backward_in_numba(op: KalmanBackward, node: Apply, **kwargs: Any) -> Any:
    sizes = op.num_series, op.num_factors
    compile_beside(BACKWARD, *sizes)
    return kalman_filter(*sizes).backward, CACHE_VERSION
