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
c       state_input               (time, K)    known input to the states; c[0] unused
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
from numba.cpython.unsafe.tuple import tuple_setitem
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

STEADY_TOLERANCE = 1e-12
"""Covariances count as converged when a step changes no entry by more than this, in
units of the standard deviations involved."""

FORGOTTEN = 1e-12
"""A disturbance of the covariance counts as forgotten at this share of its size."""


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
        The date whose covariance holds at each date; itself outside steady stretches.
    """

    log_likelihood: FloatArray
    predicted_mean: FloatArray
    innovation: FloatArray
    predicted_covariance: FloatArray
    covariance_date: NDArray[np.int64]


class FilterGradient(NamedTuple):
    """Gradient of a weighted sum of the log densities, one field an input."""

    observation: FloatArray
    loading: FloatArray
    persistence: FloatArray
    state_variance: FloatArray
    observation_variance: FloatArray
    initial_mean: FloatArray
    initial_variance: FloatArray
    state_input: FloatArray
    observation_input: FloatArray


class Filter(NamedTuple):
    """The two passes compiled for one number of series and of factors."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


_jit = njit(error_model="numpy", fastmath={"contract", "nsz"})


@cache
def kalman_filter(num_series: int, num_factors: int) -> Filter:
    """Compile the two passes for given sizes.

    The sizes are constants to the compiler, which unrolls every loop over series and
    factors.

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
    covariance_step, covariance_adjoint = _covariance_steps(num_series, num_factors)
    forward = _forward_pass(num_series, num_factors, covariance_step)
    backward = _backward_pass(
        num_series, num_factors, covariance_step, covariance_adjoint
    )
    return Filter(forward, backward)


def _covariance_steps(N: int, K: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """One date of the covariance recursion, and its adjoint."""

    @_jit
    def covariance_step(P, s, Z, phi, q, h, gain, variance, steps):
        """Condition P on the observed series, then predict, all in place.

        ``steps[i]`` keeps the covariance before series i, ``steps[N]`` the filtered
        one. Returns False where a predictive variance is not positive and finite.
        """
        for i in range(N):
            for k in range(K):
                gain[i, k] = 0.0
                for j in range(K):
                    steps[i, k, j] = P[k, j]
            variance[i] = 1.0
            if s[i] == 0.0:
                continue
            F = h[i]
            for k in range(K):
                for j in range(K):
                    gain[i, k] += P[k, j] * Z[i, j]
                F += Z[i, k] * gain[i, k]
            # The negation is true of NaN as well.
            if not (F > 0.0 and F < np.inf):
                return False
            variance[i] = F
            for k in range(K):
                M = gain[i, k]
                gain[i, k] /= F
                for j in range(k + 1):
                    P[k, j] -= M * gain[i, j]
                    P[j, k] = P[k, j]
        for k in range(K):
            for j in range(K):
                steps[N, k, j] = P[k, j]
                P[k, j] *= phi[k] * phi[j]
            P[k, k] += q[k]
        return True

    @_jit
    def covariance_adjoint(
        P_bar, gain_bar, variance_bar, s, Z, phi, gain, variance, steps, gradient
    ):
        """Pull cotangents of gains, variances and next covariance back, in place.

        ``gradient`` is (Z_bar, phi_bar, q_bar, h_bar), added to. With M = P z:
        F = z'M + h, gain = M / F, P_next = P - M M' / F.
        """
        Z_bar, phi_bar, q_bar, h_bar = gradient
        M_bar = np.empty(K)
        for k in range(K):
            q_bar[k] += P_bar[k, k]
            for j in range(K):
                phi_bar[k] += 2.0 * P_bar[k, j] * phi[j] * steps[N, k, j]
                P_bar[k, j] *= phi[k] * phi[j]
        for i in range(N - 1, -1, -1):
            if s[i] == 0.0:
                continue
            F = variance[i]
            F_bar = variance_bar[i]
            for k in range(K):
                M_bar[k] = gain_bar[i, k] / F
                F_bar -= gain_bar[i, k] * gain[i, k] / F
                for j in range(K):
                    M_bar[k] -= 2.0 * P_bar[k, j] * gain[i, j]
                    F_bar += gain[i, k] * P_bar[k, j] * gain[i, j]
            h_bar[i] += F_bar
            for k in range(K):
                M_bar[k] += F_bar * Z[i, k]
                Z_bar[i, k] += F_bar * gain[i, k] * F
            for k in range(K):
                for j in range(K):
                    Z_bar[i, k] += steps[i, k, j] * M_bar[j]
                    P_bar[k, j] += 0.5 * (M_bar[k] * Z[i, j] + Z[i, k] * M_bar[j])

    return covariance_step, covariance_adjoint


def _forward_pass(
    N: int, K: int, covariance_step: Callable[..., Any]
) -> Callable[..., Any]:
    half_log_two_pi = 0.5 * np.log(2 * np.pi)
    # Tuples of fixed length live in registers; a small array would not, because the
    # compiler must assume that it overlaps with the results.
    zeros_N, zeros_K = (0.0,) * N, (0.0,) * K

    @_jit
    def has_converged(P, before):
        for k in range(K):
            for j in range(k + 1):
                scale = np.sqrt(np.abs(P[k, k] * P[j, j]))
                if not np.abs(P[k, j] - before[k, j]) <= STEADY_TOLERANCE * scale:
                    return False
        return True

    @_jit
    def same_cells(s, t, u):
        for i in range(N):
            if s[t, i] != s[u, i]:
                return False
        return True

    @_jit
    def date_maps(s, Z, phi, gain, maps):
        """One date as matrices acting on its predicted mean a and on e = y - d.

        innovations = V a + W e, next predicted mean = A a + B e.
        """
        V, W, A, B = maps
        for k in range(K):
            for j in range(K):
                A[k, j] = 1.0 if j == k else 0.0
            for j in range(N):
                B[k, j] = 0.0
        for i in range(N):
            for j in range(K):
                V[i, j] = 0.0
            for j in range(N):
                W[i, j] = 0.0
            if s[i] == 0.0:
                continue
            W[i, i] = 1.0
            for k in range(K):
                for j in range(K):
                    V[i, j] -= Z[i, k] * A[k, j]
                for j in range(i):
                    W[i, j] -= Z[i, k] * B[k, j]
            for k in range(K):
                for j in range(K):
                    A[k, j] += gain[i, k] * V[i, j]
                for j in range(i + 1):
                    B[k, j] += gain[i, k] * W[i, j]
        for k in range(K):
            for j in range(K):
                A[k, j] *= phi[k]
            for j in range(N):
                B[k, j] *= phi[k]

    @_jit
    def filter_means(start, end, y, c, d, maps, constant, precision, result):
        """Move the means through dates that share their covariances."""
        V, W, A, B = maps
        log_likelihood, mean, innovation = result
        a, e = zeros_K, zeros_N
        for k in range(K):
            a = tuple_setitem(a, k, mean[start, k])
        for t in range(start, end):
            for i in range(N):
                e = tuple_setitem(e, i, y[t, i] - d[t, i])
            density = constant
            for i in range(N):
                v = 0.0
                for j in range(N):
                    v += W[i, j] * e[j]
                for k in range(K):
                    v += V[i, k] * a[k]
                innovation[t, i] = v
                density -= 0.5 * precision[i] * v * v
            log_likelihood[t] = density
            following = a
            for k in range(K):
                f = c[min(t + 1, c.shape[0] - 1), k]
                for j in range(N):
                    f += B[k, j] * e[j]
                # Last, because it alone waits for the date before.
                for j in range(K):
                    f += A[k, j] * a[j]
                following = tuple_setitem(following, k, f)
                mean[t + 1, k] = f
            a = following

    @_jit
    def forward(y, s, Z, phi, q, h, m1, p1, c, d):
        T = y.shape[0]
        log_likelihood = np.empty(T)
        mean = np.empty((T + 1, K))
        innovation = np.empty((T, N))
        covariance = np.empty((T, K, K))
        covariance_date = np.empty(T, np.int64)
        gain, variance, precision = np.zeros((N, K)), np.ones(N), np.zeros(N)
        steps = np.empty((N + 1, K, K))
        maps = np.empty((N, K)), np.empty((N, N)), np.empty((K, K)), np.empty((K, N))
        result = log_likelihood, mean, innovation
        P = np.diag(p1)
        mean[0] = m1
        t = 0
        while t < T:
            covariance[t] = P
            if not covariance_step(P, s[t], Z, phi, q, h, gain, variance, steps):
                log_likelihood[:] = -np.inf
                covariance_date[:] = -1
                break
            constant = 0.0
            for i in range(N):
                precision[i] = 0.0
                if s[t, i] != 0.0:
                    precision[i] = 1.0 / variance[i]
                    constant -= half_log_two_pi + 0.5 * np.log(variance[i])
            end = t + 1
            if has_converged(P, covariance[t]):
                P[:] = covariance[t]
                while end < T and same_cells(s, end, t):
                    end += 1
            date_maps(s[t], Z, phi, gain, maps)
            filter_means(t, end, y, c, d, maps, constant, precision, result)
            covariance_date[t:end] = t
            t = end
        return log_likelihood, mean[:T], innovation, covariance, covariance_date

    return forward


def _backward_pass(
    N: int,
    K: int,
    covariance_step: Callable[..., Any],
    covariance_adjoint: Callable[..., Any],
) -> Callable[..., Any]:
    zeros_K, zeros_N = (0.0,) * K, (0.0,) * N

    @_jit
    def date_adjoint(t, weight, s, Z, phi, gain, variance, mean, innovation, bars):
        """Pull the cotangent of the next predicted mean back through date t.

        ``bars`` is (mean_bar, gain_bar, variance_bar, y_bar, Z_bar, phi_bar): the first
        is replaced, the next three written for this date, the last two added to.
        """
        mean_bar, gain_bar, variance_bar, y_bar, Z_bar, phi_bar = bars
        a = zeros_K
        for k in range(K):
            a = tuple_setitem(a, k, mean[t, k])
            for i in range(N):
                a = tuple_setitem(a, k, a[k] + gain[i, k] * innovation[t, i])
            phi_bar[k] += mean_bar[k] * a[k]
            mean_bar[k] *= phi[k]
        for i in range(N - 1, -1, -1):
            v = innovation[t, i]
            y_bar[t, i] = 0.0
            variance_bar[i] = 0.0
            for k in range(K):
                gain_bar[i, k] = 0.0
            if s[i] == 0.0:
                continue
            v_bar = -weight * v / variance[i]
            for k in range(K):
                v_bar += gain[i, k] * mean_bar[k]
                gain_bar[i, k] = mean_bar[k] * v
                a = tuple_setitem(a, k, a[k] - gain[i, k] * v)
            for k in range(K):
                Z_bar[i, k] -= v_bar * a[k]
                mean_bar[k] -= v_bar * Z[i, k]
            scaled = v / variance[i]
            variance_bar[i] = 0.5 * weight * (scaled * scaled - 1.0 / variance[i])
            y_bar[t, i] = v_bar

    @_jit
    def adjoint_maps(s, Z, phi, gain, variance):
        """One date backwards as matrices on b = (next mean_bar, weight * innovation).

        Returns ``to_y_bar`` (N, K + N) and ``to_mean_bar`` (N + 1, K, K + N), the
        cotangent of the mean before each series and, last, of the filtered mean.
        """
        to_y_bar = np.zeros((N, K + N))
        to_mean_bar = np.zeros((N + 1, K, K + N))
        for k in range(K):
            to_mean_bar[N, k, k] = phi[k]
        for i in range(N - 1, -1, -1):
            for x in range(K + N):
                if s[i] != 0.0:
                    for k in range(K):
                        to_y_bar[i, x] += gain[i, k] * to_mean_bar[i + 1, k, x]
                    if x == K + i:
                        to_y_bar[i, x] -= 1.0 / variance[i]
                for k in range(K):
                    to_mean_bar[i, k, x] = (
                        to_mean_bar[i + 1, k, x] - Z[i, k] * to_y_bar[i, x]
                    )
        return to_y_bar, to_mean_bar

    @_jit
    def sweep_means(first, last, weight, innovation, maps, mean_bar, y_bar, c_bar):
        """Run `adjoint_maps` over dates last, ..., first; c_bar keeps each mean_bar."""
        to_y_bar, to_mean_bar = maps[0], maps[1][0]
        g, v = zeros_K, zeros_N
        for k in range(K):
            g = tuple_setitem(g, k, mean_bar[k])
        for t in range(last, first - 1, -1):
            for i in range(N):
                v = tuple_setitem(v, i, weight[t] * innovation[t, i])
            for i in range(N):
                total = 0.0
                for k in range(K):
                    total += to_y_bar[i, k] * g[k]
                for j in range(N):
                    total += to_y_bar[i, K + j] * v[j]
                y_bar[t, i] = total
            before = g
            for k in range(K):
                total = 0.0
                for j in range(N):
                    total += to_mean_bar[k, K + j] * v[j]
                for j in range(K):
                    total += to_mean_bar[k, j] * g[j]
                before = tuple_setitem(before, k, total)
                c_bar[t, k] = total
            g = before
        for k in range(K):
            mean_bar[k] = g[k]

    @_jit
    def second_moments(first, last, weight, mean, innovation, c_bar):
        """Sum over the dates of b w', w = (predicted mean, innovation)."""
        T = weight.shape[0]
        moments = np.empty((K + N, K + N))
        for x in range(K + N):
            with_mean, with_innovation = zeros_K, zeros_N
            for t in range(first, last + 1):
                if x < K:
                    b = c_bar[t + 1, x] if t + 1 < T else 0.0
                else:
                    b = weight[t] * innovation[t, x - K]
                for k in range(K):
                    with_mean = tuple_setitem(
                        with_mean, k, with_mean[k] + b * mean[t, k]
                    )
                for i in range(N):
                    with_innovation = tuple_setitem(
                        with_innovation, i, with_innovation[i] + b * innovation[t, i]
                    )
            for k in range(K):
                moments[x, k] = with_mean[k]
            for i in range(N):
                moments[x, K + i] = with_innovation[i]
        return moments

    @_jit
    def moments_to_bars(moments, weight_sum, s, gain, variance, maps, gradient):
        """Sum of what `date_adjoint` finds for each date, from the moments.

        Adds to Z_bar and phi_bar; returns the sums of gain_bar and variance_bar.
        """
        Z_bar, phi_bar = gradient[0], gradient[1]
        to_y_bar, to_mean_bar = maps
        gain_bar, variance_bar = np.zeros((N, K)), np.zeros(N)
        # The mean at each stage of a date, as rows acting on w.
        stage = np.zeros((K, K + N))
        for k in range(K):
            stage[k, k] = 1.0
        for i in range(N):
            if s[i] == 0.0:
                continue
            for x in range(K + N):
                for k in range(K):
                    gain_bar[i, k] += to_mean_bar[i + 1, k, x] * moments[x, K + i]
                    for w in range(K + N):
                        Z_bar[i, k] -= to_y_bar[i, x] * moments[x, w] * stage[k, w]
            squares = moments[K + i, K + i] / variance[i]
            variance_bar[i] = 0.5 * (squares - weight_sum) / variance[i]
            for k in range(K):
                stage[k, K + i] = gain[i, k]
        for k in range(K):
            for w in range(K + N):
                phi_bar[k] += moments[k, w] * stage[k, w]
        return gain_bar, variance_bar

    @_jit
    def sandwich(A, G):
        """A' G A."""
        left, result = np.zeros((K, K)), np.zeros((K, K))
        for k in range(K):
            for j in range(K):
                for m in range(K):
                    left[k, j] += A[m, k] * G[m, j]
        for k in range(K):
            for j in range(K):
                for m in range(K):
                    result[k, j] += left[k, m] * A[m, j]
        return result

    @_jit
    def dates_to_forget(A, limit):
        """Steps after which A'^n I A^n is negligible, at most `limit`."""
        G = np.eye(K)
        for n in range(limit):
            if np.max(np.abs(G)) < FORGOTTEN:
                return n
            G = sandwich(A, G)
        return limit

    @_jit
    def lyapunov(A, R):
        """X = A' X A + R, by doubling."""
        X, power = R.copy(), A.copy()
        while np.max(np.abs(power)) > FORGOTTEN:
            X += sandwich(power, X)
            power = power @ power
        return X

    @_jit
    def backward(
        weight, y, s, Z, phi, q, h, m1, p1, c, d, mean, innovation, covariance, source
    ):
        T = y.shape[0]
        y_bar, c_bar, d_bar = np.zeros((T, N)), np.zeros((T, K)), np.zeros((T, N))
        Z_bar, phi_bar, q_bar = np.zeros((N, K)), np.zeros(K), np.zeros(K)
        h_bar, mean_bar, P_bar = np.zeros(N), np.zeros(K), np.zeros((K, K))
        gradient = Z_bar, phi_bar, q_bar, h_bar
        unused = np.zeros((N, K)), np.zeros(K), np.zeros(K), np.zeros(N)
        gain, variance, steps = np.zeros((N, K)), np.ones(N), np.empty((N + 1, K, K))
        gain_bar, variance_bar, P = np.zeros((N, K)), np.zeros(N), np.empty((K, K))
        t = T - 1
        # A failed forward pass marks every date with -1; its gradient is zero.
        while t >= 0 and source[t] >= 0:
            first = min(source[t] + 1, t)
            P[:] = covariance[source[t]]
            covariance_step(P, s[t], Z, phi, q, h, gain, variance, steps)
            maps = adjoint_maps(s[t], Z, phi, gain, variance)
            A = np.ascontiguousarray(maps[1][0, :, :K].T)
            head = t - first + 1
            if source[t] < t:
                head = dates_to_forget(A, head)
            if head <= t - first:
                last = t
                sweep_means(
                    first, last, weight, innovation, maps, mean_bar, y_bar, c_bar
                )
                moments = second_moments(first, last, weight, mean, innovation, c_bar)
                total = np.sum(weight[first : last + 1])
                sums = moments_to_bars(
                    moments, total, s[t], gain, variance, maps, gradient
                )
                # What reaches the covariance before the stretch comes from its first
                # dates alone: the later ones are forgotten on the way.
                before = np.zeros((K, K))
                following = np.zeros(K)
                bars = following, gain_bar, variance_bar, y_bar, unused[0], unused[1]
                for u in range(first + head - 1, first - 1, -1):
                    following[:] = c_bar[u + 1]
                    date_adjoint(
                        u,
                        weight[u],
                        s[u],
                        Z,
                        phi,
                        gain,
                        variance,
                        mean,
                        innovation,
                        bars,
                    )
                    covariance_adjoint(
                        before,
                        gain_bar,
                        variance_bar,
                        s[u],
                        Z,
                        phi,
                        gain,
                        variance,
                        steps,
                        unused,
                    )
                local = np.zeros((K, K))
                covariance_adjoint(
                    local, sums[0], sums[1], s[t], Z, phi, gain, variance, steps, unused
                )
                G = lyapunov(A, local + P_bar - before)
                covariance_adjoint(
                    G, sums[0], sums[1], s[t], Z, phi, gain, variance, steps, gradient
                )
                P_bar[:] = before
                t = first - 1
            else:
                bars = mean_bar, gain_bar, variance_bar, y_bar, Z_bar, phi_bar
                for u in range(t, first - 1, -1):
                    date_adjoint(
                        u,
                        weight[u],
                        s[u],
                        Z,
                        phi,
                        gain,
                        variance,
                        mean,
                        innovation,
                        bars,
                    )
                    c_bar[u] = mean_bar
                    covariance_adjoint(
                        P_bar,
                        gain_bar,
                        variance_bar,
                        s[u],
                        Z,
                        phi,
                        gain,
                        variance,
                        steps,
                        gradient,
                    )
                t = first - 1
        c_bar[0] = 0.0
        for t in range(T):
            for i in range(N):
                d_bar[t, i] = -y_bar[t, i]
        p1_bar = np.diag(P_bar).copy()
        return y_bar, Z_bar, phi_bar, q_bar, h_bar, mean_bar, p1_bar, c_bar, d_bar

    return backward
