"""Curves of other libraries, fitted to the same bonds; each is left out if missing."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


class Bonds(NamedTuple):
    """Bonds of one day.

    Attributes
    ----------
    quotes : DataFrame
        Measured quotes of the day.
    settled : datetime64[D]
        Their settlement.
    zero_years, zero_yields : (point,) float
        Points of a zero curve, for what fits no bonds; continuously compounded.
    """

    quotes: pd.DataFrame
    settled: np.datetime64
    zero_years: np.ndarray
    zero_yields: np.ndarray


def quantlib_svensson(bonds: Bonds) -> Callable[[], float]:
    """QuantLib's FittedBondDiscountCurve with Svensson's form.

    Returns
    -------
    callable
        Fits and returns the root mean square yield error, bp.
    """
    import QuantLib as ql  # noqa: N813 # its own documentation calls it so

    day = ql.DateParser.parseISO(str(bonds.settled))
    ql.Settings.instance().evaluationDate = day
    helpers, quoted = [], []
    for row in bonds.quotes.itertuples():
        mid = (row.bid_price + row.ask_price) / 2
        schedule = ql.Schedule(
            ql.DateParser.parseISO(f"{row.dated_date:%Y-%m-%d}"),
            ql.DateParser.parseISO(f"{row.maturity_date:%Y-%m-%d}"),
            ql.Period(ql.Semiannual),
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.DateGeneration.Backward,
            False,
        )
        count = ql.ActualActual(ql.ActualActual.ISMA, schedule)
        bond = ql.FixedRateBond(0, 100.0, schedule, [row.coupon_percent / 100], count)
        helpers.append(
            ql.BondHelper(ql.QuoteHandle(ql.SimpleQuote(mid)), bond, ql.BondPrice.Clean)
        )
        quoted.append((bond, mid, row.dollar_duration))

    def fit() -> float:
        curve = ql.FittedBondDiscountCurve(
            day, helpers, ql.Actual365Fixed(), ql.SvenssonFitting(), 1e-10, 10_000
        )
        engine = ql.DiscountingBondEngine(ql.YieldTermStructureHandle(curve))
        errors = []
        for bond, mid, dollars in quoted:
            bond.setPricingEngine(engine)
            errors.append(1e4 * (bond.cleanPrice() - mid) / dollars)
        return float(np.sqrt(np.mean(np.square(errors))))

    return fit


def nelson_siegel_svensson(bonds: Bonds) -> Callable[[], float]:
    """nelson_siegel_svensson's least squares, on points of a zero curve.

    Returns
    -------
    callable
        Fits and returns the root mean square error at its points, bp.
    """
    from nelson_siegel_svensson.calibrate import calibrate_nss_ols

    def fit() -> float:
        curve, _ = calibrate_nss_ols(bonds.zero_years, bonds.zero_yields)
        off = 1e4 * (curve(bonds.zero_years) - bonds.zero_yields)
        return float(np.sqrt(np.mean(off**2)))

    return fit


PEERS: dict[str, Callable[[Bonds], Callable[[], Any]]] = {
    "QuantLib, FittedBondDiscountCurve, Svensson": quantlib_svensson,
    "nelson_siegel_svensson, zero yields": nelson_siegel_svensson,
}
