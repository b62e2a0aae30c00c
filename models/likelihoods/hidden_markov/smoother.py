"""The recursion of the hidden Markov passes that runs backwards in time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.likelihoods.compiled.floating_point import jit

LARGEST_BAR = 1e250
"""Bound on a cotangent, which keeps its product with a probability of zero at zero."""


def smoothing_pass(K: int) -> Callable[..., Any]:
    """Compile the smoother.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(g, P, p, update)`` returns the gradient with respect to L, kappa and mu.
    """
    recursion, bounded_recursion = _recursion(K, unchanged), _recursion(K, bounded)
    pull = _pull(K)

    @jit
    def run(g, P, p, update):
        T = g.shape[0]
        L_bar, kappa, mu = np.empty((K, T)), np.empty((K, T)), np.empty((K, T))
        recursion(g, P, update, mu)
        if pull(p, update, mu, L_bar, kappa) > 0:
            bounded_recursion(g, P, update, mu)
            pull(p, update, mu, L_bar, kappa)
        return L_bar, kappa, mu

    return run


@jit
def bounded(value):
    """Cut a cotangent off at `LARGEST_BAR`."""
    value = LARGEST_BAR if value > LARGEST_BAR else value
    return -LARGEST_BAR if value < -LARGEST_BAR else value


@jit
def unchanged(value):
    """Trust a cotangent to be moderate."""
    return value


def _recursion(K: int, bound: Callable[..., Any]) -> Callable[..., Any]:
    zeros = (0.0,) * K

    @jit
    def entries(values, t):
        result = zeros
        for k in range(K):
            result = tuple_setitem(result, k, values[k, t])
        return result

    @jit
    def recursion(g, P, update, mu):
        """Run mu back over time.

        A cotangent is so large that it has to be bounded only where a state is all but
        ruled out. Where none is, a day waits for nothing but the mu of the day after.
        """
        # There is no day after the last.
        after, update_after, weight_after = zeros, zeros, 0.0
        for t in range(g.shape[0] - 1, -1, -1):
            now = zeros
            for i in range(K):
                value = g[t] - weight_after
                for j in range(K):
                    value += P[i, j, t] * bound(update_after[j] * after[j])
                now = tuple_setitem(now, i, value)
                mu[i, t] = value
            after, update_after, weight_after = now, entries(update, t), g[t]

    return recursion


def _pull(K: int) -> Callable[..., Any]:
    @jit
    def pull_state(p, update, mu, L_bar, kappa):
        num_large = 0
        for t in range(p.shape[0]):
            L_bar[t] = p[t] * mu[t]
            value = update[t] * mu[t]
            # Counts NaN as well.
            num_large += 0 if abs(value) <= LARGEST_BAR else 1
            kappa[t] = bounded(value)
        return num_large

    @jit
    def pull(p, update, mu, L_bar, kappa):
        """Return how many cotangents are too large."""
        num_large = 0
        for k in range(K):
            num_large += pull_state(p[k], update[k], mu[k], L_bar[k], kappa[k])
        return num_large

    return pull
