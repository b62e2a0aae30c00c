"""Small valid liquidity panels in the layout of a panel file."""

from functools import cache

import pandas as pd

from models.liquidity_regimes.simulation import SECURITIES, simulate_liquidity_regimes

DAYS = 300


@cache
def _simulated(num_securities: int) -> pd.DataFrame:
    labels = ["10y", "2y", "5y", "30y"][:num_securities]
    return simulate_liquidity_regimes(
        8, DAYS, securities={label: SECURITIES[label] for label in labels}
    )


def one_security() -> pd.DataFrame:
    """The 10-year note, every column."""
    return _simulated(1).copy()


def two_securities() -> pd.DataFrame:
    """The 10-year note, then the 2-year note, every column."""
    return _simulated(2).copy()


def daily_frame() -> pd.DataFrame:
    """What a user brings: no label, no surprises."""
    return one_security()[["date", "price_impact", "depth_musd", "volatility_bp"]]
