"""Transition probabilities of `models.forward_backward_passes`, and their gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.forward_backward_elementary import (
    exponential,
    jit,
    normal_exponential,
    sums,
)

MODERATE_LOG_ODDS = 600.0
"""The sum of a few exponentials of such numbers does not overflow."""


def transition_probability(K: int) -> Callable[..., Any]:
    """Compile the multinomial logit.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(delta, gamma, x, P)`` writes P.
    """
    zeros = (0.0,) * K

    @jit
    def extremes(x):
        lowest = highest = x[0]
        for t in range(x.shape[0]):
            lowest = x[t] if x[t] < lowest else lowest
            highest = x[t] if x[t] > highest else highest
        return lowest, highest

    @jit
    def is_moderate(delta, gamma, ends):
        """Whether no log odds of a row are large on any day."""
        result = True
        for x in ends:
            for j in range(K - 1):
                # False of NaN as well.
                result &= abs(delta[j] + gamma[j] * x) < MODERATE_LOG_ODDS
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
    def moderate_row(delta, gamma, x, P):
        for j in range(1, K):
            odds_against_first(delta[j - 1], gamma[j - 1], x, P[j])
        normalise(P)

    @jit
    def any_row(delta, gamma, x, P):
        for t in range(x.shape[0]):
            odds, top = zeros, 0.0
            for j in range(1, K):
                value = delta[j - 1] + gamma[j - 1] * x[t]
                odds = tuple_setitem(odds, j, value)
                top = max(top, value)
            total = 0.0
            for j in range(K):
                value = exponential(odds[j] - top)
                odds = tuple_setitem(odds, j, value)
                total += value
            scale = 1.0 / total
            for j in range(K):
                P[j, t] = odds[j] * scale

    @jit
    def run(delta, gamma, x, P):
        ends = extremes(x)
        for i in range(K):
            if is_moderate(delta[i], gamma[i], ends):
                moderate_row(delta[i], gamma[i], x, P[i])
            else:
                any_row(delta[i], gamma[i], x, P[i])

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
