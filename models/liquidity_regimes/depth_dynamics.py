r"""How market depth moves: an autoregression of its logarithm that volatility drives.

The regimes take depth as given. What it will be within weeks needs a model of its own.
With d the logarithm of depth, v that of volatility, and m5 and m22 averages over a week
and a month (Corsi 2009, doi 10.1093/jjfinec/nbp001),

.. math::

    v_{t+1} &= (1, v_t, m5(v)_t, m22(v)_t)' \phi + \eta_{t+1} \\
    d_{t+1} &= (1, d_t, m5(d)_t, m22(d)_t, v_t)' \psi
        + \beta^+ (v_{t+1} - v_t)^+ + \beta^- (v_{t+1} - v_t)^- + \epsilon_{t+1}.

Volatility that rises takes depth away at once, and volatility that falls need not give
it back. No distribution is assumed of the shocks: those of a day are drawn together.
"""

from typing import NamedTuple

import numpy as np

from data.arrays import FloatArray, IntArray
from models.bootstrap import draw_dates

HISTORY_DAYS = 22
"""Trading days of a month, which the equations look back on."""

WEEK_DAYS = 5


class DepthDynamics(NamedTuple):
    """Draws of both equations and of the distribution of their shocks.

    Attributes
    ----------
    volatility : (sample, 4) float
        phi.
    depth : (sample, 7) float
        psi, then the responses to rising and to falling volatility.
    volatility_shock, depth_shock : (sample, day) float
        eta and epsilon.
    shock_probability : (sample, day) float
        Of each day's pair of shocks.
    """

    volatility: FloatArray
    depth: FloatArray
    volatility_shock: FloatArray
    depth_shock: FloatArray
    shock_probability: FloatArray


def volatility_regressors(log_volatility: FloatArray) -> FloatArray:
    """Regressors of tomorrow's log volatility.

    Parameters
    ----------
    log_volatility : (day, ...) float
        At least `HISTORY_DAYS`; averages are of the last ones.

    Returns
    -------
    (..., 4) float
    """
    return np.stack(
        [np.ones_like(log_volatility[-1]), *_averages(log_volatility)], axis=-1
    )


def depth_regressors(
    log_depth: FloatArray, log_volatility: FloatArray, next_log_volatility: FloatArray
) -> FloatArray:
    """Regressors of tomorrow's log depth, given tomorrow's log volatility.

    Parameters
    ----------
    log_depth, log_volatility : (day, ...) float
        At least `HISTORY_DAYS`.
    next_log_volatility : (...) float

    Returns
    -------
    (..., 7) float
    """
    now = log_volatility[-1]
    change = next_log_volatility - now
    return np.stack(
        [
            np.ones_like(change),
            *np.broadcast_arrays(*_averages(log_depth), now),
            np.maximum(change, 0.0),
            np.minimum(change, 0.0),
        ],
        axis=-1,
    )


class MarketPaths(NamedTuple):
    """Where depth and volatility went, (num_days, sample, path) each.

    Attributes
    ----------
    depth, volatility : float
        In the units whose logarithms the history holds.
    day : int
        Of the sample, whose shocks came.
    """

    depth: FloatArray
    volatility: FloatArray
    day: IntArray


def simulate_depth_onwards(
    dynamics: DepthDynamics,
    log_depth: FloatArray,
    log_volatility: FloatArray,
    num_days: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Depth alone of `simulate_market_onwards`, (num_days, sample, path)."""
    paths = simulate_market_onwards(dynamics, log_depth, log_volatility, num_days, rng)
    return paths.depth


def simulate_market_onwards(
    dynamics: DepthDynamics,
    log_depth: FloatArray,
    log_volatility: FloatArray,
    num_days: int,
    rng: np.random.Generator,
) -> MarketPaths:
    """Draw paths of depth and volatility after a history.

    Parameters
    ----------
    dynamics : DepthDynamics
        One draw for each entry of the first dimension of the paths.
    log_depth, log_volatility : (HISTORY_DAYS, sample, path) float
        What precedes each path, the last day last.
    num_days : int
        Length of the paths.
    rng : Generator
        Random numbers.
    """
    day = draw_dates(dynamics.shock_probability, (num_days, log_depth.shape[2]), rng)
    sample = np.arange(log_depth.shape[1])[:, None]
    depth, volatility = list(log_depth), list(log_volatility)
    of_depth = _Averages(log_depth)
    of_volatility = _Averages(log_volatility)
    phi, psi = dynamics.volatility.T[..., None], dynamics.depth.T[..., None]
    for t in range(num_days):
        today = volatility[-1]
        week, month = of_volatility.week, of_volatility.month
        tomorrow = phi[0] + phi[1] * today + phi[2] * week + phi[3] * month
        tomorrow += dynamics.volatility_shock[sample, day[t]]
        change = tomorrow - today
        level = psi[0] + psi[1] * depth[-1] + psi[4] * today
        level += psi[2] * of_depth.week + psi[3] * of_depth.month
        level += psi[5] * np.maximum(change, 0.0) + psi[6] * np.minimum(change, 0.0)
        level += dynamics.depth_shock[sample, day[t]]
        for series, averages, value in (
            (volatility, of_volatility, tomorrow),
            (depth, of_depth, level),
        ):
            series.append(value)
            averages.move_on(series)
    shape = (num_days, *log_depth.shape[1:])
    return MarketPaths(
        np.exp(np.reshape(depth[HISTORY_DAYS:], shape)),
        np.exp(np.reshape(volatility[HISTORY_DAYS:], shape)),
        day,
    )


class _Averages:
    """Of the last week and month, moved on day by day."""

    def __init__(self, history: FloatArray) -> None:
        _, self.week, self.month = _averages(history)

    def move_on(self, series: list[FloatArray]) -> None:
        """Take in the day that was appended, and leave out the one that is too old."""
        newest = series[-1]
        self.week = self.week + (newest - series[-1 - WEEK_DAYS]) / WEEK_DAYS
        self.month = self.month + (newest - series[-1 - HISTORY_DAYS]) / HISTORY_DAYS


def _averages(series: FloatArray) -> list[FloatArray]:
    return [
        series[-1],
        series[-WEEK_DAYS:].mean(axis=0),
        series[-HISTORY_DAYS:].mean(axis=0),
    ]
