r"""Local level plus AR(1) deviation plus noise, for several independent series.

.. math::

    y_t &= \mu_t + x_t + \varepsilon_t, \quad \varepsilon_t \sim N(0, h) \\
    \mu_t &= \mu_{t-1} + \eta_t, \quad \eta_t \sim N(0, q_\mu) \\
    x_t &= \phi x_{t-1} + \omega_t, \quad \omega_t \sim N(0, q_x)

with the deviation x stationary from the first date on. Each series is a state space of
one observation and two states on the filter of `models.likelihoods.kalman.op`. One
filter for all series together would carry a covariance of all their states, for
nothing: with four series it takes fifty times as long.
"""

from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from models.likelihoods.batch import without_batch
from models.likelihoods.kalman.distribution import simulate_states
from models.likelihoods.kalman.op import state_space_log_likelihood

LEVEL, DEVIATION = 0, 1
"""Positions of the two states of a series."""

LOADING = np.ones((1, 2))
"""A series is the sum of its states."""

SIGNATURE = "(t,n),(n),(n),(n),(n),(),()->(n)"
CORE_NDIM = (2, 1, 1, 1, 1, 0, 0)
"""Dimensions of each parameter in `SIGNATURE`."""


def LocalLevelAutoregression(  # noqa: N802
    name: str,
    *,
    num_series: int,
    is_observed: Any,
    persistence: Any,
    level_variance: Any,
    deviation_variance: Any,
    noise_variance: Any,
    initial_level_mean: Any,
    initial_level_variance: Any,
    observed: Any,
    dims: tuple[str, str],
) -> Variable:
    """Add observed series to the model on the context stack.

    A PyMC distribution whose batch is time, as
    `models.likelihoods.kalman.distribution`: its log density has one entry a date, the
    sum over the series of their one-step-ahead log predictive densities.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    num_series : int
        N.
    is_observed : (time, N)
        1 where `observed` was measured; elsewhere it holds a finite filler.
    persistence : (N,)
        phi, between 0 and 1.
    level_variance, deviation_variance, noise_variance : (N,)
        q_mu, q_x and h, positive.
    initial_level_mean, initial_level_variance : scalar
        Of every series' level on the first date.
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
        persistence,
        level_variance,
        deviation_variance,
        noise_variance,
        initial_level_mean,
        initial_level_variance,
        logp=partial(_log_density, num_series),
        random=_simulate,
        signature=SIGNATURE,
        class_name="LocalLevelAutoregression",
        observed=observed,
        dims=dims,
    )


def series_state_spaces(
    persistence: Any,
    level_variance: Any,
    deviation_variance: Any,
    noise_variance: Any,
    initial_level_mean: Any,
    initial_level_variance: Any,
    *,
    arrays: ModuleType = np,
) -> dict[str, Any]:
    """Write every series in the form of `models.likelihoods.kalman.filter`.

    Parameters
    ----------
    persistence, level_variance, deviation_variance, noise_variance : (N,)
        Of each series.
    initial_level_mean, initial_level_variance : scalar
        Of the level on the first date.
    arrays : module
        `numpy` for numbers, `pytensor.tensor` for variables.

    Returns
    -------
    dict
        ``persistence``, ``state_variance``, ``initial_mean``, ``initial_variance``
        (N, 2) and ``observation_variance`` (N, 1); a row a series, level first.
    """
    ones = arrays.ones_like(persistence)
    stationary = deviation_variance / (1 - persistence**2)
    pairs = {
        "persistence": (ones, persistence),
        "state_variance": (level_variance, deviation_variance),
        "initial_mean": (initial_level_mean * ones, 0.0 * ones),
        "initial_variance": (initial_level_variance * ones, stationary),
    }
    stacked = {name: arrays.stack(pair, axis=1) for name, pair in pairs.items()}
    return {**stacked, "observation_variance": arrays.stack([noise_variance], axis=1)}


def _log_density(num_series: int, value: Variable, *parameters: Variable) -> Variable:
    is_observed, *of_series = without_batch(parameters, CORE_NDIM)
    systems = series_state_spaces(*of_series, arrays=pt)
    num_dates = value.shape[0]
    no_input = {
        "state_input": pt.zeros((num_dates, 2)),
        "observation_input": pt.zeros((num_dates, 1)),
    }
    total = 0.0
    for series in range(num_series):
        one = slice(series, series + 1)
        total = total + state_space_log_likelihood(
            value[:, one],
            is_observed[:, one],
            loading=LOADING,
            **{name: rows[series] for name, rows in systems.items()},
            **no_input,
        )
    return total


def _simulate(
    *parameters: FloatArray, rng: np.random.Generator, size: Any = None
) -> FloatArray:
    """Draw every cell, those that were not observed too: a prediction of them."""
    is_observed, *of_series = without_batch(parameters, CORE_NDIM)
    systems = series_state_spaces(*of_series)
    num_dates, num_series = is_observed.shape
    columns = []
    for series in range(num_series):
        states = simulate_states(
            systems["persistence"][series],
            systems["state_variance"][series],
            systems["initial_mean"][series],
            systems["initial_variance"][series],
            np.zeros((num_dates, 2)),
            rng,
        )
        noise_sd = np.sqrt(systems["observation_variance"][series, 0])
        noise = noise_sd * rng.standard_normal(num_dates)
        columns.append(states.sum(axis=1) + noise)
    return np.stack(columns, axis=1)
