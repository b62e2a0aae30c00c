"""Simulate a state space with score-driven innovations."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from numba import njit

from data.arrays import FloatArray
from models.likelihoods.kalman.arrays import Filtered, inputs_of
from models.likelihoods.kalman.op import kalman_op


@cache
def _filter(num_series: int, num_factors: int) -> Callable[..., Any]:
    """Forward pass. Compiled by PyTensor, because its results are kept on disk."""
    inputs = [
        pt.tensor(name, dtype="float64", shape=(None,) * len(shape))
        for name, shape in inputs_of(num_series, num_factors)._asdict().items()
    ]
    outputs = kalman_op(num_series, num_factors)(*inputs)
    return pytensor.function(inputs, outputs, mode="NUMBA")


def simulate_observations(
    is_observed: FloatArray,
    loading: FloatArray,
    persistence: FloatArray,
    state_variance: FloatArray,
    observation_variance: FloatArray,
    initial_mean: FloatArray,
    initial_variance: FloatArray,
    state_input: FloatArray,
    observation_input: FloatArray,
    *,
    rng: np.random.Generator,
    **dynamics: float,
) -> FloatArray:
    """Draw every cell, by the recursion of the likelihood.

    Observed cells have the law of the likelihood. A missing one is drawn from its
    prediction, with the covariance that it has with the others of its date, and moves
    nothing.

    Parameters
    ----------
    is_observed, loading, ..., observation_input : arrays
        As of `models.likelihoods.score_driven.distribution.ScoreDrivenStateSpace`.
    rng : numpy.random.Generator
        Source of randomness.
    **dynamics : float
        Its five scalars.

    Returns
    -------
    (time, N) float
    """
    # Gains and variances do not depend on the data.
    nothing = np.zeros_like(observation_input)
    filtered = Filtered(
        *_filter(*loading.shape)(
            nothing,
            is_observed,
            loading,
            persistence,
            state_variance,
            observation_variance,
            initial_mean,
            initial_variance,
            state_input,
            observation_input,
        )
    )
    gain = filtered.gain[filtered.covariance_date]
    sd = np.sqrt(filtered.predictive_variance[filtered.covariance_date])
    z = simulate_innovations(is_observed, **dynamics, rng=rng)
    shape = len(is_observed), state_input.shape[1]
    observation: FloatArray = _observed(
        sd * z,
        np.ascontiguousarray(loading),
        np.ascontiguousarray(persistence),
        np.ascontiguousarray(initial_mean),
        np.ascontiguousarray(np.broadcast_to(state_input, shape)),
        np.ascontiguousarray(observation_input),
        gain,
    )
    return observation


def simulate_innovations(
    is_observed: FloatArray,
    *,
    covariance_persistence: float,
    covariance_reaction: float,
    scale_persistence: float,
    scale_reaction: float,
    degrees_of_freedom: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw standardised innovations: equations (1) to (3) of `score_driven.passes`.

    Parameters
    ----------
    is_observed : (time, N) float
        1 where a series moves covariance and scale, else 0.
    covariance_persistence, covariance_reaction : float
        p and a.
    scale_persistence, scale_reaction : float
        phi and kappa.
    degrees_of_freedom : float
        nu.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (time, N) float
    """
    num_dates, num_series = is_observed.shape
    # Student t: a normal over the root of an independent chi-squared over nu.
    shock = rng.standard_normal((num_dates, num_series))
    mixing = rng.chisquare(degrees_of_freedom, (num_dates, 1)) / degrees_of_freedom
    dynamics = np.array(
        [
            covariance_persistence,
            covariance_reaction,
            scale_persistence,
            scale_reaction,
            degrees_of_freedom,
        ],
        dtype=np.float64,
    )
    innovation: FloatArray = _driven(shock / np.sqrt(mixing), is_observed, dynamics)
    return innovation


@njit(cache=True, error_model="numpy")
def _driven(
    shock: FloatArray, is_observed: FloatArray, dynamics: FloatArray
) -> FloatArray:
    """Innovations from independent Student t shocks of unit scale, date by date."""
    p, a, phi, kappa, nu = dynamics
    num_dates, num_series = shock.shape
    innovation = np.empty((num_dates, num_series))
    identity = np.eye(num_series)
    G, log_scale = np.eye(num_series), 0.0
    for t in range(num_dates):
        e = np.linalg.cholesky(G) @ shock[t]
        innovation[t] = np.exp(log_scale) * e
        log_scale *= phi
        seen = np.flatnonzero(is_observed[t] > 0)
        n = len(seen)
        moved = G.copy()
        for i in range(num_series):
            for j in range(num_series):
                if is_observed[t, i] > 0 or is_observed[t, j] > 0:
                    moved[i, j] = 0.0
        if n > 0:
            part = np.empty((n, n))
            known = np.empty(n)
            for i in range(n):
                known[i] = e[seen[i]]
                for j in range(n):
                    part[i, j] = G[seen[i], seen[j]]
            q = known @ np.linalg.solve(part, known)
            w = (nu + n) / (nu + q)
            for i in range(n):
                for j in range(n):
                    moved[seen[i], seen[j]] = w * known[i] * known[j]
            log_scale += kappa * (w * q / n - 1)
        G = (1 - p) * identity + (p - a) * G + a * moved
    return innovation


@njit(cache=True, error_model="numpy")
def _observed(
    innovation: FloatArray,
    loading: FloatArray,
    persistence: FloatArray,
    initial_mean: FloatArray,
    state_input: FloatArray,
    observation_input: FloatArray,
    gain: FloatArray,
) -> FloatArray:
    """Add the innovations to what the filter predicts from earlier ones."""
    observation = observation_input + innovation
    mean = initial_mean.copy()
    for t in range(len(innovation)):
        if t > 0:
            mean = persistence * mean + state_input[t]
        for i in range(len(loading)):
            observation[t, i] += loading[i] @ mean
            # Zero where the cell is missing.
            mean = mean + gain[t, i] * innovation[t, i]
    return observation
