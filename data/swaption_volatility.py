"""Swaption volatilities quoted in percent of the forward rate, as basis points.

At the money, a lognormal (Black) volatility times the forward rate is the normal
volatility to first order. Where the forward rate is near zero the quote is unreliable,
and so is the product.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.curves import interpolated_yields

FloatArray = NDArray[np.float64]

PERCENT = 100.0


def forward_swap_rate(
    zero_curve: pd.DataFrame, expiry_years: float, tenor_years: int
) -> pd.Series:
    """Par rate of a swap that starts at the expiry, with annual payments.

    Read off a zero-coupon Treasury curve, so it leaves out the swap spread.

    Parameters
    ----------
    zero_curve : DataFrame
        Continuously compounded yields, percent; one row a day, columns maturities in
        years.
    expiry_years : float
        Until the swap starts.
    tenor_years : int
        Length of the swap.

    Returns
    -------
    Series
        Percent, NaN where the curve does not reach.
    """
    payments = expiry_years + np.arange(tenor_years + 1)
    at = np.broadcast_to(payments, (len(zero_curve), len(payments)))
    yields = interpolated_yields(zero_curve, at)
    discount = np.exp(-yields / PERCENT * payments)
    rate = (discount[:, 0] - discount[:, -1]) / discount[:, 1:].sum(axis=1)
    return pd.Series(PERCENT * rate, index=zero_curve.index)


def volatility_from_black(
    black_percent: pd.Series, forward_percent: pd.Series
) -> pd.Series:
    """Annualised volatility in basis points of an at-the-money Black volatility.

    Parameters
    ----------
    black_percent : Series
        Percent of the forward rate a year, by day.
    forward_percent : Series
        Forward rate, percent, by day.

    Returns
    -------
    Series
        Days that both have and on which the rate is positive.
    """
    both = pd.DataFrame({"black": black_percent, "forward": forward_percent}).dropna()
    both = both[both["forward"] > 0]
    # Percent of percent is a ten-thousandth: a basis point.
    return both["black"] * both["forward"]
