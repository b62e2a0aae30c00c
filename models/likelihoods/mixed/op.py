r"""Log marginal likelihood of a Gaussian mixed model, as a PyTensor Op.

All effects and coefficients are integrated out, see `models.likelihoods.mixed.factor`.
With K, the posterior mean m and the residual sum q that they leave,

.. math::

    \ell = -\tfrac12 \bigl((n - f) \log 2\pi + n \log \sigma^2 - \sum_j \log w_j
           + \log |K| - \log |P| + q\bigr)

with f coefficients of flat prior, which makes it the restricted likelihood (REML) where
all are. Its gradient is that of the expected complete log density (Fisher's identity):
with V the inverse of K,

.. math::

    \partial \ell / \partial L = L^{-T} \Bigl[\sum_g (m_g m_g' + V_{gg}) - G I\Bigr],
    \qquad
    2 \sigma^2 \partial \ell / \partial \sigma^2
        = -n + q - m'\Pi m + \mathrm{tr}(I - \Pi V)

with Pi the prior precision of (beta, a, b). An evaluation takes as long for ten million
rows as for ten thousand.
"""

import numpy as np
from numba import njit

from models.likelihoods.compiled.separate_passes import (
    SeparatePass,
    jit,
    separate_pass,
)
from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.mixed.factor import factored, inverse_of_lower
from models.likelihoods.two_pass import Array, Passes, TwoPassOp, two_pass_op

CACHE_VERSION = source_version(__name__)

LOG_TWO_PI = float(np.log(2.0 * np.pi))


@jit
def pulled_back(scale, moments, groups):
    """Gradient in a lower triangular scale from summed second moments."""
    size = len(scale)
    for a in range(size):
        moments[a, a] -= groups
    gradient = np.dot(inverse_of_lower(scale).T, moments)
    for a in range(size):
        for b in range(a + 1, size):
            gradient[a, b] = 0.0
    return gradient


def evaluate(
    p,
    groups,
    q,
    crossed,
    r,
    variance,
    scale,
    crossed_scale,
    prior,
    size,
    fixed,
    group_fixed,
    group_group,
    crossed_fixed,
    crossed_group,
    crossed_crossed,
    y_fixed,
    y_group,
    y_crossed,
    y_y,
    log_density,
    to_variance,
    to_scale,
    to_crossed,
):
    """Write log density, and its gradient in the variance and both scales."""
    log_density[0] = -np.inf
    to_variance[0] = 0.0
    to_scale[:] = 0.0
    to_crossed[:] = 0.0
    is_finite = variance[0] > 0.0 and variance[0] < np.inf
    for a in range(q):
        is_finite = is_finite and scale[a, a] > 0.0 and np.all(np.isfinite(scale[a]))
    for a in range(r):
        is_finite = (
            is_finite
            and crossed_scale[a, a] > 0.0
            and np.all(np.isfinite(crossed_scale[a]))
        )
    if not is_finite:
        return
    found = factored(
        variance[0],
        scale,
        crossed_scale,
        prior,
        fixed,
        group_fixed,
        group_group,
        crossed_fixed,
        crossed_group,
        crossed_crossed,
        y_fixed,
        y_group,
        y_crossed,
    )
    is_positive, root, right, rows, crossed_right, roots, log_determinant = found
    if not is_positive:
        return
    inverse = inverse_of_lower(root)
    half = np.dot(inverse, right)
    quadratic = y_y[0] / variance[0] - np.dot(half, half)
    quadratic -= np.dot(crossed_right, crossed_right)
    free = 0
    for a in range(p):
        if prior[a] > 0.0:
            log_determinant -= np.log(prior[a])
        else:
            free += 1
    n = size[0]
    log_density[0] = -0.5 * (
        (n - free) * LOG_TWO_PI
        + n * np.log(variance[0])
        - size[1]
        + log_determinant
        + quadratic
    )
    mean = np.dot(inverse.T, half)
    covariance = np.dot(inverse.T, inverse)
    penalty, freedom = 0.0, float(p + groups * q + crossed * r)
    for a in range(p):
        penalty += prior[a] * mean[a] ** 2
        freedom -= prior[a] * covariance[a, a]
    for i in range(groups):
        for a in range(q):
            for b in range(q):
                m, n_ = p + i * q + a, p + i * q + b
                to_scale[a, b] += mean[m] * mean[n_] + covariance[m, n_]
    for a in range(q):
        freedom -= to_scale[a, a]
    if crossed:
        spread = np.dot(rows, inverse.T)
        left = crossed_right - np.dot(rows, mean)
        block = np.empty((r, r))
        for t in range(crossed):
            for a in range(r):
                for b in range(a + 1):
                    total = left[t * r + a] * left[t * r + b]
                    total += np.dot(spread[t * r + a], spread[t * r + b])
                    block[a, b] = total
                    block[b, a] = total
                block[a, a] += 1.0
            if r == 1:
                to_crossed[0, 0] += block[0, 0] / roots[t, 0, 0] ** 2
            else:
                whitening = inverse_of_lower(roots[t])
                to_crossed += np.dot(whitening.T, np.dot(block, whitening))
        for a in range(r):
            freedom -= to_crossed[a, a]
    # Means and variances of the effects enter alike: their sum was taken off above.
    to_variance[0] = 0.5 * (-n + quadratic - penalty + freedom) / variance[0]
    to_scale[:] = pulled_back(scale, to_scale, groups)
    to_crossed[:] = pulled_back(crossed_scale, to_crossed, crossed)


