r"""Density of innovations whose covariance and scale follow their own score.

Standardised innovations z of N series, 0 where a series was not observed, with

.. math::

    z_t \mid \text{past} &\sim t_\nu(0, e^{2 l_t} G_t), \quad
    e_t = e^{-l_t} z_t, \quad q_t = e_t' G_t^{-1} e_t, \quad
    w_t = \frac{\nu + n_t}{\nu + q_t} \quad (1) \\
    G_{t+1} &= (1 - p) I + (p - a) G_t + a M_t, \quad G_1 = I \quad (2) \\
    l_{t+1} &= \phi l_t + \kappa (w_t q_t / n_t - 1), \quad l_1 = 0 \quad (3)

where the multivariate Student t has scale matrix, not covariance, :math:`e^{2 l} G`,
and n is the number of series observed. (1) takes the rows and columns of G that were
observed. :math:`M_t = w_t e_t e_t'` between observed series, G between missing ones,
and 0 between one and the other. Where none is observed the density is 1, and l decays,
:math:`l_{t+1} = \phi l_t`.

=====  ======================  =====================================================
p      covariance_persistence  share of G - I that stays a date later, on average
a      covariance_reaction     weight of one date's innovations in G, 0 <= a <= p
phi    scale_persistence       share of the log scale that stays
kappa  scale_reaction          effect of one date's score on the log scale
nu     degrees_of_freedom      of the Student t; above 2, variances exist
=====  ======================  =====================================================

(2) is a scalar BEKK recursion (Engle & Kroner 1995, doi 10.1017/S0266466600009063) in
which the Student t's score gives an outlier the weight w, as in Creal, Koopman & Lucas
(2011, A Dynamic Multivariate Heavy-Tailed Model for Time-Varying Volatilities and
Correlations); (3) is the log scale driven by its score of Harvey (2013, Dynamic Models
for Volatility and Heavy Tails, chapter 4).

The gradient is the adjoint of these steps. With d the weight of a date's density and a
bar for cotangents, those of the density itself need :math:`G^{-1}` and
:math:`G^{-1} e` alone, so no factorisation is differentiated.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from models.likelihoods.compiled.separate_passes import separate_pass
from models.likelihoods.score_driven.arrays import (
    Innovations,
    ScoreDriven,
    ScoreDrivenGradient,
)
from models.likelihoods.score_driven.backward import backward_pass
from models.likelihoods.score_driven.forward import forward_pass

NUM_INPUTS = len(Innovations._fields)


class ScoreDrivenPasses(NamedTuple):
    """The two passes for one number of series."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


@cache
def score_driven_passes(num_series: int) -> ScoreDrivenPasses:
    """Make the two passes, which are compiled when first called.

    Parameters
    ----------
    num_series : int
        N, at least 1; a constant to the compiler.

    Returns
    -------
    ScoreDrivenPasses
        ``forward(*fields of Innovations)`` returns the fields of `ScoreDriven`;
        ``backward(weight, *fields of Innovations, *fields of ScoreDriven)`` returns
        the fields of `ScoreDrivenGradient`, `weight` (time,) being the cotangent of
        ``log_density``. All arrays are contiguous;
        `models.likelihoods.score_driven.op.described_passes` looks at them first.
    """
    run_forward = separate_pass(forward_pass, num_series)
    run_backward = separate_pass(backward_pass, num_series)

    @njit
    def forward(*inputs):
        given = Innovations(*inputs)
        T, n = given.innovation.shape
        found = ScoreDriven(
            np.empty(T),
            np.empty(T),
            np.empty((T, n, n)),
            np.empty((T, n, n)),
            np.empty((T, n)),
            np.empty(T),
        )
        run_forward(T, given, found)
        return found

    @njit
    def backward(weight, *inputs_and_found):
        given = Innovations(*inputs_and_found[:NUM_INPUTS])
        found = ScoreDriven(*inputs_and_found[NUM_INPUTS:])
        T, n = given.innovation.shape
        gradient = ScoreDrivenGradient(
            np.zeros((T, n)),
            np.zeros(len(given.dynamics)),
            np.zeros(len(given.log_constant)),
        )
        run_backward(T, weight, given, found, gradient)
        return gradient

    return ScoreDrivenPasses(forward, backward)
