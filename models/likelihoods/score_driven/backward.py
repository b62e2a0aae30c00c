"""Backward pass of score-driven innovations; symbols as in `score_driven.passes`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from models.likelihoods.compiled.separate_passes import SeparatePass, jit
from models.likelihoods.compiled.unrolling import unroll
from models.likelihoods.score_driven.arrays import (
    gradient_of,
    innovations_of,
    score_driven_of,
)


def backward_pass(num_series: int) -> SeparatePass:
    """Backward pass for a given size; see `models.likelihoods.score_driven.passes`."""
    N = num_series

    def build() -> Callable[..., None]:
        run = jit(unroll(all_dates, N=N))

        def backward(T, weight, given, found, gradient):
            # A failed forward pass leaves the gradient at zero.
            if not np.isnan(found.log_scale[0]):
                run(weight, given, found, gradient)

        return backward

    return SeparatePass(
        build=build,
        lengths=("T",),
        arrays={
            "weight": ("T",),
            "given": innovations_of(N),
            "found": score_driven_of(N),
            "gradient": gradient_of(N),
        },
    )


def all_dates(weight: Any, given: Any, found: Any, gradient: Any, N: int) -> None:
    """Pull the cotangents of the next date's G and l back through the dates.

    A trailing ``_bar`` marks a cotangent; that of G is symmetric and B its name.
    """
    z, s, dynamics, _ = given
    _, log_scale, scale_matrix, precision, weighted, distance = found
    z_bar, dynamics_bar, constant_bar = gradient
    p = dynamics[0]
    a = dynamics[1]
    phi = dynamics[2]
    kappa = dynamics[3]
    nu = dynamics[4]
    B = np.zeros((N, N))
    G = np.empty((N, N))
    e = np.empty(N)
    g = np.empty(N)
    o = np.empty(N)
    e_bar = np.empty(N)
    scale_bar = 0.0
    p_bar = 0.0
    a_bar = 0.0
    phi_bar = 0.0
    kappa_bar = 0.0
    nu_bar = 0.0
    for t in range(z.shape[0] - 1, -1, -1):
        d = weight[t]
        shrink = np.exp(-log_scale[t])
        q = distance[t]
        n = 0.0
        for i in range(N):
            o[i] = s[t, i]
            n += o[i]
            e[i] = o[i] * z[t, i] * shrink
            g[i] = weighted[t, i]
            for j in range(i + 1):
                G[i, j] = scale_matrix[t, i, j]
        spread = 1.0 / (nu + q)
        w = (nu + n) * spread
        per_series = 1.0 / n if n > 0.0 else 0.0
        # Sums of B against e e', G, G between missing series, and I.
        on_e = 0.0
        on_G = 0.0
        on_missing = 0.0
        on_identity = 0.0
        for i in range(N):
            on_identity += B[i, i]
            e_bar[i] = 0.0
            for j in range(N):
                entry = B[max(i, j), min(i, j)]
                e_bar[i] += entry * e[j]
                both = entry * G[max(i, j), min(i, j)]
                on_G += both
                on_missing += (1.0 - o[i]) * (1.0 - o[j]) * both
            on_e += e_bar[i] * e[i]
        to_scale = kappa * scale_bar * per_series
        w_bar = a * on_e + to_scale * q
        q_bar = to_scale * w - 0.5 * w * d - w_bar * w * spread
        p_bar += on_G - on_identity
        a_bar += w * on_e + on_missing - on_G
        phi_bar += scale_bar * log_scale[t]
        kappa_bar += scale_bar * (w * q * per_series - 1.0) if n > 0.0 else 0.0
        nu_bar += w_bar * (q - n) * spread * spread
        nu_bar += 0.5 * d * ((nu + n) * q * spread / nu - np.log1p(q / nu))
        constant_bar[np.int64(n)] += d
        moved = 0.0
        for i in range(N):
            e_bar[i] = o[i] * (2.0 * a * w * e_bar[i] + 2.0 * q_bar * g[i])
            moved += e_bar[i] * e[i]
            z_bar[t, i] = e_bar[i] * shrink
        scale_bar = phi * scale_bar - n * d - moved
        for i in range(N):
            for j in range(i + 1):
                stays = p - a + a * (1.0 - o[i]) * (1.0 - o[j])
                B[i, j] = stays * B[i, j] - q_bar * g[i] * g[j]
                B[i, j] -= 0.5 * d * precision[t, i, j]
    dynamics_bar[0] = p_bar
    dynamics_bar[1] = a_bar
    dynamics_bar[2] = phi_bar
    dynamics_bar[3] = kappa_bar
    dynamics_bar[4] = nu_bar
