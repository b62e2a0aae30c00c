"""Simulate quotes of on-the-run and old Treasuries around a known curve."""

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.market.treasury_terms import payments, settlement, terms
from data.market.treasury_yields import Convention, prices_at

FIRST_DAY = "2024-11-04"
ON_THE_RUN_YEARS = (2, 3, 5, 7, 10, 20, 30)
SNAPSHOT_HOURS = (9, 11, 13, 15, 17)
"""When the old issues are quoted."""

OPEN, CLOSE = pd.Timedelta(hours=8), pd.Timedelta(hours=17)
LEVEL = 0.042
LEVEL_SD_BP = 0.1
"""Of the level's step from one benchmark quote to the next."""

HALF_SPREAD = 1 / 128
TAILS = 4
"""Degrees of freedom of the noise of old issues."""


def simulate_quotes(
    seed: int, num_days: int, *, securities: int, minutes: int, noise_bp: float
) -> pd.DataFrame:
    """Quotes in the layout of the quote panel.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    num_days : int
        Trading days.
    securities : int
        Old issues; the on-the-run issues come on top.
    minutes : int
        Between quotes of the on-the-run issues, which lie on the curve.
    noise_bp : float
        Scale of the noise of old issues, Student-t, basis points of yield.

    Returns
    -------
    DataFrame
        Street yields are 4.2 percent, a random walk, plus a hump in maturity.
    """
    rng = np.random.default_rng(seed)
    issues = _issues(securities, rng)
    is_old = issues["vintage"].isna().to_numpy()
    years = issues.pop("years").to_numpy()
    bonds = terms(
        issues["maturity_date"], issues["coupon_percent"], issues["dated_date"]
    )
    frames, level = [], LEVEL
    for day in pd.bdate_range(FIRST_DAY, periods=num_days):
        times = pd.date_range(day + OPEN, day + CLOSE, freq=f"{minutes}min")
        steps = rng.normal(0, 1e-4 * LEVEL_SD_BP, len(times))
        levels = level + np.cumsum(steps)
        level = levels[-1]
        noise = 1e-4 * noise_bp * rng.standard_t(TAILS, (len(times), len(issues)))
        yields = levels[:, None] + _shape(years) + is_old * noise
        settled = settlement(np.datetime64(day, "D"))
        paid = payments(bonds, settled)
        quoted = np.isin(times.hour, SNAPSHOT_HOURS) & (times.minute == 0)
        for moment, row in enumerate(yields):
            shown = ~is_old | quoted[moment]
            clean = prices_at(row, paid, settled, Convention.STREET) - paid.accrued
            frames.append(
                issues[shown].assign(
                    time=times[moment],
                    bid_price=clean[shown] - HALF_SPREAD,
                    ask_price=clean[shown] + HALF_SPREAD,
                )
            )
    return pd.concat(frames, ignore_index=True)


def _issues(securities: int, rng: np.random.Generator) -> pd.DataFrame:
    """On-the-run issues, and old ones of all maturities."""
    years = np.r_[ON_THE_RUN_YEARS, np.linspace(0.6, 29.0, securities)]
    is_old = np.arange(len(years)) >= len(ON_THE_RUN_YEARS)
    months = np.round(12 * years).astype(int).astype("timedelta64[M]")
    issued = np.datetime64("2024-10", "M")
    age = np.where(is_old, 60, 0).astype("timedelta64[M]")
    middle = np.timedelta64(14, "D")
    coupons = rng.integers(8, 40, len(years)) / 8
    return pd.DataFrame(
        {
            "security": [f"issue {number:03d}" for number in range(len(years))],
            "maturity_date": (issued + months).astype("datetime64[D]") + middle,
            "dated_date": (issued - age).astype("datetime64[D]") + middle,
            "coupon_percent": np.where(is_old, coupons, 4.0),
            "vintage": np.where(is_old, np.nan, 0.0),
            "years": years,
        }
    )


def _shape(years: FloatArray) -> FloatArray:
    """Slope and hump of the yields."""
    slope = 0.006 * np.exp(-years / 2)
    return np.asarray(slope - 0.004 * years / 5 * np.exp(-years / 5))
