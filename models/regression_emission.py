"""Log density of switching regressions as a PyTensor Op with an analytic gradient.

`regression_log_density` puts the passes of `models.regression_emission_passes` into a
PyTensor graph. PyTensor's own operations would add up the gradient one number at a
time; here those sums are vectorised.
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

from models.regression_emission_passes import NORMAL, STUDENT_T, emission_passes

NUM_INPUTS = 7
NUM_DATA = 3
"""The first inputs have no gradient."""

PARAMETERS = slice(2 + NUM_DATA, None)
"""Positions, among the inputs of the backward pass, of what it differentiates."""

_FOLDER = Path(__file__).parent
_SOURCES = sorted(_FOLDER.glob("regression_emission*.py"))
_SOURCES.append(_FOLDER / "forward_backward_elementary.py")
_DIGEST = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES))
CACHE_VERSION = int(_DIGEST.hexdigest()[:12], 16)
"""Part of the key of PyTensor's disk cache, which cannot see into the passes."""


class RegressionEmission(Op):
    """Log densities given each state, and the standardised errors.

    Parameters
    ----------
    noise : str
        `NORMAL` or `STUDENT_T`.
    num_covariates : int
        P of `models.regression_emission_passes`.
    """

    __props__ = ("noise", "num_covariates")

    def __init__(self, noise: str, num_covariates: int) -> None:
        self.noise = noise
        self.num_covariates = num_covariates

    def make_node(self, *inputs: Any) -> Apply:
        """Take the inputs of the forward pass."""
        variables = [pt.as_tensor_variable(x).astype("float64") for x in inputs]
        if len(variables) != NUM_INPUTS:
            raise ValueError(f"expected {NUM_INPUTS} inputs, got {len(variables)}")
        N, T = variables[0].type.shape
        K = variables[NUM_DATA].type.shape[0]
        outputs = [
            pt.tensor("log_emission", shape=(K, T), dtype="float64"),
            pt.tensor("standardized_error", shape=(K, N, T), dtype="float64"),
        ]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled forward pass."""
        results = emission_passes(self.noise, self.num_covariates).forward(
            *(np.ascontiguousarray(x) for x in inputs)
        )
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """One entry a state, series and day."""
        (N, T), K = input_shapes[0], input_shapes[NUM_DATA][0]
        return [(K, T), (K, N, T)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Only the log densities are differentiable, and only by parameters."""
        return [[i >= NUM_DATA, False] for i in range(NUM_INPUTS)]

    def pullback(
        self,
        inputs: Sequence[Variable],
        outputs: Sequence[Variable],
        cotangents: Sequence[Variable],
    ) -> list[Variable]:
        """Run the backward pass on the errors that the forward pass has stored."""
        weight = cotangents[0]
        if isinstance(weight.type, DisconnectedType):
            return [disconnected_type() for _ in inputs]
        gradient = RegressionEmissionGradient(self.noise, self.num_covariates)(
            weight, outputs[1], *inputs
        )
        return [*(disconnected_type() for _ in range(NUM_DATA)), *gradient]


class RegressionEmissionGradient(Op):
    """Gradient of a weighted sum of the log densities of `RegressionEmission`."""

    __props__ = ("noise", "num_covariates")

    def __init__(self, noise: str, num_covariates: int) -> None:
        self.noise = noise
        self.num_covariates = num_covariates

    def make_node(self, *inputs: Any) -> Apply:
        """Take the weights, the errors and the inputs of the forward pass."""
        variables = [pt.as_tensor_variable(x) for x in inputs]
        outputs = [
            pt.tensor(shape=x.type.shape, dtype="float64")
            for x in variables[PARAMETERS]
        ]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled backward pass."""
        results = emission_passes(self.noise, self.num_covariates).backward(
            *(np.ascontiguousarray(x) for x in inputs)
        )
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """Return the shape of each parameter."""
        return list(input_shapes[PARAMETERS])


def regression_log_density(
    observation: Any,
    is_observed: Any,
    covariates: Any,
    slope: Any,
    noise_sd: Any,
    degrees_of_freedom: Any = None,
) -> Variable:
    """Log density of each day's data in each state.

    Parameters
    ----------
    observation, is_observed : (series, time)
        What stands where `is_observed` is 0 is not used. Not differentiated.
    covariates : (P, time)
        Regressors, common to all series. Not differentiated.
    slope : (K, series, P)
        P must be known when the graph is built.
    noise_sd : (K, series)
        Standard deviation of the noise; its scale where it is Student-t.
    degrees_of_freedom : (K,), optional
        Of Student-t noise; the noise is normal without it.

    Returns
    -------
    (K, time) tensor
        Summed over series; zero where none is observed.

    Raises
    ------
    ValueError
        If the number of covariates is unknown.
    """
    slope = pt.as_tensor_variable(slope)
    num_covariates = slope.type.shape[-1]
    if num_covariates is None:
        raise ValueError(
            f"slope must have a static shape; got {slope.type.shape}. "
            "Use pytensor.tensor.specify_shape."
        )
    if degrees_of_freedom is None:
        noise = NORMAL
        nu = pt.full(slope.shape[:1], np.inf)
        constant = pt.full(slope.shape[:1], -0.5 * np.log(2 * np.pi))
    else:
        noise = STUDENT_T
        # A number from Python comes as single precision.
        nu = pt.as_tensor_variable(degrees_of_freedom).astype("float64")
        constant = pt.gammaln(0.5 * (nu + 1)) - pt.gammaln(0.5 * nu)
        constant -= 0.5 * pt.log(nu * np.pi)
    emission = RegressionEmission(noise, num_covariates)
    # Inside, a day's covariates lie side by side, as they do in a table of data; two
    # transpositions in a row cost nothing.
    days = pt.as_tensor_variable(covariates).T
    return emission(observation, is_observed, days, slope, noise_sd, nu, constant)[0]


@register_funcify_default_op_cache_key(RegressionEmission)
def _forward_in_numba(op: RegressionEmission, node: Apply, **kwargs: Any) -> Any:
    forward = emission_passes(op.noise, op.num_covariates).forward

    @numba_njit
    def regression_emission(y, s, x, beta, sigma, nu, c):
        return forward(
            np.ascontiguousarray(y),
            np.ascontiguousarray(s),
            np.ascontiguousarray(x),
            np.ascontiguousarray(beta),
            np.ascontiguousarray(sigma),
            np.ascontiguousarray(nu),
            np.ascontiguousarray(c),
        )

    return regression_emission, CACHE_VERSION


@register_funcify_default_op_cache_key(RegressionEmissionGradient)
def _gradient_in_numba(
    op: RegressionEmissionGradient, node: Apply, **kwargs: Any
) -> Any:
    backward = emission_passes(op.noise, op.num_covariates).backward

    @numba_njit
    def regression_emission_gradient(L_bar, r, y, s, x, beta, sigma, nu, c):
        return backward(
            np.ascontiguousarray(L_bar),
            np.ascontiguousarray(r),
            np.ascontiguousarray(y),
            np.ascontiguousarray(s),
            np.ascontiguousarray(x),
            np.ascontiguousarray(beta),
            np.ascontiguousarray(sigma),
            np.ascontiguousarray(nu),
            np.ascontiguousarray(c),
        )

    return regression_emission_gradient, CACHE_VERSION
