"""Forward pass of the Kalman filter; symbols as in `models.kalman_filter`."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.kalman_covariance import covariance_steps, jit, jit_pass

STEADY_TOLERANCE = 1e-9
"""Covariances count as converged when a step changes no entry by more than this, in
units of the standard deviations involved."""


def forward_pass(num_series: int, num_factors: int) -> Callable[..., Any]:
    """Compile the forward pass for given sizes; see `models.kalman_filter`."""
    N, K = num_series, num_factors
    step = covariance_steps(N, K).step
    filter_date = _date_filter(N, K)
    filter_stretch = _stretch_filter(N, K)
    same_cells, has_converged, copy_matrix = _comparisons(N, K)

    @jit_pass
    def forward(y, s, Z, phi, q, h, m1, p1, c, d):
        T = y.shape[0]
        log_likelihood = np.empty(T)
        mean = np.empty((T + 1, K))
        innovation = np.empty((T, N))
        covariance = np.empty((T, K, K))
        covariance_date = np.empty(T, np.int64)
        result = log_likelihood, mean, innovation
        gain, variance = np.zeros((N, K)), np.ones(N)
        steps, P = np.empty((N + 1, K, K)), np.zeros((K, K))
        for k in range(K):
            P[k, k] = p1[k]
            mean[0, k] = m1[k]
        t = 0
        while t < T:
            copy_matrix(P, covariance[t])
            if not step(P, s[t], Z, phi, q, h, gain, variance, steps):
                for u in range(T):
                    log_likelihood[u] = -np.inf
                    covariance_date[u] = -1
                break
            covariance_date[t] = t
            filter_date(t, y, s, Z, phi, c, d, gain, variance, result)
            end = t + 1
            if has_converged(P, covariance[t]):
                copy_matrix(covariance[t], P)
                while end < T and same_cells(s, end, t):
                    covariance_date[end] = t
                    end += 1
                if end > t + 1:
                    filter_stretch(
                        t + 1, end, y, s, Z, phi, c, d, gain, variance, result
                    )
            t = end
        return log_likelihood, mean[:T], innovation, covariance, covariance_date

    return forward


def _date_filter(N: int, K: int) -> Callable[..., Any]:
    """Move the mean through one date, one series after the other."""
    two_pi = 2 * np.pi
    # Tuples of fixed length live in registers; a small array would not, because the
    # compiler must assume that it overlaps with the results.
    zeros_K = (0.0,) * K

    @jit
    def filter_date(t, y, s, Z, phi, c, d, gain, variance, result):
        log_likelihood, mean, innovation = result
        a = zeros_K
        for k in range(K):
            a = tuple_setitem(a, k, mean[t, k])
        density, determinant = 0.0, 1.0
        for i in range(N):
            innovation[t, i] = 0.0
            if s[t, i] != 0.0:
                v = y[t, i] - d[t, i]
                for k in range(K):
                    v -= Z[i, k] * a[k]
                innovation[t, i] = v
                # One logarithm a date, more only where the product could overflow.
                determinant *= two_pi * variance[i]
                if not 1e-100 < determinant < 1e100:
                    density -= 0.5 * np.log(determinant)
                    determinant = 1.0
                density -= 0.5 * v * v / variance[i]
                for k in range(K):
                    a = tuple_setitem(a, k, a[k] + gain[i, k] * v)
        log_likelihood[t] = density - 0.5 * np.log(determinant)
        following = min(t + 1, c.shape[0] - 1)
        for k in range(K):
            mean[t + 1, k] = phi[k] * a[k] + c[following, k]

    return filter_date


def _stretch_filter(N: int, K: int) -> Callable[..., Any]:
    """Move the mean through dates that share cells and covariances."""
    half_log_two_pi = 0.5 * np.log(2 * np.pi)
    zeros_N, zeros_K = (0.0,) * N, (0.0,) * K

    @jit
    def date_maps(s, Z, phi, gain, V, W, A, B):
        """One date as matrices acting on its predicted mean a and on e = y - d.

        Innovations V a + W e, next predicted mean A a + B e; from A = I, else zeros.
        """
        for i in range(N):
            if s[i] != 0.0:
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

    @jit
    def filter_stretch(start, end, y, s, Z, phi, c, d, gain, variance, result):
        log_likelihood, mean, innovation = result
        V, W, A, B = np.zeros((N, K)), np.zeros((N, N)), np.eye(K), np.zeros((K, N))
        date_maps(s[start], Z, phi, gain, V, W, A, B)
        constant, half_precision = 0.0, zeros_N
        for i in range(N):
            if s[start, i] != 0.0:
                constant -= half_log_two_pi + 0.5 * np.log(variance[i])
                half_precision = tuple_setitem(half_precision, i, 0.5 / variance[i])
        a, e = zeros_K, zeros_N
        for k in range(K):
            a = tuple_setitem(a, k, mean[start, k])
        last = c.shape[0] - 1
        for t in range(start, end):
            for i in range(N):
                e = tuple_setitem(e, i, y[t, i] - d[t, i])
            density = constant
            for i in range(N):
                v = 0.0
                for j in range(i + 1):
                    v += W[i, j] * e[j]
                for k in range(K):
                    v += V[i, k] * a[k]
                innovation[t, i] = v
                density -= half_precision[i] * v * v
            log_likelihood[t] = density
            following = a
            for k in range(K):
                f = c[min(t + 1, last), k]
                for j in range(N):
                    f += B[k, j] * e[j]
                # Last, because it alone waits for the date before.
                for j in range(K):
                    f += A[k, j] * a[j]
                following = tuple_setitem(following, k, f)
                mean[t + 1, k] = f
            a = following

    return filter_stretch


def _comparisons(N: int, K: int) -> tuple[Callable[..., Any], ...]:
    @jit
    def same_cells(s, t, u):
        for i in range(N):
            if s[t, i] != s[u, i]:
                return False
        return True

    @jit
    def has_converged(P, before):
        for k in range(K):
            for j in range(k + 1):
                scale = np.sqrt(np.abs(P[k, k] * P[j, j]))
                # Written so that NaN and infinity count as not converged.
                if not np.abs(P[k, j] - before[k, j]) <= STEADY_TOLERANCE * scale:
                    return False
                if not scale < np.inf:
                    return False
        return True

    @jit
    def copy_matrix(source, target):
        for k in range(K):
            for j in range(K):
                target[k, j] = source[k, j]

    return same_cells, has_converged, copy_matrix
