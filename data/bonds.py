"""Price and dollar value of a basis point of coupon bonds and Treasury futures.

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

CONTRACT_FACE_USD = {2: 200_000.0, 5: 100_000.0, 10: 100_000.0, 20: 100_000.0}
"""Face value of one futures contract; the 2-year contract is the double one."""

DELIVERABLE_MATURITY_YEARS = {2: 1.75, 5: 4.25, 10: 6.5, 20: 15.25}
"""Stand-in for the cheapest to deliver where its terms are not given. While yields are
below the 6 percent of the conversion factors the shortest deliverable bond is the
cheapest, so these are the contracts' shortest maturities (1 3/4, 4 1/6, 6 1/2 and 15
years) in whole quarters, some weeks before delivery. Above 6 percent the longest would
be cheapest and the stand-in understates the DV01."""

NOTIONAL_COUPON_PERCENT = 6.0
"""Yield at which the exchange computes conversion factors since March 2000."""

DELIVERY_MONTHS_ROUNDING = {2: 1, 5: 1, 10: 3, 20: 3}
"""Months to which the exchange rounds a remaining maturity down, by contract."""

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


@dataclass(frozen=True)
class Deliverable:
    """Bond that stands behind a futures contract, one row a week.

    Parameters
    ----------
    maturity_years, coupon_percent, yield_percent, conversion_factor : ndarray, (week,)
        Terms of the cheapest-to-deliver bond or of its stand-in.
    """

    maturity_years: Floats
    coupon_percent: Floats
    yield_percent: Floats
    conversion_factor: Floats

    @property
    def flows(self) -> CashFlows:
        """Payments of the bond."""
        return cash_flows(self.maturity_years, self.coupon_percent)


def approximate_deliverable(contract: int, par_yield_percent: ArrayLike) -> Deliverable:
    """Stand-in for the cheapest to deliver: a par bond of the shortest maturity.

    Parameters
    ----------
    contract : int
        2, 5, 10 or 20.
    par_yield_percent : array_like, shape (week,)
        Bond-equivalent yield at `DELIVERABLE_MATURITY_YEARS` of the contract; it is
        also the coupon.
    """
    yields = np.atleast_1d(np.asarray(par_yield_percent, dtype=np.float64))
    maturity = np.full_like(yields, DELIVERABLE_MATURITY_YEARS[contract])
    factor = conversion_factor(contract, maturity, yields)
    return Deliverable(maturity, yields, yields, factor)


def conversion_factor(
    contract: int, maturity_years: ArrayLike, coupon_percent: ArrayLike
) -> Floats:
    """Exchange's conversion factor of a deliverable bond.

    The clean price per 1 of face value at a yield of 6 percent, the maturity rounded
    down to whole quarters (10-year and bond contracts) or months (2- and 5-year), to
    four decimals. The exchange counts the maturity from the first day of the delivery
    month.

    Parameters
    ----------
    contract : int
        2, 5, 10 or 20.
    maturity_years, coupon_percent : array_like, shape (week,)
        Of the deliverable bond.
    """
    unit = DELIVERY_MONTHS_ROUNDING[contract] / 12
    years = np.atleast_1d(np.asarray(maturity_years, dtype=np.float64))
    rounded = np.floor(years / unit + _SAME_DATE_YEARS) * unit
    flows = cash_flows(rounded, coupon_percent)
    to_next_coupon = rounded - 0.5 * (np.ceil(2 * rounded - _SAME_DATE_YEARS) - 1)
    accrued = np.asarray(coupon_percent) * (0.5 - to_next_coupon)
    clean = full_price(flows, NOTIONAL_COUPON_PERCENT) - accrued
    return np.asarray(np.round(clean / 100, 4))


def futures_market_value_busd(
    contracts: ArrayLike, contract: int, deliverable: Deliverable
) -> Floats:
    """Equivalent market value of a futures position, USD billion.

    Contracts times contract size times the full price of the deliverable bond, as in
    Table I of Mixon & Tuzun (2018), which does not divide by the conversion factor.
    """
    price = full_price(deliverable.flows, deliverable.yield_percent)
    return _face_busd(contracts, contract) * price / 100


def futures_dv01_musd(
    contracts: ArrayLike, contract: int, deliverable: Deliverable
) -> Floats:
    """DV01 of a futures position: contracts times the contract's DV01, USD million.

    The contract's DV01 is that of the deliverable bond over its conversion factor
    (Mixon & Tuzun 2018, section V).

    Parameters
    ----------
    contracts : array_like, shape (week,)
        Long positive.
    contract : int
        2, 5, 10 or 20.
    deliverable : Deliverable
        One row a week.
    """
    per_face = dv01(deliverable.flows, deliverable.yield_percent) / 100
    face_musd = _face_busd(contracts, contract) * 1_000
    return face_musd * per_face / deliverable.conversion_factor


def _face_busd(contracts: ArrayLike, contract: int) -> Floats:
    return np.asarray(contracts, dtype=np.float64) * CONTRACT_FACE_USD[contract] / 1e9


def _discount(flows: CashFlows, yield_percent: ArrayLike) -> Floats:
    return np.asarray((1 + _column(yield_percent) / 200) ** (-2 * flows.times))


def _column(yield_percent: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(yield_percent, dtype=np.float64))[:, None]
