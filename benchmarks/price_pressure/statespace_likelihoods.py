"""Peer (b): the Kalman filters of pymc-extras' `statespace`.

`PyMCStateSpace.build_statespace_graph` hands its data and matrices to these filter
classes. Calling them directly lets the peer share our PyMC model, priors included,
and favours it twice: the filtered moments, which a gradient does not need, are left
out, and the inventory effect is taken off the yields beforehand (the density stays the
same), so that no matrix varies over time.
"""

from collections.abc import Callable
from typing import Any

import pytensor.tensor as pt

STATESPACE_FILTERS = {"standard": "numba", "univariate": "numba", "convergent": "c"}
"""Name -> what compiles it. ``convergent`` stops its covariance recursion in the steady
state. It is newer than the project's targets, which were set against ``standard``; JAX
cannot take its loop, and numba had not compiled it after 40 minutes.
"""


def statespace_log_likelihood(filter_name: str) -> Callable[..., pt.TensorVariable]:
    """Likelihood by one of pymc-extras' filters.

    Parameters
    ----------
    filter_name : str
        One of `STATESPACE_FILTERS`.

    Returns
    -------
    callable
        Same arguments and result as
        `models.likelihoods.kalman.op.state_space_log_likelihood`, for models without
        missing yields and without order flow.
    """

    def log_likelihood(
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
        # Imported here: the other peers run where pymc-extras is not installed.
        from pymc_extras.statespace.core.statespace import FILTER_FACTORY

        loading = pt.as_tensor_variable(loading)
        num_series, num_factors = loading.type.shape
        # Jitter would change the density; the covariances here are far from singular.
        kalman = FILTER_FACTORY[filter_name](cov_jitter=0.0)
        outputs = kalman.build_graph(
            data=pt.as_tensor_variable(observation) - observation_input,
            a0=pt.as_tensor_variable(initial_mean),
            P0=pt.diag(initial_variance),
            c=pt.as_tensor_variable(state_input)[-1],
            d=pt.zeros(num_series, dtype="float64"),
            T=pt.diag(persistence),
            Z=loading,
            R=pt.eye(num_factors, dtype="float64"),
            H=pt.diag(observation_variance),
            Q=pt.diag(state_variance),
        )
        return outputs[-1]

    return log_likelihood
