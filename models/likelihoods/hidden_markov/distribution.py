r"""Regressions that switch with a hidden Markov state, as a PyMC distribution.

Meldrum & Sokolinskiy (2025), equations 2 to 4: on day t in state s

.. math::

    y_{tn} = x_t' \beta_{sn} + \sigma_{sn} \varepsilon_{tn},

with standard normal or Student-t noise, and transitions between states that depend on
a covariate; see `models.likelihoods.hidden_markov.passes`. Several series n share one
state: given it they are independent.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable
from scipy import stats

from data.arrays import FloatArray, IntArray
from models.likelihoods.batch import without_batch
from models.likelihoods.hidden_markov.emission import regression_log_density
from models.likelihoods.hidden_markov.emission_passes import NORMAL, STUDENT_T
from models.likelihoods.hidden_markov.op import hidden_markov_log_likelihood
from models.likelihoods.hidden_markov.paths import simulate_states, transition_matrices

SIGNATURE = "(n,t),(t,p),(k,n,p),(k,n),(k),(k),(k,l),(k,l),(t)"
CORE_NDIM = (2, 2, 3, 2, 1, 1, 2, 2, 1)
"""Dimensions of each parameter in `SIGNATURE`."""


def regression_log_emission(
    observation: FloatArray,
    is_observed: FloatArray,
    covariates: FloatArray,
    slope: FloatArray,
    noise_sd: FloatArray,
    degrees_of_freedom: Any = np.inf,
) -> FloatArray:
    """Log density of each day's data in each state, for known parameters.

    Parameters
    ----------
    observation, is_observed : (time,) or (time, series) float
        What stands where `is_observed` is 0 is not used.
    covariates : (time, P) float
        Regressors, common to all series.
    slope : (K, P) or (K, series, P) float
        Effect of each covariate in each state.
    noise_sd : (K,) or (K, series) float
        Scale of the noise.
    degrees_of_freedom : float or (K,) float
        Of Student-t noise; infinity for normal noise.

    Returns
    -------
    (time, K) float
        Summed over series; zero where none is observed.
    """
    mean = np.einsum("tp,k...p->tk...", covariates, slope)
    freedom = np.broadcast_to(degrees_of_freedom, len(slope))
    freedom = freedom.reshape(-1, *[1] * (np.ndim(slope) - 2))
    density = stats.t.logpdf(
        np.where(is_observed, observation, 0.0)[:, None], freedom, mean, noise_sd
    )
    density = np.where(np.asarray(is_observed, dtype=bool)[:, None], density, 0.0)
    return density.reshape(*density.shape[:2], -1).sum(axis=2)


def _log_density(
    value: Variable,
    *parameters: Variable,
    noise: str,
    log_likelihood: Callable[..., Variable],
) -> Variable:
    s, x, slope, noise_sd, freedom, *chain = without_batch(parameters, CORE_NDIM)
    log_emission = regression_log_density(
        value.T if value.ndim == 2 else value[None],
        s,
        x.T,
        slope,
        noise_sd,
        freedom if noise == STUDENT_T else None,
    )
    return log_likelihood(log_emission.T, *chain)


def _simulate_observations(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None, ndim: int
) -> FloatArray:
    """Draw every day, those that were not observed too: a prediction of them."""
    _, x, slope, noise_sd, freedom, *chain = without_batch(parameters, CORE_NDIM)
    initial, intercept, transition_slope, covariate = chain
    transition = transition_matrices(intercept, transition_slope, covariate[:-1])
    state = simulate_states(initial, transition, len(covariate), rng)
    series = simulate_given_states(state, x, slope, noise_sd, freedom, rng)
    return series if ndim == 2 else series[:, 0]


def simulate_given_states(
    state: IntArray,
    covariates: FloatArray,
    slope: FloatArray,
    noise_sd: FloatArray,
    degrees_of_freedom: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw series along paths of the states.

    Parameters
    ----------
    state : (..., time) int
    covariates : (..., time, P) float
    slope, noise_sd, degrees_of_freedom : (K, N, P), (K, N), (K,) float
        Noise is normal where any degrees of freedom are infinite.
    rng : numpy.random.Generator

    Returns
    -------
    (..., time, N) float
    """
    mean = np.einsum("...tp,...tnp->...tn", covariates, slope[state])
    shock = rng.standard_normal(mean.shape)
    if np.isfinite(degrees_of_freedom).all():
        # A Student t is a normal whose variance is drawn for each cell.
        degrees = np.broadcast_to(degrees_of_freedom[state][..., None], mean.shape)
        shock /= np.sqrt(rng.chisquare(degrees) / degrees)
    return np.asarray(mean + noise_sd[state] * shock)


