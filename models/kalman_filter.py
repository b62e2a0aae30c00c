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
from numpy.typing import NDArray

from models.separate_passes import separate_pass

FloatArray = NDArray[np.float64]

FORWARD = "models.kalman_forward.forward_pass"
BACKWARD = "models.kalman_backward.backward_pass"
"""Where the two passes are described."""


class FilterResult(NamedTuple):
    """What the forward pass keeps.

    Attributes
    ----------
    log_likelihood : (time,) float
        Log density of the observed cells of each date given all earlier dates. All
        dates are -inf where a predictive variance is not positive and finite.
    predicted_mean : (time, K) float
        Mean of the state given all earlier dates.
    innovation : (time, N) float
        Each series less its prediction from earlier dates *and* from the series before
        it on the same date; 0 where not observed.
    predicted_covariance : (time, K, K) float
        Covariance of the state given all earlier dates; written only for the dates
        that ``covariance_date`` refers to.
    covariance_date : (time,) int
        The date whose covariance, gain and predictive variance hold at each date;
        itself outside steady stretches. -1 where the filter failed.
    gain : (time, N, K) float
        What each innovation adds to the mean of the state; 0 where not observed.
        Written, as the variance, for the dates that ``covariance_date`` refers to.
    predictive_variance : (time, N) float
        Variance of each innovation.
    """

    log_likelihood: FloatArray
    predicted_mean: FloatArray
    innovation: FloatArray
    predicted_covariance: FloatArray
    covariance_date: NDArray[np.int64]
    gain: FloatArray
    predictive_variance: FloatArray


class FilterGradient(NamedTuple):
    """Gradient of a weighted sum of the log densities, one field an input.

    That of ``observation`` is minus that of ``observation_input``.
    """

    loading: FloatArray
    persistence: FloatArray
    state_variance: FloatArray
    observation_variance: FloatArray
    initial_mean: FloatArray
    initial_variance: FloatArray
    state_input: FloatArray
    observation_input: FloatArray


class Filter(NamedTuple):
    """The two passes for one number of series and of factors."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


@cache
def kalman_filter(num_series: int, num_factors: int) -> Filter:
    """Make the two passes for given sizes, which are compiled when first called.

    The sizes are constants to the compiler, and every loop over series and factors is
    written out; see `models.unrolling` and `models.separate_passes`.

    Parameters
    ----------
    num_series, num_factors : int
        N and K, at least 1.

    Returns
    -------
    Filter
        ``forward(observation, is_observed, loading, persistence, state_variance,
        observation_variance, initial_mean, initial_variance, state_input,
        observation_input)`` returns the fields of `FilterResult`;
        ``backward(weight, *inputs of forward, *results but the first)`` returns the
        fields of `FilterGradient`, `weight` (time,) being the cotangent of
        ``log_likelihood``. All arrays are float64.
    """
    run_forward = separate_pass(FORWARD, num_series, num_factors)
    run_backward = separate_pass(BACKWARD, num_series, num_factors)

    @njit
    def forward(y, s, Z, phi, q, h, m1, p1, c, d):
        # Sizes of the data, not N and K: numba compiles an allocation anew for every
        # constant in its shape.
        (T, n), m = y.shape, Z.shape[1]
        log_likelihood, source = np.empty(T), np.empty(T, np.int64)
        mean, innovation = np.empty((T + 1, m)), np.empty((T, n))
        covariance = np.empty((T + 1, m, m))
        gain, variance = np.empty((T, n, m)), np.empty((T, n))
        run_forward(
            T,
            c.shape[0],
            np.ascontiguousarray(y),
            np.ascontiguousarray(s),
            np.ascontiguousarray(Z),
            np.ascontiguousarray(phi),
            np.ascontiguousarray(q),
            np.ascontiguousarray(h),
            np.ascontiguousarray(m1),
            np.ascontiguousarray(p1),
            np.ascontiguousarray(c),
            np.ascontiguousarray(d),
            log_likelihood,
            mean,
            innovation,
            covariance,
            source,
            gain,
            variance,
        )
        return (
            log_likelihood,
            mean[:T],
            innovation,
            covariance[:T],
            source,
            gain,
            variance,
        )

    @njit
    def backward(
        weight,
        y,
        s,
        Z,
        phi,
        q,
        h,
        m1,
        p1,
        c,
        d,
        mean,
        innovation,
        covariance,
        source,
        gain,
        variance,
    ):
        (T, n), m = y.shape, Z.shape[1]
        Z_bar, phi_bar, q_bar = np.zeros((n, m)), np.zeros(m), np.zeros(m)
        h_bar, mean_bar, p1_bar = np.zeros(n), np.zeros(m), np.zeros(m)
        c_bar, d_bar = np.zeros(c.shape), np.empty((T, n))
        run_backward(
            T,
            c.shape[0],
            np.ascontiguousarray(weight),
            np.ascontiguousarray(y),
            np.ascontiguousarray(s),
            np.ascontiguousarray(Z),
            np.ascontiguousarray(phi),
            np.ascontiguousarray(q),
            np.ascontiguousarray(h),
            np.ascontiguousarray(m1),
            np.ascontiguousarray(p1),
            np.ascontiguousarray(c),
            np.ascontiguousarray(d),
            np.ascontiguousarray(mean),
            np.ascontiguousarray(innovation),
            np.ascontiguousarray(covariance),
            np.ascontiguousarray(source),
            np.ascontiguousarray(gain),
            np.ascontiguousarray(variance),
            Z_bar,
            phi_bar,
            q_bar,
            h_bar,
            mean_bar,
            p1_bar,
            c_bar,
            d_bar,
        )
        return Z_bar, phi_bar, q_bar, h_bar, mean_bar, p1_bar, c_bar, d_bar

    return Filter(forward, backward)
