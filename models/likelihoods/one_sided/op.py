r"""Log density of one-sided costs plus normal errors, as a PyTensor Op.

A trade deviates from its fair value by :math:`d = D h + e`: a cost h >= 0 in the
direction D of the side that pays it, and a normal error e of either sign. With h a
mixture of Erlang-1 (exponential) and Erlang-2 of one scale b, in shares 1 - w and w and
with mean :math:`\mu = b (1 + w)`, :math:`\kappa = \sigma / b` and
:math:`t = d / \sigma`, the density of D = 1 is

.. math::

    \frac{\phi(t)}{b} \bigl[(1 - w) I_0(\kappa - t) + w \kappa I_1(\kappa - t)\bigr]

with I of `models.likelihoods.one_sided.moments`: for w = 0 the exponential plus normal
of stochastic frontiers (Aigner, Lovell & Schmidt 1977). That of D = -1 has -t, and the
direction is up with a probability that may be known or not. A tail of the costs heavier
than exponential is a lognormal scale with mean 1, by Gauss-Hermite quadrature.

Densities are scaled by the exponential of the nearer side, so that none underflows.
"""

import numpy as np
from numba import njit

from models.likelihoods.compiled.elementary import (
    exponential,
    logarithm,
    normal_exponential,
)
from models.likelihoods.compiled.floating_point import FLOATING_POINT, jit, sums
from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.one_sided.moments import moments
from models.likelihoods.two_pass import Array, Passes, TwoPassOp, two_pass_op

CACHE_VERSION = source_version(__name__)

ROOT_TWO_PI = float(np.sqrt(2.0 * np.pi))
HALF_LOG_TWO_PI = float(np.log(ROOT_TWO_PI))

LARGEST_LOG = 30.0
"""Of a ratio of scales, either way: beyond it costs or errors are nothing."""

SMALLEST_SHARE = 1e-15
"""Of a direction: a trade a hundred errors on the wrong side of a certain direction
has no density that a double holds."""

LARGEST_T = 1e13
"""Of a deviation in errors."""

TAIL_NODES = 7

batched = njit(
    error_model="numpy",
    forceinline=True,
    fastmath={*FLOATING_POINT, "nnan"},
    boundscheck=False,
)
"""Compile loops over a batch; no number in them is none, so that the smaller of two
needs no branch."""


BATCH = 128
"""Trades that are worked on together, all of whose numbers stay in the cache."""

(
    COST,
    LOG_SD,
    UP,
    DEVIATION,
    KAPPA,
    T,
    AWAY,
    DAMPING,
    NEAR_0,
    NEAR_1,
    NEAR_2,
    FAR_0,
    FAR_1,
    FAR_2,
    DENSITY,
    TO_COST,
    TO_SD,
    TO_UP,
    TO_SECOND,
) = (BATCH * k for k in range(19))
"""Where each number begins in the batch: in one array, so that the compiler sees that
no two overlap, and turns each loop into instructions on several trades at a time."""


@batched
def scale(x):
    """Cost and deviation in units of the error."""
    for i in range(BATCH):
        ratio = min(max(x[LOG_SD + i] - x[COST + i], -LARGEST_LOG), LARGEST_LOG)
        x[KAPPA + i] = normal_exponential(ratio)
    for i in range(BATCH):
        inverse = normal_exponential(-min(max(x[LOG_SD + i], -300.0), 300.0))
        x[T + i] = min(abs(x[DEVIATION + i]) * inverse, LARGEST_T)


