r"""Moments of a normal tail: the special functions of exponential-plus-normal sums.

.. math:: I_k(z) = \int_0^\infty s^k e^{-z s - s^2 / 2} \, ds, \qquad I_k' = -I_{k+1}

I_0 is Mills' ratio, :math:`\sqrt{\pi / 2}` times the scaled complementary error
function of :math:`z / \sqrt 2`. The recurrence :math:`I_{k+1} = k I_{k-1} - z I_k`
loses all digits where z is large, and gains them backwards, as a continued fraction
(Gautschi 1967, doi 10.1137/1009002). For z from 0 to infinity
:math:`(z + c)^{k+1} I_k(z)` is smooth in :math:`y = (z - c) / (z + c)`, and here a
polynomial of it (the device of Shepherd & Laframboise 1981 for the error function),
right to 1e-13 of the moment and without a branch, so that loops over trades vectorise.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.polynomial import chebyshev
from scipy.special import erfcx

from models.likelihoods.compiled.separate_passes import executed

CENTER = 4.0
DEGREE = 24
NODES = 80
RECURRENCE_UNTIL = 1.5
"""Below it the forward recurrence loses less than two digits."""

FRACTION_DEPTH = 400


def tail_moments(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """I_0, I_1 and I_2 at z >= 0, slowly."""
    zero = np.sqrt(np.pi / 2) * erfcx(z / np.sqrt(2))
    one = 1 - z * zero
    two = zero - z * one
    ratio = np.zeros_like(z)
    ratios = []
    for k in range(FRACTION_DEPTH, 0, -1):
        ratio = k / (np.maximum(z, RECURRENCE_UNTIL) + ratio)
        ratios.append(ratio)
    first = 1 / (np.maximum(z, RECURRENCE_UNTIL) + ratios[-1])
    is_large = z > RECURRENCE_UNTIL
    return (
        np.where(is_large, first, zero),
        np.where(is_large, first * ratios[-1], one),
        np.where(is_large, first * ratios[-1] * ratios[-2], two),
    )


def _series() -> list[tuple[float, ...]]:
    """Coefficients in y, highest first."""
    y = np.cos((np.arange(NODES) + 0.5) * np.pi / NODES)
    z = CENTER * (1 + y) / (1 - y)
    found = []
    for k, moment in enumerate(tail_moments(z)):
        fitted = chebyshev.chebfit(y, moment * (z + CENTER) ** (k + 1), NODES - 1)
        series = chebyshev.cheb2poly(fitted[: DEGREE + 1])
        found.append(tuple(series[::-1].tolist()))
    return found


SERIES = _series()

SOURCE = """
def moments(z):
    inverse = 1.0 / (z + {center!r})
    y = (z - {center!r}) * inverse
    square = inverse * inverse
    zero, one, two = {series}
    return zero * inverse, one * square, two * square * inverse
"""


def _written_out() -> Callable[..., Any]:
    """I_0, I_1 and I_2 at one z >= 0, without a loop.

    Within the loop over trades, one over coefficients would keep it from vectorising,
    as would a call: numba puts the source in the caller's.
    """
    polynomials = []
    for start, *others in SERIES:
        text = repr(start)
        for coefficient in others:
            text = f"({text} * y + {coefficient!r})"
        polynomials.append(text)
    source = SOURCE.format(center=CENTER, series=", ".join(polynomials))
    return njit(inline="always")(executed(source, "moments"))


moments = _written_out()
