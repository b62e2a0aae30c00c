"""Rows to begin with: daily price impact, depth and volatility."""

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.liquidity_regimes.checks import MINIMUM_DAYS
from data.liquidity_regimes.columns import (
    DEPTH_COLUMN,
    PRICE_IMPACT_COLUMN,
    SECURITY_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
)


def liquidity_example() -> pd.DataFrame:
    """Made-up days of one security."""
    rng = np.random.default_rng(1)
    size = MINIMUM_DAYS + 10
    volatility = 70.0 + rng.normal(0.0, 1.5, size).cumsum()
    return pd.DataFrame(
        {
            DATE_COLUMN: pd.bdate_range("2020-01-02", periods=size),
            SECURITY_COLUMN: "10y",
            PRICE_IMPACT_COLUMN: 0.1 * volatility + rng.normal(0.0, 1.0, size),
            DEPTH_COLUMN: 90.0 * np.exp(rng.normal(0.0, 0.1, size)),
            VOLATILITY_COLUMN: volatility,
            VOLATILITY_1M_COLUMN: volatility + rng.normal(0.0, 1.0, size),
            VOLATILITY_3M_COLUMN: volatility + rng.normal(2.0, 1.0, size),
        }
    )
