"""Backward pass of the Kalman filter; symbols as in `models.kalman_filter`.

A trailing ``_bar`` marks the cotangent of a quantity: the derivative of the weighted
sum of log densities with respect to it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.kalman_covariance import covariance_steps, jit, jit_pass
from models.kalman_stretch import stretch_adjoint


def backward_pass(num_series: int, num_factors: int) -> Callable[..., Any]:
    """Compile the backward pass for given sizes; see `models.kalman_filter`."""
    N, K = num_series, num_factors
    step, covariance_adjoint = covariance_steps(N, K)
    date_adjoint = _date_adjoint(N, K)
    pull_stretch = stretch_adjoint(N, K, date_adjoint, covariance_adjoint)

    @jit_pass
    def backward(
        weight, y, s, Z, phi, q, h, m1, p1, c, d, mean, innovation, covariance, source
    ):
        T = y.shape[0]
        c_bar, d_bar = np.zeros((T, K)), np.zeros((T, N))
        Z_bar, phi_bar, q_bar = np.zeros((N, K)), np.zeros(K), np.zeros(K)
        h_bar, mean_bar, P_bar = np.zeros(N), np.zeros(K), np.zeros((K, K))
        p1_bar = np.empty(K)
        gradient = Z_bar, phi_bar, q_bar, h_bar
        gain, variance, steps = np.zeros((N, K)), np.ones(N), np.empty((N + 1, K, K))
        gain_bar, variance_bar, P = np.zeros((N, K)), np.zeros(N), np.empty((K, K))
        filtered = gain, variance, steps, mean, innovation, weight
        bars = mean_bar, P_bar, gain_bar, variance_bar, d_bar, c_bar
        t = T - 1
        # A failed forward pass marks every date with -1; its gradient is zero.
        while t >= 0 and source[t] >= 0:
            for k in range(K):
                for j in range(K):
                    P[k, j] = covariance[source[t], k, j]
            step(P, s[t], Z, phi, q, h, gain, variance, steps)
            if source[t] < t:
                pull_stretch(source[t] + 1, t, s, Z, phi, filtered, bars, gradient)
                t = source[t]
            date_adjoint(t, s[t], Z, phi, filtered, bars, gradient)
            covariance_adjoint(
                P_bar, gain_bar, variance_bar, s[t], Z, phi, filtered, gradient
            )
            t -= 1
        for k in range(K):
            c_bar[0, k] = 0.0
            p1_bar[k] = P_bar[k, k]
        return Z_bar, phi_bar, q_bar, h_bar, mean_bar, p1_bar, c_bar, d_bar

    return backward


def _date_adjoint(N: int, K: int) -> Callable[..., Any]:
    zeros_K = (0.0,) * K

    @jit
    def date_adjoint(t, s, Z, phi, filtered, bars, gradient):
        """Pull the cotangent of the next predicted mean back through date t.

        Replaces mean_bar, writes gain_bar, variance_bar, d_bar[t] and c_bar[t], adds to
        Z_bar and phi_bar.
        """
        gain, variance, _, mean, innovation, weight = filtered
        mean_bar, _, gain_bar, variance_bar, d_bar, c_bar = bars
        Z_bar, phi_bar, _, _ = gradient
        a, a_bar = zeros_K, zeros_K
        for k in range(K):
            filtered_mean = mean[t, k]
            for i in range(N):
                filtered_mean += gain[i, k] * innovation[t, i]
            a = tuple_setitem(a, k, filtered_mean)
            phi_bar[k] += mean_bar[k] * filtered_mean
            a_bar = tuple_setitem(a_bar, k, mean_bar[k] * phi[k])
        for i in range(N - 1, -1, -1):
            v = innovation[t, i]
            v_bar = 0.0
            if s[i] != 0.0:
                scaled = weight[t] * v / variance[i]
                v_bar = -scaled
                variance_bar[i] = 0.5 * (scaled * v - weight[t]) / variance[i]
                for k in range(K):
                    v_bar += gain[i, k] * a_bar[k]
                    gain_bar[i, k] = a_bar[k] * v
                for k in range(K):
                    a = tuple_setitem(a, k, a[k] - gain[i, k] * v)
                    Z_bar[i, k] -= v_bar * a[k]
                    a_bar = tuple_setitem(a_bar, k, a_bar[k] - v_bar * Z[i, k])
            d_bar[t, i] = -v_bar
        for k in range(K):
            mean_bar[k] = a_bar[k]
            c_bar[t, k] = a_bar[k]

    return date_adjoint
