r"""Regressions that switch with a hidden Markov state, as a PyMC distribution.

Meldrum & Sokolinskiy (2025), equations 2 to 4: on day t in state s

.. math::

    y_{tn} = x_t' \beta_{sn} + \sigma_{sn} \varepsilon_{tn},

with standard normal or Student-t noise, and transitions between states that depend on
a covariate; see `models.forward_backward_passes`. Several series n share one state:
given it they are independent.
"""

from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Variable
from scipy import stats

from models.forward_backward import hidden_markov_log_likelihood
from models.state_paths import simulate_states, transition_matrices

FloatArray = NDArray[np.float64]

TRANSITION_SIGNATURE = "(k),(k,l),(k,l),(t)"
SIGNATURES = {
    1: f"(t),(t,p),(k,p),(k),(k),{TRANSITION_SIGNATURE}->()",
    2: f"(t,n),(t,p),(k,n,p),(k,n),(k),{TRANSITION_SIGNATURE}->(n)",
}
"""By number of dimensions of what is observed."""
CORE_NDIM = {1: (1, 2, 2, 1, 1, 1, 2, 2, 1), 2: (2, 2, 3, 2, 1, 1, 2, 2, 1)}
"""Dimensions of each parameter in `SIGNATURES`."""


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


def _log_emission(
    value: Variable,
    is_observed: Variable,
    covariates: Variable,
    slope: Variable,
    noise_sd: Variable,
    degrees_of_freedom: Variable | None,
) -> Variable:
    num_covariates = slope.type.shape[-1]
    extra = (None,) * (value.ndim - 1)
    # A sum over few covariates, written out, fuses with the density.
    mean = sum(
        covariates[(slice(None), p, None, *extra)] * slope[..., p]
        for p in range(num_covariates)
    )
    if degrees_of_freedom is None:
        noise = pm.Normal.dist(mu=mean, sigma=noise_sd)
    else:
        freedom = degrees_of_freedom[(slice(None), *extra)]
        noise = pm.StudentT.dist(nu=freedom, mu=mean, sigma=noise_sd)
    density = pm.logp(noise, value[:, None]) * is_observed[:, None]
    return density.sum(axis=-1) if extra else density


def _log_density(value: Variable, *parameters: Variable, has_tails: bool) -> Variable:
    *noise, freedom, pi, delta, gamma, x = _without_batch(parameters, value.ndim)
    log_emission = _log_emission(value, *noise, freedom if has_tails else None)
    return hidden_markov_log_likelihood(log_emission, pi, delta, gamma, x)


def _simulate_observations(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None, ndim: int
) -> FloatArray:
    """Draw every day, those that were not observed too: a prediction of them."""
    _, covariates, slope, noise_sd, freedom, pi, delta, gamma, x = _without_batch(
        parameters, ndim
    )
    P = transition_matrices(delta, gamma, x[:-1])
    state = simulate_states(pi, P, len(x), rng)
    mean = np.einsum("tp,t...p->t...", covariates, slope[state])
    noise = rng.standard_normal(mean.shape)
    # A Student t is a normal whose variance is drawn for each cell.
    degrees = np.broadcast_to(freedom[state].reshape(-1, *[1] * (ndim - 1)), mean.shape)
    finite = np.isfinite(degrees)
    divisor = np.ones(mean.shape)
    divisor[finite] = np.sqrt(rng.chisquare(degrees[finite]) / degrees[finite])
    return mean + noise_sd[state] * noise / divisor


def _without_batch(parameters: Any, ndim: int) -> list[Any]:
    """Undo PyMC's alignment of every parameter with the batch, which here is time.

    A parameter describes all days at once, so the batch dimension that PyMC puts in
    front of it has length one.
    """
    return [
        x[0] if x.ndim > core else x
        for x, core in zip(parameters, CORE_NDIM[ndim], strict=True)
    ]


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
        See `models.forward_backward.hidden_markov_log_likelihood`; a slope of zero
        makes the transition matrix constant.
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

    Returns
    -------
    TensorVariable
        The observed random variable, in the shape of `observed`.

    Raises
    ------
    ValueError
        If the static shape of `slope` is unknown.
    """
    slope = pt.as_tensor_variable(slope)
    if slope.type.shape[0] is None or slope.type.shape[-1] is None:
        raise ValueError(
            f"slope must have a static shape; got {slope.type.shape}. Give its prior a "
            "shape besides its dims, or use pytensor.tensor.specify_shape."
        )
    num_states = slope.type.shape[0]
    has_tails = degrees_of_freedom is not None
    freedom = pt.as_tensor_variable(degrees_of_freedom if has_tails else np.inf)
    return pm.CustomDist(
        name,
        is_observed,
        covariates,
        slope,
        noise_sd,
        pt.broadcast_to(freedom, (num_states,)),
        initial,
        transition_intercept,
        transition_slope,
        transition_covariate,
        logp=partial(_log_density, has_tails=has_tails),
        random=partial(_simulate_observations, ndim=len(dims)),
        signature=SIGNATURES[len(dims)],
        class_name="HiddenMarkovRegression",
        observed=observed,
        dims=dims,
    )
