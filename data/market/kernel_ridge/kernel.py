"""Kernels of smooth discount curves: the Hilbert spaces of Filipović, Pelger & Ye.

A discount function g with g(0) = 1 is measured by

    int_0^inf (delta g'(x)^2 + (1 - delta) g''(x)^2) exp(alpha x) dx

(Filipović, Pelger & Ye 2022, equation (3)). As a Gaussian process, g' is then a
stationary-looking motion run backwards in the clock exp(-alpha x) / alpha: a Brownian
motion for delta = 0, white noise for delta = 1.

The closed forms are arranged as sums of positive terms: the textbook ones cancel, with
a relative error of 1e-9 at one day and of 5e-4 for a small alpha.
"""

from collections.abc import Callable, Sequence
from math import factorial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from data.arrays import FloatArray
from data.errors import DataError

SMALLEST_ALPHA = 1e-3
"""Per year. Below it, with delta = 0, long forwards are free and all prices look alike:
the systems of equations are singular in all but name."""

_OfYears = Callable[[FloatArray], FloatArray]

_SERIES_BELOW = 0.5
_SERIES_TERMS = 14
"""Enough for double precision below `_SERIES_BELOW`."""


def kernel(x: ArrayLike, y: ArrayLike, alpha: float, delta: float) -> FloatArray:
    """Reproducing kernel k(x, y), the prior covariance of g(x) and g(y).

    Parameters
    ----------
    x, y : array_like
        Years, not negative; broadcast.
    alpha : float
        Per year; at least `SMALLEST_ALPHA`, or with delta above 0 also 0.
    delta : float
        0 to 1: weight of the slope against the curvature.

    Returns
    -------
    ndarray
        Relative error below 1e-11.

    Raises
    ------
    DataError
        Parameters out of range.
    """
    check_parameters(alpha, delta)
    x, y = np.asarray(x, float), np.asarray(y, float)
    first = x <= y

    def at_smaller(function: _OfYears) -> FloatArray:
        # Of each argument by itself: a kernel matrix then takes few exponentials.
        return np.where(first, function(x), function(y))

    if delta == 0:
        lost = at_smaller(lambda t: -_convexity(alpha * t))
        gained = np.where(first, _fraction(alpha * y), _fraction(alpha * x))
        return np.where(first, x, y) / alpha**2 * (gained + lost)
    if delta == 1:
        return at_smaller(lambda t: t * _mean_decay(alpha * t))
    rates = _rates(alpha, delta)
    within = at_smaller(lambda t: _area_squared(t, rates))
    beyond = _fraction(rates.fast * np.abs(x - y)) / rates.fast
    area = at_smaller(lambda t: _damped_area(t, rates))
    return (within + beyond * area) * rates.scale / rates.fast


def slope_covariance(
    x: ArrayLike, y: ArrayLike, alpha: float, delta: float
) -> FloatArray:
    """Prior covariance of the slope g'(x) with g(y): the derivative of k in ``x``.

    Parameters
    ----------
    x, y, alpha, delta
        As of `kernel`.
    """
    check_parameters(alpha, delta)
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    ahead = np.maximum(y - x, 0.0)
    if delta == 0:
        before = np.exp(-alpha * x) * (alpha * x + _fraction(alpha * ahead)) / alpha**2
        return np.where(x <= y, before, y * np.exp(-alpha * x) / alpha)
    if delta == 1:
        return np.where(x <= y, np.exp(-alpha * x), 0.0)
    rates = _rates(alpha, delta)
    before = _damped_area(x, rates) + _damped(x, rates) * _fraction(
        rates.fast * ahead
    ) / (rates.fast)
    behind = np.exp(-rates.fast * np.maximum(x - y, 0.0)) * _damped_area(y, rates)
    return np.where(x <= y, before, behind) * rates.scale / rates.fast


def slope_kernel(x: ArrayLike, y: ArrayLike, alpha: float, delta: float) -> FloatArray:
    """Prior covariance of the slopes g'(x) and g'(y).

    Parameters
    ----------
    x, y, alpha, delta
        As of `kernel`; delta below 1, where slopes are white noise.

    Raises
    ------
    DataError
        Delta is 1, or parameters are out of range.
    """
    check_parameters(alpha, delta)
    x, y = np.asarray(x, float), np.asarray(y, float)
    if delta == 1:
        raise DataError(
            "with delta 1 the slope of the curve is white noise and has no variance",
            "give a delta below 1 where forward rates are wanted.",
        )
    small, large = np.minimum(x, y), np.maximum(x, y)
    if delta == 0:
        return np.exp(-alpha * large) / alpha
    rates = _rates(alpha, delta)
    apart = np.exp(-rates.fast * (large - small))
    return apart * _damped(small, rates) * rates.scale / rates.fast


