r"""Log likelihood of right-censored durations in whole days, as a PyTensor Op.

With :math:`e = \exp(\eta)`, the cumulative baseline hazard B before the day on which a
duration d ended and the hazard h of that day, its log density and the parts of its
gradient are, see `models.likelihoods.durations.distribution`,

.. math::

    \ell &= -e B + r \log(1 - q), & q &= \exp(-e h) \\
    u &= \partial \ell / \partial h = r e\, q / (1 - q), &
    \partial \ell / \partial \eta &= -e B + u h, \quad
    \partial \ell / \partial B = -e

with r = 0 for a duration that was censored, else 1. One pass computes them together, in
loops that the compiler vectorises, which is what makes 100,000 events a matter of
minutes.
"""

import numpy as np

from models.likelihoods.compiled.elementary import exponential, logarithm
from models.likelihoods.compiled.floating_point import jit, sums
from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.two_pass import Array, Passes, TwoPassOp, two_pass_op

LARGEST_EXPONENT = 700.0
"""Log hazard ratios above this make every duration last a day all the same."""

SMALL_HAZARD = 1e-3
"""Below it, 1 - exp(-x) by its series: the difference would cancel."""

CACHE_VERSION = source_version(__name__)


@jit
def duration_pass(eta, hazard_until, day, resolved):
    """Log density, its slope in eta, minus that in B, and that in h, (event,) each."""
    n = len(eta)
    last = len(hazard_until) - 1
    log_density, slope = np.empty(n), np.empty(n)
    ratio, ended = np.empty(n), np.empty(n)
    for i in range(n):
        before = hazard_until[day[i] - 1]
        log_density[i] = before
        slope[i] = hazard_until[min(day[i], last)] - before
    for i in range(n):
        before, hazard = log_density[i], slope[i]
        e = exponential(min(eta[i], LARGEST_EXPONENT))
        x = e * hazard
        difference = 1.0 - exponential(-x)
        series = x * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0)))
        ends = series if x < SMALL_HAZARD else difference
        u = resolved[i] * e * (1.0 - ends) / ends
        # The hazard of a day beyond the last is 0, and so is what is censored there.
        is_resolved = resolved[i] > 0.0
        log_density[i] = -e * before + (logarithm(ends) if is_resolved else 0.0)
        slope[i] = -e * before + (u * hazard if is_resolved else 0.0)
        ratio[i] = e
        ended[i] = u if is_resolved else 0.0
    return log_density, slope, ratio, ended


@sums
def gradient_pass(weight, size, day, slope, ratio, ended):
    """Gradient of a weighted sum in eta, (event,), and in the hazards, (size,)."""
    n = len(day)
    to_eta, to_until, to_day = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        to_eta[i] = weight[i] * slope[i]
        to_until[i] = weight[i] * ratio[i]
        to_day[i] = weight[i] * ended[i]
    to_hazard = np.zeros(size)
    # B is the hazard until the day before, and h what the day adds to it. A pass for
    # each day vectorises; adding where each event points to does not.
    for d in range(1, size + 1):
        until, on_day = 0.0, 0.0
        for i in range(n):
            until += to_until[i] if day[i] == d else 0.0
            on_day += to_day[i] if day[i] == d else 0.0
        to_hazard[d - 1] -= until + on_day
        if d < size:
            to_hazard[d] += on_day
    return to_eta, to_hazard


@jit
def backward(weight, hazard_until, day, slope, ratio, ended):
    """`gradient_pass`, as `models.likelihoods.two_pass` calls it."""
    return gradient_pass(weight, len(hazard_until), day, slope, ratio, ended)


def duration_passes() -> Passes:
    """Describe the passes.

    The inputs are the log hazard ratio, the cumulative baseline hazard from day 0 on,
    the day on which a duration ended or is known to have gone on, and 1 where it ended.
    """
    stored = Array(shape=("event",), has_gradient=False)
    return Passes(
        name="grouped_duration",
        inputs={
            "log_hazard_ratio": Array(shape=("event",), is_reread=False),
            "hazard_until": Array(shape=("day",)),
            "day": Array(shape=("event",), dtype="int64", has_gradient=False),
            "resolved": Array(shape=("event",), has_gradient=False, is_reread=False),
        },
        outputs={
            "log_density": Array(shape=("event",), is_reread=False),
            "slope": stored,
            "ratio": stored,
            "ended": stored,
        },
        forward=duration_pass,
        backward=backward,
        version=CACHE_VERSION,
    )


def duration_op() -> TwoPassOp:
    """Op of `duration_passes`; its first output is the log density of each event."""
    return two_pass_op(duration_passes)