@batched
def tails(x, w):
    """Moments of the tails on the nearer and on the farther side."""
    for i in range(BATCH):
        x[KAPPA + i] *= 1.0 + w
        x[AWAY + i] = x[T + i] - x[KAPPA + i]
    for i in range(BATCH):
        zero, one, two = moments(abs(x[AWAY + i]))
        x[NEAR_0 + i] = zero
        x[NEAR_1 + i] = one
        x[NEAR_2 + i] = two
    for i in range(BATCH):
        zero, one, two = moments(x[KAPPA + i] + x[T + i])
        x[FAR_0 + i] = zero
        x[FAR_1 + i] = one
        x[FAR_2 + i] = two
    for i in range(BATCH):
        a = max(x[AWAY + i], 0.0)
        x[DAMPING + i] = exponential(-0.5 * a * a)
    for i in range(BATCH):
        a, damping = x[AWAY + i], x[DAMPING + i]
        below_0 = ROOT_TWO_PI - damping * x[NEAR_0 + i]
        below_1 = damping + a * below_0
        is_beyond = a > 0.0
        x[NEAR_0 + i] = below_0 if is_beyond else x[NEAR_0 + i]
        x[NEAR_1 + i] = below_1 if is_beyond else x[NEAR_1 + i]
        x[NEAR_2 + i] = below_0 + a * below_1 if is_beyond else x[NEAR_2 + i]


@batched
def combine(x, w, log_scale):
    """Log density and its slopes in log cost, log sd, direction and w."""
    for i in range(BATCH):
        kappa, t, damping = x[KAPPA + i], x[T + i], x[DAMPING + i]
        is_up = x[DEVIATION + i] >= 0.0
        share = x[UP + i] if is_up else 1.0 - x[UP + i]
        near_share = max(share, SMALLEST_SHARE)
        far_share = max(1.0 - share, SMALLEST_SHARE) * damping
        near = (1.0 - w) * x[NEAR_0 + i] + w * kappa * x[NEAR_1 + i]
        far = (1.0 - w) * x[FAR_0 + i] + w * kappa * x[FAR_1 + i]
        near_slope = (1.0 - w) * x[NEAR_1 + i] + w * kappa * x[NEAR_2 + i]
        far_slope = (1.0 - w) * x[FAR_1 + i] + w * kappa * x[FAR_2 + i]
        whole = near_share * near + far_share * far
        exponent = kappa * (0.5 * kappa - t) if x[AWAY + i] > 0.0 else -0.5 * t * t
        x[DENSITY + i] = (
            exponent - HALF_LOG_TWO_PI - x[COST + i] + log_scale + logarithm(whole)
        )
        part = 1.0 / whole
        first = near_share * x[NEAR_1 + i] + far_share * x[FAR_1 + i]
        zeroth = near_share * x[NEAR_0 + i] + far_share * x[FAR_0 + i]
        near_slope, far_slope = near_share * near_slope, far_share * far_slope
        to_kappa = part * kappa * (w * first - near_slope - far_slope)
        x[TO_COST + i] = -1.0 - to_kappa
        x[TO_SD + i] = to_kappa - t * (part * (near_slope - far_slope) - t)
        difference = part * (near - damping * far)
        x[TO_UP + i] = difference if is_up else -difference
        x[TO_SECOND + i] = (1.0 + to_kappa) / (1.0 + w) + part * (
            kappa * first - zeroth
        )


@jit
def node_pass(log_cost, log_sd, up, second, shift, deviation, density, slopes):
    """Log density and slopes in log cost, log sd, up and second, (row,) each."""
    n = len(deviation)
    x = np.zeros(19 * BATCH)
    log_scale = np.log1p(second)
    for start in range(0, n, BATCH):
        size = min(BATCH, n - start)
        for i in range(size):
            x[COST + i] = log_cost[start + i] + shift
            x[LOG_SD + i] = log_sd[start + i]
            x[UP + i] = up[start + i]
            x[DEVIATION + i] = deviation[start + i]
        scale(x)
        tails(x, second)
        combine(x, second, log_scale)
        for i in range(size):
            # Within a batch every number counts as one: it is checked here.
            given = log_cost[start + i] + shift + log_sd[start + i] + up[start + i]
            is_finite = given - given == 0.0
            density[start + i] = x[DENSITY + i] if is_finite else -np.inf
            slopes[0, start + i] = x[TO_COST + i]
            slopes[1, start + i] = x[TO_SD + i]
            slopes[2, start + i] = x[TO_UP + i]
            slopes[3, start + i] = x[TO_SECOND + i]


