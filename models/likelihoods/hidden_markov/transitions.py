"""Transition probabilities of the hidden Markov passes, and their gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.likelihoods.compiled.elementary import normal_exponential
from models.likelihoods.compiled.floating_point import jit, sums
from models.likelihoods.hidden_markov.log_space import LARGEST_LOG_ODDS


def transition_probability(K: int) -> Callable[..., Any]:
    """Compile the multinomial logit.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(delta, gamma, x, P)`` writes P, or returns False where the log odds of
        some row are beyond `LARGEST_LOG_ODDS`.
    """

    @jit
    def extremes(x):
        lowest = highest = x[0]
        for t in range(x.shape[0]):
            lowest = x[t] if x[t] < lowest else lowest
            highest = x[t] if x[t] > highest else highest
        return lowest, highest

    @jit
    def is_moderate(delta, gamma, ends):
        """Whether no two moves of a row are far apart on any day."""
        result = True
        for x in ends:
            lowest = highest = 0.0
            for j in range(K - 1):
                value = delta[j] + gamma[j] * x
                # False of NaN as well.
                result &= abs(value) < LARGEST_LOG_ODDS
                lowest = min(lowest, value)
                highest = max(highest, value)
            result &= highest - lowest < LARGEST_LOG_ODDS
        return result

    @jit
    def odds_against_first(delta, gamma, x, odds):
        for t in range(x.shape[0]):
            odds[t] = normal_exponential(delta + gamma * x[t])

    @jit
    def normalise(P):
        for t in range(P.shape[1]):
            total = 1.0
            for j in range(1, K):
                total += P[j, t]
            scale = 1.0 / total
            P[0, t] = scale
            for j in range(1, K):
                P[j, t] *= scale

    @jit
    def row(delta, gamma, x, P):
        for j in range(1, K):
            odds_against_first(delta[j - 1], gamma[j - 1], x, P[j])
        normalise(P)

    @jit
    def run(delta, gamma, x, P):
        ends = extremes(x)
        for i in range(K):
            if not is_moderate(delta[i], gamma[i], ends):
                return False
        for i in range(K):
            row(delta[i], gamma[i], x, P[i])
        return True

    return run


def transition_gradient(K: int) -> Callable[..., Any]:
    """Compile the gradient of the log odds.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(g, x, P, p, kappa, mu)`` returns that with respect to delta and gamma.
    """
    zeros = (0.0,) * (K - 1)

    @sums
    def row_sums(g, x, P, p, kappa, mu):
        """Gradient of the softmax, summed over days with a day after them."""
        intercept, slope = zeros, zeros
        for t in range(x.shape[0] - 1):
            lambda_ = mu[t] - (g[t] - g[t + 1])
            for j in range(K - 1):
                part = P[j + 1, t] * p[t] * (kappa[j + 1, t + 1] - lambda_)
                intercept = tuple_setitem(intercept, j, intercept[j] + part)
                slope = tuple_setitem(slope, j, slope[j] + part * x[t])
        return intercept, slope

    @jit
    def run(g, x, P, p, kappa, mu):
        delta_bar, gamma_bar = np.empty((K, K - 1)), np.empty((K, K - 1))
        for i in range(K):
            intercept, slope = row_sums(g, x, P[i], p[i], kappa, mu[i])
            for j in range(K - 1):
                delta_bar[i, j], gamma_bar[i, j] = intercept[j], slope[j]
        return delta_bar, gamma_bar

    return run
