"""Yields and durations of Treasuries, each by the convention that it names.

Prices are dirty, per 100 of face value; yields are a year, 0.05 for 5 percent.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from data.arrays import FloatArray
from data.errors import DataError
from data.market.treasury_terms import Dates, Payments

DAYS_PER_YEAR = 365.0

_ITERATIONS = 50
_CLOSE = 1e-13
_LOWEST_GROWTH = 1e-3


class Convention(StrEnum):
    """How a yield compounds.

    STREET: semi-annually, also within the first, broken period; simple interest when
    one payment is left. TREASURY: semi-annually, simple interest within the first
    period (31 CFR 356, appendix B). CONTINUOUS: continuously, days over 365.
    """

    STREET = "street"
    TREASURY = "treasury"
    CONTINUOUS = "continuous"


def prices_at(
    yields: ArrayLike, paid: Payments, settled: ArrayLike, convention: Convention
) -> FloatArray:
    """Dirty prices of securities at their yields, (security,).

    Parameters
    ----------
    yields : (security,) or scalar array_like
        A year.
    paid : Payments
        Of `data.market.treasury_terms.payments` at the settlement.
    settled : (security,) or scalar array_like of dates
        As given to it.
    convention : Convention
        Of the yields.
    """
    times = _times(paid, settled, convention)
    column = _column(yields, paid)
    return np.asarray(
        (paid.amounts * _discount(column, times, paid, convention)).sum(1)
    )


def yields_at(
    dirty_prices: ArrayLike, paid: Payments, settled: ArrayLike, convention: Convention
) -> FloatArray:
    """Yields of securities at their dirty prices, (security,).

    Raises
    ------
    DataError
        A price is not above 0, or has no yield.
    """
    price = np.broadcast_to(np.asarray(dirty_prices, float), paid.accrued.shape)
    bad = np.flatnonzero(~(price > 0) | np.isinf(price))
    if bad.size:
        raise DataError(
            f"the price of security {bad[0] + 1} is {price[bad[0]]:g}",
            "give dirty prices per 100 of face value.",
        )
    times = _times(paid, settled, convention)
    found = np.zeros(price.shape)
    for _ in range(_ITERATIONS):
        value = paid.amounts * _discount(found[:, None], times, paid, convention)
        worth = value.sum(1)
        slope = -(value * _elasticity(found[:, None], times, paid, convention)).sum(1)
        # Of the logarithm, which is nearly a straight line in the yield.
        step = np.log(worth / price) / (slope / worth)
        found = np.maximum(found - step, _lowest(times, convention))
        if np.abs(step).max(initial=0.0) < _CLOSE:
            return found
    worst = int(np.argmax(np.abs(step)))
    raise DataError(
        f"no yield was found for security {worst + 1} at a price of {price[worst]:g}",
        "check the price and the terms of the security.",
    )


def modified_durations(
    yields: ArrayLike, paid: Payments, settled: ArrayLike, convention: Convention
) -> FloatArray:
    """Relative fall of the dirty price with the yield, years, (security,).

    With continuous compounding it is Macaulay's; semi-annual ones are smaller by a
    factor of about 1 + yield / 2.
    """
    times = _times(paid, settled, convention)
    column = _column(yields, paid)
    value = paid.amounts * _discount(column, times, paid, convention)
    fall = (value * _elasticity(column, times, paid, convention)).sum(1)
    return np.asarray(fall / value.sum(1))


def bill_price(discount_rate: ArrayLike, days: ArrayLike) -> FloatArray:
    """Price per 100 of a bill at its bank discount rate, actual over 360."""
    return np.asarray(100 * (1 - np.asarray(discount_rate) * np.asarray(days) / 360))


def bill_discount_rate(price: ArrayLike, days: ArrayLike) -> FloatArray:
    """Bank discount rate of a bill, actual over 360."""
    return np.asarray((1 - np.asarray(price) / 100) * 360 / np.asarray(days))


def bill_investment_rate(
    price: ArrayLike, days: ArrayLike, days_in_year: ArrayLike = 365
) -> FloatArray:
    """Coupon-equivalent yield of a bill (31 CFR 356, appendix B, VI).

    Parameters
    ----------
    price : array_like
        Per 100.
    days : array_like
        From settlement to maturity.
    days_in_year : array_like
        In the year that follows settlement: 366 where it holds a February 29.
    """
    part = np.asarray(days, float) / np.asarray(days_in_year, float)
    paid = np.asarray(price, float)
    simple = (100 - paid) / paid / part
    # Beyond half a year the interest of a semi-annual coupon would be reinvested.
    square = np.maximum(part / 2 - 0.25, 0.0)
    root = np.sqrt(part**2 - 4 * square * (paid - 100) / paid)
    long = square > 0
    compound = (root - part) / np.where(long, 2 * square, 1.0)
    return np.where(long, compound, simple)


def _times(paid: Payments, settled: ArrayLike, convention: Convention) -> FloatArray:
    if convention is not Convention.CONTINUOUS:
        return paid.periods
    at = np.broadcast_to(_as_dates(settled), paid.accrued.shape)
    return (paid.dates - at[:, None]).astype(float) / DAYS_PER_YEAR


def _discount(
    yields: FloatArray, times: FloatArray, paid: Payments, convention: Convention
) -> FloatArray:
    if convention is Convention.CONTINUOUS:
        return np.exp(-yields * times)
    first = times[:, :1]
    half = yields / 2
    compound = (1 + half) ** -times
    simple = (1 + half) ** (first - times) / (1 + half * first)
    return np.where(_is_simple(paid, convention), simple, compound)


def _elasticity(
    yields: FloatArray, times: FloatArray, paid: Payments, convention: Convention
) -> FloatArray:
    """Relative fall of a payment's value with the yield."""
    if convention is Convention.CONTINUOUS:
        return times
    first = times[:, :1]
    compound = times / 2 / (1 + yields / 2)
    simple = (times - first) / 2 / (1 + yields / 2) + first / 2 / (
        1 + yields / 2 * first
    )
    return np.where(_is_simple(paid, convention), simple, compound)


def _is_simple(paid: Payments, convention: Convention) -> np.ndarray:
    """Whether the first, broken period of a security earns simple interest."""
    if convention is Convention.TREASURY:
        return np.ones((len(paid.amounts), 1), bool)
    one_left = paid.dates[:, :1] == paid.dates[:, -1:]
    return np.asarray(one_left)


def _lowest(times: FloatArray, convention: Convention) -> FloatArray:
    """Below which a yield has no price: growth must stay positive."""
    if convention is Convention.CONTINUOUS:
        return np.full(len(times), -np.inf)
    return np.maximum(-2.0, -2.0 / np.maximum(times[:, 0], 1.0)) + _LOWEST_GROWTH


def _column(yields: ArrayLike, paid: Payments) -> FloatArray:
    given = np.asarray(yields, float)
    return np.broadcast_to(given, paid.accrued.shape)[:, None]


def _as_dates(values: ArrayLike) -> Dates:
    return np.asarray(values).astype("datetime64[D]")
