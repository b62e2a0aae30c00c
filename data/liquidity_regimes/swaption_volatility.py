"""Swaption volatilities quoted in percent of the forward rate, as basis points.

At the money, a lognormal (Black) volatility times the forward rate is the normal
volatility to first order. Where the forward rate is near zero the quote is unreliable,
and so is the product.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.files.cells import date_cells, number_cells, read_cells, require_columns
from data.liquidity_regimes.columns import (
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
)
from data.market.curves import interpolated_yields
from data.sources.gsw import read_zero_coupon_yields

PERCENT = 100.0

TENOR_YEARS = 10
QUOTES = {
    VOLATILITY_COLUMN: ("USSV0C10", 0.25),
    VOLATILITY_1M_COLUMN: ("USSV0C10", 0.25),
    VOLATILITY_3M_COLUMN: ("USSV0F10", 0.5),
}
"""Tickers and expiries (years) of options on the ten-year swap rate. No 1-month option
is among the quotes: expiries of 3 and 6 months stand in for 1 and 3."""


def read_swaption_volatilities(quotes: Path, zero_curve: Path) -> pd.DataFrame:
    """Volatilities of the ten-year swap rate in the layout of a volatility file.

    Parameters
    ----------
    quotes : Path
        CSV of at-the-money Black volatilities, percent: ``Date`` and a column a ticker
        of :data:`QUOTES`.
    zero_curve : Path
        Zero-coupon yields, as `data.sources.gsw.read_zero_coupon_yields` reads them.

    Returns
    -------
    DataFrame
        Index ``date``; volatility, 1-month and 3-month volatility, annualised basis
        points, of the days that have all.

    Raises
    ------
    DataError
        A file or a ticker is missing, or a cell is no number.
    """
    source = str(quotes)
    cells = read_cells(quotes, "give a CSV file of swaption quotes by ticker.")
    cells = cells.rename(columns={"Date": DATE_COLUMN})
    tickers = list(dict.fromkeys(ticker for ticker, _ in QUOTES.values()))
    require_columns(cells, [DATE_COLUMN, *tickers], source)
    dates = date_cells(cells[DATE_COLUMN], source)
    black = pd.DataFrame(
        {ticker: number_cells(cells[ticker], dates, source) for ticker in tickers},
        index=pd.Index(dates, name=DATE_COLUMN),
    )
    curve = read_zero_coupon_yields(zero_curve)
    curve = curve[curve.index.isin(black.index)]
    columns = {
        name: volatility_from_black(
            black[ticker], forward_swap_rate(curve, expiry, TENOR_YEARS)
        )
        for name, (ticker, expiry) in QUOTES.items()
    }
    return pd.DataFrame(columns).dropna().sort_index()


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
