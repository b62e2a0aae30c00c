r"""Log likelihood of right-censored durations in whole days, as a PyTensor Op.

With :math:`e = \exp(\eta)`, the cumulative baseline hazard B before the day on which a
duration d ended and the hazard h of that day, its log density and the parts of its
gradient are, see `models.grouped_duration`,

.. math::

    \ell &= -e B + r \log(1 - q), & q &= \exp(-e h) \\
    u &= \partial \ell / \partial h = r e\, q / (1 - q), &
    \partial \ell / \partial \eta &= -e B + u h, \quad
    \partial \ell / \partial B = -e

with r = 0 for a duration that was censored, else 1. One pass computes them together, in
loops that the compiler vectorises, which is what makes 100,000 events a matter of
minutes. numba (PyMC's default backend, and nutpie's) calls it directly; for JAX, import
`models.grouped_duration_jax` once.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numba import njit
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import (
    numba_njit,
    register_funcify_default_op_cache_key,
)

from models import forward_backward_elementary
from models.forward_backward_elementary import exponential, jit, logarithm

IS_PARAMETER = (True, True, False, False)
"""Whether the log density has a gradient in each input."""

LARGEST_EXPONENT = 700.0
"""Log hazard ratios above this make every duration last a day all the same."""

SMALL_HAZARD = 1e-3
"""Below it, 1 - exp(-x) by its series: the difference would cancel."""

sums = njit(error_model="numpy", fastmath={"contract", "nsz", "reassoc"})
"""Compile a loop whose sums may be taken in any order."""

# PyTensor's disk cache cannot see into the pass; a change of its source has to change
# the key, or an old compilation would go on being used.
_SOURCES = [Path(__file__), Path(forward_backward_elementary.__file__)]
_DIGEST = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES))
CACHE_VERSION = int(_DIGEST.hexdigest()[:12], 16)


@jit
def duration_pass(eta, hazard_until, day, resolved):
    """Log density, its slope in eta, minus that in B, and that in h, (event,) each."""
    n = len(eta)
    last = len(hazard_until) - 1
    log_density, slope = np.empty(n), np.empty(n)
    ratio, ended = np.empty(n), np.empty(n)
    for i in range(n):
        before = hazard_until[day[i] - 1]
        log_density[i] = before
        slope[i] = hazard_until[min(day[i], last)] - before
    for i in range(n):
        before, hazard = log_density[i], slope[i]
        e = exponential(min(eta[i], LARGEST_EXPONENT))
        x = e * hazard
        difference = 1.0 - exponential(-x)
        series = x * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0)))
        ends = series if x < SMALL_HAZARD else difference
        u = resolved[i] * e * (1.0 - ends) / ends
        # The hazard of a day beyond the last is 0, and so is what is censored there.
        is_resolved = resolved[i] > 0.0
        log_density[i] = -e * before + (logarithm(ends) if is_resolved else 0.0)
        slope[i] = -e * before + (u * hazard if is_resolved else 0.0)
        ratio[i] = e
        ended[i] = u if is_resolved else 0.0
    return log_density, slope, ratio, ended


@sums
def gradient_pass(weight, size, day, slope, ratio, ended):
    """Gradient of a weighted sum in eta, (event,), and in the hazards, (size,)."""
    n = len(day)
    to_eta, to_until, to_day = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        to_eta[i] = weight[i] * slope[i]
        to_until[i] = weight[i] * ratio[i]
        to_day[i] = weight[i] * ended[i]
    to_hazard = np.zeros(size)
    # B is the hazard until the day before, and h what the day adds to it. A pass for
    # each day vectorises; adding where each event points to does not.
    for d in range(1, size + 1):
        until, on_day = 0.0, 0.0
        for i in range(n):
            until += to_until[i] if day[i] == d else 0.0
            on_day += to_day[i] if day[i] == d else 0.0
        to_hazard[d - 1] -= until + on_day
        if d < size:
            to_hazard[d] += on_day
    return to_eta, to_hazard


class GroupedDurationLikelihood(Op):
    """Log density of each duration, and what its gradient needs.

    Inputs: log hazard ratio (event,), cumulative baseline hazard from day 0 on
    (day + 1,), the day on which the duration ended or is known to have gone on
    (event,) int, and 1 where it ended (event,).
    """

    __props__ = ()

    def make_node(self, eta: Any, hazard_until: Any, day: Any, resolved: Any) -> Apply:
        """Take the inputs, and give log density and three parts of its gradient."""
        variables = [
            pt.as_tensor_variable(eta).astype("float64"),
            pt.as_tensor_variable(hazard_until).astype("float64"),
            pt.as_tensor_variable(day).astype("int64"),
            pt.as_tensor_variable(resolved).astype("float64"),
        ]
        shape = variables[0].type.shape
        outputs = [pt.tensor(shape=shape, dtype="float64") for _ in range(4)]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled pass."""
        results = duration_pass(*(np.ascontiguousarray(x) for x in inputs))
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """One entry an event."""
        return [input_shapes[0]] * 4

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Only the log densities are differentiable, in the first two inputs."""
        return [[is_parameter, False, False, False] for is_parameter in IS_PARAMETER]

    def pullback(
        self,
        inputs: Sequence[Variable],
        outputs: Sequence[Variable],
        cotangents: Sequence[Variable],
    ) -> list[Variable]:
        """Weigh the stored slopes; those of the baseline add up by day."""
        weight = cotangents[0]
        if isinstance(weight.type, DisconnectedType):
            return [disconnected_type() for _ in inputs]
        _, hazard_until, day, _ = inputs
        gradient = GroupedDurationGradient()(weight, hazard_until, day, *outputs[1:])
        return [*gradient, disconnected_type(), disconnected_type()]


class GroupedDurationGradient(Op):
    """Gradient of a weighted sum of the log densities of `GroupedDurationLikelihood`.

    Inputs: weights (event,), the hazards and days of the likelihood, and its last three
    outputs. Outputs: the gradient in the log hazard ratios and in the hazards.
    """

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """Take weights, hazards, days and stored slopes."""
        variables = [pt.as_tensor_variable(x) for x in inputs]
        outputs = [
            pt.tensor(shape=x.type.shape, dtype="float64")
            for x in (variables[0], variables[1])
        ]
        return Apply(self, variables, outputs)

    def perform(
        self, node: Apply, inputs: Sequence[Any], output_storage: Sequence[Any]
    ) -> None:
        """Run the compiled pass."""
        weight, hazard_until, *rest = (np.ascontiguousarray(x) for x in inputs)
        results = gradient_pass(weight, len(hazard_until), *rest)
        for storage, result in zip(output_storage, results, strict=True):
            storage[0] = result

    def infer_shape(self, node: Apply, input_shapes: Any) -> Any:
        """Return the shape of the log hazard ratios and of the hazards."""
        return [input_shapes[0], input_shapes[1]]


@register_funcify_default_op_cache_key(GroupedDurationLikelihood)
def _likelihood_in_numba(
    op: GroupedDurationLikelihood, node: Apply, **kwargs: Any
) -> Any:
    @numba_njit
    def grouped_duration_likelihood(eta, hazard_until, day, resolved):
        return duration_pass(
            np.ascontiguousarray(eta),
            np.ascontiguousarray(hazard_until),
            np.ascontiguousarray(day),
            np.ascontiguousarray(resolved),
        )

    return grouped_duration_likelihood, CACHE_VERSION


@register_funcify_default_op_cache_key(GroupedDurationGradient)
def _gradient_in_numba(op: GroupedDurationGradient, node: Apply, **kwargs: Any) -> Any:
    @numba_njit
    def grouped_duration_gradient(weight, hazard_until, day, slope, ratio, ended):
        return gradient_pass(
            np.ascontiguousarray(weight),
            len(hazard_until),
            np.ascontiguousarray(day),
            np.ascontiguousarray(slope),
            np.ascontiguousarray(ratio),
            np.ascontiguousarray(ended),
        )

    return grouped_duration_gradient, CACHE_VERSION
