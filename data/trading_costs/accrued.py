"""Accrued interest of trades, which are agreed on clean and settled dirty."""

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.trading_costs.quote_checks import settled_on
from data.trading_costs.quote_columns import MATURITY_DATE, SECURITY, TIME
from data.trading_costs.quote_measures import payments_of


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
    days = trades[TIME].dt.normalize().reset_index(drop=True)
    # The trades of a security and day settle alike.
    group = pd.DataFrame({SECURITY: trades[SECURITY].to_numpy(), TIME: days})
    groups = group.groupby([SECURITY, TIME], sort=False).ngroup().to_numpy()
    first = np.unique(groups, return_index=True)[1]
    issues = quotes.iloc[first].assign(**{TIME: days.iloc[first].to_numpy()})
    matures = issues[MATURITY_DATE].to_numpy().astype("datetime64[D]")
    alive = settled_on(issues) < matures
    accrued = np.full(len(first), np.nan)
    accrued[alive] = payments_of(issues[alive])[0].accrued
    return np.asarray(accrued[groups])
