r"""The hidden Markov passes in logarithms, for transitions out of a double's range.

Where the log odds of a move are beyond `LARGEST_LOG_ODDS`, probabilities that decide
may be smaller than the smallest number. These passes are slower and lose nothing: with
p, q and P as in `models.likelihoods.hidden_markov.passes` and the probability of having
come from a state given all later data,

.. math::

    B_{t,ij} = p_{ti} P_{t,ij} / q_{t+1,j} \in [0, 1], \quad
    M_{ti} = p_{ti} (g_t - g_{t+1}) + \sum_j B_{t,ij} M_{t+1,j},

M is the gradient with respect to :math:`L`, and :math:`\sum_t B_{t,ij} M_{t+1,j} -
P_{t,ij} \sum_l B_{t,il} M_{t+1,l}` that with respect to :math:`\delta_{ij}`.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.likelihoods.compiled.elementary import exponential, fill, logarithm
from models.likelihoods.compiled.floating_point import jit, sums

LARGEST_LOG_ODDS = 400.0
"""Of any two moves from a state, for passes in probabilities. Each state then has at
least e^-400 = 2e-174 of the probability of the day before, and what is lost below the
smallest number times the largest multiple of probabilities that the filter runs on,
1e-208, is nothing beside it."""


LARGEST_FACTOR = 1e100
"""A factor beyond this is moved into the exponent."""


def log_forward_pass(K: int) -> Callable[..., Any]:
    """Compile the forward pass.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(L, pi, delta, gamma, x)`` returns the log densities of the days, and the
        logarithms of the transition, the filtered and the predicted probabilities.
    """
    recursion = _recursion(K)

    @jit
    def log_transition(delta, gamma, x, log_P):
        """Row of the transition matrices."""
        for t in range(x.shape[0]):
            top = 0.0
            for j in range(1, K):
                log_P[j, t] = delta[j - 1] + gamma[j - 1] * x[t]
                top = log_P[j, t] if log_P[j, t] > top else top
            total = exponential(-top)
            for j in range(1, K):
                total += exponential(log_P[j, t] - top)
            top += logarithm(total)
            log_P[0, t] = -top
            for j in range(1, K):
                log_P[j, t] -= top

    @jit
    def log_densities(L, exponent, factor, cumulated):
        """Of all days up to each, and the predicted in place of the factors."""
        for t in range(L.shape[1]):
            top = exponent[0, t] + L[0, t]
            for j in range(1, K):
                value = exponent[j, t] + L[j, t]
                top = value if value > top else top
            total = 0.0
            for j in range(K):
                total += factor[j, t] * exponential(exponent[j, t] + L[j, t] - top)
            # A NaN, which the logarithm would take for a number, stays one.
            cumulated[t] = top + logarithm(total) + 0.0 * total
            for j in range(K):
                factor[j, t] = exponent[j, t] + logarithm(factor[j, t])

    @jit
    def differences(cumulated, log_likelihood):
        """Return whether every day is possible; False of NaN as well."""
        before, is_possible = 0.0, True
        for t in range(cumulated.shape[0]):
            log_likelihood[t] = cumulated[t] - before
            is_possible &= abs(log_likelihood[t]) < np.inf
            before = cumulated[t]
        return is_possible

    @jit
    def given_the_days(L, cumulated, log_q, log_p):
        for t in range(L.shape[0]):
            log_p[t] = log_q[t] + L[t] - cumulated[t]
        for t in range(L.shape[0] - 1):
            log_q[t + 1] -= cumulated[t]

    @jit
    def run(L, pi, delta, gamma, x):
        T = x.shape[0]
        log_P, exponent = np.empty((K, K, T)), np.empty((K, T))
        log_p, log_q = np.empty((K, T)), np.empty((K, T))
        log_likelihood, cumulated = np.empty(T), np.empty(T)
        for i in range(K):
            log_transition(delta[i], gamma[i], x, log_P[i])
        recursion(L, pi, log_P, exponent, log_q)
        log_densities(L, exponent, log_q, cumulated)
        if differences(cumulated, log_likelihood):
            for j in range(K):
                given_the_days(L[j], cumulated, log_q[j], log_p[j])
        else:
            fill(log_likelihood, -np.inf)
            for array in (log_P.ravel(), log_p.ravel(), log_q.ravel()):
                fill(array, 0.0)
        return log_likelihood, log_P, log_p, log_q

    return run


def _recursion(K: int) -> Callable[..., Any]:
    zeros = (0.0,) * K

    @jit
    def step(t, exponent, factor, log_P):
        """Move the state densities, factor times exp(exponent), through a day."""
        exponents, factors = zeros, zeros
        for j in range(K):
            top = exponent[0] + log_P[0, j, t]
            for i in range(1, K):
                value = exponent[i] + log_P[i, j, t]
                top = value if value > top else top
            # Where all are minus infinity, so is the result.
            base = top if top > -np.inf else 0.0
            total = 0.0
            for i in range(K):
                total += factor[i] * exponential(exponent[i] + log_P[i, j, t] - base)
            factors = tuple_setitem(factors, j, total if top > -np.inf else 1.0)
            exponents = tuple_setitem(exponents, j, top)
        return exponents, factors

    @jit
    def moved(exponent, factor):
        for j in range(K):
            value = exponent[j] + logarithm(factor[j])
            exponent = tuple_setitem(exponent, j, value)
            factor = tuple_setitem(factor, j, 1.0)
        return exponent, factor

    @jit
    def recursion(L, pi, log_P, exponents, factors):
        """Fill in the joint density of each state and the days before.

        The factors save a logarithm a day.
        """
        exponent, factor = zeros, zeros
        for j in range(K):
            exponent = tuple_setitem(exponent, j, math.log(pi[j]))
            factor = tuple_setitem(factor, j, 1.0)
        for t in range(L.shape[1]):
            largest = 1.0
            for j in range(K):
                exponents[j, t], factors[j, t] = exponent[j], factor[j]
                exponent = tuple_setitem(exponent, j, exponent[j] + L[j, t])
                largest = factor[j] if factor[j] > largest else largest
            if largest > LARGEST_FACTOR:
                exponent, factor = moved(exponent, factor)
            if t < L.shape[1] - 1:
                exponent, factor = step(t, exponent, factor, log_P)

    return recursion


def log_backward_pass(K: int) -> Callable[..., Any]:
    """Compile the backward pass.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(g, x, *results of the forward pass but the first)`` returns the gradient
        with respect to L, pi, delta and gamma. That of an initial probability of
        exactly zero is left at zero.
    """

    @jit
    def come_from(log_P, log_p, log_q, B):
        """Probability of each state, given the one that the next day is in."""
        for t in range(log_P.shape[0] - 1):
            value = exponential(log_p[t] + log_P[t] - log_q[t + 1])
            B[t] = value if log_q[t + 1] > -np.inf else 0.0

    @jit
    def own_parts(g, log_p, M):
        last = g.shape[0] - 1
        for t in range(last):
            M[t] = exponential(log_p[t]) * (g[t] - g[t + 1])
        M[last] = exponential(log_p[last]) * g[last]

    @jit
    def recursion(B, M, onward):
        for t in range(M.shape[1] - 2, -1, -1):
            for i in range(K):
                value = 0.0
                for j in range(K):
                    value += B[i, j, t] * M[j, t + 1]
                onward[i, t] = value
                M[i, t] += value

    @sums
    def move_sums(x, log_P, B, M, onward):
        intercept = slope = 0.0
        for t in range(x.shape[0] - 1):
            part = B[t] * M[t + 1] - exponential(log_P[t]) * onward[t]
            intercept += part
            slope += part * x[t]
        return intercept, slope

    @jit
    def run(g, x, log_P, log_p, log_q):
        T = g.shape[0]
        B, M, onward = np.empty((K, K, T)), np.empty((K, T)), np.empty((K, T))
        for i in range(K):
            own_parts(g, log_p[i], M[i])
            for j in range(K):
                come_from(log_P[i, j], log_p[i], log_q[j], B[i, j])
        recursion(B, M, onward)
        pi_bar = np.zeros(K)
        delta_bar, gamma_bar = np.empty((K, K - 1)), np.empty((K, K - 1))
        for i in range(K):
            if log_q[i, 0] > -np.inf:
                pi_bar[i] = M[i, 0] * math.exp(-log_q[i, 0])
            for j in range(K - 1):
                delta_bar[i, j], gamma_bar[i, j] = move_sums(
                    x, log_P[i, j + 1], B[i, j + 1], M[j + 1], onward[i]
                )
        return M, pi_bar, delta_bar, gamma_bar

    return run
