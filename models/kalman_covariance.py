"""One date of the Kalman filter's covariance recursion, and its adjoint.

The functions made here run inside the passes of `models.kalman_filter`, whose symbols
they use. They write into arrays they are given and use plain loops: numba turns an
array expression on a three by three matrix into more code than all of its arithmetic.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numba.cpython.unsafe.tuple import tuple_setitem

jit_pass = njit(error_model="numpy", fastmath={"contract", "nsz"})
"""Compile a pass of the filter: no division checks, fused multiply-add."""

jit = njit(
    error_model="numpy",
    fastmath={"contract", "nsz"},
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)
"""The same for a part of a pass, which Python never calls."""


class CovarianceSteps(NamedTuple):
    """The recursion and its adjoint, compiled for one size."""

    step: Callable[..., Any]
    adjoint: Callable[..., Any]


@cache
def covariance_steps(num_series: int, num_factors: int) -> CovarianceSteps:
    """Compile the recursion for given sizes."""
    return CovarianceSteps(
        _step(num_series, num_factors), _adjoint(num_series, num_factors)
    )


def _step(N: int, K: int) -> Callable[..., Any]:
    # Tuples of fixed length live in registers; a small array would not, because the
    # compiler must assume that it overlaps with the others.
    zeros_K, zeros_KK = (0.0,) * K, (0.0,) * (K * K)

    @jit
    def covariance_step(P, s, Z, phi, q, h, gain, variance, steps):
        """Condition P on the observed series, then predict, all in place.

        ``steps[i]`` keeps the covariance before series i, ``steps[N]`` the filtered
        one. Returns False where a predictive variance is not positive and finite.
        """
        G, M = zeros_KK, zeros_K
        for k in range(K):
            for j in range(K):
                G = tuple_setitem(G, k * K + j, P[k, j])
        for i in range(N):
            for k in range(K):
                gain[i, k] = 0.0
                for j in range(K):
                    steps[i, k, j] = G[k * K + j]
            variance[i] = 1.0
            if s[i] == 0.0:
                continue
            F = h[i]
            for k in range(K):
                m = 0.0
                for j in range(K):
                    m += G[k * K + j] * Z[i, j]
                M = tuple_setitem(M, k, m)
                F += Z[i, k] * m
            # The negation is true of NaN as well.
            if not (F > 0.0 and F < np.inf):
                return False
            variance[i] = F
            precision = 1.0 / F
            for k in range(K):
                scaled = M[k] * precision
                gain[i, k] = scaled
                for j in range(k + 1):
                    reduced = G[k * K + j] - scaled * M[j]
                    G = tuple_setitem(G, k * K + j, reduced)
                    G = tuple_setitem(G, j * K + k, reduced)
        for k in range(K):
            for j in range(K):
                steps[N, k, j] = G[k * K + j]
                P[k, j] = G[k * K + j] * phi[k] * phi[j]
            P[k, k] += q[k]
        return True

    return covariance_step


def _adjoint(N: int, K: int) -> Callable[..., Any]:
    zeros_K, zeros_KK = (0.0,) * K, (0.0,) * (K * K)

    @jit
    def covariance_adjoint(
        P_bar, gain_bar, variance_bar, s, Z, phi, filtered, gradient
    ):
        """Pull cotangents of gains, variances and next covariance back, in place.

        ``gradient`` is (Z_bar, phi_bar, q_bar, h_bar), added to. With M = P z:
        F = z'M + h, gain = M / F, P_next = P - M M' / F.
        """
        gain, variance, steps, _, _, _ = filtered
        Z_bar, phi_bar, q_bar, h_bar = gradient
        G, M_bar = zeros_KK, zeros_K
        for k in range(K):
            q_bar[k] += P_bar[k, k]
            total = 0.0
            for j in range(K):
                scaled = P_bar[k, j] * phi[j]
                total += scaled * steps[N, k, j]
                G = tuple_setitem(G, k * K + j, scaled * phi[k])
            phi_bar[k] += 2.0 * total
        for i in range(N - 1, -1, -1):
            if s[i] == 0.0:
                continue
            F, precision = variance[i], 1.0 / variance[i]
            F_bar = variance_bar[i]
            for k in range(K):
                moved = 0.0
                for j in range(K):
                    moved += G[k * K + j] * gain[i, j]
                direct = gain_bar[i, k] * precision
                F_bar += (moved - direct) * gain[i, k]
                M_bar = tuple_setitem(M_bar, k, direct - 2.0 * moved)
            h_bar[i] += F_bar
            for k in range(K):
                M_bar = tuple_setitem(M_bar, k, M_bar[k] + F_bar * Z[i, k])
            for k in range(K):
                z_bar = F_bar * gain[i, k] * F
                for j in range(K):
                    z_bar += steps[i, k, j] * M_bar[j]
                    outer = 0.5 * (M_bar[k] * Z[i, j] + Z[i, k] * M_bar[j])
                    G = tuple_setitem(G, k * K + j, G[k * K + j] + outer)
                Z_bar[i, k] += z_bar
        for k in range(K):
            for j in range(K):
                P_bar[k, j] = G[k * K + j]

    return covariance_adjoint
