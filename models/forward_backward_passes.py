r"""Forward and backward pass of a hidden Markov model, compiled by numba.

States :math:`s_t \in \{1, \dots, K\}` whose transitions are multinomial logistic in a
covariate (Meldrum & Sokolinskiy 2025, equations 3 and 4; Diebold, Lee & Weinbach 1994),
and observations with any density given the state:

.. math::

    \Pr(s_1 = j) &= \pi_j \\
    \Pr(s_{t+1} = j \mid s_t = i) &= P_{t,ij}
    = \frac{\exp(\delta_{ij} + \gamma_{ij} x_t)}
           {\sum_l \exp(\delta_{il} + \gamma_{il} x_t)}, \quad
    \delta_{i1} = \gamma_{i1} = 0 \\
    p(y_t \mid s_t = j) &= \exp L_{jt}

======  =====================  ===========  ==========================================
symbol  name in code           shape        meaning
======  =====================  ===========  ==========================================
L       log_emission           (K, time)    log density of the day's data in each state
pi      initial_probability    (K,)         distribution of the first state
delta   transition_intercept   (K, K - 1)   log odds of moving to state 2, ..., K
                                            against moving to state 1, at x = 0
gamma   transition_slope       (K, K - 1)   their change per unit of x
x       transition_covariate   (time,)      the last one is not used
======  =====================  ===========  ==========================================

The recursion runs in probability space (Rabiner 1989, section V.A). Everything that
does not wait for the day before, exponentials above all, is done outside of it, in
loops over time that the compiler vectorises; for that, time is the last dimension.

With q the predicted and p the filtered probabilities, and g the weights of the days,
the gradient of :math:`\sum_t g_t \ell_t` needs one recursion for arbitrary weights:

.. math::

    \mu_{tj} &= \lambda_{tj} + g_t - g_{t+1}, \quad
    \lambda_{ti} = \sum_j P_{t,ij} \kappa_{t+1,j}, \quad
    \kappa_{tj} = \mu_{tj} p_{tj} / q_{tj} \\
    \partial / \partial L_{jt} &= p_{tj} \mu_{tj}, \quad
    \partial / \partial \pi_j = \kappa_{1j}, \quad
    \partial / \partial \delta_{ij}
    = \sum_t p_{ti} P_{t,ij} (\kappa_{t+1,j} - \lambda_{ti})

with :math:`\lambda_T = 0` and :math:`g_{T+1} = 0`.
Under weights of one, the first is the smoothed probability of each state.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem
from numpy.typing import NDArray

from models.forward_backward_elementary import exponential, jit, logarithm, sums

FloatArray = NDArray[np.float64]

MODERATE_LOG_ODDS = 600.0
"""The sum of a few exponentials of such numbers does not overflow."""

RESCALING = 1e-100
"""A running total below this is set back to one."""

IMPOSSIBLE = 1e-300
"""A probability below this is taken as zero."""

LARGEST_BAR = 1e250
"""Bound on a cotangent, which keeps its product with a probability of zero at zero."""


@jit
def fill(values, value):
    """Set every entry of an array."""
    for t in range(values.shape[0]):
        values[t] = value


class ForwardResult(NamedTuple):
    """What the forward pass keeps.

    Attributes
    ----------
    log_likelihood : (time,) float
        Log density of each day given all earlier days. All days are -inf where one is
        impossible; the other results are zero then.
    transition : (K, K, time) float
        Probability of moving from state i to state j after each day.
    filtered : (K, time) float
        Probability of each state given the data up to and including the day.
    update : (K, time) float
        Filtered probability over the predicted one, that given earlier days.
    """

    log_likelihood: FloatArray
    transition: FloatArray
    filtered: FloatArray
    update: FloatArray


class BackwardResult(NamedTuple):
    """Gradient of a weighted sum of the log densities, one field an input."""

    log_emission: FloatArray
    initial_probability: FloatArray
    transition_intercept: FloatArray
    transition_slope: FloatArray


class Passes(NamedTuple):
    """The passes compiled for one number of states."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    filter: Callable[..., Any]
    smooth: Callable[..., Any]


@cache
def forward_backward(num_states: int) -> Passes:
    """Compile the passes for a number of states.

    Parameters
    ----------
    num_states : int
        K, at least 2; a constant to the compiler, which unrolls every loop over states.

    Returns
    -------
    Passes
        ``forward(log_emission, initial_probability, transition_intercept,
        transition_slope, transition_covariate)`` returns the fields of `ForwardResult`;
        ``backward(weight, transition_covariate, *results of forward but the first)``
        returns the fields of `BackwardResult`, `weight` (time,) being the cotangent of
        ``log_likelihood``. All arrays are float64. Their parts for known transitions
        are ``filter(log_emission, initial_probability, transition)``, which returns
        ``(log_likelihood, filtered, update)``, and ``smooth(weight, transition,
        filtered, update)``, which returns the gradient with respect to
        ``log_emission`` and to the predicted and the filtered probabilities.
    """
    filter_pass, smoothing_pass = _filter(num_states), _smooth(num_states)
    return Passes(
        _forward(num_states, filter_pass),
        _backward(num_states, smoothing_pass),
        filter_pass,
        smoothing_pass,
    )


def _forward(K: int, filter_pass: Callable[..., Any]) -> Callable[..., Any]:
    transition_probability = _transition_probability(K)

    @jit
    def forward(L, pi, delta, gamma, x):
        P = np.empty((K, K, x.shape[0]))
        transition_probability(delta, gamma, x, P)
        log_likelihood, p, update = filter_pass(L, pi, P)
        if log_likelihood[0] == -np.inf:
            fill(P.ravel(), 0.0)
        return log_likelihood, P, p, update

    return forward


