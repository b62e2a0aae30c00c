"""Rows to begin with: quotes, and trades beside a fair value."""

import numpy as np
import pandas as pd

from data.trading_costs import columns as trade
from data.trading_costs import quote_columns as quote
from data.trading_costs.checks import FEWEST_TRADES

NUM_TRADES = FEWEST_TRADES + 10


def _times(size: int) -> list[str]:
    hours = pd.date_range("2024-03-04T09:00", periods=size, freq="30min")
    return list(hours.strftime("%Y-%m-%dT%H:%M:%S"))


def quotes_example() -> pd.DataFrame:
    """Made-up quotes of a moment."""
    issues = pd.DataFrame(
        {
            quote.TIME: "2024-03-04T15:00:00",
            quote.SECURITY: list("ABCDEF"),
            quote.KIND: "note",
            quote.MATURITY_DATE: [
                "2026-02-28",
                "2027-02-15",
                "2029-02-28",
                "2031-02-28",
                "2034-02-15",
                "2044-02-15",
            ],
            quote.COUPON: [4.5, 4.125, 4.25, 4.25, 4.0, 4.5],
            quote.BID: [99.80, 99.20, 99.55, 99.60, 98.40, 99.90],
        }
    )
    return issues.assign(**{quote.ASK: issues[quote.BID] + 0.03})


def trading_costs_example() -> pd.DataFrame:
    """Made-up trades, just enough of them."""
    rng = np.random.default_rng(1)
    size = NUM_TRADES
    side = rng.choice([trade.BUY, trade.SELL], size)
    sign = np.where(side == trade.BUY, 1.0, -1.0)
    return pd.DataFrame(
        {
            trade.OBSERVATION: trade.TRADE,
            trade.TIME: _times(size),
            trade.SECURITY: rng.choice(["A", "B", "C"], size),
            trade.SIDE: side,
            trade.SEGMENT: trade.CUSTOMER,
            trade.VOLUME: rng.uniform(1, 50, size),
            trade.DEVIATION: 0.4 * sign + rng.normal(0.0, 0.3, size),
            trade.DOLLAR_DURATION: rng.uniform(200, 800, size),
            trade.GAP: rng.uniform(0.1, 5, size),
            trade.MATURITY: rng.uniform(2, 10, size),
            trade.AGE: rng.uniform(0.2, 4, size),
            trade.INDICATIVE_SPREAD: rng.uniform(0.5, 1.5, size),
            trade.BENCHMARK_ILLIQUIDITY: rng.normal(0.0, 1.0, size),
            trade.RELATIVE_ILLIQUIDITY: rng.normal(0.0, 1.0, size),
            trade.ERROR_SD: rng.uniform(0.1, 0.4, size),
        }
    )
