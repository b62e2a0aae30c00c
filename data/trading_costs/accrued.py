"""Accrued interest of trades, which are agreed on clean and settled dirty."""

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.market.treasury_terms import payments, settlement, terms
from data.trading_costs.quote_columns import (
    COUPON,
    DATED_DATE,
    FIRST_COUPON,
    MATURITY_DATE,
    SECURITY,
    SETTLEMENT_DAYS,
    TIME,
)


def accrued_at_settlement(trades: pd.DataFrame, quotes: pd.DataFrame) -> FloatArray:
    """Accrued interest at the settlement of each trade, per 100.

    Parameters
    ----------
    trades : (trade,) DataFrame
        ``time`` and ``security``.
    quotes : (trade,) DataFrame
        A quote of the security of each trade, with its terms.

    Returns
    -------
    (trade,) float
        NaN of what has matured.
    """
    day = trades[TIME].dt.normalize()
    keys = pd.DataFrame(
        {
            SECURITY: trades[SECURITY].to_numpy(),
            "day": day.to_numpy(),
            "row": np.arange(len(trades)),
        }
    )
    groups = keys.groupby([SECURITY, "day"], sort=False)
    first = groups["row"].first().to_numpy()
    issues = quotes.iloc[first]
    settled = np.array(
        [
            settlement(when, int(lag))
            for when, lag in zip(
                day.iloc[first].to_numpy(), issues[SETTLEMENT_DAYS], strict=True
            )
        ],
        dtype="datetime64[D]",
    )
    dated = issues[DATED_DATE].to_numpy().astype("datetime64[D]")
    matures = issues[MATURITY_DATE].to_numpy().astype("datetime64[D]")
    alive = settled < matures
    settled = np.where(settled < dated, dated, settled)
    bonds = terms(
        issues[MATURITY_DATE], issues[COUPON], issues[DATED_DATE], issues[FIRST_COUPON]
    )
    accrued = np.full(len(first), np.nan)
    accrued[alive] = payments(bonds.take(alive), settled[alive]).accrued
    return np.asarray(accrued[groups.ngroup().to_numpy()])
