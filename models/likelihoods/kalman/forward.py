"""Forward pass of the Kalman filter; symbols as in `kalman.filter`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.compiled.separate_passes import SeparatePass, jit
from models.likelihoods.compiled.unrolling import unroll
from models.likelihoods.compiled.vectors import (
    exceeds,
    row,
    total,
    unit,
    write,
    zeros,
)
from models.likelihoods.kalman.arrays import filtered_of, inputs_of

STEADY_TOLERANCE = 1e-9
"""Covariances count as converged when a step changes no entry by more than this, in
units of the standard deviations involved."""

FAILED = -1
"""In place of a date: a predictive variance is not positive and finite."""

TWO_PI = 2 * np.pi


def forward_pass(
    num_series: int, num_factors: int, num_standardized: int
) -> SeparatePass:
    """Forward pass for given sizes; see `models.likelihoods.kalman.filter`."""
    N, K, S = num_series, num_factors, num_standardized

    def build() -> Callable[..., None]:
        filter_exactly = jit(unroll(exact_dates, N=N, K=K, S=S))
        filter_steadily = jit(unroll(steady_dates, N=N, K=K, S=S))

        def forward(T, U, model, filtered):
            m1, p1 = model.initial_mean, model.initial_variance
            log_likelihood, standardized, mean, _, covariance, source, _, _ = filtered
            for k in range(K):
                mean[0, k] = m1[k]
                for j in range(K):
                    covariance[0, k, j] = 0.0
                covariance[0, k, k] = p1[k]
            # A literal 0 would be a type of its own, and every part compiled twice.
            t = np.int64(0)
            while t < T:
                t = filter_exactly(t, model, filtered)
                if t == FAILED:
                    for u in range(T):
                        log_likelihood[u] = -np.inf
                        source[u] = FAILED
                        for i in range(S):
                            standardized[u, i] = 0.0
                    break
                if t < T:
                    shared = t - 1
                    t = filter_steadily(t, model, filtered)
                    for k in range(K):
                        for j in range(K):
                            covariance[t, k, j] = covariance[shared, k, j]

        return forward

    return SeparatePass(
        build=build,
        lengths=("T", "U"),
        arrays={"model": inputs_of(N, K), "filtered": filtered_of(N, K, S, "T + 1")},
        integers=("covariance_date",),
    )


def exact_dates(t: Any, model: Any, filtered: Any, N: int, K: int, S: int) -> Any:
    """Filter from date t on until the covariances have converged; return the next.

    A series that is not observed has gain and innovation zero: multiplying by s costs
    less than a branch.
    """
    y, s, Z, persistence, q, h, _, _, c, d = model
    log_likelihood, standardized, mean, innovation = filtered[:4]
    covariance, source, gain, variance = filtered[4:]
    T = y.shape[0]
    last_input = c.shape[0] - 1
    P = np.empty((K, K))
    z = np.empty((N, K))
    decay = np.empty((K, K))
    added = np.empty((K, K))
    phi = row(persistence, (), K)
    a = row(mean, (t,), K)
    for k in range(K):
        P[k] = row(covariance, (t, k), K)
        decay[k] = persistence[k] * phi
        added[k] = q[k] * unit(k, K)
    for i in range(N):
        z[i] = row(Z, (i,), K)
    is_steady = False
    while t < T and not is_steady:
        source[t] = t
        density = 0.0
        determinant = 1.0
        is_valid = True
        for i in range(N):
            observed = s[t, i]
            M = zeros(K)
            for k in range(K):
                M += Z[i, k] * P[k]
            F = h[i] + total(z[i] * M)
            v = observed * (y[t, i] - d[t, i] - total(z[i] * a))
            # False of NaN as well.
            is_valid &= (F > 0.0) & (np.inf > F)
            precision = observed / F
            innovation[t, i] = v
            variance[t, i] = F
            if i < S:
                standardized[t, i] = v / np.sqrt(F)
            # One logarithm a date, more only where the product could overflow.
            determinant *= 1.0 + observed * (TWO_PI * F - 1.0)
            if not 1e-100 < determinant < 1e100:
                density -= 0.5 * np.log(determinant)
                determinant = 1.0
            density -= 0.5 * v * v * precision
            scaled = precision * M
            write(gain, (t, i), scaled)
            a += v * scaled
            for k in range(K):
                P[k] -= scaled[k] * M
        if not is_valid:
            return FAILED
        log_likelihood[t] = density - 0.5 * np.log(determinant)
        a = phi * a + row(c, (min(t + 1, last_input),), K)
        write(mean, (t + 1,), a)
        diagonal = zeros(K)
        for k in range(K):
            P[k] = P[k] * decay[k] + added[k]
            write(covariance, (t + 1, k), P[k])
            diagonal += P[k] * unit(k, K)
        # False of NaN and of infinity as well.
        is_steady = total(diagonal) < np.inf
        for k in range(K):
            change = P[k] - row(covariance, (t, k), K)
            allowed = (STEADY_TOLERANCE**2 * P[k][k]) * diagonal
            is_steady &= not exceeds(change * change, allowed)
        t += 1
    return t


def steady_dates(t: Any, model: Any, filtered: Any, N: int, K: int, S: int) -> Any:
    """Move the mean through the dates from t on that share cells and covariances.

    Returns the first date after them, t itself where its cells differ. One date acts
    on its predicted mean a and on e = y - d: innovations V a + W e, next predicted mean
    A a + B e + c.
    """
    y, s, Z, phi, _, _, _, _, c, d = model
    log_likelihood, standardized, mean, innovation = filtered[:4]
    _, source, gain, variance = filtered[4:]
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
    inverse_sd = np.empty(N)
    constant = 0.0
    for k in range(K):
        A[k, k] = 1.0
    for i in range(N):
        observed = s[shared, i]
        F = variance[shared, i]
        half_precision[i] = 0.5 * observed / F
        if i < S:
            inverse_sd[i] = 1.0 / np.sqrt(F)
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
            if i < S:
                standardized[now, i] = v * inverse_sd[i]
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
