"""Error of the fair value, learned from its forecasts of the next indicative mid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from data.arrays import FloatArray
from data.errors import DataError

FEWEST_FORECASTS = 50
"""Of the next indicative mid; fewer say too little of a variance in four things."""

MOST_FORECASTS = 200_000
"""Used, spread evenly over all: more add nothing to six numbers."""

SHORTEST_YEARS = 0.25
_TYPICAL_YEARS = 5.0


@dataclass(frozen=True)
class ErrorVariance:
    """Variance of the error of a fair value, basis points of yield squared.

    v = quote^2 + (drift^2 (maturity / 5)^slope gap + benchmark^2 h) exp(response L)

    with the gap in days of 24 hours, h the share of independent benchmark errors that
    comes through the hedge, and L the benchmark's illiquidity.

    Attributes
    ----------
    quote_bp : float
        Sd of the noise of two indicative mids.
    drift_bp : float
        Sd of what curve and idiosyncratic part move in a day, at 5 years.
    maturity_slope : float
        Elasticity of that variance in the maturity.
    benchmark_bp : float
        Sd of the noise of a benchmark mid.
    response : float
        Log variance per standard deviation of the benchmark's illiquidity.
    degrees_of_freedom : float
        Of Student's t, whose scale the square root of v is.
    num_forecasts : int
        It was estimated from.
    """

    quote_bp: float
    drift_bp: float
    maturity_slope: float
    benchmark_bp: float
    response: float
    degrees_of_freedom: float
    num_forecasts: int

    def scale_bp(
        self,
        gap_hours: ArrayLike,
        maturity_years: ArrayLike,
        hedge_noise: ArrayLike,
        illiquidity: ArrayLike,
    ) -> FloatArray:
        """Square root of v."""
        parameters = np.array(
            [
                np.log(self.quote_bp),
                np.log(self.drift_bp),
                self.maturity_slope,
                np.log(self.benchmark_bp),
                self.response,
            ]
        )
        seen = (gap_hours, maturity_years, hedge_noise, illiquidity)
        return np.sqrt(_variance(parameters, *(np.asarray(x, float) for x in seen)))

    def sd_bp(
        self,
        gap_hours: ArrayLike,
        maturity_years: ArrayLike,
        hedge_noise: ArrayLike,
        illiquidity: ArrayLike,
    ) -> FloatArray:
        """Standard deviation: the scale, widened by the tails of Student's t."""
        widened = np.sqrt(self.degrees_of_freedom / (self.degrees_of_freedom - 2))
        seen = (gap_hours, maturity_years, hedge_noise, illiquidity)
        return np.asarray(widened * self.scale_bp(*seen))

    def quantile(self, probability: float) -> float:
        """Of the error in units of the scale."""
        return float(special.stdtrit(self.degrees_of_freedom, probability))


PRIOR_MEAN = np.array([np.log(0.1), np.log(0.3), 0.0, np.log(0.1), 0.0, np.log(3.0)])
PRIOR_SD = np.array([1.0, 1.5, 1.0, 1.0, 0.5, 0.7])
"""Weak, of the parameters on the scale of `_variance`, and of the log of the degrees of
freedom beyond 2: what the forecasts do not tell apart stays near them."""


def error_variance(
    errors_bp: ArrayLike,
    gap_hours: ArrayLike,
    maturity_years: ArrayLike,
    hedge_noise: ArrayLike,
    illiquidity: ArrayLike,
) -> ErrorVariance:
    """Estimate the variance from forecast errors, by the mode of the posterior.

    Parameters
    ----------
    errors_bp : (forecast,) array_like
        Next indicative mid minus its forecast, basis points of yield.
    gap_hours, maturity_years, hedge_noise, illiquidity : (forecast,) array_like
        As of `ErrorVariance`.

    Raises
    ------
    DataError
        There are fewer than `FEWEST_FORECASTS`.
    """
    seen = [
        np.asarray(x, float)
        for x in (errors_bp, gap_hours, maturity_years, hedge_noise, illiquidity)
    ]
    known = np.flatnonzero(np.isfinite(np.stack(seen)).all(axis=0))
    if known.size < FEWEST_FORECASTS:
        raise DataError(
            f"{known.size} forecasts of a next indicative mid",
            f"give at least {FEWEST_FORECASTS}: quotes of one security at several "
            "moments, with benchmark quotes between.",
        )
    step = -(-known.size // MOST_FORECASTS)
    errors, *given = (x[known[::step]] for x in seen)

    def surprise(parameters: FloatArray) -> float:
        freedom = 2 + np.exp(parameters[5])
        variance = _variance(parameters, *given)
        density = (
            special.gammaln((freedom + 1) / 2)
            - special.gammaln(freedom / 2)
            - 0.5 * np.log(np.pi * freedom * variance)
            - (freedom + 1) / 2 * np.log1p(errors**2 / (freedom * variance))
        )
        apart = (parameters - PRIOR_MEAN) / PRIOR_SD
        return float(-density.sum() + 0.5 * (apart**2).sum())

    found = optimize.minimize(surprise, PRIOR_MEAN, method="L-BFGS-B").x
    return ErrorVariance(
        quote_bp=float(np.exp(found[0])),
        drift_bp=float(np.exp(found[1])),
        maturity_slope=float(found[2]),
        benchmark_bp=float(np.exp(found[3])),
        response=float(found[4]),
        degrees_of_freedom=float(2 + np.exp(found[5])),
        num_forecasts=int(known.size),
    )


def _variance(
    parameters: FloatArray,
    gap_hours: FloatArray,
    maturity_years: FloatArray,
    hedge_noise: FloatArray,
    illiquidity: FloatArray,
) -> FloatArray:
    log_quote, log_drift, slope, log_benchmark, response = parameters[:5]
    relative = np.maximum(maturity_years, SHORTEST_YEARS) / _TYPICAL_YEARS
    drift = np.exp(2 * log_drift) * relative**slope * gap_hours / 24
    through = np.exp(2 * log_benchmark) * hedge_noise
    moving = (drift + through) * np.exp(response * illiquidity)
    return np.asarray(np.exp(2 * log_quote) + moving)
