"""Surprises in the volatility of volatility and in its persistence.

Covariates VV and CS of Meldrum and Sokolinskiy (2025), section 3.2: the part of each
that the level of volatility does not explain.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from arch import arch_model
from arch.univariate.base import ARCHModelResult
from arch.utility.exceptions import ConvergenceWarning, StartingValueWarning

from data.errors import DataError


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

    Rows where either is missing stay missing.
    """
    known = series.notna() & volatility.notna()
    fit = sm.OLS(series[known], sm.add_constant(volatility[known].to_numpy())).fit()
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
        The maximum likelihood estimation fails.
    """
    # In units of its own spread, so that the optimiser's steps suit any volatility.
    scale = float(volatility_bp.std())
    fitted = _fit_garch(volatility_bp / scale, source)
    conditional = pd.Series(
        fitted.conditional_volatility * scale, index=volatility_bp.index
    )
    surprise = residual_on_volatility(conditional, volatility_bp)
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
    model = arch_model(
        scaled, mean="AR", lags=1, vol="GARCH", p=1, q=1, dist="t", rescale=False
    )
    with warnings.catch_warnings():
        # Failure is judged below, by the flag.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", StartingValueWarning)
        fitted = model.fit(disp="off")
    if fitted.convergence_flag != 0 or not np.isfinite(fitted.loglikelihood):
        raise DataError(
            f"{source}: the AR(1)-GARCH(1,1) of volatility could not be estimated "
            f"({fitted.optimization_result.message})",
            "look for repeated values or a break in the volatility column, or give a "
            "longer stretch.",
        )
    return fitted
