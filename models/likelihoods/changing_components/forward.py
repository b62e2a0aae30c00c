"""Forward pass of changing components; symbols as in `changing_components.passes`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.changing_components.arrays import components_of, predicted_of
from models.likelihoods.compiled.separate_passes import SeparatePass, jit
from models.likelihoods.compiled.unrolling import unroll


def forward_pass(num_components: int) -> SeparatePass:
    """Forward pass for a given size; see `changing_components.passes`."""
    K = num_components

    def build() -> Callable[..., None]:
        run = jit(unroll(all_series, K=K))

        def forward(T, N, given, found):
            if not run(T, N, given, found):
                for t in range(T):
                    for n in range(N):
                        found.log_density[t, n] = -np.inf
                found.predictive_variance[0, 0] = np.nan

        return forward

    return SeparatePass(
        build=build,
        lengths=("T", "N"),
        arrays={"given": components_of(K), "found": predicted_of(K)},
    )


def all_series(T: Any, N: Any, given: Any, found: Any, K: int) -> Any:
    """Run through the dates of every series; return whether every density exists."""
    y, s, persistence, variance, noise, first_mean, first_variance = given
    log_density, standardized, mean, covariance, innovation, predictive = found
    m = np.empty(K)
    P = np.empty((K, K))
    c = np.empty(K)
    is_valid = True
    for n in range(N):
        for i in range(K):
            m[i] = first_mean[n, i]
            for j in range(i):
                P[i, j] = 0.0
            P[i, i] = first_variance[n, i]
        for t in range(T):
            if t > 0:
                for i in range(K):
                    m[i] *= persistence[t, n, i]
                    for j in range(i + 1):
                        P[i, j] *= persistence[t, n, i] * persistence[t, n, j]
                    P[i, i] += variance[t, n, i]
            F = noise[n]
            v = y[t, n]
            for i in range(K):
                mean[t, n, i] = m[i]
                v -= m[i]
                c[i] = 0.0
                for j in range(K):
                    c[i] += P[max(i, j), min(i, j)]
                    covariance[t, n, i, j] = P[max(i, j), min(i, j)]
                F += c[i]
            predictive[t, n] = F
            # False of NaN as well.
            is_valid &= (F > 0.0) & (np.inf > F)
            if s[t, n] > 0.0:
                precision = 1.0 / F
                innovation[t, n] = v
                standardized[t, n] = v * np.sqrt(precision)
                log_density[t, n] = -0.5 * (np.log(2.0 * np.pi * F) + v * v * precision)
                for i in range(K):
                    m[i] += c[i] * v * precision
                    for j in range(i + 1):
                        P[i, j] -= c[i] * c[j] * precision
            else:
                innovation[t, n] = 0.0
                standardized[t, n] = 0.0
                log_density[t, n] = 0.0
    return is_valid
