"""Exponential and logarithm in plain arithmetic, for loops that shall vectorise.

The compiler turns a loop over arithmetic into instructions on four or eight numbers at
a time; a call of the C library's function in it prevents that. Both functions are
accurate to about two units in the last place (Cody & Waite 1980, chapters 5 and 6).
"""

import math

import numpy as np
from numba import njit

jit = njit(error_model="numpy", fastmath={"contract", "nsz"})
"""Compile a part of the filter: no division checks, fused multiply-add."""

sums = njit(error_model="numpy", fastmath={"contract", "nsz", "reassoc"})
"""Compile a sum over time, in any order of its terms, which makes it a vector's."""

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

EXPONENTIAL_SERIES = tuple(1 / math.factorial(n) for n in range(12, -1, -1))
LOGARITHM_SERIES = tuple(1 / (2 * n + 1) for n in range(10, -1, -1))


@jit
def exponential(x):
    """Return exp(x) for x < 709; exactly zero below `SMALLEST_EXPONENT`."""
    shifted = x * LOG2_E + ROUNDING
    power = shifted - ROUNDING
    r = x - power * LN2_HIGH - power * LN2_LOW
    series = 0.0
    for coefficient in EXPONENTIAL_SERIES:
        series = series * r + coefficient
    bits = (np.float64(shifted).view(np.int64) + EXPONENT_BIAS) << FRACTION_BITS
    value = series * np.int64(bits).view(np.float64)
    return 0.0 if x < SMALLEST_EXPONENT else value


@jit
def logarithm(x):
    """Return log(x) for positive normal numbers."""
    bits = np.float64(x).view(np.int64)
    power = (bits - SQRT_HALF_BITS) >> FRACTION_BITS
    f = np.int64(bits - (power << FRACTION_BITS)).view(np.float64) - 1.0
    # log(1 + f) = 2 artanh(f / (2 + f)), with an argument of at most 0.172.
    s = f / (2.0 + f)
    square = s * s
    series = 0.0
    for coefficient in LOGARITHM_SERIES:
        series = series * square + coefficient
    return power * LN2_HIGH + (2.0 * s * series + power * LN2_LOW)
