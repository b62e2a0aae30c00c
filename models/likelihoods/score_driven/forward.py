"""Forward pass of score-driven innovations; symbols as in `score_driven.passes`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.compiled.separate_passes import SeparatePass, jit
from models.likelihoods.compiled.unrolling import unroll
from models.likelihoods.score_driven.arrays import innovations_of, score_driven_of


def forward_pass(num_series: int) -> SeparatePass:
    """Forward pass for a given size; see `models.likelihoods.score_driven.passes`."""
    N = num_series

    def build() -> Callable[..., None]:
        run = jit(unroll(all_dates, N=N))

        def forward(T, given, found):
            if not run(given, found):
                for t in range(T):
                    found.log_density[t] = -np.inf
                found.log_scale[0] = np.nan

        return forward

    return SeparatePass(
        build=build,
        lengths=("T",),
        arrays={"given": innovations_of(N), "found": score_driven_of(N)},
    )


def all_dates(given: Any, found: Any, N: int) -> Any:
    """Run through the dates; return whether every density exists.

    A missing series is given a unit row in the factor and a zero e, so that it adds
    nothing to determinant and distance: that costs less than a branch.
    """
    z, s, dynamics, log_constant = given
    log_density, log_scale, scale_matrix, precision, weighted, distance = found
    T = z.shape[0]
    p = dynamics[0]
    a = dynamics[1]
    phi = dynamics[2]
    kappa = dynamics[3]
    nu = dynamics[4]
    G = np.empty((N, N))
    L = np.empty((N, N))
    inverse = np.empty((N, N))
    scaled = np.empty((N, N))
    share = np.empty(N)
    e = np.empty(N)
    x = np.empty(N)
    o = np.empty(N)
    for i in range(N):
        for j in range(i):
            G[i, j] = 0.0
        G[i, i] = 1.0
    scale = 0.0
    is_valid = True
    for t in range(T):
        log_scale[t] = scale
        shrink = np.exp(-scale)
        n = 0.0
        determinant = 1.0
        q = 0.0
        for i in range(N):
            o[i] = s[t, i]
            n += o[i]
            e[i] = o[i] * z[t, i] * shrink
            for j in range(i + 1):
                scale_matrix[t, i, j] = G[i, j]
                scale_matrix[t, j, i] = G[i, j]
        # G = L D L' with ones on the diagonal of L: no date waits for a square root.
        for i in range(N):
            pivot = 1.0 + o[i] * (G[i, i] - 1.0)
            x[i] = e[i]
            for j in range(i):
                scaled[i, j] = o[i] * o[j] * G[i, j]
                for k in range(j):
                    scaled[i, j] -= L[i, k] * scaled[j, k]
                L[i, j] = scaled[i, j] * share[j]
                pivot -= scaled[i, j] * L[i, j]
                x[i] -= L[i, j] * x[j]
            # False of NaN as well.
            is_valid &= (pivot > 0.0) & (np.inf > pivot)
            determinant *= pivot
            share[i] = 1.0 / pivot
            q += x[i] * x[i] * share[i]
            inverse[i, i] = 1.0
            for j in range(i):
                inverse[i, j] = 0.0
                for k in range(j, i):
                    inverse[i, j] -= L[i, k] * inverse[k, j]
        distance[t] = q
        for i in range(N):
            found_i = 0.0
            for k in range(i, N):
                found_i += inverse[k, i] * x[k] * share[k]
            weighted[t, i] = found_i
            for j in range(i + 1):
                product = 0.0
                for k in range(i, N):
                    product += inverse[k, i] * inverse[k, j] * share[k]
                product *= o[i] * o[j]
                precision[t, i, j] = product
                precision[t, j, i] = product
        w = (nu + n) / (nu + q)
        log_density[t] = determinant
        for i in range(N):
            for j in range(i + 1):
                both = o[i] * o[j]
                neither = (1.0 - o[i]) * (1.0 - o[j])
                moved = both * w * e[i] * e[j] + neither * G[i, j]
                G[i, j] = (p - a) * G[i, j] + a * moved
            G[i, i] += 1.0 - p
        reaction = w * q / max(n, 1.0) - 1.0 if n > 0.0 else 0.0
        scale = phi * scale + kappa * reaction
    # Apart from the recursion, which need not wait for logarithms.
    for t in range(T):
        n = 0.0
        for i in range(N):
            n += s[t, i]
        density = log_constant[np.int64(n)] - n * log_scale[t]
        density -= 0.5 * np.log(log_density[t])
        log_density[t] = density - 0.5 * (nu + n) * np.log1p(distance[t] / nu)
    return is_valid
