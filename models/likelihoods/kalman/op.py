"""The Kalman filter as a PyTensor Op with an analytic gradient.

`state_space_log_likelihood` puts the compiled passes of
`models.likelihoods.kalman.filter` into a PyTensor graph.
"""

from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.kalman.arrays import filtered_of, inputs_of
from models.likelihoods.kalman.filter import kalman_filter
from models.likelihoods.two_pass import Array, Passes, TwoPassOp, two_pass_op

CACHE_VERSION = source_version(__name__)

DIFFERENTIABLE = ("log_likelihood", "standardized_innovation")
"""What of `Filtered` may be differentiated."""


def kalman_passes(num_series: int, num_factors: int, num_standardized: int) -> Passes:
    """Describe the passes of `models.likelihoods.kalman.filter`."""
    inputs = inputs_of(num_series, num_factors)._asdict()
    sizes = num_series, num_factors, num_standardized
    outputs = filtered_of(*sizes)._asdict()
    run = kalman_filter(*sizes)
    return Passes(
        name="kalman",
        inputs={
            name: Array(
                shape=shape,
                has_gradient=name != "is_observed",
                # Only their difference enters.
                minus="observation_input" if name == "observation" else "",
            )
            for name, shape in inputs.items()
        },
        outputs={
            name: Array(
                shape=shape,
                dtype="int64" if name == "covariance_date" else "float64",
                has_gradient=name in DIFFERENTIABLE,
            )
            for name, shape in outputs.items()
        },
        forward=run.forward,
        backward=run.backward,
        version=CACHE_VERSION,
    )


def kalman_op(
    num_series: int, num_factors: int, num_standardized: int = 0
) -> TwoPassOp:
    """Op from the fields of `StateSpace` to those of `Filtered`.

    Parameters
    ----------
    num_series, num_factors, num_standardized : int
        As of `models.likelihoods.kalman.filter.kalman_filter`.
    """
    return two_pass_op(kalman_passes, num_series, num_factors, num_standardized)


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
        See the table in `models.likelihoods.kalman.filter`; variances must be positive.
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
    return kalman_op(num_series, num_factors)(
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
