"""Adjoint of a steady stretch of the Kalman filter; symbols as in `kalman_filter`.

On dates that share their covariances the backward pass is linear with constant
coefficients, so the gradient of the whole stretch follows from the second moments of
two vectors a date: b = (cotangent of the next predicted mean, weight * innovation) and
w = (predicted mean, innovation).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.kalman_covariance import jit

FORGOTTEN = 1e-8
"""A disturbance of the covariance counts as forgotten at this share of its size."""


def stretch_adjoint(
    N: int,
    K: int,
    date_adjoint: Callable[..., Any],
    covariance_adjoint: Callable[..., Any],
) -> Callable[..., Any]:
    """Compile the adjoint of a stretch for given sizes."""
    adjoint_maps = _adjoint_maps(N, K)
    sweep_means = _mean_sweep(N, K)
    second_moments = _second_moments(N, K)
    moments_to_bars = _moments_to_bars(N, K)
    dates_to_forget, lyapunov = _closed_loop(K)

    @jit
    def pull_stretch(first, last, s, Z, phi, filtered, bars, gradient):
        """Pull mean_bar and P_bar back through dates first, ..., last."""
        gain, variance, _, _, _, weight = filtered
        _, P_bar, gain_bar, variance_bar, d_bar, c_bar = bars
        to_y_bar, to_mean_bar = np.zeros((N, K + N)), np.zeros((N + 1, K, K + N))
        adjoint_maps(s[first], Z, phi, gain, variance, to_y_bar, to_mean_bar)
        A = np.empty((K, K))
        for k in range(K):
            for j in range(K):
                A[k, j] = to_mean_bar[0, j, k]
        head = dates_to_forget(A, last - first + 1)
        if head == last - first + 1:
            for t in range(last, first - 1, -1):
                date_adjoint(t, s[t], Z, phi, filtered, bars, gradient)
                covariance_adjoint(
                    P_bar, gain_bar, variance_bar, s[t], Z, phi, filtered, gradient
                )
            return
        sweep_means(first, last, filtered, bars, to_y_bar, to_mean_bar)
        moments = np.empty((K + N, K + N))
        second_moments(first, last, filtered, c_bar, moments)
        gain_sum, variance_sum = np.zeros((N, K)), np.zeros(N)
        total = 0.0
        for t in range(first, last + 1):
            total += weight[t]
        moments_to_bars(
            s[first],
            filtered,
            moments,
            total,
            to_y_bar,
            to_mean_bar,
            gain_sum,
            variance_sum,
            gradient,
        )
        # What reaches the covariance before the stretch comes from its first dates
        # alone: what the later ones send is forgotten on the way.
        unused = np.zeros((N, K)), np.zeros(K), np.zeros(K), np.zeros(N)
        before, following = np.zeros((K, K)), np.empty(K)
        head_bars = following, before, gain_bar, variance_bar, d_bar, c_bar
        for t in range(first + head - 1, first - 1, -1):
            for k in range(K):
                following[k] = c_bar[t + 1, k]
            date_adjoint(t, s[t], Z, phi, filtered, head_bars, unused)
            covariance_adjoint(
                before, gain_bar, variance_bar, s[t], Z, phi, filtered, unused
            )
        # P_bar of each date is A' P_bar(next) A + B, so the sum X over the stretch of
        # P_bar(next) solves X = A' X A + sum of B + P_bar(last) - P_bar(first).
        X = np.zeros((K, K))
        covariance_adjoint(
            X, gain_sum, variance_sum, s[first], Z, phi, filtered, unused
        )
        for k in range(K):
            for j in range(K):
                X[k, j] += P_bar[k, j] - before[k, j]
                P_bar[k, j] = before[k, j]
        lyapunov(A, X)
        covariance_adjoint(
            X, gain_sum, variance_sum, s[first], Z, phi, filtered, gradient
        )

    return pull_stretch


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
            if s[i] != 0.0:
                to_y_bar[i, K + i] = -1.0 / variance[i]
            for x in range(K + N):
                if s[i] != 0.0:
                    for k in range(K):
                        to_y_bar[i, x] += gain[i, k] * to_mean_bar[i + 1, k, x]
                for k in range(K):
                    to_mean_bar[i, k, x] = to_mean_bar[i + 1, k, x]
                    to_mean_bar[i, k, x] -= Z[i, k] * to_y_bar[i, x]

    return adjoint_maps


def _mean_sweep(N: int, K: int) -> Callable[..., Any]:
    zeros_K, zeros_N = (0.0,) * K, (0.0,) * N

    @jit
    def sweep_means(first, last, filtered, bars, to_y_bar, to_mean_bar):
        """Write d_bar and c_bar of every date; replace mean_bar."""
        innovation, weight = filtered[4], filtered[5]
        mean_bar, d_bar, c_bar = bars[0], bars[4], bars[5]
        b, v = zeros_K, zeros_N
        for k in range(K):
            b = tuple_setitem(b, k, mean_bar[k])
        for t in range(last, first - 1, -1):
            for i in range(N):
                v = tuple_setitem(v, i, weight[t] * innovation[t, i])
            for i in range(N):
                total = 0.0
                for j in range(i, N):
                    total += to_y_bar[i, K + j] * v[j]
                for k in range(K):
                    total += to_y_bar[i, k] * b[k]
                d_bar[t, i] = -total
            before = b
            for k in range(K):
                total = 0.0
                for j in range(N):
                    total += to_mean_bar[0, k, K + j] * v[j]
                # Last, because it alone waits for the date after.
                for j in range(K):
                    total += to_mean_bar[0, k, j] * b[j]
                before = tuple_setitem(before, k, total)
                c_bar[t, k] = total
            b = before
        for k in range(K):
            mean_bar[k] = b[k]

    return sweep_means


def _second_moments(N: int, K: int) -> Callable[..., Any]:
    zeros_K, zeros_N = (0.0,) * K, (0.0,) * N

    @jit
    def second_moments(first, last, filtered, c_bar, moments):
        """Sum b w' over the dates, one row of it at a time to stay in registers."""
        mean, innovation, weight = filtered[3], filtered[4], filtered[5]
        T = weight.shape[0]
        for x in range(K + N):
            with_mean, with_innovation = zeros_K, zeros_N
            for t in range(first, last + 1):
                if x >= K:
                    b = weight[t] * innovation[t, x - K]
                elif t + 1 < T:
                    b = c_bar[t + 1, x]
                else:
                    b = 0.0
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

    return second_moments


