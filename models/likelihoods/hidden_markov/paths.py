"""What a hidden Markov model says of its states, given parameters, in numpy.

Everything here takes parameters as known: call it once for each posterior draw. A
state is a position from 0 to K - 1.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike
from scipy.special import softmax

from data.arrays import FloatArray, IntArray
from models.likelihoods.hidden_markov.passes import forward_backward


class StateProbabilities(NamedTuple):
    """Probability of each state on each day.

    Attributes
    ----------
    filtered : (time, K) float
        Given the data up to and including the day.
    smoothed : (time, K) float
        Given all data.
    """

    filtered: FloatArray
    smoothed: FloatArray


def transition_matrices(
    intercept: ArrayLike, slope: ArrayLike, covariate: ArrayLike
) -> FloatArray:
    """Multinomial logistic transition probabilities.

    Meldrum & Sokolinskiy (2025), equation 4.

    Parameters
    ----------
    intercept, slope : (K, K - 1) float
        Log odds of moving from state i to state j = 1, ..., K - 1 (columns) against
        moving to state 0, at a covariate of zero, and their change per unit of it.
    covariate : (time,) float or float
        The covariate of the day that is left.

    Returns
    -------
    (time, K, K) float, or (K, K) for a single covariate
        Rows are the state left, columns the state entered.
    """
    x = np.asarray(covariate, dtype=float)[..., None, None]
    odds = np.asarray(intercept) + np.asarray(slope) * x
    no_odds = np.zeros((*odds.shape[:-1], 1))
    return softmax(np.concatenate([no_odds, odds], axis=-1), axis=-1)


def filter_and_smooth(
    log_emission: ArrayLike, initial: ArrayLike, transition: ArrayLike
) -> StateProbabilities:
    """Filtered and smoothed state probabilities.

    Parameters
    ----------
    log_emission : (time, K) float
        Log density of the day's data in each state; zeros where there are none.
    initial : (K,) float
        Distribution of the first state.
    transition : (time - 1, K, K) or (K, K) float
        Probability of moving from state i to state j after each day.

    Raises
    ------
    ValueError
        If a day is impossible in every state that can be reached.
    """
    # The passes keep time in the last dimension, with an unused last transition.
    emission = np.ascontiguousarray(np.transpose(log_emission), dtype=float)
    num_states, num_days = emission.shape
    passes = forward_backward(num_states)
    P = np.zeros((num_states, num_states, num_days))
    P[..., :-1] = np.moveaxis(_daily(transition, num_days), 0, 2)
    log_likelihood, filtered, update = passes.filter(
        emission, np.ascontiguousarray(initial, dtype=float), P
    )
    if np.isneginf(log_likelihood[0]):
        raise ValueError("the data are impossible under these parameters")
    smoothed, *_ = passes.smooth(np.ones(num_days), P, filtered, update)
    return StateProbabilities(filtered.T.copy(), smoothed.T.copy())


def predicted_probability(
    filtered: FloatArray, initial: ArrayLike, transition: ArrayLike
) -> FloatArray:
    """State probabilities given the data of earlier days.

    Parameters
    ----------
    filtered : (time, K) float
        From `filter_and_smooth`.
    initial, transition : float
        As there.

    Returns
    -------
    (time, K) float
        One-step-ahead; the first row is `initial`.
    """
    following = np.einsum(
        "ti,tij->tj", filtered[:-1], _daily(transition, len(filtered))
    )
    return np.concatenate([np.atleast_2d(initial), following])


def draw_path(
    filtered: FloatArray, transition: ArrayLike, rng: np.random.Generator
) -> IntArray:
    """Draw one path of the states given all data.

    From the last day to the first (Carter & Kohn 1994; Chib 1996).

    Parameters
    ----------
    filtered : (time, K) float
        From `filter_and_smooth`.
    transition : (time - 1, K, K) or (K, K) float
        As there.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (time,) int
    """
    uniform = rng.random(len(filtered))
    return _backward_path(filtered, _daily(transition, len(filtered)), uniform)


def simulate_states(
    initial: ArrayLike, transition: ArrayLike, num_days: int, rng: np.random.Generator
) -> IntArray:
    """Draw one path of the states without any data.

    Parameters
    ----------
    initial : (K,) float
        Distribution of the first state.
    transition : (time - 1, K, K) or (K, K) float
        Probability of moving from state i to state j after each day.
    num_days : int
        Length of the path.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    (time,) int
    """
    start = np.ascontiguousarray(initial, dtype=float)
    return _forward_path(start, _daily(transition, num_days), rng.random(num_days))


def most_likely_path(
    log_emission: ArrayLike, initial: ArrayLike, transition: ArrayLike
) -> IntArray:
    """Path of the states with the highest probability given all data (Viterbi 1967).

    Parameters
    ----------
    log_emission, initial, transition : float
        As in `filter_and_smooth`.

    Returns
    -------
    (time,) int
        The lowest state where several do equally well.
    """
    emission = np.ascontiguousarray(log_emission, dtype=float)
    with np.errstate(divide="ignore"):  # A probability of zero.
        log_initial = np.log(np.asarray(initial, dtype=float))
        log_transition = np.log(_daily(transition, len(emission)))
    return _best_path(emission, log_initial, log_transition)


def _daily(transition: ArrayLike, num_days: int) -> FloatArray:
    """One matrix a day, for a chain of constant transitions too."""
    P = np.asarray(transition, dtype=float)
    return np.ascontiguousarray(np.broadcast_to(P, (num_days - 1, *P.shape[-2:])))


@njit(error_model="numpy")
def _draw_state(weight, uniform):
    """Position where the cumulated weights pass a share of their sum."""
    left = uniform * weight.sum()
    for k in range(len(weight) - 1):
        left -= weight[k]
        if left < 0.0:
            return k
    return len(weight) - 1


@njit(error_model="numpy")
def _backward_path(filtered, transition, uniform):
    T = len(filtered)
    path = np.empty(T, np.int64)
    path[T - 1] = _draw_state(filtered[T - 1], uniform[T - 1])
    for t in range(T - 2, -1, -1):
        weight = filtered[t] * transition[t, :, path[t + 1]]
        path[t] = _draw_state(weight, uniform[t])
    return path


@njit(error_model="numpy")
def _forward_path(initial, transition, uniform):
    path = np.empty(len(uniform), np.int64)
    path[0] = _draw_state(initial, uniform[0])
    for t in range(1, len(uniform)):
        path[t] = _draw_state(transition[t - 1, path[t - 1]], uniform[t])
    return path


@njit(error_model="numpy")
def _best_path(emission, log_initial, log_transition):
    T, K = emission.shape
    best = log_initial + emission[0]
    origin = np.zeros((T, K), np.int64)
    for t in range(1, T):
        following = np.empty(K)
        for j in range(K):
            candidates = best + log_transition[t - 1, :, j]
            origin[t, j] = np.argmax(candidates)
            following[j] = candidates[origin[t, j]] + emission[t, j]
        best = following
    path = np.empty(T, np.int64)
    path[T - 1] = np.argmax(best)
    for t in range(T - 1, 0, -1):
        path[t - 1] = origin[t, path[t]]
    return path
