"""Regression of futures on cash exposures under the reference prior, in closed form.

Question: how much of a dealer's cash exposure is offset in futures (Table II of Mixon
and Tuzun 2018)? With the prior p(alpha, beta, sigma^2) proportional to 1/sigma^2 the
posterior is known exactly, so the draws are independent and need no diagnostics:

    sigma^2 | y        ~ (n - 2) s^2 / chi^2_{n-2}                              (1)
    (alpha, beta) | .. ~ N(least squares estimate, sigma^2 (X'X)^{-1})          (2)

(Gelman et al. 2013, Bayesian Data Analysis, 3rd edition, section 14.2.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_DRAWS = 20_000
"""Monte Carlo error of an interval's end below 2% of the posterior deviation."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RegressionPosterior:
    """Independent draws from the posterior of a straight line.

    Attributes
    ----------
    intercept, slope : (sample,) float
        Intercept in the unit of y; slope in units of y per unit of x.
    adjusted_r2 : (sample,) float
        1 - sigma^2 / (sample variance of y): at sigma^2 = s^2 this is the adjusted
        R-squared of least squares, so its posterior is what a table of adjusted
        R-squared can be set beside. It may be slightly negative.
    residual_autocorrelation : float
        Lag-1 autocorrelation of the least-squares residuals: far from zero, the
        intervals, which take the errors as independent, are too narrow.
    num_observations : int
    """

    intercept: FloatArray
    slope: FloatArray
    adjusted_r2: FloatArray
    residual_autocorrelation: float
    num_observations: int


def lag_one_autocorrelation(values: FloatArray) -> float:
    """Coefficient on the lagged value in an AR(1) regression with intercept.

    Parameters
    ----------
    values : (time,) float
        NaN allowed: only pairs of successive observed values are used.

    Returns
    -------
    float
        NaN when fewer than three pairs are observed or they do not vary.
    """
    lagged, current = values[:-1], values[1:]
    both = np.isfinite(lagged) & np.isfinite(current)
    x = lagged[both]
    if both.sum() < 3 or np.ptp(x) == 0:
        return float("nan")
    return float(np.cov(x, current[both])[0, 1] / np.var(x, ddof=1))


def regression_posterior(
    x: FloatArray, y: FloatArray, rng: np.random.Generator, num_draws: int = NUM_DRAWS
) -> RegressionPosterior:
    """Draw from the posterior of y = alpha + beta x + error, reference prior.

    Parameters
    ----------
    x, y : (time,) float
        Rows where either is NaN are left out.
    rng : Generator
    num_draws : int

    Returns
    -------
    RegressionPosterior

    Raises
    ------
    ValueError
        If fewer than four complete rows are left or x does not vary in them.

    Notes
    -----
    Equations (1) and (2) of the module docstring.
    """
    complete = np.isfinite(x) & np.isfinite(y)
    x, y = x[complete], y[complete]
    n = len(x)
    if n < 4 or np.ptp(x) == 0:
        raise ValueError(f"regression needs 4 rows in which x varies; got {n} rows")
    design = np.column_stack([np.ones(n), x])
    estimate, *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ estimate
    degrees = n - 2
    variance = residual @ residual / rng.chisquare(degrees, num_draws)
    root = np.linalg.cholesky(np.linalg.inv(design.T @ design))
    noise = rng.standard_normal((num_draws, 2)) @ root.T
    draws = estimate + np.sqrt(variance)[:, None] * noise
    return RegressionPosterior(
        intercept=draws[:, 0],
        slope=draws[:, 1],
        adjusted_r2=1 - variance / np.var(y, ddof=1),
        residual_autocorrelation=lag_one_autocorrelation(residual),
        num_observations=n,
    )
