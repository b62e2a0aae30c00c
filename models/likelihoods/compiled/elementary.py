"""Exponential and logarithm in plain arithmetic, for loops that shall vectorise.

The compiler turns a loop over arithmetic into instructions on four or eight numbers at
a time; a call of the C library's function in it prevents that. Both functions are
accurate to about two units in the last place (Cody & Waite 1980, chapters 5 and 6).
"""

import math

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from models.likelihoods.compiled.floating_point import jit

LOG2_E = 1 / math.log(2)
# Cody & Waite's split: the product of the high part with an exponent is exact.
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10

ROUNDING = 1.5 * 2.0**52
"""Added to a small number, it leaves the nearest integer in the mantissa's low bits."""

FRACTION_BITS = 52
EXPONENT_BIAS = 1023
SQRT_HALF_BITS = int(np.float64(math.sqrt(0.5)).view(np.int64))

SMALLEST_EXPONENT = -708.0
"""exp of less is not a normal number, and taken as zero."""


def _exponential_series(degree: int) -> list[float]:
    """Coefficients of exp on half of log(2) to either side of zero, highest first.

    Of the Taylor polynomial of one degree more, the highest power is replaced by what
    is closest to it in lower ones (economisation, Abramowitz & Stegun 1964, 22.20),
    which here is wrong by 3e-18.
    """
    above, reach = degree + 1, math.log(2) / 2
    chebyshev = Chebyshev.basis(above).convert(kind=Polynomial).coef.tolist()
    highest = 1 / math.factorial(above) / chebyshev[above]
    return [
        1 / math.factorial(n) - highest * chebyshev[n] * reach ** (above - n)
        for n in range(degree, -1, -1)
    ]


EXPONENTIAL_START, *_REST = _exponential_series(11)
EXPONENTIAL_SERIES = tuple(_REST)
LOGARITHM_START, *_REST = (1 / (2 * n + 1) for n in range(10, -1, -1))
LOGARITHM_SERIES = tuple(_REST)


@jit
def fill(values, value):
    """Set every entry of an array."""
    for t in range(values.shape[0]):
        values[t] = value


@jit
def normal_exponential(x):
    """Return exp(x) for x from `SMALLEST_EXPONENT` to 709."""
    shifted = x * LOG2_E + ROUNDING
    power = shifted - ROUNDING
    r = x - power * LN2_HIGH - power * LN2_LOW
    series = EXPONENTIAL_START
    for coefficient in EXPONENTIAL_SERIES:
        series = series * r + coefficient
    bits = (np.float64(shifted).view(np.int64) + EXPONENT_BIAS) << FRACTION_BITS
    return series * np.int64(bits).view(np.float64)


@jit
def exponential(x):
    """Return exp(x) for x < 709; exactly zero below `SMALLEST_EXPONENT`."""
    return 0.0 if x < SMALLEST_EXPONENT else normal_exponential(x)


@jit
def logarithm(x):
    """Return log(x) for positive normal numbers."""
    bits = np.float64(x).view(np.int64)
    power = (bits - SQRT_HALF_BITS) >> FRACTION_BITS
    f = np.int64(bits - (power << FRACTION_BITS)).view(np.float64) - 1.0
    # log(1 + f) = 2 artanh(f / (2 + f)), with an argument of at most 0.172.
    s = f / (2.0 + f)
    square = s * s
    series = LOGARITHM_START
    for coefficient in LOGARITHM_SERIES:
        series = series * square + coefficient
    return power * LN2_HIGH + (2.0 * s * series + power * LN2_LOW)