@jit
def single_pass(log_cost, log_sd, up, second, tail, deviation):
    """Outputs of the forward pass without a tail."""
    n = len(deviation)
    density, slopes = np.empty(n), np.empty((4, n))
    node_pass(log_cost, log_sd, up, second[0], 0.0, deviation, density, slopes)
    return density, slopes, np.zeros(n)


NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(TAIL_NODES)
LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())


@jit
def tailed_pass(log_cost, log_sd, up, second, tail, deviation):
    """Outputs of the forward pass, costs scaled by exp(tail x - tail^2 / 2)."""
    n = len(deviation)
    at = np.empty((TAIL_NODES, n))
    slopes_at = np.empty((TAIL_NODES, 4, n))
    for k in range(TAIL_NODES):
        shift = tail[0] * NODES[k] - 0.5 * tail[0] ** 2
        node_pass(
            log_cost, log_sd, up, second[0], shift, deviation, at[k], slopes_at[k]
        )
    density, slopes, to_tail = np.empty(n), np.zeros((4, n)), np.zeros(n)
    for i in range(n):
        largest = -np.inf
        for k in range(TAIL_NODES):
            at[k, i] += LOG_WEIGHTS[k]
            largest = max(largest, at[k, i])
        whole = 0.0
        for k in range(TAIL_NODES):
            at[k, i] = exponential(at[k, i] - largest)
            whole += at[k, i]
        density[i] = largest + logarithm(whole)
        for k in range(TAIL_NODES):
            weight = at[k, i] / whole
            for m in range(4):
                slopes[m, i] += weight * slopes_at[k, m, i]
            to_tail[i] += weight * slopes_at[k, 0, i] * (NODES[k] - tail[0])
    return density, slopes, to_tail


@sums
def backward(weight, slopes, to_tail):
    """Gradient of a weighted sum of the log densities."""
    n = len(weight)
    to_cost, to_sd, to_up = np.empty(n), np.empty(n), np.empty(n)
    to_second, of_tail = 0.0, 0.0
    for i in range(n):
        to_cost[i] = weight[i] * slopes[0, i]
        to_sd[i] = weight[i] * slopes[1, i]
        to_up[i] = weight[i] * slopes[2, i]
    for i in range(n):
        to_second += weight[i] * slopes[3, i]
        of_tail += weight[i] * to_tail[i]
    return to_cost, to_sd, to_up, np.full(1, to_second), np.full(1, of_tail)


def one_sided_passes(nodes: int) -> Passes:
    """Describe the passes.

    The inputs are the log mean cost, the log standard deviation of the error, the
    probability that the cost is upwards, the share w of Erlang-2, the standard
    deviation of the log scale (idle where `nodes` is 1) and the deviations.
    """
    rows = Array(shape=("row",), is_reread=False)
    scalar = Array(shape=(1,), is_reread=False)
    return Passes(
        name="one_sided_cost",
        inputs={
            "log_cost": rows,
            "log_sd": rows,
            "up": rows,
            "second": scalar,
            "tail": scalar,
            "deviation": Array(shape=("row",), has_gradient=False, is_reread=False),
        },
        outputs={
            "log_density": rows,
            "slopes": Array(shape=(4, "row"), has_gradient=False),
            "to_tail": Array(shape=("row",), has_gradient=False),
        },
        forward=single_pass if nodes == 1 else tailed_pass,
        backward=backward,
        version=CACHE_VERSION,
    )


def one_sided_op(*, has_tail: bool) -> TwoPassOp:
    """Op of `one_sided_passes`; its first output is the log density of each row."""
    return two_pass_op(one_sided_passes, TAIL_NODES if has_tail else 1)