def check_parameters(alpha: float, delta: float) -> None:
    """Raise `DataError` unless the kernel exists and can be computed."""
    if not 0 <= delta <= 1:
        raise DataError(
            f"delta is {delta:g}", "give a weight from 0 (curvature) to 1 (slope)."
        )
    if alpha < SMALLEST_ALPHA and not (alpha == 0 and delta > 0):
        raise DataError(
            f"alpha is {alpha:g} a year with delta {delta:g}",
            f"give an alpha of at least {SMALLEST_ALPHA:g}, or, with a delta above 0, "
            "exactly 0 (the Smith-Wilson curve).",
        )
    if not np.isfinite(alpha):
        raise DataError(f"alpha is {alpha:g} a year", "give a finite number.")


class _Rates(NamedTuple):
    """Decay of the fast solution and growth of the slow one; 1 / (1 - delta)."""

    slow: float
    fast: float
    alpha: float
    scale: float


def _rates(alpha: float, delta: float) -> _Rates:
    ratio = delta / (1 - delta)
    fast = (alpha + np.sqrt(alpha**2 + 4 * ratio)) / 2
    return _Rates(ratio / fast, fast, alpha, 1 / (1 - delta))


def _damped(x: FloatArray, rates: _Rates) -> FloatArray:
    """Solution with no slope at 0, times the decay of the fast one."""
    slow, fast = rates.slow, rates.fast
    grown = fast * np.exp(-rates.alpha * x) + slow * np.exp(-2 * fast * x)
    return np.asarray(grown / (fast + slow))


def _damped_area(x: FloatArray, rates: _Rates) -> FloatArray:
    """Integral of that solution from 0 to x, times the decay of the fast one."""
    slow, fast = rates.slow, rates.fast
    grown = fast / slow * np.exp(-rates.alpha * x) * _fraction(slow * x)
    decayed = slow / fast * np.exp(-fast * x) * _fraction(fast * x)
    return np.asarray((grown + decayed) / (fast + slow))


def _area_squared(x: FloatArray, rates: _Rates) -> FloatArray:
    """Twice the integral from 0 to x of `_damped_area`."""
    slow, fast = rates.slow, rates.fast
    gap = _mean_loss(fast * x) - _mean_loss(rates.alpha * x)
    grown = 2 * x * fast / slow * gap
    decayed = slow / fast**2 * _fraction(fast * x) ** 2
    return np.asarray((grown + decayed) / (fast + slow))


def _fraction(z: FloatArray) -> FloatArray:
    """1 - exp(-z)."""
    return np.asarray(-np.expm1(-z))


def _mean_decay(z: FloatArray) -> FloatArray:
    """(1 - exp(-z)) / z."""
    return 1 - _mean_loss(z)


def _mean_loss(z: FloatArray) -> FloatArray:
    """1 - (1 - exp(-z)) / z."""
    return _near_zero(z, _MEAN_LOSS, lambda far: 1 - _fraction(far) / far)


def _convexity(z: FloatArray) -> FloatArray:
    """2 (1 - (1 - exp(-z)) / z) - (1 - exp(-z))."""
    return _near_zero(
        z, _CONVEXITY, lambda far: 2 * (1 - _fraction(far) / far) - _fraction(far)
    )


_POWERS = range(_SERIES_TERMS)
_MEAN_LOSS = [(-1.0) ** (n + 1) / factorial(n + 1) if n else 0.0 for n in _POWERS]
_CONVEXITY = [(-1.0) ** n * (n - 1) / factorial(n + 1) if n else 0.0 for n in _POWERS]


def _near_zero(
    z: FloatArray, coefficients: Sequence[float], closed: _OfYears
) -> FloatArray:
    """Power series where the closed form cancels."""
    is_near = z < _SERIES_BELOW
    series = np.polynomial.polynomial.polyval(
        np.where(is_near, z, 0.0), coefficients, tensor=False
    )
    return np.where(is_near, series, closed(np.where(is_near, 1.0, z)))