def _time_last(x: Any) -> Any:
    """Transposed; arrays once and for all, so that no evaluation has to."""
    if isinstance(x, Variable):
        return x.T
    return np.ascontiguousarray(np.transpose(x), dtype=float)


def HiddenMarkovRegression(  # noqa: N802
    name: str,
    *,
    covariates: Any,
    slope: Any,
    noise_sd: Any,
    initial: Any,
    transition_intercept: Any,
    transition_slope: Any,
    transition_covariate: Any,
    is_observed: Any,
    observed: Any,
    dims: tuple[str, ...],
    degrees_of_freedom: Any = None,
    log_likelihood: Callable[..., Variable] = hidden_markov_log_likelihood,
) -> Variable:
    """Add observed series that share one hidden state to the model on the stack.

    A PyMC distribution whose batch is time: its log density has one entry a day, the
    one-step-ahead log predictive density, so that `pm.compute_log_likelihood`, prior
    and posterior predictive sampling work as for any observed variable.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    covariates : (time, P)
        Regressors, common to all series; a column of ones for an intercept.
    slope : (K, P), or (K, series, P) for several series
        Effect of each covariate in each state. The static shape must be known.
    noise_sd : (K,) or (K, series)
        Standard deviation of the noise; its scale where it is Student-t.
    initial : (K,)
        Distribution of the first state.
    transition_intercept, transition_slope : (K, K - 1)
        See `models.likelihoods.hidden_markov.op.hidden_markov_log_likelihood`; a slope
        of zero makes the transition matrix constant.
    transition_covariate : (time,)
        Enters the transition from its own day to the next.
    is_observed : (time,) or (time, series)
        1 where `observed` was measured; elsewhere it holds a finite filler.
    observed : (time,) or (time, series)
        The measurements.
    dims : tuple of str
        Names of the dimensions of `observed`.
    degrees_of_freedom : scalar or (K,), optional
        Of Student-t noise; the noise is normal without it.
    log_likelihood : callable
        Another way to compute what `hidden_markov_log_likelihood` does, from the same
        arguments.

    Returns
    -------
    TensorVariable
        The observed random variable, in the shape of `observed`.

    Raises
    ------
    ValueError
        If the static shape of `slope` is unknown.
    """
    slope, noise_sd = pt.as_tensor_variable(slope), pt.as_tensor_variable(noise_sd)
    if slope.type.shape[0] is None or slope.type.shape[-1] is None:
        raise ValueError(
            f"slope must have a static shape; got {slope.type.shape}. Give its prior a "
            "shape besides its dims, or use pytensor.tensor.specify_shape."
        )
    is_observed = _time_last(is_observed)
    if len(dims) == 1:
        is_observed, slope = is_observed[None], slope[:, None, :]
        noise_sd = noise_sd[:, None]
    noise = NORMAL if degrees_of_freedom is None else STUDENT_T
    freedom = pt.as_tensor_variable(np.inf if noise == NORMAL else degrees_of_freedom)
    return pm.CustomDist(
        name,
        is_observed,
        covariates,
        slope,
        noise_sd,
        pt.broadcast_to(freedom, slope.shape[:1]),
        initial,
        transition_intercept,
        transition_slope,
        transition_covariate,
        logp=partial(_log_density, noise=noise, log_likelihood=log_likelihood),
        random=partial(_simulate_observations, ndim=len(dims)),
        signature=f"{SIGNATURE}->{'()' if len(dims) == 1 else '(n)'}",
        class_name="HiddenMarkovRegression",
        observed=observed,
        dims=dims,
    )
