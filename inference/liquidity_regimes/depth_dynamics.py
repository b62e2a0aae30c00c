"""What a sample says of how its depth moves, with the uncertainty of that."""

import numpy as np

from data.arrays import FloatArray
from models.liquidity_regimes.depth_dynamics import (
    HISTORY_DAYS,
    DepthDynamics,
    depth_regressors,
    volatility_regressors,
)


def estimate_depth_dynamics(
    depth_musd: FloatArray,
    volatility_bp: FloatArray,
    num_draws: int,
    rng: np.random.Generator,
) -> DepthDynamics:
    """Posterior draws of the equations of depth and volatility.

    Parameters
    ----------
    depth_musd, volatility_bp : (day,) float
        Positive; in the order of time, none missing.
    num_draws : int
        Draws of the coefficients and of the distribution of the shocks.
    rng : Generator
        Random numbers.

    Notes
    -----
    Bayesian bootstrap (Rubin 1981, doi 10.1214/aos/1176345338): under a Dirichlet
    process prior without weight, the days' probabilities are Dirichlet; weighted least
    squares are then draws of the coefficients, whatever the variance of each shock
    (Lancaster 2003), and the weights the distribution of the shocks.

    Depth is not moved by the states in the model of the paper, so that its posterior
    is independent of theirs, and draws of both can be paired.
    """
    log_depth, log_volatility = np.log(depth_musd), np.log(volatility_bp)
    weight = rng.dirichlet(np.ones(len(log_depth) - HISTORY_DAYS), num_draws)
    past_depth = _windows(log_depth)
    past_volatility = _windows(log_volatility)
    next_volatility = log_volatility[HISTORY_DAYS:]
    volatility, volatility_shock = _weighted_least_squares(
        volatility_regressors(past_volatility), next_volatility, weight
    )
    depth, depth_shock = _weighted_least_squares(
        depth_regressors(past_depth, past_volatility, next_volatility),
        log_depth[HISTORY_DAYS:],
        weight,
    )
    return DepthDynamics(volatility, depth, volatility_shock, depth_shock, weight)


def _windows(series: FloatArray) -> FloatArray:
    """Histories of each day but the first month's, (HISTORY_DAYS, day)."""
    windows = np.lib.stride_tricks.sliding_window_view(series[:-1], HISTORY_DAYS)
    return windows.T


def _weighted_least_squares(
    regressors: FloatArray, response: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Coefficients and residuals under each row of weights."""
    coefficients = np.empty((len(weight), regressors.shape[1]))
    for s, row in enumerate(np.sqrt(weight)):
        coefficients[s] = np.linalg.lstsq(
            regressors * row[:, None], response * row, rcond=None
        )[0]
    return coefficients, response - coefficients @ regressors.T