def _moments_to_bars(N: int, K: int) -> Callable[..., Any]:
    @jit
    def moments_to_bars(
        s,
        filtered,
        moments,
        total,
        to_y_bar,
        to_mean_bar,
        gain_sum,
        variance_sum,
        gradient,
    ):
        """Sum over the stretch of what a date adds to each cotangent."""
        gain, variance = filtered[0], filtered[1]
        Z_bar, phi_bar, _, _ = gradient
        # The mean at each stage of a date, as rows acting on w.
        stage = np.zeros((K, K + N))
        for k in range(K):
            stage[k, k] = 1.0
        for i in range(N):
            if s[i] != 0.0:
                for w in range(K + N):
                    y_bar_w = 0.0
                    for x in range(K + N):
                        y_bar_w += to_y_bar[i, x] * moments[x, w]
                    for k in range(K):
                        Z_bar[i, k] -= y_bar_w * stage[k, w]
                for x in range(K + N):
                    for k in range(K):
                        gain_sum[i, k] += to_mean_bar[i + 1, k, x] * moments[x, K + i]
                squares = moments[K + i, K + i] / variance[i]
                variance_sum[i] = 0.5 * (squares - total) / variance[i]
                for k in range(K):
                    stage[k, K + i] = gain[i, k]
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
    def dates_to_forget(A, limit):
        """Count the dates after which A'^n A^n is negligible, at most `limit`."""
        G, half, following = np.eye(K), np.empty((K, K)), np.empty((K, K))
        n = 0
        while n < limit and largest(G) > FORGOTTEN:
            sandwich(A, G, half, following)
            G, following = following, G
            n += 1
        return n

    @jit
    def lyapunov(A, X):
        """Replace X by the solution Y of Y = A' Y A + X, by doubling."""
        power, squared = A.copy(), np.empty((K, K))
        half, change = np.empty((K, K)), np.empty((K, K))
        while largest(power) > FORGOTTEN:
            sandwich(power, X, half, change)
            for k in range(K):
                for j in range(K):
                    X[k, j] += change[k, j]
            product(power, power, squared)
            power, squared = squared, power

    return dates_to_forget, lyapunov
