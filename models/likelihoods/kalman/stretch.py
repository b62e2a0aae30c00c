"""Adjoint of a steady stretch of the Kalman filter; symbols as in `kalman_filter`.

On dates that share their covariances the backward pass is linear with constant
coefficients, so the gradient of the whole stretch follows from the second moments of
two vectors a date: b = (cotangent of the next predicted mean, the pull of
`backward.innovation_adjoint`) and w = (predicted mean, innovation).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.compiled.separate_passes import jit
from models.likelihoods.compiled.unrolling import unroll
from models.likelihoods.compiled.vectors import row, unit, write, zeros

FORGOTTEN = 1e-8
"""A disturbance of the covariance counts as forgotten at this share of its size."""


def stretch_adjoint(
    N: int,
    K: int,
    S: int,
    pull_means: Callable[..., Any],
    pull_covariances: Callable[..., Any],
) -> Callable[..., Any]:
    """Compile the adjoint of a stretch for given sizes."""
    sweep = jit(unroll(mean_sweep, N=N, K=K, S=S))
    write_maps, moments_to_bars = _adjoint_maps(N, K), _moments_to_bars(N, K)
    dates_to_forget, lyapunov = _closed_loop(K)

    @jit
    def pull_stretch(first, last, system, found, bars, gradient):
        """Pull mean_bar and P_bar back through dates first, ..., last."""
        s, Z, phi = system
        _, _, _, source, gain, variance, _, _ = found
        mean_bar, P_bar, gain_bar, variance_bar, d_bar, c_bar = bars
        shared = source[last]
        n, m = Z.shape
        to_y_bar, to_mean_bar = np.zeros((n, m + n)), np.zeros((n + 1, m, m + n))
        write_maps(
            s[shared], Z, phi, gain[shared], variance[shared], to_y_bar, to_mean_bar
        )
        A = np.empty((m, m))
        for k in range(K):
            for j in range(K):
                A[k, j] = to_mean_bar[0, j, k]
        head = first + dates_to_forget(A, last - first + 1)
        if head > last:
            pull_means(first, last, system, found, bars, gradient)
            pull_covariances(first, last, system, found, bars, gradient)
            return
        moments = np.empty((m + n, m + n))
        total = sweep(head, last, found, bars, to_y_bar, to_mean_bar, moments)
        # From here on the last date stands for the sum of the whole stretch.
        moments_to_bars(
            s[shared],
            gain[shared],
            variance[shared],
            moments,
            total,
            to_y_bar,
            to_mean_bar,
            gain_bar[last],
            variance_bar[last],
            gradient,
        )
        pull_means(first, head - 1, system, found, bars, gradient)
        for t in range(first, head):
            for i in range(N):
                variance_bar[last, i] += variance_bar[t, i]
                for k in range(K):
                    gain_bar[last, i, k] += gain_bar[t, i, k]
        # What reaches the covariance before the stretch comes from its first dates
        # alone: what the later ones send is forgotten on the way.
        unused = np.zeros((n, m)), np.zeros(m), np.zeros(m), np.zeros(n)
        before, X = np.zeros((m, m)), np.zeros((m, m))
        to_before = mean_bar, before, gain_bar, variance_bar, d_bar, c_bar
        pull_covariances(first, head - 1, system, found, to_before, unused)
        # P_bar of each date is A' P_bar(next) A + B, so the sum X over the stretch of
        # P_bar(next) solves X = A' X A + sum of B + P_bar(last) - P_bar(first).
        to_X = mean_bar, X, gain_bar, variance_bar, d_bar, c_bar
        pull_covariances(last, last, system, found, to_X, unused)
        for k in range(K):
            for j in range(K):
                X[k, j] += P_bar[k, j] - before[k, j]
                P_bar[k, j] = before[k, j]
        lyapunov(A, X)
        pull_covariances(last, last, system, found, to_X, gradient)

    return pull_stretch


def mean_sweep(
    first: Any,
    last: Any,
    found: Any,
    bars: Any,
    to_y_bar: Any,
    to_mean_bar: Any,
    moments: Any,
    N: int,
    K: int,
    S: int,
) -> Any:
    """Pull mean_bar back through the dates and sum b w'; return the sum of weights.

    Writes d_bar, adds to c_bar.
    """
    mean, innovation, _, _, _, _, weight, pull = found
    mean_bar, _, _, _, d_bar, c_bar = bars
    last_input = c_bar.shape[0] - 1
    # Of a mean with the mean, of a mean with an innovation, and so on.
    mean_mean = np.empty((K, K))
    mean_series = np.empty((K, N))
    series_mean = np.empty((N, K))
    series_series = np.empty((N, N))
    # What an entry of b adds to minus d_bar, and to the mean's cotangent.
    to_series = np.empty((K + N, N))
    to_mean = np.empty((K + N, K))
    of_series = np.empty(N)
    b = row(mean_bar, (), K)
    no_mean, no_series = zeros(K), zeros(N)
    for x in range(K + N):
        to_series[x] = no_series
        for i in range(N):
            to_series[x] += to_y_bar[i, x] * unit(i, N)
        to_mean[x] = no_mean
        for k in range(K):
            to_mean[x] += to_mean_bar[0, k, x] * unit(k, K)
    for k in range(K):
        mean_mean[k] = no_mean
        mean_series[k] = no_series
    for i in range(N):
        series_mean[i] = no_mean
        series_series[i] = no_series
    total_weight = 0.0
    for t in range(last, first - 1, -1):
        total_weight += weight[t]
        w = row(mean, (t,), K)
        v = row(innovation, (t,), N)
        y_bar = no_series
        before = no_mean
        for i in range(N):
            of_series[i] = weight[t] * innovation[t, i]
            if i < S:
                of_series[i] = pull[t, i]
            series_mean[i] += of_series[i] * w
            series_series[i] += of_series[i] * v
            y_bar += of_series[i] * to_series[K + i]
            before += of_series[i] * to_mean[K + i]
        # Last, because they alone wait for the date after.
        for k in range(K):
            mean_mean[k] += b[k] * w
            mean_series[k] += b[k] * v
            y_bar += b[k] * to_series[k]
            before += b[k] * to_mean[k]
        write(d_bar, (t,), -1.0 * y_bar)
        b = before
        entering = min(t, last_input)
        write(c_bar, (entering,), row(c_bar, (entering,), K) + b)
    write(mean_bar, (), b)
    for k in range(K):
        write(moments, (k,), mean_mean[k])
        write(moments, (k, K), mean_series[k])
    for i in range(N):
        write(moments, (K + i,), series_mean[i])
        write(moments, (K + i, K), series_series[i])
    return total_weight


def _adjoint_maps(N: int, K: int) -> Callable[..., Any]:
    @jit
    def adjoint_maps(s, Z, phi, gain, variance, to_y_bar, to_mean_bar):
        """One date backwards as matrices on b, from zeros.

        to_y_bar (N, K + N) gives minus d_bar, to_mean_bar (N + 1, K, K + N) the
        cotangent of the mean before each series and, last, of the filtered mean.
        """
        for k in range(K):
            to_mean_bar[N, k, k] = phi[k]
        for i in range(N - 1, -1, -1):
            to_y_bar[i, K + i] = -s[i] / variance[i]
            for x in range(K + N):
                for k in range(K):
                    to_y_bar[i, x] += gain[i, k] * to_mean_bar[i + 1, k, x]
                for k in range(K):
                    to_mean_bar[i, k, x] = to_mean_bar[i + 1, k, x]
                    to_mean_bar[i, k, x] -= Z[i, k] * to_y_bar[i, x]

    return adjoint_maps


def _moments_to_bars(N: int, K: int) -> Callable[..., Any]:
    @jit
    def moments_to_bars(
        s,
        gain,
        variance,
        moments,
        total,
        to_y_bar,
        to_mean_bar,
        gain_bar,
        variance_bar,
        gradient,
    ):
        """Sum over the stretch of what a date adds to each cotangent."""
        Z_bar, phi_bar, _, _ = gradient
        # The mean at each stage of a date, as rows acting on w.
        stage = np.zeros(moments[:K].shape)
        for k in range(K):
            stage[k, k] = 1.0
        for i in range(N):
            for w in range(K + N):
                y_bar_w = 0.0
                for x in range(K + N):
                    y_bar_w += to_y_bar[i, x] * moments[x, w]
                for k in range(K):
                    Z_bar[i, k] -= y_bar_w * stage[k, w]
            for k in range(K):
                gain_bar[i, k] = 0.0
                for x in range(K + N):
                    gain_bar[i, k] += to_mean_bar[i + 1, k, x] * moments[x, K + i]
                stage[k, K + i] = gain[i, k]
            squares = moments[K + i, K + i] / variance[i]
            variance_bar[i] = 0.5 * s[i] * (squares - total) / variance[i]
        for k in range(K):
            for w in range(K + N):
                phi_bar[k] += moments[k, w] * stage[k, w]

    return moments_to_bars


def _closed_loop(K: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    @jit
    def product(A, B, result):
        for k in range(K):
            for j in range(K):
                result[k, j] = 0.0
                for m in range(K):
                    result[k, j] += A[k, m] * B[m, j]

    @jit
    def sandwich(A, G, half, result):
        """Write A' G A."""
        product(G, A, half)
        for k in range(K):
            for j in range(K):
                result[k, j] = 0.0
                for m in range(K):
                    result[k, j] += A[m, k] * half[m, j]

    @jit
    def largest(G):
        size = 0.0
        for k in range(K):
            for j in range(K):
                size = max(size, abs(G[k, j]))
        return size

    @jit
    def squared_size(A, square):
        """Write A A and return the largest entry of A' A."""
        size = 0.0
        for k in range(K):
            for j in range(K):
                square[k, j], gram = 0.0, 0.0
                for m in range(K):
                    square[k, j] += A[k, m] * A[m, j]
                    gram += A[m, k] * A[m, j]
                size = max(size, abs(gram))
        return size

    @jit
    def dates_to_forget(A, limit):
        """Count the dates n after which A'^n A^n is negligible, at most `limit`."""
        power, square = A.copy(), np.empty(A.shape)
        n, size_before, size = 1, 1.0, squared_size(A, square)
        while n < limit and size > FORGOTTEN:
            power, square = square, power
            n, size_before = 2 * n, size
            size = squared_size(power, square)
        if size > FORGOTTEN or n == 1:
            return min(n, limit)
        # Somewhere in the last doubling, in which the size falls geometrically.
        share = np.log(size_before / FORGOTTEN) / np.log(size_before / size)
        return min(np.int64(np.ceil(0.5 * n * (1.0 + share))), limit)

    @jit
    def lyapunov(A, X):
        """Replace X by the solution Y of Y = A' Y A + X, by doubling."""
        power, squared = np.empty(A.shape), np.empty(A.shape)
        half, change = np.empty(A.shape), np.empty(A.shape)
        for k in range(K):
            for j in range(K):
                power[k, j] = A[k, j]
        while largest(power) > FORGOTTEN:
            sandwich(power, X, half, change)
            for k in range(K):
                for j in range(K):
                    X[k, j] += change[k, j]
            product(power, power, squared)
            power, squared = squared, power

    return dates_to_forget, lyapunov