def _filter(K: int) -> Callable[..., Any]:
    relative_emission = _relative_emission(K)
    recursion = _forward_recursion(K)
    normalise = _normalise(K)

    @jit
    def filter_pass(L, pi, P):
        T = L.shape[1]
        largest, update = np.empty(T), np.empty((K, T))
        p, total, base = np.empty((K, T)), np.empty(T), np.empty(T)
        log_likelihood = np.empty(T)
        relative_emission(L, largest, update)
        possible = recursion(pi, P, update, p, total, base)
        if possible:
            normalise(p, update, total, base, largest, log_likelihood)
        else:
            fill(log_likelihood, -np.inf)
            fill(p.ravel(), 0.0)
            fill(update.ravel(), 0.0)
        return log_likelihood, p, update

    return filter_pass


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


def _transition_probability(K: int) -> Callable[..., Any]:
    zeros = (0.0,) * K

    @jit
    def moderate_row(delta, gamma, x, P):
        """Save an exponential; return on how many occasions that may overflow."""
        num_large = 0
        for t in range(x.shape[0]):
            odds, total = zeros, 1.0
            for j in range(1, K):
                value = delta[j - 1] + gamma[j - 1] * x[t]
                # Counts NaN as well.
                num_large += 0 if abs(value) < MODERATE_LOG_ODDS else 1
                value = exponential(value)
                odds = tuple_setitem(odds, j, value)
                total += value
            scale = 1.0 / total
            P[0, t] = scale
            for j in range(1, K):
                P[j, t] = odds[j] * scale
        return num_large

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
    def transition_probability(delta, gamma, x, P):
        for i in range(K):
            if moderate_row(delta[i], gamma[i], x, P[i]) > 0:
                any_row(delta[i], gamma[i], x, P[i])

    return transition_probability


def _forward_recursion(K: int) -> Callable[..., Any]:
    zeros = (0.0,) * K

    @jit
    def step(t, before, P, emission):
        """Move the state probabilities, times any constant, through a day."""
        now = zeros
        for j in range(K):
            predicted = 0.0
            for i in range(K):
                predicted += before[i] * P[i, j, t - 1]
            now = tuple_setitem(now, j, predicted * emission[j, t])
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
        before, size = now, 1.0
        for t in range(emission.shape[1]):
            if t > 0:
                now = step(t, before, P, emission)
            size_now = sum_of(now)
            # The negation is true of NaN as well.
            if not size_now > RESCALING:
                if t > 0:
                    now = step(t, scaled(before, 1.0 / size), P, emission)
                size, size_now = 1.0, sum_of(now)
                if not size_now > IMPOSSIBLE:
                    return False
            for k in range(K):
                p[k, t] = now[k]
            base[t], total[t] = size, size_now
            before, size = now, size_now
        return True

    return recursion


def _normalise(K: int) -> Callable[..., Any]:
    @jit
    def multiply(values, by):
        for t in range(by.shape[0]):
            values[t] *= by[t]

    @jit
    def normalise(p, update, total, base, largest, log_likelihood):
        """Make probabilities of multiples of them, and log densities of their sizes.

        Turns ``total`` and ``base`` into what p and the emissions are multiplied by.
        """
        for t in range(total.shape[0]):
            log_likelihood[t] = largest[t] + logarithm(total[t] / base[t])
            total[t] = 1.0 / total[t]
            base[t] *= total[t]
        for k in range(K):
            multiply(p[k], total)
            multiply(update[k], base)

    return normalise


def _backward(K: int, smoothing_pass: Callable[..., Any]) -> Callable[..., Any]:
    @sums
    def sum_row(P, p, forecast_bar, filtered_bar, x, intercept_bar, slope_bar):
        """One row of the transitions' gradient: that of the softmax, summed."""
        for j in range(1, K):
            intercept, slope = 0.0, 0.0
            for t in range(x.shape[0] - 1):
                part = P[j, t] * p[t] * (forecast_bar[j, t + 1] - filtered_bar[t])
                intercept += part
                slope += part * x[t]
            intercept_bar[j - 1], slope_bar[j - 1] = intercept, slope

    @jit
    def backward(g, x, P, p, update):
        pi_bar = np.empty(K)
        delta_bar, gamma_bar = np.empty((K, K - 1)), np.empty((K, K - 1))
        L_bar, forecast_bar, filtered_bar = smoothing_pass(g, P, p, update)
        for i in range(K):
            pi_bar[i] = forecast_bar[i, 0]
            sum_row(
                P[i], p[i], forecast_bar, filtered_bar[i], x, delta_bar[i], gamma_bar[i]
            )
        return L_bar, pi_bar, delta_bar, gamma_bar

    return backward


def _smooth(K: int) -> Callable[..., Any]:
    zeros = (0.0,) * K

    @jit
    def bounded(value):
        value = LARGEST_BAR if value > LARGEST_BAR else value
        return -LARGEST_BAR if value < -LARGEST_BAR else value

    @jit
    def smoothing_pass(g, P, p, update):
        T = g.shape[0]
        L_bar = np.empty((K, T))
        forecast_bar, filtered_bar = np.empty((K, T)), np.empty((K, T))
        # There is no day after the last.
        after, weight_after = zeros, 0.0
        for t in range(T - 1, -1, -1):
            change = g[t] - weight_after
            weight_after = g[t]
            before = zeros
            for i in range(K):
                total = change
                for j in range(K):
                    total += P[i, j, t] * after[j]
                filtered_bar[i, t] = total - change
                L_bar[i, t] = p[i, t] * total
                # Only of a state that is all but ruled out is it ever that large.
                total = bounded(update[i, t] * total)
                before = tuple_setitem(before, i, total)
                forecast_bar[i, t] = total
            after = before
        return L_bar, forecast_bar, filtered_bar

    return smoothing_pass
