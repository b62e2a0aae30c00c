"""Dollar value of a basis point of positions in Treasury futures."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from data.market.bonds import CashFlows, cash_flows, dv01, full_price

Floats = NDArray[np.float64]

BOND_CONTRACT = 20

CONTRACT_FACE_USD = {2: 200_000.0, 5: 100_000.0, 10: 100_000.0, 20: 100_000.0}
"""Face value of one futures contract; the 2-year contract is the double one."""

SHORTEST_MATURITY_YEARS = {2: 1.75, 5: 4.25, 10: 6.5, 20: 15.25}
"""Shortest maturities that the contracts admit (1 3/4, 4 1/6, 6 1/2 and 15 years), in
whole quarters and some weeks before delivery."""

BOND_MATURITY_GAP = (pd.Timestamp("2031-02-15"), pd.Timestamp("2036-02-15"))
"""No bond matures between these days, as the Treasury issued no 30-year bond between
February 2001 and February 2006. From late 2015 to late 2020 the shortest deliverable
bond is therefore the one of February 2036, with up to 20 years to go."""

BOND_COUPON_PERCENT = (6.0, 4.5)
"""Coupon of the stand-in up to the gap (the issues of 1986 to 2001 carried 5 1/4 to
9 1/4) and after it (the bond of 2036 carries 4 1/2, those of 2037 to 2040 3 1/2 to 5).
"""

NOTIONAL_COUPON_PERCENT = 6.0
"""Yield at which the exchange computes conversion factors since March 2000."""

DELIVERY_MONTHS_ROUNDING = {2: 1, 5: 1, 10: 3, 20: 3}
"""Months to which the exchange rounds a remaining maturity down, by contract."""

DAYS_PER_YEAR = 365.25
_SAME_DATE_YEARS = 1e-9


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


def shortest_deliverable_years(contract: int, weeks: pd.DatetimeIndex) -> Floats:
    """Remaining maturity of the shortest bond deliverable into a contract.

    While yields are below the 6 percent of the conversion factors the shortest bond is
    the cheapest to deliver.

    Parameters
    ----------
    contract : int
        2, 5, 10 or 20.
    weeks : DatetimeIndex
        When the contract is held.

    Returns
    -------
    ndarray, shape (week,)
        `SHORTEST_MATURITY_YEARS`, but for the bond contract in the years when its
        shortest bond would mature within `BOND_MATURITY_GAP`: there the bond that ends
        the gap.
    """
    years = np.full(len(weeks), SHORTEST_MATURITY_YEARS[contract])
    if contract == BOND_CONTRACT:
        first, next_issue = (
            np.asarray((end - weeks).days / DAYS_PER_YEAR) for end in BOND_MATURITY_GAP
        )
        years = np.where((years > first) & (years < next_issue), next_issue, years)
    return years


def approximate_deliverable(
    contract: int, weeks: pd.DatetimeIndex, par_yield_percent: ArrayLike
) -> Deliverable:
    """Stand-in for the cheapest to deliver: a bond of the shortest maturity.

    Notes carry the par coupon, as they were issued a few years before at most. The
    bonds of the bond contract were issued 15 years before and carry
    `BOND_COUPON_PERCENT`.

    Parameters
    ----------
    contract : int
        2, 5, 10 or 20.
    weeks : DatetimeIndex
        When the contract is held.
    par_yield_percent : array_like, shape (week,)
        Bond-equivalent yield at `shortest_deliverable_years`.
    """
    yields = np.asarray(par_yield_percent, dtype=np.float64)
    maturity = shortest_deliverable_years(contract, weeks)
    coupon = yields
    if contract == BOND_CONTRACT:
        matures = weeks + pd.to_timedelta(maturity * DAYS_PER_YEAR, unit="D")
        before, after = BOND_COUPON_PERCENT
        coupon = np.where(matures <= BOND_MATURITY_GAP[0], before, after)
        coupon = np.where(np.isnan(yields), np.nan, coupon)
    factor = conversion_factor(contract, maturity, coupon)
    return Deliverable(maturity, coupon, yields, factor)


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
