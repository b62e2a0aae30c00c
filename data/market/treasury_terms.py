"""Payments of US Treasury bills, notes and bonds, by their terms.

Coupons fall every six months before the maturity; where that is the last day of its
month, on the last day of each (June 30 and December 31). Interest of a first period
that is short or long is counted in quasi-coupon periods, actual over actual (31 CFR
356, appendix B). Dates are nominal: a payment that falls on a weekend or a holiday is
made on the next business day and is no larger for it, which `paid_on` gives.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from data.arrays import FloatArray
from data.errors import DataError
from data.market.trading_days import TreasuryHolidays

Dates = NDArray[np.datetime64]

SUPPORTED = ("bill", "note", "bond")
"""Kinds of security whose payments are known in advance."""

UNSUPPORTED = {
    "TIPS": "its payments follow the consumer price index",
    "FRN": "its coupons follow the auctions of bills",
    "CMB": "give it as a bill",
    "callable": "its maturity is the Treasury's choice",
}

_MONTHS_A_COUPON = 6


class Terms(NamedTuple):
    """Terms of securities, one an element.

    Attributes
    ----------
    maturity : (security,) datetime64[D]
    coupon_percent : (security,) float
        A year; 0 of a bill.
    dated : (security,) datetime64[D]
        From which interest accrues; NaT: the regular date before any settlement.
    first_coupon : (security,) datetime64[D]
        NaT: the first regular date after ``dated``.
    """

    maturity: Dates
    coupon_percent: FloatArray
    dated: Dates
    first_coupon: Dates

    def take(self, rows: Any) -> "Terms":
        """Terms of some of them, or of one several times."""
        return Terms(*(column[rows] for column in self))


def terms(
    maturity: ArrayLike,
    coupon_percent: ArrayLike,
    dated: ArrayLike | None = None,
    first_coupon: ArrayLike | None = None,
    names: Sequence[str] | pd.Series | None = None,
) -> Terms:
    """Check terms and bring them to one length.

    Parameters
    ----------
    maturity, dated, first_coupon : array_like of dates
        As of `Terms`.
    coupon_percent : array_like of float
        As of `Terms`.
    names : sequence of str, optional
        Of the securities, in errors.

    Raises
    ------
    DataError
        Naming the first security whose dates or coupon cannot be.
    """
    maturities = np.atleast_1d(_dates(maturity))
    coupons = np.broadcast_to(np.asarray(coupon_percent, float), maturities.shape)
    given = [
        np.broadcast_to(
            np.datetime64("NaT", "D") if each is None else _dates(each),
            maturities.shape,
        )
        for each in (dated, first_coupon)
    ]
    made = Terms(maturities, coupons, *given)
    problems = {
        "no maturity": np.isnat(maturities),
        "no coupon, or one below 0": ~(coupons >= 0) | np.isinf(coupons),
        "a dated date that is not before its maturity": made.dated >= maturities,
        "a first coupon after its maturity": made.first_coupon > maturities,
        "a first coupon that is not after its dated date": made.first_coupon
        <= made.dated,
        "a first coupon that is no regular coupon date": (coupons > 0)
        & ~np.isnat(made.first_coupon)
        & (_regular_on_or_before(made.first_coupon, maturities) != made.first_coupon),
    }
    for problem, wrong in problems.items():
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            name = f"security {row + 1}" if names is None else list(names)[row]
            raise DataError(
                f"{name}, maturing {maturities[row]}, has {problem}",
                "correct its terms, or leave it out.",
            )
    return made


def refuse_unsupported(kinds: Sequence[str], names: Sequence[str]) -> None:
    """Raise `DataError` naming the first security whose payments are not fixed."""
    for kind, name in zip(kinds, names, strict=True):
        if kind not in SUPPORTED:
            reason = UNSUPPORTED.get(kind, "its payments are not known")
            raise DataError(
                f"{name} is of the kind {kind}, which has no fixed payments here: "
                f"{reason}",
                f"leave it out; kinds that are priced: {', '.join(SUPPORTED)}.",
            )


def settlement(trade_dates: ArrayLike, business_days: ArrayLike = 1) -> Dates:
    """Day on which a trade of Treasuries settles: regular way, the next business day.

    Parameters
    ----------
    trade_dates : array_like of dates
        A day on which nothing trades counts as the business day after it.
    business_days : int or array_like of int
        0: settled at once, as the accrued interest of CRSP's quotes is.
    """
    days, lags = _dates(trade_dates), np.asarray(business_days)
    later = np.busday_offset(days, lags, roll="forward", holidays=_holidays(days))
    return np.where(lags == 0, days, later)


def paid_on(dates: ArrayLike) -> Dates:
    """Business day on which what is due on some day is paid."""
    days = _dates(dates)
    return np.busday_offset(days, 0, roll="forward", holidays=_holidays(days))


def dated_of_issue(issue: ArrayLike, maturity: ArrayLike) -> Dates:
    """Date from which interest accrues, where only the day of issue is known.

    A security that is due to be issued on a weekend or a holiday is issued on the next
    business day and accrues from the regular date.
    """
    issued, matures = _dates(issue), _dates(maturity)
    regular = _regular_on_or_before(issued, matures)
    return np.where(paid_on(regular) == issued, regular, issued)


class Payments(NamedTuple):
    """What is paid after settlement.

    Attributes
    ----------
    dates : (security, payment) datetime64[D]
        Nominal, from the next to the last; a security with fewer payments than the
        widest row repeats its maturity, with amount 0.
    amounts : (security, payment) float
        Per 100 of face value.
    periods : (security, payment) float
        Semi-annual coupon periods from settlement, the first one in part.
    accrued : (security,) float
        Interest accrued at settlement, per 100.
    """

    dates: Dates
    amounts: FloatArray
    periods: FloatArray
    accrued: FloatArray


def payments(securities: Terms, settled: ArrayLike) -> Payments:
    """List payments and accrued interest of securities at their settlement.

    A coupon due on the day of settlement belongs to the seller. Before its dated date a
    security accrues nothing and pays from its first coupon on: settle a when-issued
    trade on the dated date.

    Parameters
    ----------
    securities : Terms
        One an element.
    settled : (security,) or scalar array_like of dates
        Before the maturity.

    Raises
    ------
    DataError
        A security has matured.
    """
    at = np.broadcast_to(_dates(settled), securities.maturity.shape)
    matured = np.flatnonzero(~(at < securities.maturity))
    if matured.size:
        raise DataError(
            f"security {matured[0] + 1} matures on "
            f"{securities.maturity[matured[0]]}, settlement is {at[matured[0]]}",
            "leave it out: nothing is paid after settlement.",
        )
    back = _periods_before(securities.maturity, at)
    # Column 0 is the regular date on or before settlement, column 1 the one after it.
    steps = back[:, None] - np.arange(int(back.max(initial=1)) + 1)
    dates = _regular(securities.maturity[:, None], np.maximum(steps, 0))
    begins, pays = dates[:, 0], dates[:, 1:]
    half = securities.coupon_percent / 2
    counted = steps[:, 1:] >= 0
    first = first_coupons(securities)
    amounts = np.where(counted & ~(pays < first[:, None]), half[:, None], 0.0)
    is_first = (pays == first[:, None]) & counted & ~np.isnat(securities.dated)[:, None]
    amounts = np.where(
        is_first, (half * _first_periods(securities, first))[:, None], amounts
    )
    amounts = amounts + 100.0 * (steps[:, 1:] == 0)
    length = (pays[:, 0] - begins).astype(float)
    part = (pays[:, 0] - at).astype(float) / length
    periods = part[:, None] + np.arange(pays.shape[1])
    periods = np.where(counted, periods, (part + back - 1)[:, None])
    return Payments(pays, amounts, periods, half * _accrued_periods(securities, at))


def first_coupons(securities: Terms) -> Dates:
    """Date of each first coupon, NaT where neither it nor the dated date is known."""
    regular = _regular(
        securities.maturity,
        _periods_before(securities.maturity, securities.dated) - 1,
    )
    regular = np.where(np.isnat(securities.dated), securities.dated, regular)
    return np.where(np.isnat(securities.first_coupon), regular, securities.first_coupon)


def cash_flow_table(
    paid: Payments, settled: ArrayLike
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Payments as a table of securities and days from settlement.

    Returns
    -------
    cash_flows : (security, day) float
        Per 100.
    days : (day,) int
        Increasing.
    """
    at = np.broadcast_to(_dates(settled), paid.accrued.shape)
    ahead = (paid.dates - at[:, None]).astype(np.int64)
    days, column = np.unique(ahead, return_inverse=True)
    table = np.zeros((len(ahead), days.size))
    rows = np.repeat(np.arange(len(ahead)), ahead.shape[1])
    np.add.at(table, (rows, column.ravel()), paid.amounts.ravel())
    return table, days


