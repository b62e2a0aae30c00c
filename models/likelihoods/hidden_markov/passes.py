r"""Forward and backward pass of a hidden Markov model, compiled by numba.

States :math:`s_t \in \{1, \ldots, K\}` whose transitions are multinomial logistic in a
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

The recursion runs in probability space (Rabiner 1989, section V.A), or in logarithms
where log odds are so large that a probability would be no number
(`models.likelihoods.hidden_markov.log_space`). Everything that does not wait for the
day before, exponentials above all, is done outside of it, in loops over time that the
compiler vectorises; for that, time is the last dimension.

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

from data.arrays import FloatArray
from models.likelihoods.compiled.elementary import fill
from models.likelihoods.compiled.floating_point import jit
from models.likelihoods.hidden_markov.filter import filter_pass
from models.likelihoods.hidden_markov.log_space import (
    log_backward_pass,
    log_forward_pass,
)
from models.likelihoods.hidden_markov.smoother import smoothing_pass
from models.likelihoods.hidden_markov.transitions import (
    transition_gradient,
    transition_probability,
)


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

    Where log odds are beyond `LARGEST_LOG_ODDS`, ``transition`` and ``filtered`` hold
    logarithms, and ``update`` the logarithm of the predicted probability.
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
        ``log_emission``, kappa and mu.
    """
    filter_known, smooth_known = filter_pass(num_states), smoothing_pass(num_states)
    return Passes(
        _forward(num_states, filter_known),
        _backward(num_states, smooth_known),
        filter_known,
        smooth_known,
    )


def _forward(K: int, filter_known: Callable[..., Any]) -> Callable[..., Any]:
    probability, in_logarithms = transition_probability(K), log_forward_pass(K)

    @jit
    def forward(L, pi, delta, gamma, x):
        P = np.empty((K, K, x.shape[0]))
        if not probability(delta, gamma, x, P):
            return in_logarithms(L, pi, delta, gamma, x)
        log_likelihood, p, update = filter_known(L, pi, P)
        if log_likelihood[0] == -np.inf:
            fill(P.ravel(), 0.0)
        return log_likelihood, P, p, update

    return forward


def _backward(K: int, smooth_known: Callable[..., Any]) -> Callable[..., Any]:
    gradient, in_logarithms = transition_gradient(K), log_backward_pass(K)

    @jit
    def backward(g, x, P, p, update):
        # A probability is not negative, and not all of them are one.
        if P[0, :, 0].min() < 0.0:
            return in_logarithms(g, x, P, p, update)
        L_bar, kappa, mu = smooth_known(g, P, p, update)
        delta_bar, gamma_bar = gradient(g, x, P, p, kappa, mu)
        return L_bar, kappa[:, 0].copy(), delta_bar, gamma_bar

    return backward
