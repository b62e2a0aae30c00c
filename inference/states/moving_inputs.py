"""Where inputs that a model takes as given may go, from autoregressions of their past.

Each series follows an AR(1) of its own; the shocks of a date are drawn together, so
that series that move together go on to do so. No distribution is assumed of them.
"""

from typing import NamedTuple

import numpy as np

from data.arrays import FloatArray, IntArray, is_constant


class InputDynamics(NamedTuple):
    """Draws of the autoregressions and of the distribution of their shocks.

    Attributes
    ----------
    intercept, persistence : (sample, series) float
    shock : (sample, date, series) float
    shock_probability : (sample, date) float
        Of each date's shocks.
    """

    intercept: FloatArray
    persistence: FloatArray
    shock: FloatArray
    shock_probability: FloatArray


def estimate_input_dynamics(
    series: FloatArray, num_draws: int, rng: np.random.Generator
) -> InputDynamics:
    """Posterior draws of an AR(1) of every series.

    Parameters
    ----------
    series : (date, series) float
        None missing.
    num_draws : int
    rng : numpy.random.Generator

    Notes
    -----
    Bayesian bootstrap (Rubin 1981, doi 10.1214/aos/1176345338): see
    `inference.liquidity_regimes.depth_dynamics`.
    """
    weight = rng.dirichlet(np.ones(len(series) - 1), num_draws)
    return weighted_autoregressions(series[:-1], series[1:], weight)


def weighted_autoregressions(
    before: FloatArray, after: FloatArray, weight: FloatArray
) -> InputDynamics:
    """Regress each series on its value a date before, under each row of weights.

    An explosive persistence, which a short sample may give, is cut to one.

    Parameters
    ----------
    before, after : (date, series) float
    weight : (sample, date) float
    """
    mean_before, mean_after = weight @ before, weight @ after
    product = weight @ (before * after) - mean_before * mean_after
    variance = weight @ before**2 - mean_before**2
    # A series that never moves stays where it is.
    moves = np.array([not is_constant(one) for one in before.T])
    slope = np.where(moves, product / np.where(moves, variance, 1.0), 1.0)
    persistence = np.clip(slope, -1.0, 1.0)
    intercept = np.where(moves, mean_after - persistence * mean_before, 0.0)
    shock = after - intercept[:, None] - persistence[:, None] * before
    return InputDynamics(intercept, persistence, shock, weight)


def simulate_inputs(
    dynamics: InputDynamics, last: FloatArray, dates: IntArray
) -> FloatArray:
    """Draw paths of all series after their last values, (sample, path, date, series).

    Parameters
    ----------
    dynamics : InputDynamics
    last : (series,) float
    dates : (date to come, sample, path) int
        Of `models.bootstrap.draw_dates`: those whose shocks come.
    """
    num_dates, num_samples, num_paths = dates.shape
    sample = np.arange(num_samples)[:, None]
    intercept, persistence = (
        each[:, None] for each in (dynamics.intercept, dynamics.persistence)
    )
    value = np.broadcast_to(last, (num_samples, num_paths, len(last)))
    found = np.empty((num_samples, num_paths, num_dates, len(last)))
    for t in range(num_dates):
        value = intercept + persistence * value + dynamics.shock[sample, dates[t]]
        found[:, :, t] = value
    return found
