"""Simulated volatilities of interest rates, and the market depth that follows them.

Not part of the model, which takes both as given: stand-ins for proprietary series, of
the size and persistence of US data of 2014 to 2023.
"""

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.liquidity_regimes.columns import (
    PERSISTENCE_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
    VOLATILITY_OF_VOLATILITY_COLUMN,
)
from data.liquidity_regimes.volatility_surprises import (
    persistence_surprise,
    residual_on_volatility,
)

TYPICAL_VOLATILITY_BP = 70.0
"""Median of the simulated volatility, near that of the MOVE index in 2014 to 2023."""

TYPICAL_DEPTH_MUSD = 110.0
"""Depth at typical volatility."""

BURN_IN_DAYS = 500
"""Discarded days, after which nothing remembers the start."""

# Logarithm of volatility: AR(1) with GARCH(1,1) Student-t innovations, as estimated on
# the MOVE index in 2014 to 2023, and rare jumps that fade within weeks.
_VOLATILITY_PERSISTENCE = 0.985
_VOLATILITY_INNOVATION_SD = 0.028
_ARCH, _GARCH, _DEGREES_OF_FREEDOM = 0.06, 0.88, 6.0
_STRESS_PROBABILITY = 1 / 220
_STRESS_JUMP = (0.25, 0.55)
_STRESS_PERSISTENCE = 0.95
_VOLATILITY_BOUNDS_BP = (35.0, 220.0)

# Logarithm of the 3-month over the 1-month volatility: inverts when volatility is high.
_SPREAD_MEAN, _SPREAD_SLOPE = 0.03, -0.20
_SPREAD_PERSISTENCE, _SPREAD_SD = 0.95, 0.04

# Logarithm of depth: falls with volatility the same day, recovers over months.
_DEPTH_ELASTICITY = 1.5
_DEPTH_RECOVERY = 0.03
_DEPTH_PERSISTENCE, _DEPTH_SD = 0.99, 0.18
_DEPTH_DAY_SD = 0.06


def simulate_volatilities(num_days: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw implied volatilities with stress episodes, and their surprises.

    The surprise in the volatility of volatility is that of the conditional standard
    deviation which drew the volatility, so that no GARCH model has to be estimated.

    Returns
    -------
    DataFrame
        Volatility, 1-month and 3-month volatility, VV and CS, named as in a panel file;
        annualised basis points.
    """
    deviation, innovation_sd = _log_volatility(num_days, rng)
    volatility = pd.Series(TYPICAL_VOLATILITY_BP * np.exp(deviation))
    volatility = volatility.clip(*_VOLATILITY_BOUNDS_BP)
    conditional = volatility.shift().bfill() * innovation_sd
    spread = (
        _SPREAD_MEAN
        + _SPREAD_SLOPE * deviation
        + _autoregression(_SPREAD_PERSISTENCE, _SPREAD_SD, num_days, rng)
    )
    one_month: pd.Series[float] = volatility * np.exp(-spread / 2)
    three_months: pd.Series[float] = volatility * np.exp(spread / 2)
    return pd.DataFrame(
        {
            VOLATILITY_COLUMN: volatility,
            VOLATILITY_1M_COLUMN: one_month,
            VOLATILITY_3M_COLUMN: three_months,
            VOLATILITY_OF_VOLATILITY_COLUMN: residual_on_volatility(
                conditional, volatility
            ),
            PERSISTENCE_COLUMN: persistence_surprise(
                one_month, three_months, volatility
            ),
        }
    )


def simulate_depth(volatility_bp: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw market depth given volatility.

    Depth falls as soon as volatility rises and comes back a few percent of the way a
    day, so that it is the more persistent of the two.

    Parameters
    ----------
    volatility_bp : (day,) float
        Annualised basis points.

    Returns
    -------
    (day,) float
        USD million.
    """
    deviation = np.log(volatility_bp / np.median(volatility_bp))
    pressure = np.empty_like(deviation)
    last = 0.0
    for t, now in enumerate(deviation):
        last = now if now > last else last + _DEPTH_RECOVERY * (now - last)
        pressure[t] = last
    num_days = len(deviation)
    own = _autoregression(_DEPTH_PERSISTENCE, _DEPTH_SD, num_days, rng)
    day = rng.normal(0, _DEPTH_DAY_SD, num_days)
    return TYPICAL_DEPTH_MUSD * np.exp(own + day - _DEPTH_ELASTICITY * pressure)


def _log_volatility(
    num_days: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Logarithm of volatility around its median, and the sd of its innovations.

    A jump counts as a shock of the GARCH process, so that volatility of volatility is
    high in a stress episode.
    """
    size = num_days + BURN_IN_DAYS
    shocks = rng.standard_t(_DEGREES_OF_FREEDOM, size)
    shocks *= np.sqrt((_DEGREES_OF_FREEDOM - 2) / _DEGREES_OF_FREEDOM)
    arrives = rng.random(size) < _STRESS_PROBABILITY
    jumps = np.where(arrives, rng.uniform(*_STRESS_JUMP, size), 0.0)
    path, innovation_sd = np.empty(size), np.empty(size)
    long_run = variance = _VOLATILITY_INNOVATION_SD**2
    level = stress = surprise = 0.0
    for t in range(size):
        variance = (
            (1 - _ARCH - _GARCH) * long_run + _ARCH * surprise**2 + _GARCH * variance
        )
        innovation_sd[t] = np.sqrt(variance)
        innovation = innovation_sd[t] * shocks[t]
        surprise = innovation + jumps[t]
        level = _VOLATILITY_PERSISTENCE * level + innovation
        stress = _STRESS_PERSISTENCE * stress + jumps[t]
        path[t] = level + stress
    return path[BURN_IN_DAYS:], innovation_sd[BURN_IN_DAYS:]


def _autoregression(
    persistence: float, sd: float, num_days: int, rng: np.random.Generator
) -> FloatArray:
    """Stationary AR(1) of mean zero with the given standard deviation."""
    shocks = rng.normal(0, sd * np.sqrt(1 - persistence**2), num_days)
    path = np.empty(num_days)
    last = rng.normal(0, sd)
    for t, shock in enumerate(shocks):
        last = persistence * last + shock
        path[t] = last
    return path
