"""Backward pass of changing components; symbols as in `changing_components.passes`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.changing_components.arrays import (
    components_of,
    gradient_of,
    predicted_of,
)
from models.likelihoods.compiled.separate_passes import SeparatePass, jit
from models.likelihoods.compiled.unrolling import unroll


def backward_pass(num_components: int) -> SeparatePass:
    """Backward pass for a given size; see `changing_components.passes`."""
    K = num_components

    def build() -> Callable[..., None]:
        run = jit(unroll(all_series, K=K))

        def backward(T, N, weight, standardized_bar, given, found, gradient):
            # A failed forward pass leaves the gradient at zero.
            if not np.isnan(found.predictive_variance[0, 0]):
                run(T, N, weight, standardized_bar, given, found, gradient)

        return backward

    return SeparatePass(
        build=build,
        lengths=("T", "N"),
        arrays={
            "weight": ("T", "N"),
            "standardized_bar": ("T", "N"),
            "given": components_of(K),
            "found": predicted_of(K),
            "gradient": gradient_of(K),
        },
    )


def all_series(
    T: Any,
    N: Any,
    weight: Any,
    standardized_bar: Any,
    given: Any,
    found: Any,
    gradient: Any,
    K: int,
) -> None:
    """Pull the cotangents of mean and covariance back through the dates.

    A trailing ``_bar`` marks a cotangent; that of the covariance is symmetric and B its
    name, its lower half.
    """
    _, s, persistence, _, _, _, _ = given
    _, _, mean, covariance, innovation, predictive = found
    y_bar, persistence_bar, variance_bar, noise_bar, mean_bar, first_bar = gradient
    m_bar = np.empty(K)
    B = np.empty((K, K))
    c = np.empty(K)
    c_bar = np.empty(K)
    f = np.empty(K)
    m = np.empty(K)
    P = np.empty((K, K))
    for n in range(N):
        for i in range(K):
            m_bar[i] = 0.0
            for j in range(i + 1):
                B[i, j] = 0.0
        to_noise = 0.0
        for t in range(T - 1, -1, -1):
            if s[t, n] > 0.0:
                v = innovation[t, n]
                precision = 1.0 / predictive[t, n]
                d = weight[t, n]
                z_bar = standardized_bar[t, n] * np.sqrt(precision)
                u = v * precision
                on_mean = 0.0
                on_covariance = 0.0
                for i in range(K):
                    c[i] = 0.0
                    for j in range(K):
                        c[i] += covariance[t, n, i, j]
                    on_mean += m_bar[i] * c[i]
                for i in range(K):
                    c_bar[i] = 0.0
                    for j in range(K):
                        c_bar[i] += B[max(i, j), min(i, j)] * c[j]
                    on_covariance += c_bar[i] * c[i]
                v_bar = z_bar - d * u + on_mean * precision
                F_bar = -0.5 * d * (precision - u * u) - 0.5 * z_bar * u
                F_bar += (on_covariance * precision - on_mean * u) * precision
                to_noise += F_bar
                y_bar[t, n] = v_bar
                for i in range(K):
                    c_bar[i] = m_bar[i] * u - 2.0 * c_bar[i] * precision + F_bar
                for i in range(K):
                    m_bar[i] -= v_bar
                    for j in range(i + 1):
                        B[i, j] += 0.5 * (c_bar[i] + c_bar[j])
            if t > 0:
                # Mean and covariance after the date before.
                for i in range(K):
                    f[i] = persistence[t, n, i]
                    m[i] = mean[t - 1, n, i]
                    for j in range(i + 1):
                        P[i, j] = covariance[t - 1, n, i, j]
                if s[t - 1, n] > 0.0:
                    precision = 1.0 / predictive[t - 1, n]
                    for i in range(K):
                        c[i] = 0.0
                        for j in range(K):
                            c[i] += covariance[t - 1, n, i, j]
                    for i in range(K):
                        m[i] += c[i] * innovation[t - 1, n] * precision
                        for j in range(i + 1):
                            P[i, j] -= c[i] * c[j] * precision
                for i in range(K):
                    found_i = m_bar[i] * m[i]
                    for j in range(K):
                        found_i += (
                            2.0
                            * B[max(i, j), min(i, j)]
                            * f[j]
                            * P[max(i, j), min(i, j)]
                        )
                    persistence_bar[t, n, i] = found_i
                    variance_bar[t, n, i] = B[i, i]
                for i in range(K):
                    m_bar[i] *= f[i]
                    for j in range(i + 1):
                        B[i, j] *= f[i] * f[j]
        noise_bar[n] = to_noise
        for i in range(K):
            mean_bar[n, i] = m_bar[i]
            first_bar[n, i] = B[i, i]
