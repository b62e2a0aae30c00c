r"""How much of a posterior lies at each of its modes.

Laplace's approximation (Tierney & Kadane 1986, doi 10.1080/01621459.1986.10478240): the
mass at a mode :math:`\hat x` of a density :math:`p` of k free dimensions, with the
Hessian H of :math:`-\log p` there, is

.. math:: p(\hat x) (2 \pi)^{k/2} |H|^{-1/2},

on the unconstrained scale, on which posteriors are closest to normal. H is taken by
central differences of the gradient. The approximation is exact for normal peaks and
wrong by a factor that grows with their skewness, which decides between modes of similar
mass; bridge sampling would tell those apart and is not done here.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from data.arrays import FloatArray

LogDensity = Callable[[FloatArray], tuple[float, FloatArray]]
"""From a point to the log density (nats) and its gradient."""

MAXIMUM_ITERATIONS = 2000

GRADIENT_TOLERANCE = 1e-4
"""Largest slope at the mode, nats per unit of the unconstrained scale."""

DIFFERENCE_STEP = 1e-4
"""Of the central differences, in units of the unconstrained scale. Their error falls
with its square; gradients are exact to some 1e-8, so rounding leaves 1e-4 of a
curvature of one, and less of the larger ones that decide."""

SAME_PEAK = 1.0
"""Two ends closer than this (standard deviations at the higher one) are one mode: a sum
of two equal normal peaks has two modes only if they are two apart."""

LARGEST_DECREMENT = 0.1
"""Nats that a search may have stopped below the mode; a mass is then right to a tenth,
which settles nothing about its being above or below a hundredth."""


class Peak(NamedTuple):
    """A mode, or where a search ended for want of one.

    Attributes
    ----------
    point : (k,) float
        On the unconstrained scale.
    log_density : float
        Nats.
    log_volume : float
        Of Laplace's approximation; NaN where the density does not fall on all sides.
    precision : (k, k) float
        H of the module.
    """

    point: FloatArray
    log_density: float
    log_volume: float
    precision: FloatArray


def climb(log_density: LogDensity, start: FloatArray) -> OptimizeResult:
    """Go up from a point until the density is level.

    Returns
    -------
    OptimizeResult
        ``x`` and ``fun``, minus the log density.
    """

    def negative(x: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = log_density(x)
        if not np.isfinite(value):
            return np.inf, np.zeros_like(x)
        return -value, -gradient

    # Means of hundreds of basis points beside effects of a hundredth: BFGS learns the
    # scales, its limited-memory form does not.
    return minimize(
        negative,
        start,
        jac=True,
        method="BFGS",
        options={"maxiter": MAXIMUM_ITERATIONS, "gtol": GRADIENT_TOLERANCE},
    )


def modes_of_mass(log_density: LogDensity, ends: FloatArray) -> xr.Dataset:
    """Distinct modes next to given points, and the mass of each.

    Parameters
    ----------
    log_density : callable
        On the unconstrained scale, with the Jacobian.
    ends : (start, k) float array
        Where searches ended; each is carried on to the mode of this density.

    Returns
    -------
    (mode,) xr.Dataset
        Highest first: ``log_density`` (nats), ``log_volume`` (see `Peak`),
        ``mode_mass``, the share of the mass of all of them (NaN without a volume),
        ``num_starts`` that ended there, and ``point`` (mode, free dimension).
    """
    climbed = [climb(log_density, end) for end in ends]
    peaks: list[Peak] = []
    counts: list[int] = []
    for result in sorted(climbed, key=lambda one: one.fun):
        same = [i for i, peak in enumerate(peaks) if _is_at(result.x, peak)]
        if same:
            counts[same[0]] += 1
            continue
        peaks.append(_peak(log_density, result.x))
        counts.append(1)
    log_mass = np.array([peak.log_density + peak.log_volume for peak in peaks])
    is_peak = np.isfinite(log_mass)
    mass = np.full(len(peaks), np.nan)
    if is_peak.any():
        relative = np.exp(log_mass[is_peak] - log_mass[is_peak].max())
        mass[is_peak] = relative / relative.sum()
    return xr.Dataset(
        {
            "log_density": ("mode", [peak.log_density for peak in peaks]),
            "log_volume": ("mode", [peak.log_volume for peak in peaks]),
            "mode_mass": ("mode", mass),
            "num_starts": ("mode", counts),
            "point": (("mode", "dimension"), np.array([peak.point for peak in peaks])),
        }
    )


def normal_at(
    log_density: LogDensity, point: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Laplace's normal approximation at the mode above a point.

    Returns
    -------
    mean, covariance : (k,), (k, k) float
        NaN where the density does not fall on all sides of where the search ended.
    """
    peak = _peak(log_density, climb(log_density, point).x)
    if not np.isfinite(peak.log_volume):
        return np.full_like(point, np.nan), np.full_like(peak.precision, np.nan)
    return peak.point, np.linalg.inv(peak.precision)


def _is_at(point: FloatArray, peak: Peak) -> bool:
    away = point - peak.point
    return bool(away @ peak.precision @ away < SAME_PEAK**2)


def _peak(log_density: LogDensity, point: FloatArray) -> Peak:
    value, gradient = log_density(point)
    precision = -_hessian(log_density, point)
    try:
        root = np.linalg.cholesky(precision)
    except np.linalg.LinAlgError:
        return Peak(point, value, np.nan, precision)
    decrement = gradient @ np.linalg.solve(precision, gradient) / 2
    log_volume = len(point) / 2 * np.log(2 * np.pi) - np.log(np.diag(root)).sum()
    if not decrement < LARGEST_DECREMENT:
        log_volume = np.nan
    return Peak(point, value, float(log_volume), precision)


def _hessian(log_density: LogDensity, point: FloatArray) -> NDArray[np.float64]:
    steps = DIFFERENCE_STEP * np.eye(len(point))
    slopes = [
        (log_density(point + step)[1] - log_density(point - step)[1])
        / (2 * DIFFERENCE_STEP)
        for step in steps
    ]
    return (np.array(slopes) + np.array(slopes).T) / 2
