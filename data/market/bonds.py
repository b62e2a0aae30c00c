"""Price and dollar value of a basis point of coupon bonds.

Yields are percent a year, semi-annually compounded (bond-equivalent), prices are per
100 of face value and full: accrued interest is part of them, as it is part of the
market values that dealers report.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

REPRESENTATIVE_MATURITY_YEARS = {2: 1.5, 5: 4.5, 10: 8.5, 20: 20.5}
"""Maturity of the bond that stands for a dealer bucket (Mixon & Tuzun 2018, section V):
the midpoint of up to 3, 3 to 6, 6 to 11 and, as bonds mature within 30 years, 11 to 30
years."""

BASIS_POINT = 1e-4
_SAME_DATE_YEARS = 1e-9


@dataclass(frozen=True)
class CashFlows:
    """Payments of one bond a week.

    Parameters
    ----------
    times : ndarray, shape (week, payment)
        Years from the week to the payment. A bond with fewer payments than the widest
        row repeats its maturity there, with amount zero.
    amounts : ndarray, shape (week, payment)
        Per 100 of face value; NaN where the bond's terms are missing.
    """

    times: Floats
    amounts: Floats


def cash_flows(maturity_years: ArrayLike, coupon_percent: ArrayLike) -> CashFlows:
    """List a bond's semi-annual coupons and its redemption.

    Parameters
    ----------
    maturity_years, coupon_percent : array_like, shape (week,) or scalar
        Remaining maturity (above 0) and annual coupon.
    """
    maturity, coupon = np.broadcast_arrays(
        np.atleast_1d(np.asarray(maturity_years, dtype=np.float64)),
        np.atleast_1d(np.asarray(coupon_percent, dtype=np.float64)),
    )
    longest = np.nanmax(maturity, initial=0.5)
    steps = 0.5 * np.arange(int(np.ceil(2 * longest - _SAME_DATE_YEARS)))
    times = maturity[:, None] - steps
    paid = times > _SAME_DATE_YEARS
    amounts = np.where(paid, coupon[:, None] / 2, 0.0)
    amounts[:, 0] += 100.0
    amounts[np.isnan(maturity + coupon)] = np.nan
    return CashFlows(np.where(paid, times, maturity[:, None]), amounts)


def full_price(flows: CashFlows, yield_percent: ArrayLike) -> Floats:
    """Price per 100 of face value, accrued interest included, shape (week,)."""
    return np.asarray((flows.amounts * _discount(flows, yield_percent)).sum(axis=1))


def dv01(flows: CashFlows, yield_percent: ArrayLike) -> Floats:
    """Fall of the price per 100 of face value when the yield rises by 1 bp.

    The first derivative of `full_price`, the linear approximation of Mixon & Tuzun
    (2018, section V); shape (week,).
    """
    growth = 1 + _column(yield_percent) / 200
    slope = flows.amounts * flows.times * _discount(flows, yield_percent) / growth
    return np.asarray(slope.sum(axis=1) * BASIS_POINT)


def cash_dv01_musd(
    market_value_busd: ArrayLike,
    maturity_years: float,
    coupon_percent: ArrayLike,
    yield_percent: ArrayLike,
) -> Floats:
    """DV01 of a position whose market value is held in one bond.

    Parameters
    ----------
    market_value_busd : array_like, shape (week,)
        Long positive, USD billion.
    maturity_years : float
        Of the bond, see `REPRESENTATIVE_MATURITY_YEARS`.
    coupon_percent, yield_percent : array_like, shape (week,)
        Of the bond.

    Returns
    -------
    ndarray, shape (week,)
        USD million per basis point; positive for a long position.
    """
    flows = cash_flows(maturity_years, coupon_percent)
    per_dollar = dv01(flows, yield_percent) / full_price(flows, yield_percent)
    return np.asarray(market_value_busd, dtype=np.float64) * 1_000 * per_dollar


def _discount(flows: CashFlows, yield_percent: ArrayLike) -> Floats:
    return np.asarray((1 + _column(yield_percent) / 200) ** (-2 * flows.times))


def _column(yield_percent: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(yield_percent, dtype=np.float64))[:, None]
