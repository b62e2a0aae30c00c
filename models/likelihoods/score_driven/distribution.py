"""A state space with score-driven innovations as a PyMC distribution."""

from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from models.likelihoods.batch import without_batch
from models.likelihoods.kalman import distribution as gaussian
from models.likelihoods.score_driven.op import score_driven_log_likelihood
from models.likelihoods.score_driven.simulation import simulate_observations

DYNAMICS = (
    "covariance_persistence",
    "covariance_reaction",
    "scale_persistence",
    "scale_reaction",
    "degrees_of_freedom",
)
"""Names of the scalars that drive covariance and scale."""

SIGNATURE = gaussian.SIGNATURE.replace("->", ",(),(),(),(),()->")
CORE_NDIM = (*gaussian.CORE_NDIM, 0, 0, 0, 0, 0)
"""Dimensions of each parameter in `SIGNATURE`."""


def _split(parameters: Any) -> tuple[list[Any], dict[str, Any]]:
    """Parameters of the state space and of the dynamics, without the batch of time."""
    plain = without_batch(parameters, CORE_NDIM)
    num_scalars = len(DYNAMICS)
    scalars = dict(zip(DYNAMICS, plain[-num_scalars:], strict=True))
    return plain[:-num_scalars], scalars


def _simulate(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None
) -> FloatArray:
    state_space, dynamics = _split(parameters)
    return simulate_observations(*state_space, **dynamics, rng=rng)


def _log_density(value: Variable, *parameters: Variable) -> Variable:
    state_space, dynamics = _split(parameters)
    return score_driven_log_likelihood(value, *state_space, **dynamics)


def ScoreDrivenStateSpace(  # noqa: N802
    name: str,
    *,
    is_observed: Any,
    loading: Any,
    persistence: Any,
    state_variance: Any,
    observation_variance: Any,
    initial_mean: Any,
    initial_variance: Any,
    state_input: Any,
    observation_input: Any,
    covariance_persistence: Any,
    covariance_reaction: Any,
    scale_persistence: Any,
    scale_reaction: Any,
    degrees_of_freedom: Any,
    observed: Any,
    dims: tuple[str, str],
) -> Variable:
    """Add an observed multivariate series to the model on the context stack.

    In innovations form (Ord, Koehler & Snyder 1997, doi
    10.1080/01621459.1997.10473684): states and predictions move by the filter of the
    linear Gaussian state space, and the innovations that move them, standardised by
    that filter's variances, are multivariate Student t with covariance and scale driven
    by their own score; see `models.likelihoods.score_driven.passes`. With reactions of
    zero and many degrees of freedom it is `LinearGaussianStateSpace`. The gain does not
    follow the covariance, and the variances given describe scales of innovations while
    covariance and scale are where they started.

    Its batch is time: the log density has one entry a date, the one-step-ahead log
    predictive density.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    is_observed : (time, N)
        1 where `observed` was measured; elsewhere it holds a finite filler.
    loading, persistence, state_variance, observation_variance : tensors
        (N, K), (K,), (K,), (N,).
    initial_mean, initial_variance, state_input, observation_input : tensors
        (K,), (K,), (time, K), (time, N); see `models.likelihoods.kalman.filter`.
    covariance_persistence, covariance_reaction : scalar
        p and a of equation (2) there, a date; 0 <= a <= p < 1.
    scale_persistence, scale_reaction : scalar
        phi and kappa of equation (3), a date.
    degrees_of_freedom : scalar
        nu, above 2.
    observed : (time, N)
        The measurements.
    dims : tuple of str
        Names of the time and the series dimension.

    Returns
    -------
    TensorVariable
        The observed random variable, (time, N).
    """
    return pm.CustomDist(
        name,
        is_observed,
        loading,
        persistence,
        state_variance,
        observation_variance,
        initial_mean,
        initial_variance,
        state_input,
        observation_input,
        covariance_persistence,
        covariance_reaction,
        scale_persistence,
        scale_reaction,
        degrees_of_freedom,
        logp=_log_density,
        random=_simulate,
        signature=SIGNATURE,
        class_name="ScoreDrivenStateSpace",
        observed=observed,
        dims=dims,
    )
