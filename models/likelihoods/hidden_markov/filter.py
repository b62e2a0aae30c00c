"""The recursion of the hidden Markov passes that runs forwards in time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.likelihoods.compiled.elementary import exponential, fill, logarithm
from models.likelihoods.compiled.floating_point import jit

RESCALING = 1e-100
"""A running total below this is set back to one."""

IMPOSSIBLE = 1e-300
"""A probability below this is taken as zero."""


def filter_pass(K: int) -> Callable[..., Any]:
    """Compile the filter.

    Parameters
    ----------
    K : int
        Number of states.

    Returns
    -------
    callable
        ``run(L, pi, P)`` returns the log densities of the days, the filtered
        probabilities, and these over the predicted ones.
    """
    relative_emission = _relative_emission(K)
    recursion = _recursion(K)
    normalise = _normalise(K)

    @jit
    def run(L, pi, P):
        T = L.shape[1]
        log_likelihood, p, update = np.empty(T), np.empty((K, T)), np.empty((K, T))
        total, base = np.empty(T), np.empty(T)
        relative_emission(L, log_likelihood, update)
        if recursion(pi, P, update, p, total, base):
            normalise(p, update, total, base, log_likelihood)
        else:
            fill(log_likelihood, -np.inf)
            fill(p.ravel(), 0.0)
            fill(update.ravel(), 0.0)
        return log_likelihood, p, update

    return run


def _relative_emission(K: int) -> Callable[..., Any]:
    @jit
    def relative_emission(L, largest, emission):
        """Emission densities in units of the day's largest."""
        for t in range(L.shape[1]):
            top = L[0, t]
            for k in range(1, K):
                top = L[k, t] if L[k, t] > top else top
            largest[t] = top
            for k in range(K):
                emission[k, t] = exponential(L[k, t] - top)

    return relative_emission


def _recursion(K: int) -> Callable[..., Any]:
    zeros = (0.0,) * K

    @jit
    def step(t, before, P, emission):
        """Move the state probabilities, times any constant, through a day."""
        now = zeros
        for j in range(K):
            value = 0.0
            for i in range(K):
                # What the day before is waited for stands last.
                value += P[i, j, t - 1] * emission[j, t] * before[i]
            now = tuple_setitem(now, j, value)
        return now

    @jit
    def scaled(values, factor):
        for k in range(K):
            values = tuple_setitem(values, k, values[k] * factor)
        return values

    @jit
    def sum_of(values):
        total = 0.0
        for k in range(K):
            total += values[k]
        return total

    @jit
    def recursion(pi, P, emission, p, total, base):
        """Run p over time as a multiple of probabilities, total_t their sum.

        It had the sum base_t before the day's data. Totals only fall. They are set
        back to one so rarely that days do not wait for a division. Returns False where
        a day has no possible state.
        """
        now = zeros
        for k in range(K):
            now = tuple_setitem(now, k, pi[k] * emission[k, 0])
        before, size, t = now, 1.0, 0
        while t < emission.shape[1]:
            if t > 0:
                now = step(t, before, P, emission)
            size_now = sum_of(now)
            # The negation is true of NaN as well.
            if not size_now > RESCALING:
                if size != 1.0:
                    # The same day again.
                    before, size = scaled(before, 1.0 / size), 1.0
                    continue
                if not size_now > IMPOSSIBLE:
                    return False
            for k in range(K):
                p[k, t] = now[k]
            base[t], total[t] = size, size_now
            before, size = now, size_now
            t += 1
        return True

    return recursion


def _normalise(K: int) -> Callable[..., Any]:
    @jit
    def multiply(values, by):
        for t in range(by.shape[0]):
            values[t] *= by[t]

    @jit
    def normalise(p, update, total, base, log_likelihood):
        """Make probabilities of multiples of them, and log densities of their sizes.

        Turns ``total`` and ``base`` into what p and the emissions are multiplied by.
        """
        for t in range(total.shape[0]):
            total[t] = 1.0 / total[t]
            base[t] *= total[t]
            log_likelihood[t] -= logarithm(base[t])
        for k in range(K):
            multiply(p[k], total)
            multiply(update[k], base)

    return normalise
