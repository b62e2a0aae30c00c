"""Surprises in the volatility of volatility and in its persistence.

Covariates VV and CS of Meldrum and Sokolinskiy (2025), section 3.2: the part of each
that the level of volatility does not explain.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from arch import arch_model
from arch.univariate.base import ARCHModelResult
from arch.utility.exceptions import StartingValueWarning
from numpy.typing import NDArray

from data.errors import DataError

STARTS = (
    (0.10, 0.80, 5.0),
    (0.20, 0.70, 4.0),
    (0.05, 0.90, 4.0),
    (0.05, 0.80, 8.0),
    (0.30, 0.50, 5.0),
    (0.15, 0.80, 3.0),
)
"""Where the optimiser starts: weight of the last squared shock, of the last variance,
and degrees of freedom. From a single start it may report success thousands of log units
below the maximum, or fail, when a volatility jumps."""

SAME_MAXIMUM = 0.1
"""Log-likelihoods closer than this are one maximum."""

MAXIMUM_ITERATIONS = 300
"""Of the optimiser, three times its default."""

NOTHING_LEFT = 1e-6
"""Residuals smaller than this share of their series are rounding, or a quote made from
another one: published volatilities have three to five digits."""

UNITS_PER_DAILY_CHANGE = 3.0
"""Scale on which the optimiser works: standard deviation of a day's change."""


@dataclass(frozen=True)
class VolatilityFit:
    """What was estimated about volatility, for the record.

    Attributes
    ----------
    autoregression : float
        Slope of the AR(1), per day.
    arch, garch : float
        Weights of the last squared shock and of the last variance.
    degrees_of_freedom : float
        Of the Student-t innovations.
    slope_on_volatility : float
        Of the conditional volatility of volatility regressed on volatility.
    """

    autoregression: float
    arch: float
    garch: float
    degrees_of_freedom: float
    slope_on_volatility: float

    def __str__(self) -> str:
        return (
            f"AR(1) {self.autoregression:.3f}; GARCH(1,1) {self.arch:.3f} and "
            f"{self.garch:.3f}; Student-t with {self.degrees_of_freedom:.1f} degrees "
            f"of freedom; slope on volatility {self.slope_on_volatility:.4f}"
        )


def residual_on_volatility(series: pd.Series, volatility: pd.Series) -> pd.Series:
    """Residuals of a least-squares regression on a constant and volatility.

    Rows where either is missing stay missing. All are NaN where nothing but rounding is
    left, as when the series is a multiple of volatility.
    """
    known = series.notna() & volatility.notna()
    if not known.any():
        return pd.Series(np.nan, index=series.index)
    fit = sm.OLS(series[known], sm.add_constant(volatility[known].to_numpy())).fit()
    size = max(series[known].abs().max(), volatility[known].abs().max())
    if fit.resid.abs().max() <= NOTHING_LEFT * size:
        return pd.Series(np.nan, index=series.index)
    return fit.resid.reindex(series.index)


def volatility_of_volatility_surprise(
    volatility_bp: pd.Series, source: str
) -> tuple[pd.Series, VolatilityFit]:
    """Surprise component of the volatility of volatility (VV).

    An AR(1)-GARCH(1,1) with Student-t innovations is fitted to volatility by maximum
    likelihood; VV is the residual of its conditional volatility regressed on
    volatility.

    Parameters
    ----------
    volatility_bp : Series
        Implied volatility, annualised basis points, one value a trading day.
    source : str
        How an error names the data.

    Returns
    -------
    surprise : Series
        Basis points; the first day, which has no lag, is NaN.
    fit : VolatilityFit

    Raises
    ------
    DataError
        Volatility does not vary, or the maximum likelihood estimation fails.
    """
    scale = float(volatility_bp.diff().std()) / UNITS_PER_DAILY_CHANGE
    largest_change = float(volatility_bp.diff().diff().abs().max())
    if not largest_change > NOTHING_LEFT * float(volatility_bp.abs().max()):
        raise DataError(
            f"{source}: volatility changes by the same amount every day",
            "give a measured volatility, one value a day.",
        )
    fitted = _fit_garch(volatility_bp / scale, source)
    conditional = pd.Series(
        fitted.conditional_volatility * scale, index=volatility_bp.index
    )
    surprise = residual_on_volatility(conditional, volatility_bp)
    if surprise.isna().all():
        raise DataError(
            f"{source}: the conditional volatility of volatility is a straight line in "
            "volatility, so that its surprise is rounding",
            "give a measured volatility, one value a day.",
        )
    estimates = fitted.params
    known = conditional.notna()
    slope = np.polyfit(volatility_bp[known], conditional[known], 1)[0]
    return surprise, VolatilityFit(
        autoregression=float(estimates.iloc[1]),
        arch=float(estimates["alpha[1]"]),
        garch=float(estimates["beta[1]"]),
        degrees_of_freedom=float(estimates["nu"]),
        slope_on_volatility=float(slope),
    )


def persistence_surprise(
    volatility_1m_bp: pd.Series, volatility_3m_bp: pd.Series, volatility_bp: pd.Series
) -> pd.Series:
    """Surprise component of the persistence of volatility (CS).

    Residual of the calendar spread, 3-month minus 1-month volatility, regressed on
    volatility; basis points.
    """
    return residual_on_volatility(volatility_3m_bp - volatility_1m_bp, volatility_bp)


def _fit_garch(scaled: pd.Series, source: str) -> ARCHModelResult:
    """Highest maximum of the likelihood, found from two starts at least."""
    model = arch_model(
        scaled, mean="AR", lags=1, vol="GARCH", p=1, q=1, dist="t", rescale=False
    )
    best: list[ARCHModelResult] = []
    for start in _starting_values(scaled):
        with warnings.catch_warnings():
            # A start outside the bounds is replaced, which the comparison settles.
            warnings.simplefilter("ignore", StartingValueWarning)
            fitted = model.fit(
                starting_values=start,
                disp="off",
                show_warning=False,
                options={"maxiter": MAXIMUM_ITERATIONS},
            )
        if fitted.convergence_flag == 0 and np.isfinite(fitted.loglikelihood):
            best = sorted([*best, fitted], key=lambda result: -result.loglikelihood)
        if len(best) > 1 and _agree(*best[:2]):
            return best[0]
    raise DataError(
        f"{source}: the AR(1)-GARCH(1,1) of volatility could not be estimated: "
        f"{len(STARTS)} starts reached no common maximum of the likelihood",
        "look for repeated values or a break in the volatility column, or give a "
        "longer stretch.",
    )


def _starting_values(scaled: pd.Series) -> Iterator[NDArray[np.float64]]:
    """Least squares for the AR(1), and a choice of variance dynamics."""
    values = scaled.to_numpy(dtype=np.float64)
    slope, constant = np.polyfit(values[:-1], values[1:], 1)
    variance = np.var(values[1:] - constant - slope * values[:-1])
    for arch, garch, degrees in STARTS:
        omega = variance * (1 - arch - garch)
        yield np.array([constant, slope, omega, arch, garch, degrees])


def _agree(one: ARCHModelResult, other: ARCHModelResult) -> bool:
    return abs(one.loglikelihood - other.loglikelihood) < SAME_MAXIMUM
