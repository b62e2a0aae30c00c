"""Simulate a state space onwards from the end of its data, at one posterior draw.

In innovations form: states and predictions move by the filter, and what moves them are
its standardised innovations. Of a linear Gaussian state space these are independent
standard normals; of a score-driven one, Student t with covariance and scale that go on
from where the data left them.
"""

from typing import NamedTuple

import numpy as np

from data.arrays import FloatArray
from inference.states.kalman import filter_state_space
from inference.states.score_driven import ScoreDrivenSystem, filter_score_driven
from models.likelihoods.kalman.arrays import Filtered, StateSpace


class Onwards(NamedTuple):
    """Where the filter stands before the first date without data, and how it moves on.

    Attributes
    ----------
    state : (K,) float
        Mean of the state at that date given all data before.
    loading, persistence : (N, K), (K,) float
    gain : (date, N, K) float
        What each innovation adds to the mean of the state.
    sd : (date, N) float
        Of each innovation, given the series before it on the same date.
    """

    state: FloatArray
    loading: FloatArray
    persistence: FloatArray
    gain: FloatArray
    sd: FloatArray


class Volatility(NamedTuple):
    """Covariance and scale of the innovations at the first date without data.

    Attributes
    ----------
    scale_matrix : (N, N) float
    log_scale : float
    dynamics : (5,) float
        p, a, phi, kappa and nu of `models.likelihoods.score_driven.passes`.
    """

    scale_matrix: FloatArray
    log_scale: float
    dynamics: FloatArray


def onwards(system: StateSpace, num_known: int) -> Onwards:
    """Filter the data of a linear Gaussian state space.

    Parameters
    ----------
    system : StateSpace
        Dates with data, then those to be simulated. The latter count as observed, with
        any filler: neither gains nor variances depend on it.
    num_known : int
        Dates with data.
    """
    return _from(system, filter_state_space(system), num_known)


def onwards_score_driven(
    system: ScoreDrivenSystem, num_known: int
) -> tuple[Onwards, Volatility]:
    """Filter the data of a score-driven state space; see `onwards`."""
    filtered, driven = filter_score_driven(system)
    volatility = Volatility(
        driven.scale_matrix[num_known],
        float(driven.log_scale[num_known]),
        system.dynamics,
    )
    return _from(system.state_space, filtered, num_known), volatility


def _from(system: StateSpace, filtered: Filtered, num_known: int) -> Onwards:
    dates = filtered.covariance_date[num_known:]
    return Onwards(
        # Without the input of the date, which the simulation adds.
        filtered.predicted_mean[num_known] - system.state_input[num_known],
        system.loading,
        system.persistence,
        filtered.gain[dates],
        np.sqrt(filtered.predictive_variance[dates]),
    )


def driven_innovations(
    volatility: Volatility, shape: tuple[int, int, int], rng: np.random.Generator
) -> FloatArray:
    """Standardised innovations of a score-driven one, (path, date, N), all seen.

    Equations (1) to (3) of `models.likelihoods.score_driven.passes`.
    """
    p, a, phi, kappa, nu = volatility.dynamics
    num_paths, num_dates, size = shape
    mixing = rng.chisquare(nu, (num_paths, num_dates, 1)) / nu
    shock = rng.standard_normal(shape) / np.sqrt(mixing)
    scale_matrix = np.broadcast_to(volatility.scale_matrix, (num_paths, size, size))
    log_scale = np.full(num_paths, volatility.log_scale)
    innovation = np.empty(shape)
    for t in range(num_dates):
        factor = np.linalg.cholesky(scale_matrix)
        e = np.einsum("pij,pj->pi", factor, shock[:, t])
        innovation[:, t] = np.exp(log_scale)[:, None] * e
        # e' G^-1 e: e is the factor of G times the shock.
        q = (shock[:, t] ** 2).sum(axis=1)
        w = (nu + size) / (nu + q)
        outer = w[:, None, None] * e[:, :, None] * e[:, None, :]
        scale_matrix = (1 - p) * np.eye(size) + (p - a) * scale_matrix + a * outer
        log_scale = phi * log_scale + kappa * (w * q / size - 1)
    return innovation


def simulate_onwards(
    start: Onwards,
    innovation: FloatArray,
    state_input: FloatArray,
    observation_input: FloatArray,
) -> FloatArray:
    """Draw the series at the dates that follow the data.

    Parameters
    ----------
    start : Onwards
    innovation : (path, date, N) float
        Standardised.
    state_input : (path, date, K) float
        Of each of these dates; one path may stand for all.
    observation_input : (path, date, N) float

    Returns
    -------
    (path, date, N) float
    """
    num_paths, num_dates, size = innovation.shape
    moved = start.sd[:num_dates] * innovation
    simulated = observation_input + moved
    # The mean at the first date is that of the filter, which moved there already.
    mean = np.broadcast_to(start.state, (num_paths, len(start.state)))
    for t in range(num_dates):
        mean = mean + state_input[:, t]
        for i in range(size):
            simulated[:, t, i] += mean @ start.loading[i]
            mean = mean + moved[:, t, i, None] * start.gain[t, i]
        mean = start.persistence * mean
    return simulated
