"""Backward pass of the Kalman filter; symbols as in `models.likelihoods.kalman.filter`.

A trailing ``_bar`` marks the cotangent of a quantity: the derivative of the weighted
sum of log densities with respect to it. Of each run of dates the cotangents of the
means come first, which leave those of gains and predictive variances behind, and those
of the covariances, which need them, second.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.compiled.separate_passes import SeparatePass, jit
from models.likelihoods.compiled.unrolling import unroll
from models.likelihoods.compiled.vectors import row, total, unit, write, zeros
from models.likelihoods.kalman.arrays import filtered_of, gradients_of, inputs_of
from models.likelihoods.kalman.stretch import stretch_adjoint


def backward_pass(
    num_series: int, num_factors: int, num_standardized: int
) -> SeparatePass:
    """Backward pass for given sizes; see `models.likelihoods.kalman.filter`."""
    N, K, S = num_series, num_factors, num_standardized

    def build() -> Callable[..., None]:
        pull_innovations = jit(innovation_adjoint)
        pull_means = jit(unroll(mean_adjoint, N=N, K=K, S=S))
        pull_covariances = jit(unroll(covariance_adjoint, N=N, K=K))
        pull_stretch = stretch_adjoint(N, K, S, pull_means, pull_covariances)

        def backward(T, U, weight, standardized_bar, model, filtered, gradient):
            s, Z, phi = model.is_observed, model.loading, model.persistence
            _, _, mean, innovation, covariance, source, gain, variance = filtered
            Z_bar, phi_bar, q_bar, h_bar, mean_bar, p1_bar, c_bar, d_bar = gradient
            P_bar = np.zeros((K, K))
            gain_bar, variance_bar = np.empty((T, N, K)), np.empty((T, N))
            pull = np.empty((T, S))
            pull_innovations(weight, standardized_bar, filtered, pull)
            system = s, Z, phi
            found = mean, innovation, covariance, source, gain, variance, weight, pull
            bars = mean_bar, P_bar, gain_bar, variance_bar, d_bar, c_bar
            parameters = Z_bar, phi_bar, q_bar, h_bar
            last = T - 1
            # A failed forward pass marks every date with -1; its gradient is zero.
            while last >= 0 and source[last] >= 0:
                if source[last] < last:
                    pull_stretch(
                        source[last] + 1, last, system, found, bars, parameters
                    )
                    last = source[last]
                first = last
                while first > 0 and source[first - 1] == first - 1:
                    first -= 1
                pull_means(first, last, system, found, bars, parameters)
                pull_covariances(first, last, system, found, bars, parameters)
                last = first - 1
            for t in range(last + 1):
                for i in range(N):
                    d_bar[t, i] = 0.0
            for k in range(K):
                p1_bar[k] = P_bar[k, k]

        return backward

    return SeparatePass(
        build=build,
        lengths=("T", "U"),
        arrays={
            "weight": ("T",),
            "standardized_bar": ("T", S),
            "model": inputs_of(N, K),
            "filtered": filtered_of(N, K, S),
            "gradient": gradients_of(N, K),
        },
        integers=("covariance_date",),
    )


def innovation_adjoint(
    weight: Any, standardized_bar: Any, filtered: Any, pull: Any
) -> None:
    """Write minus F times the derivative in each innovation v by itself.

    The weighted log density and the standardised innovation v / sqrt(F) depend on F
    through v as well, and by no more than that but for the log density's -log(F) / 2:
    so this is all that the rest of the pass needs to know of them. Without standardised
    innovations (S = 0) it is the weighted innovation, and not stored.
    """
    innovation, source, variance = filtered[3], filtered[5], filtered[7]
    for t in range(pull.shape[0]):
        g = source[t]
        if g >= 0:
            for i in range(pull.shape[1]):
                pull[t, i] = weight[t] * innovation[t, i]
                pull[t, i] -= standardized_bar[t, i] * np.sqrt(variance[g, i])


def mean_adjoint(
    first: Any,
    last: Any,
    system: Any,
    found: Any,
    bars: Any,
    gradient: Any,
    N: int,
    K: int,
    S: int,
) -> None:
    """Pull the cotangent of the next predicted mean back through a run of dates.

    Replaces mean_bar, writes gain_bar, variance_bar and d_bar, adds to c_bar, Z_bar
    and phi_bar.
    """
    s, Z, persistence = system
    mean, innovation, _, source, gain, variance, weight, pull = found
    mean_bar, _, gain_bar, variance_bar, d_bar, c_bar = bars
    Z_bar, phi_bar, _, _ = gradient
    last_input = c_bar.shape[0] - 1
    a = np.empty((N + 1, K))
    v = np.empty(N)
    G = np.empty((N, K))
    z = np.empty((N, K))
    Z_sum = np.empty((N, K))
    phi = row(persistence, (), K)
    phi_sum = zeros(K)
    a_bar = row(mean_bar, (), K)
    for i in range(N):
        z[i] = row(Z, (i,), K)
        Z_sum[i] = zeros(K)
    for t in range(last, first - 1, -1):
        g = source[t]
        w = weight[t]
        # The mean before each series and, last, the filtered one.
        a[0] = row(mean, (t,), K)
        for i in range(N):
            v[i] = innovation[t, i]
            G[i] = row(gain, (g, i), K)
            a[i + 1] = a[i] + v[i] * G[i]
        phi_sum += a_bar * a[N]
        a_bar *= phi
        for i in range(N - 1, -1, -1):
            precision = s[t, i] / variance[g, i]
            pulled = w * v[i]
            if i < S:
                pulled = pull[t, i]
            scaled = pulled * precision
            variance_bar[t, i] = 0.5 * (scaled * v[i] - w) * precision
            v_bar = total(G[i] * a_bar) - scaled
            write(gain_bar, (t, i), v[i] * a_bar)
            Z_sum[i] -= v_bar * a[i]
            a_bar -= v_bar * z[i]
            d_bar[t, i] = -v_bar
        # The first date's state has no input.
        received = 0.0 if t == 0 else 1.0
        entering = min(t, last_input)
        write(c_bar, (entering,), row(c_bar, (entering,), K) + received * a_bar)
    write(mean_bar, (), a_bar)
    write(phi_bar, (), row(phi_bar, (), K) + phi_sum)
    for i in range(N):
        write(Z_bar, (i,), row(Z_bar, (i,), K) + Z_sum[i])


def covariance_adjoint(
    first: Any,
    last: Any,
    system: Any,
    found: Any,
    bars: Any,
    gradient: Any,
    N: int,
    K: int,
) -> None:
    """Pull cotangents of gains, variances and next covariance back through dates.

    Replaces P_bar and adds to the gradient. With M = P z: F = z'M + h, gain = M / F,
    P_next = P - M M' / F.
    """
    s, Z, persistence = system
    _, _, covariance, source, gain, variance, _, _ = found
    _, P_bar, gain_bar, variance_bar, _, _ = bars
    Z_bar, phi_bar, q_bar, h_bar = gradient
    P = np.empty((N + 1, K, K))
    P_next_bar = np.empty((K, K))
    decay = np.empty((K, K))
    F = np.empty(N)
    G = np.empty((N, K))
    z = np.empty((N, K))
    Z_sum = np.empty((N, K))
    h_sum = np.zeros(N)
    phi = row(persistence, (), K)
    phi_sum = zeros(K)
    q_sum = zeros(K)
    for k in range(K):
        P_next_bar[k] = row(P_bar, (k,), K)
        decay[k] = phi[k] * phi
    for i in range(N):
        z[i] = row(Z, (i,), K)
        Z_sum[i] = zeros(K)
    for t in range(last, first - 1, -1):
        g = source[t]
        # The covariance before each series and, last, the filtered one.
        for k in range(K):
            P[0, k] = row(covariance, (g, k), K)
        for i in range(N):
            F[i] = variance[g, i]
            G[i] = row(gain, (g, i), K)
            for k in range(K):
                P[i + 1, k] = P[i, k] - (F[i] * gain[g, i, k]) * G[i]
        for k in range(K):
            phi_sum += (2.0 * phi[k]) * (P_next_bar[k] * P[N, k])
            q_sum += P_next_bar[k] * unit(k, K)
            P_next_bar[k] *= decay[k]
        for i in range(N - 1, -1, -1):
            precision = s[t, i] / F[i]
            direct = precision * row(gain_bar, (t, i), K)
            moved = zeros(K)
            for k in range(K):
                moved += gain[g, i, k] * P_next_bar[k]
            F_bar = variance_bar[t, i] + total((moved - direct) * G[i])
            M_bar = direct - 2.0 * moved + F_bar * z[i]
            h_sum[i] += F_bar
            Z_sum[i] += (F_bar * F[i]) * G[i]
            half = 0.5 * M_bar
            for k in range(K):
                Z_sum[i] += M_bar[k] * P[i, k]
                P_next_bar[k] += half[k] * z[i] + Z[i, k] * half
    for k in range(K):
        write(P_bar, (k,), P_next_bar[k])
    write(phi_bar, (), row(phi_bar, (), K) + phi_sum)
    write(q_bar, (), row(q_bar, (), K) + q_sum)
    for i in range(N):
        h_bar[i] += h_sum[i]
        write(Z_bar, (i,), row(Z_bar, (i,), K) + Z_sum[i])
