"""Peer (a): the Kalman filter as a PyTensor `scan`, for nutpie's JAX backend.

Each function takes the arguments of
`models.likelihoods.kalman.op.state_space_log_likelihood` and returns the same quantity,
so that a benchmark builds the very same PyMC model with another likelihood. A fixed
number of weeks before the steady state would make them faster still, but XLA
differentiates no loop of unknown length in reverse, and a number fixed in advance is
wrong wherever the sampler meets a slower convergence.
"""

from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorConstant

LOG_TWO_PI = float(np.log(2.0 * np.pi))


def sequential_scan_log_likelihood(
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
) -> pt.TensorVariable:
    """Process the yields of a week one at a time, as models.likelihoods.kalman.op does.

    Covariance and mean travel as one (K, K + 1) matrix, so that a yield's update is one
    rank-one change; logarithms are taken outside the loop. The fastest of the forms
    that were tried (scalars throughout, mean and covariance apart, closed-form inverse
    of the K x K information matrix).

    Parameters
    ----------
    observation, is_observed, observation_input : (time, N)
        Every cell must be observed: this peer knows no missing values.
    loading, persistence, state_variance, observation_variance : tensors
        (N, K), (K,), (K,), (N,).
    initial_mean, initial_variance, state_input : tensors
        (K,), (K,), (time, K), the first row of the last unused.

    Returns
    -------
    (time,) tensor
        One-step-ahead log predictive densities.
    """
    loading = pt.as_tensor_variable(loading)
    num_series, K = loading.type.shape
    no_shift = pt.zeros((K, 1), dtype="float64")
    scale = pt.concatenate(
        [pt.outer(persistence, persistence), persistence[:, None]], axis=1
    )
    noise = pt.concatenate([pt.diag(state_variance), no_shift], axis=1)
    inputs = _inputs_of_next_week(state_input, observation)

    def step(y_t: Any, *others: Any) -> Any:
        *inputs_t, moments, Z, h, scale, noise = others
        innovations, variances = [], []
        for i in range(num_series):
            projected = Z[i] @ moments
            F = (projected[:K] * Z[i]).sum() + h[i]
            v = y_t[i] - projected[K]
            moments = moments + pt.outer(
                projected[:K] / F, pt.concatenate([-projected[:K], v[None]])
            )
            innovations.append(v)
            variances.append(F)
        moments = scale * moments + noise
        for c_next in inputs_t:
            moments = pt.inc_subtensor(moments[:, K], c_next)
        return moments, pt.stack(innovations), pt.stack(variances)

    initial = pt.concatenate(
        [pt.diag(initial_variance), pt.as_tensor_variable(initial_mean)[:, None]],
        axis=1,
    )
    # Passed explicitly, here and below: PyMC rewrites no graph that a loop closes over.
    _, innovation, variance = pytensor.scan(
        step,
        sequences=[observation - observation_input, *inputs],
        outputs_info=[initial, None, None],
        non_sequences=[loading, observation_variance, scale, noise],
        strict=True,
        return_updates=False,
    )
    return -0.5 * (LOG_TWO_PI + pt.log(variance) + innovation**2 / variance).sum(-1)


def joint_scan_log_likelihood(
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
) -> pt.TensorVariable:
    """Process the yields of a week together, with a Cholesky factor of their variance.

    Parameters and result are those of `sequential_scan_log_likelihood`.
    """
    loading = pt.as_tensor_variable(loading)
    num_series = loading.type.shape[0]
    inputs = _inputs_of_next_week(state_input, observation)

    def step(y_t: Any, *others: Any) -> Any:
        *inputs_t, mean, covariance, Z, phi, decay, Q, H = others
        projected = Z @ covariance
        factor = pt.linalg.cholesky(projected @ Z.T + H)
        stacked = pt.concatenate([(y_t - Z @ mean)[:, None], projected], axis=1)
        whitened = pt.linalg.solve_triangular(factor, stacked, lower=True)
        innovation, gain = whitened[:, 0], whitened[:, 1:]
        mean = sum(inputs_t, phi * (mean + gain.T @ innovation))
        covariance = decay * (covariance - gain.T @ gain) + Q
        return mean, covariance, innovation, pt.diag(factor)

    initial = [pt.as_tensor_variable(initial_mean), pt.diag(initial_variance)]
    _, _, innovation, scale = pytensor.scan(
        step,
        sequences=[observation - observation_input, *inputs],
        outputs_info=[*initial, None, None],
        non_sequences=[
            loading,
            persistence,
            pt.outer(persistence, persistence),
            pt.diag(state_variance),
            pt.diag(observation_variance),
        ],
        strict=True,
        return_updates=False,
    )
    quadratic = pt.log(scale).sum(-1) + 0.5 * (innovation**2).sum(-1)
    return -0.5 * num_series * LOG_TWO_PI - quadratic


def _inputs_of_next_week(state_input: Any, observation: Any) -> list[pt.TensorVariable]:
    """Row t + 1 at week t, as a sequence of the loop; none for a model without inputs.

    A sequence of zeros would cost the loop a slice and a sum each week.
    """
    state_input = pt.as_tensor_variable(state_input)
    if isinstance(state_input, TensorConstant) and not state_input.data.any():
        return []
    # One row holds at all weeks.
    shape = observation.shape[0], state_input.shape[1]
    state_input = pt.broadcast_to(state_input, shape)
    last = pt.zeros_like(state_input[:1])
    return [pt.concatenate([state_input[1:], last], axis=0)]