def mixed_pass() -> SeparatePass:
    """Forward pass, compiled apart from the graphs that call it."""
    return SeparatePass(
        build=lambda: evaluate,
        lengths=("p", "groups", "q", "crossed", "r"),
        arrays={
            "variance": (1,),
            "scale": ("q", "q"),
            "crossed_scale": ("r", "r"),
            "prior": ("p",),
            "size": (2,),
            "fixed": ("p", "p"),
            "group_fixed": ("groups", "q", "p"),
            "group_group": ("groups", "q", "q"),
            "crossed_fixed": ("crossed", "r", "p"),
            "crossed_group": ("crossed", "r", "groups * q"),
            "crossed_crossed": ("crossed", "r", "r"),
            "y_fixed": ("p",),
            "y_group": ("groups", "q"),
            "y_crossed": ("crossed", "r"),
            "y_y": (1,),
            "log_density": (1,),
            "to_variance": (1,),
            "to_scale": ("q", "q"),
            "to_crossed": ("r", "r"),
        },
    )


run = separate_pass(mixed_pass)


@njit
def forward(
    variance,
    scale,
    crossed_scale,
    prior,
    size,
    fixed,
    group_fixed,
    group_group,
    crossed_fixed,
    crossed_group,
    crossed_crossed,
    y_fixed,
    y_group,
    y_crossed,
    y_y,
):
    """Log density, and its gradient in the variance and both scales."""
    (groups, q), (crossed, r) = y_group.shape, y_crossed.shape
    log_density, to_variance = np.empty(1), np.empty(1)
    to_scale, to_crossed = np.empty((q, q)), np.empty((r, r))
    run(
        len(prior),
        groups,
        q,
        crossed,
        r,
        variance,
        scale,
        crossed_scale,
        prior,
        size,
        fixed,
        group_fixed,
        group_group,
        crossed_fixed,
        crossed_group,
        crossed_crossed,
        y_fixed,
        y_group,
        y_crossed,
        y_y,
        log_density,
        to_variance,
        to_scale,
        to_crossed,
    )
    return log_density, to_variance, to_scale, to_crossed


@njit
def backward(weight, to_variance, to_scale, to_crossed):
    """Gradient of a multiple of the log density."""
    return weight[0] * to_variance, weight[0] * to_scale, weight[0] * to_crossed


def mixed_passes() -> Passes:
    """Describe the passes.

    The inputs are the residual variance, the lower triangular scales of the effects of
    groups and of crossed groups, the prior precision of coefficients, number of rows
    and sum of their log weights, and the statistics of
    `models.likelihoods.mixed.statistics.MixedStatistics`.
    """

    def data(*shape: str | int) -> Array:
        return Array(shape=shape, has_gradient=False, is_reread=False)

    def variance(*shape: str | int) -> Array:
        return Array(shape=shape, is_reread=False)

    return Passes(
        name="gaussian_mixed",
        inputs={
            "variance": variance(1),
            "scale": variance("slope", "slope"),
            "crossed_scale": variance("crossed_slope", "crossed_slope"),
            "prior": data("fixed"),
            "size": data(2),
            "fixed": data("fixed", "fixed"),
            "group_fixed": data("group", "slope", "fixed"),
            "group_group": data("group", "slope", "slope"),
            "crossed_fixed": data("crossed", "crossed_slope", "fixed"),
            "crossed_group": data("crossed", "crossed_slope", "dense"),
            "crossed_crossed": data("crossed", "crossed_slope", "crossed_slope"),
            "y_fixed": data("fixed"),
            "y_group": data("group", "slope"),
            "y_crossed": data("crossed", "crossed_slope"),
            "y_y": data(1),
        },
        outputs={
            "log_density": Array(shape=(1,), is_reread=False),
            "to_variance": Array(shape=(1,), has_gradient=False),
            "to_scale": Array(shape=("slope", "slope"), has_gradient=False),
            "to_crossed": Array(
                shape=("crossed_slope", "crossed_slope"), has_gradient=False
            ),
        },
        forward=forward,
        backward=backward,
        version=CACHE_VERSION,
    )


def mixed_op() -> TwoPassOp:
    """Op of `mixed_passes`; its first output is the log density, (1,)."""
    return two_pass_op(mixed_passes)
