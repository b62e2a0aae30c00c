"""Forward pass of the Kalman filter; symbols as in `models.kalman_filter`."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from models.kalman_arrays import VERSION, filtered_of, inputs_of
from models.separate_passes import FLOATING_POINT, SeparatePass
from models.unrolling import unroll

STEADY_TOLERANCE = 1e-9
"""Covariances count as converged when a step changes no entry by more than this, in
units of the standard deviations involved."""

FAILED = -1
"""In place of a date: a predictive variance is not positive and finite."""

TWO_PI = 2 * np.pi

PART_OF_A_PASS = {
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
"""Options of what Python never calls."""

jit = njit(fastmath=FLOATING_POINT, **PART_OF_A_PASS)
"""Compile a part of a pass."""


def forward_pass(num_series: int, num_factors: int) -> SeparatePass:
    """Forward pass for given sizes; see `models.kalman_filter`."""
    N, K = num_series, num_factors

    def build() -> Callable[..., None]:
        filter_exactly = jit(unroll(exact_dates, N=N, K=K))
        filter_steadily = jit(unroll(steady_dates, N=N, K=K))

        def forward(
            T,
            U,
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
            log_likelihood,
            mean,
            innovation,
            covariance,
            source,
            gain,
            variance,
        ):
            data, dynamics = (y, s, c, d), (Z, phi, q, h)
            moments = mean, innovation, covariance, gain, variance
            for k in range(K):
                mean[0, k] = m1[k]
                for j in range(K):
                    covariance[0, k, j] = 0.0
                covariance[0, k, k] = p1[k]
            # A literal 0 would be a type of its own, and every part compiled twice.
            t = np.int64(0)
            while t < T:
                t = filter_exactly(t, data, dynamics, moments, log_likelihood, source)
                if t == FAILED:
                    for u in range(T):
                        log_likelihood[u] = -np.inf
                        source[u] = FAILED
                    break
                if t < T:
                    shared = t - 1
                    t = filter_steadily(
                        t, data, dynamics, moments, log_likelihood, source
                    )
                    for k in range(K):
                        for j in range(K):
                            covariance[t, k, j] = covariance[shared, k, j]

        return forward

    return SeparatePass(
        build=build,
        lengths=("T", "U"),
        arrays=inputs_of(N, K)
        | {"log_likelihood": "(T,)"}
        | filtered_of(N, K, "T + 1"),
        integers=("source",),
        version=VERSION,
    )


def exact_dates(
    t: Any,
    data: Any,
    dynamics: Any,
    moments: Any,
    log_likelihood: Any,
    source: Any,
    N: int,
    K: int,
) -> Any:
    """Filter from date t on until the covariances have converged; return the next.

    A series that is not observed has gain and innovation zero: multiplying by s costs
    less than a branch.
    """
    y, s, c, d = data
    Z, phi, q, h = dynamics
    mean, innovation, covariance, gain, variance = moments
    T = y.shape[0]
    last_input = c.shape[0] - 1
    a = np.empty(K)
    P = np.empty((K, K))
    M = np.empty(K)
    z = np.empty(K)
    is_steady = False
    while t < T and not is_steady:
        source[t] = t
        for k in range(K):
            a[k] = mean[t, k]
            # Only what is on and below the diagonal is kept.
            for j in range(k + 1):
                P[k, j] = covariance[t, k, j]
        density = 0.0
        determinant = 1.0
        is_valid = True
        for i in range(N):
            v = y[t, i] - d[t, i]
            F = h[i]
            observed = s[t, i]
            for k in range(K):
                z[k] = Z[i, k]
            for k in range(K):
                M[k] = 0.0
                for j in range(K):
                    M[k] += P[max(k, j), min(k, j)] * z[j]
                F += z[k] * M[k]
                v -= z[k] * a[k]
            # False of NaN as well.
            is_valid &= (F > 0.0) & (F < np.inf)
            v *= observed
            precision = observed / F
            innovation[t, i] = v
            variance[t, i] = F
            # One logarithm a date, more only where the product could overflow.
            determinant *= 1.0 + observed * (TWO_PI * F - 1.0)
            if not 1e-100 < determinant < 1e100:
                density -= 0.5 * np.log(determinant)
                determinant = 1.0
            density -= 0.5 * v * v * precision
            for k in range(K):
                scaled = M[k] * precision
                gain[t, i, k] = scaled
                a[k] += scaled * v
                for j in range(k + 1):
                    P[k, j] -= scaled * M[j]
        if not is_valid:
            return FAILED
        log_likelihood[t] = density - 0.5 * np.log(determinant)
        following = min(t + 1, last_input)
        for k in range(K):
            mean[t + 1, k] = phi[k] * a[k] + c[following, k]
            for j in range(k + 1):
                P[k, j] *= phi[k] * phi[j]
                if j == k:
                    P[k, k] += q[k]
                covariance[t + 1, k, j] = P[k, j]
                covariance[t + 1, j, k] = P[k, j]
        is_steady = True
        for k in range(K):
            for j in range(k + 1):
                change = P[k, j] - covariance[t, k, j]
                scale = np.abs(P[k, k] * P[j, j])
                # False of NaN and of infinity as well.
                is_steady &= change * change <= STEADY_TOLERANCE**2 * scale
                is_steady &= scale < np.inf
        t += 1
    return t


def steady_dates(
    t: Any,
    data: Any,
    dynamics: Any,
    moments: Any,
    log_likelihood: Any,
    source: Any,
    N: int,
    K: int,
) -> Any:
    """Move the mean through the dates from t on that share cells and covariances.

    Returns the first date after them, t itself where its cells differ. One date acts
    on its predicted mean a and on e = y - d: innovations V a + W e, next predicted mean
    A a + B e + c.
    """
    y, s, c, d = data
    Z, phi, _, _ = dynamics
    mean, innovation, _, gain, variance = moments
    T = y.shape[0]
    shared = t - 1
    end = t
    is_same = True
    while end < T and is_same:
        for i in range(N):
            is_same &= s[end, i] == s[shared, i]
        if is_same:
            source[end] = shared
            end += 1

    V = np.zeros((N, K))
    W = np.zeros((N, N))
    A = np.zeros((K, K))
    B = np.zeros((K, N))
    half_precision = np.empty(N)
    constant = 0.0
    for k in range(K):
        A[k, k] = 1.0
    for i in range(N):
        observed = s[shared, i]
        F = variance[shared, i]
        half_precision[i] = 0.5 * observed / F
        constant -= 0.5 * observed * np.log(TWO_PI * F)
        for k in range(K):
            z = observed * Z[i, k]
            for j in range(K):
                V[i, j] -= z * A[k, j]
            for j in range(i):
                W[i, j] -= z * B[k, j]
        W[i, i] = observed
        for k in range(K):
            g = gain[shared, i, k]
            for j in range(K):
                A[k, j] += g * V[i, j]
            for j in range(i + 1):
                B[k, j] += g * W[i, j]
    for k in range(K):
        for j in range(K):
            A[k, j] *= phi[k]
        for j in range(N):
            B[k, j] *= phi[k]

    a = np.empty(K)
    following = np.empty(K)
    e = np.empty(N)
    last_input = c.shape[0] - 1
    for k in range(K):
        a[k] = mean[t, k]
    for now in range(t, end):
        for i in range(N):
            e[i] = y[now, i] - d[now, i]
        density = constant
        for i in range(N):
            v = 0.0
            for j in range(i + 1):
                v += W[i, j] * e[j]
            for k in range(K):
                v += V[i, k] * a[k]
            innovation[now, i] = v
            density -= half_precision[i] * v * v
        log_likelihood[now] = density
        row = min(now + 1, last_input)
        for k in range(K):
            f = c[row, k]
            for j in range(N):
                f += B[k, j] * e[j]
            # Last, because it alone waits for the date before.
            for j in range(K):
                f += A[k, j] * a[j]
            following[k] = f
        for k in range(K):
            a[k] = following[k]
            mean[now + 1, k] = a[k]
    return end