def _accrued_periods(securities: Terms, at: Dates) -> FloatArray:
    """Coupon periods whose interest has accrued since the last coupon was paid."""
    first = first_coupons(securities)
    dated = securities.dated
    in_first = ~np.isnat(dated) & (at < first)
    regular = _part_of_period(securities.maturity, at)
    since_dated = _between(securities.maturity, dated, at)
    return np.where(in_first, np.maximum(since_dated, 0.0), regular)


def _first_periods(securities: Terms, first: Dates) -> FloatArray:
    """Coupon periods from the dated date to the first coupon."""
    return _between(securities.maturity, securities.dated, first)


def _between(maturity: Dates, start: Dates, end: Dates) -> FloatArray:
    """Quasi-coupon periods between two dates, each part over its own period."""
    whole = _periods_before(maturity, start) - _periods_before(maturity, end)
    parts = _part_of_period(maturity, end) - _part_of_period(maturity, start)
    return np.where(np.isnat(start) | np.isnat(end), 0.0, whole + parts)


def _part_of_period(maturity: Dates, at: Dates) -> FloatArray:
    """Share of the period around a date that lies before it, 0 on a coupon date."""
    back = _periods_before(maturity, at)
    begins, ends = _regular(maturity, back), _regular(maturity, back - 1)
    return np.asarray((at - begins).astype(float) / (ends - begins).astype(float))


