"""Score-driven innovations as a PyTensor Op with an analytic gradient.

`score_driven_log_density` puts the compiled passes of
`models.likelihoods.score_driven.passes` into a PyTensor graph.
"""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.kalman.op import kalman_op
from models.likelihoods.score_driven.arrays import innovations_of, score_driven_of
from models.likelihoods.score_driven.passes import score_driven_passes
from models.likelihoods.two_pass import Array, Passes, TwoPassOp, two_pass_op

CACHE_VERSION = source_version(__name__)


def described_passes(num_series: int) -> Passes:
    """Describe the passes of `models.likelihoods.score_driven.passes`."""
    run = score_driven_passes(num_series)
    return Passes(
        name="score_driven",
        inputs={
            name: Array(shape=shape, has_gradient=name != "is_observed")
            for name, shape in innovations_of(num_series)._asdict().items()
        },
        outputs={
            name: Array(shape=shape, has_gradient=name == "log_density")
            for name, shape in score_driven_of(num_series)._asdict().items()
        },
        forward=run.forward,
        backward=run.backward,
        version=CACHE_VERSION,
    )


def score_driven_op(num_series: int) -> TwoPassOp:
    """Op from the fields of `Innovations` to those of `ScoreDriven`."""
    return two_pass_op(described_passes, num_series)


def score_driven_log_density(
    innovation: Any,
    is_observed: Any,
    *,
    covariance_persistence: Any,
    covariance_reaction: Any,
    scale_persistence: Any,
    scale_reaction: Any,
    degrees_of_freedom: Any,
) -> Variable:
    """Log density of each date's standardised innovations given the earlier ones.

    Parameters
    ----------
    innovation : (time, N)
        N must be known when the graph is built. What stands where `is_observed` is 0
        is not used.
    is_observed : (time, N)
        1 or 0. Not differentiated.
    covariance_persistence, covariance_reaction : scalar
        p and a of `models.likelihoods.score_driven.passes`, 0 <= a <= p < 1.
    scale_persistence, scale_reaction : scalar
        phi and kappa.
    degrees_of_freedom : scalar
        nu, positive; above 2 for variances to exist.

    Returns
    -------
    (time,) tensor
        0 where nothing is observed. -inf at all dates where a scale matrix is not
        positive definite.

    Raises
    ------
    ValueError
        If the number of series is unknown.
    """
    innovation = pt.as_tensor_variable(innovation)
    num_series = innovation.type.shape[1]
    if num_series is None:
        raise ValueError(
            "innovation must have a static number of columns; got shape "
            f"{innovation.type.shape}. Use pytensor.tensor.specify_shape."
        )
    return score_driven_op(num_series)(
        innovation,
        is_observed,
        *_parameters(
            num_series,
            covariance_persistence,
            covariance_reaction,
            scale_persistence,
            scale_reaction,
            degrees_of_freedom,
        ),
    )[0]


def _parameters(num_series: int, *dynamics: Any) -> tuple[Variable, Variable]:
    """Dynamics as one vector, and the constants of the Student t by number of series.

    The logarithms of gamma functions stay outside of the Op, where PyTensor
    differentiates them.
    """
    # A number from Python comes as single precision.
    scalars = [pt.as_tensor_variable(x).astype("float64") for x in dynamics]
    nu = scalars[-1]
    n = np.arange(num_series + 1.0)
    constant = pt.gammaln(0.5 * (nu + n)) - pt.gammaln(0.5 * nu)
    return pt.stack(scalars), constant - 0.5 * n * pt.log(np.pi * nu)


def score_driven_log_likelihood(*state_space: Any, **dynamics: Any) -> Variable:
    """One-step-ahead log predictive density of each date.

    The means move as in the linear Gaussian state space, and so do the variances F that
    standardise the innovations v; the standardised innovations z have the density of
    `score_driven_log_density`, so that the observations have that less half the sum of
    log F over the cells observed.

    Parameters
    ----------
    *state_space : tensors
        As of `models.likelihoods.kalman.op.state_space_log_likelihood`; N and K must be
        known when the graph is built.
    **dynamics : scalars
        As of `score_driven_log_density`.

    Returns
    -------
    (time,) tensor
        -inf at all dates where a variance or a scale matrix does not exist.
    """
    is_observed, loading = state_space[1:3]
    num_series, num_factors = pt.as_tensor_variable(loading).type.shape
    normal, z, *_ = kalman_op(num_series, num_factors, num_series)(*state_space)
    # The log density of standard normal innovations, taken out again.
    standard = -0.5 * (z**2 + np.log(2 * np.pi) * is_observed).sum(axis=1)
    return normal - standard + score_driven_log_density(z, is_observed, **dynamics)
