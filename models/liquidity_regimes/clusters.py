"""Rough liquidity states from the data, for where to start and what to call usual.

The likelihood has lesser modes, in which a sampler that starts anywhere gets stuck.
Days are split into K clusters by how much price impact there is per unit of volatility,
each cluster's regression is fitted by least squares, and every day moves to the
regression that describes it best, until none moves: the classification version of the
EM algorithm (Celeux & Govaert 1992, doi 10.1016/0167-9473(92)90042-E).
"""

from typing import NamedTuple

import numpy as np

from data.arrays import FloatArray, IntArray
from models.liquidity_regimes.inputs import LiquidityRegimesInputs

LEAST_LIQUID_SHARES = (0.06, 0.15, 0.3)
"""Share of days in the least liquid cluster at the outset, one attempt each: stress is
rare, but how rare is for the data to say."""

MAXIMUM_ROUNDS = 50

LEAST_OBSERVATIONS = 10
"""Observations of a security that a cluster's regression needs."""

LEAST_NOISE = 0.05
"""Smallest noise of a cluster, in residual standard deviations of the sample: a cluster
of few days must not draw others in by fitting its own perfectly."""


PSEUDO_COUNT = 0.5
"""Added to each number of moves between states."""


class Clusters(NamedTuple):
    """Days sorted into states, and each state's regression.

    Attributes
    ----------
    state : (day,) int
        0 the least liquid.
    slope : (K, security, covariate) float
        Price impact per basis point.
    noise_sd : (K, security) float
        Unit of price impact.
    log_likelihood : float
        Of the days given their states, and of the states, nats.
    """

    state: IntArray
    slope: FloatArray
    noise_sd: FloatArray
    log_likelihood: float


def cluster_days(inputs: LiquidityRegimesInputs, num_states: int) -> list[Clusters]:
    """Sort days into states by their regression on volatility.

    Parameters
    ----------
    inputs : LiquidityRegimesInputs
        Data.
    num_states : int
        K.

    Returns
    -------
    list of Clusters
        One an attempt, the most likely first.
    """
    attempts = [
        _refine(inputs, _initial_states(inputs, num_states, share), num_states)
        for share in LEAST_LIQUID_SHARES
    ]
    return sorted(attempts, key=lambda found: -found.log_likelihood)


def usual_depth(depth: FloatArray, state: IntArray, num_states: int) -> FloatArray:
    """Average depth of the days after which a state lasts.

    Days that are left at once would say at which depth a state cannot be held.

    Parameters
    ----------
    depth : (day,) float
        In any unit.
    state : (day,) int
        0 to K - 1.
    num_states : int
        K.

    Returns
    -------
    (K,) float
        The average of all days for a state that never lasts.
    """
    lasts = state[:-1] == state[1:]
    lasting, before = state[:-1][lasts], depth[:-1][lasts]
    days = np.bincount(lasting, minlength=num_states)
    total = np.bincount(lasting, weights=before, minlength=num_states)
    return np.where(days > 0, total / np.maximum(days, 1), depth.mean())


def _initial_states(
    inputs: LiquidityRegimesInputs, num_states: int, share: float
) -> IntArray:
    """Cut the days at quantiles of price impact over volatility."""
    relative = inputs.price_impact / inputs.slope_unit / inputs.covariates[:, :1]
    seen = inputs.is_observed.sum(axis=1)
    sensitivity = (relative * inputs.is_observed).sum(axis=1) / np.maximum(seen, 1)
    # A share of the first state, the rest in equal parts, from the least liquid on.
    levels = 1 - share - (1 - share) * np.arange(num_states - 1) / (num_states - 1)
    cuts = np.quantile(sensitivity[seen > 0], levels)
    return (sensitivity[:, None] < cuts).sum(axis=1)


def _refine(
    inputs: LiquidityRegimesInputs, state: IntArray, num_states: int
) -> Clusters:
    """Alternate between regressions and assignments until no day moves."""
    for _ in range(MAXIMUM_ROUNDS):
        slope, noise_sd = regressions(inputs, state, num_states)
        density = log_density(inputs, slope, noise_sd)
        share = (np.bincount(state, minlength=num_states) + 1) / (state.size + 1)
        density += np.log(share)
        moved = density.argmax(axis=1)
        if (moved == state).all():
            break
        state = moved
    log_likelihood = float(density.max(axis=1).sum())
    return sorted_by_slope(inputs, state, slope, noise_sd, log_likelihood)


def sorted_by_slope(
    inputs: LiquidityRegimesInputs,
    state: IntArray,
    slope: FloatArray,
    noise_sd: FloatArray,
    log_likelihood: float,
) -> Clusters:
    """Clusters with states in the order of their volatility slopes."""
    order = np.argsort(-(slope[:, :, 0] / inputs.slope_unit).mean(axis=1))
    return Clusters(
        np.argsort(order)[state], slope[order], noise_sd[order], log_likelihood
    )


def moves(state: IntArray, num_states: int) -> FloatArray:
    """Count moves from each state to each other on consecutive days, (K, K)."""
    counts = np.full((num_states, num_states), PSEUDO_COUNT)
    np.add.at(counts, (state[:-1], state[1:]), 1.0)
    return counts


def regressions(
    inputs: LiquidityRegimesInputs, state: IntArray, num_states: int
) -> tuple[FloatArray, FloatArray]:
    """Least squares of each state and security; the sample's where there are few."""
    num_securities, num_covariates = len(inputs.slope_unit), inputs.covariates.shape[1]
    slope = np.zeros((num_states, num_securities, num_covariates))
    slope[:, :, 0] = inputs.slope_unit
    noise_sd = np.tile(inputs.noise_unit, (num_states, 1))
    for k in range(num_states):
        for s in range(num_securities):
            days = (state == k) & (inputs.is_observed[:, s] > 0)
            if days.sum() < LEAST_OBSERVATIONS:
                continue
            x, y = inputs.covariates[days], inputs.price_impact[days, s]
            slope[k, s] = np.linalg.lstsq(x, y, rcond=None)[0]
            noise_sd[k, s] = np.std(y - x @ slope[k, s])
    return slope, np.maximum(noise_sd, LEAST_NOISE * inputs.noise_unit)


def log_density(
    inputs: LiquidityRegimesInputs, slope: FloatArray, noise_sd: FloatArray
) -> FloatArray:
    """Normal log density of each day in each state, (day, K), without constants."""
    mean = np.einsum("tp,ksp->tks", inputs.covariates, slope)
    score = (inputs.price_impact[:, None, :] - mean) / noise_sd
    density = -0.5 * score**2 - np.log(noise_sd)
    result: FloatArray = (density * inputs.is_observed[:, None, :]).sum(axis=2)
    return result
