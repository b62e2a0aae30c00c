"""Small valid panels in the layout of a panel file."""

import numpy as np
import pandas as pd

from data.market.tenors import TENOR_YEARS
from data.price_pressure.columns import (
    FACTORS,
    MARKETS,
    MARKETS_AND_NET,
    dv01_column,
    exposure_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    yield_column,
)

MEAN_YIELD_BP = {2: 178.0, 5: 258.0, 10: 351.0, 20: 415.0}
WEEKS = 60


def cash_panel() -> pd.DataFrame:
    """Yields and cash DV01 only."""
    generator = np.random.default_rng(20180921)
    dates = pd.date_range("2001-07-11", periods=WEEKS, freq="W-WED")
    frame = pd.DataFrame({"date": dates})
    for tenor in TENOR_YEARS:
        moves = np.cumsum(generator.normal(0, 8, WEEKS))
        frame[yield_column(tenor)] = MEAN_YIELD_BP[tenor] + moves
        frame[dv01_column("cash", tenor)] = generator.normal(0, 5, WEEKS)
    return frame


def full_panel() -> pd.DataFrame:
    """Every column a panel can have."""
    generator = np.random.default_rng(872)
    frame = cash_panel()
    names = [
        *(dv01_column("futures", tenor) for tenor in TENOR_YEARS),
        *(inventory_column(market, t) for market in MARKETS for t in TENOR_YEARS),
        *(exposure_column(market, f) for market in MARKETS for f in FACTORS),
        *(
            name(market, tenor)
            for name in (order_flow_column, order_flow_surprise_column)
            for market in MARKETS_AND_NET
            for tenor in TENOR_YEARS
        ),
    ]
    return frame.assign(**{name: generator.normal(0, 5, WEEKS) for name in names})
