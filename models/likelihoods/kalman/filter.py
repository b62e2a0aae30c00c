r"""Exact Kalman filter with an analytic gradient, compiled by numba.

The linear Gaussian state space that every state-space model of the project uses:

.. math::

    y_t &= Z a_t + d_t + \varepsilon_t, \quad \varepsilon_t \sim N(0, \mathrm{diag}\,h)
    \quad (1) \\
    a_t &= \phi \circ a_{t-1} + c_t + \omega_t, \quad
    \omega_t \sim N(0, \mathrm{diag}\,q) \quad (2) \\
    a_1 &\sim N(m_1, \mathrm{diag}\,p_1) \quad (3)

======  ========================  ===========  ======================================
symbol  name in code              shape        meaning
======  ========================  ===========  ======================================
y       observation               (time, N)    measured series
s       is_observed               (time, N)    1 where y is measured, else 0
Z       loading                   (N, K)       effect of each factor on each series
phi     persistence               (K,)         autoregressive coefficients
q       state_variance            (K,)         variance of the factor innovations
h       observation_variance      (N,)         variance of the measurement noise
m1      initial_mean              (K,)         mean of the first state
p1      initial_variance          (K,)         variance of the first state
c       state_input               (time, K)    known input to the states; c[0] unused,
                                  or (1, K)    or one row that holds at all dates
d       observation_input         (time, N)    known input to the observations
======  ========================  ===========  ======================================

Two facts make it fast. The noise is diagonal, so the series of one date are processed
one at a time and no matrix is inverted (Durbin & Koopman 2012, section 6.4). And the
covariance recursion does not depend on the data: while the same cells are observed it
converges, and from then on only the means move. A date whose observed cells differ
from the date before starts an exact stretch again.

The gradient is the adjoint of these very steps. In a steady stretch the cotangents of
the covariances obey a linear recursion with the closed-loop matrix A,
``G_t = A' G_{t+1} A + B_t``, so their sum, all that the parameters need, solves a
discrete Lyapunov equation.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from models.likelihoods.compiled.separate_passes import separate_pass
from models.likelihoods.kalman.arrays import Filtered, FilterGradient, StateSpace
from models.likelihoods.kalman.backward import backward_pass
from models.likelihoods.kalman.forward import forward_pass

NUM_INPUTS = len(StateSpace._fields)


class Filter(NamedTuple):
    """The two passes for one number of series and of factors."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


@cache
def kalman_filter(
    num_series: int, num_factors: int, num_standardized: int = 0
) -> Filter:
    """Make the two passes for given sizes, which are compiled when first called.

    The sizes are constants to the compiler, and every loop over series and factors is
    written out; see `models.likelihoods.compiled.unrolling` and
    `models.likelihoods.compiled.separate_passes`.

    Parameters
    ----------
    num_series, num_factors : int
        N and K, at least 1.
    num_standardized : int
        N for standardised innovations, which take up to a tenth of the time; else 0.

    Returns
    -------
    Filter
        ``forward(*fields of StateSpace)`` returns the fields of `Filtered`;
        ``backward(weight, standardized_bar, *fields of StateSpace, *fields of
        Filtered)`` returns the fields of `FilterGradient`, `weight` (time,) and
        `standardized_bar` (time, N or 0) being the cotangents of ``log_likelihood`` and
        ``standardized_innovation``. All arrays are contiguous, and float64 but the
        dates; `models.likelihoods.kalman.op.kalman_passes` looks at them first.
    """
    sizes = num_series, num_factors, num_standardized
    run_forward = separate_pass(forward_pass, *sizes)
    run_backward = separate_pass(backward_pass, *sizes)

    @njit
    def forward(*inputs):
        model = StateSpace(*inputs)
        # Sizes of the data, not N and K: numba compiles an allocation anew for every
        # constant in its shape.
        (T, n), m = model.observation.shape, model.loading.shape[1]
        if model.state_input.shape[0] != 1 and model.state_input.shape[0] != T:
            raise ValueError(
                "state_input must have a row for each date, or one for all"
            )
        filtered = Filtered(
            np.empty(T),
            np.empty((T, num_standardized)),
            np.empty((T + 1, m)),
            np.empty((T, n)),
            np.empty((T + 1, m, m)),
            np.empty(T, np.int64),
            np.empty((T, n, m)),
            np.empty((T, n)),
        )
        run_forward(T, model.state_input.shape[0], model, filtered)
        density, standardized, mean, innovation = filtered[:4]
        covariance, source, gain, variance = filtered[4:]
        return (
            density,
            standardized,
            mean[:T],
            innovation,
            covariance[:T],
            source,
            gain,
            variance,
        )

    @njit
    def backward(weight, standardized_bar, *inputs_and_filtered):
        model = StateSpace(*inputs_and_filtered[:NUM_INPUTS])
        filtered = Filtered(*inputs_and_filtered[NUM_INPUTS:])
        (T, n), (U, m) = model.observation.shape, model.state_input.shape
        gradient = FilterGradient(
            np.zeros((n, m)),
            np.zeros(m),
            np.zeros(m),
            np.zeros(n),
            np.zeros(m),
            np.zeros(m),
            np.zeros((U, m)),
            np.empty((T, n)),
        )
        run_backward(T, U, weight, standardized_bar, model, filtered, gradient)
        return gradient

    return Filter(forward, backward)