def _regular_on_or_before(at: Dates, maturity: Dates) -> Dates:
    return _regular(maturity, _periods_before(maturity, at))


def _periods_before(maturity: Dates, at: Dates) -> NDArray[np.int64]:
    """How many coupon periods before the maturity the last regular date by then is."""
    # Shifted by the day of the month, whole months can be counted.
    at = np.where(np.isnat(at), maturity, at)
    months = (maturity.astype("datetime64[M]") - at.astype("datetime64[M]")).astype(int)
    guess = np.asarray(-(-months // _MONTHS_A_COUPON))
    return np.where(_regular(maturity, guess) > at, guess + 1, guess)


def _regular(maturity: Dates, periods: NDArray[np.int64]) -> Dates:
    """Regular coupon dates, so many periods before the maturity."""
    months = (_MONTHS_A_COUPON * np.asarray(periods)).astype("timedelta64[M]")
    month = maturity.astype("datetime64[M]") - months
    day = (maturity - maturity.astype("datetime64[M]")).astype(int)
    last = _last_day(month)
    is_end = day == _last_day(maturity.astype("datetime64[M]"))
    added = np.where(is_end, last, np.minimum(day, last)).astype("timedelta64[D]")
    return np.asarray(month.astype("datetime64[D]") + added)


def _last_day(month: Dates) -> NDArray[np.int64]:
    """Of a month, counted from 0."""
    following = month + np.timedelta64(1, "M")
    length = following.astype("datetime64[D]") - month.astype("datetime64[D]")
    return np.asarray(length.astype(int) - 1)


def _dates(values: ArrayLike) -> Dates:
    if isinstance(values, (pd.Series, pd.DatetimeIndex)):
        values = values.to_numpy()
    return np.asarray(values).astype("datetime64[D]")


def _holidays(days: Dates) -> Dates:
    known = days[~np.isnat(days)] if days.ndim else np.atleast_1d(days)
    if not known.size:
        return np.array([], dtype="datetime64[D]")
    around = pd.Timedelta(days=14)
    first, last = pd.Timestamp(known.min()), pd.Timestamp(known.max())
    found = TreasuryHolidays().holidays(first - around, last + around)
    return found.to_numpy().astype("datetime64[D]")
