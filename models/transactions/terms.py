"""Terms of trades by which a cleaner may set them aside, though they are trades."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.columns import Columns
from models.transactions.securities import TREASURY
from models.transactions.structure import MarketStructure
from models.transactions.trades import BETWEEN_DEALERS, Trades

REGULAR, WHEN_ISSUED, SPECIAL_PRICE, PRIMARY_MARKET, LATE_SETTLEMENT = range(5)
TERMS = ("", "when issued", "special price", "primary market", "late settlement")

PRINCIPAL, AGENT, NO_CAPACITY = range(3)
CAPACITIES = ("P", "A", None)
AGENT_SHARE = 0.6
"""Agency trades that say so; the others are riskless and say principal. A guess."""

CAPACITY_MISSING = 0.02
LATE_FROM, LATE_TO = 8, 30
"""Trading days to a settlement that is not regular."""


@dataclass(frozen=True)
class Terms(Columns):
    """Terms of each trade.

    Parameters
    ----------
    kind : (trade,) int
        Position in `TERMS`.
    settlement_lag : (trade,) int
        Trading days to settlement.
    capacity : (trade,) int
        Of the dealer, position in `CAPACITIES`.
    """

    kind: IntArray
    settlement_lag: IntArray
    capacity: IntArray


def draw_terms(
    trades: Trades,
    market: str,
    calendar: TradingCalendar,
    structure: MarketStructure,
    rng: np.random.Generator,
) -> Terms:
    """Draw the terms of every trade."""
    size = len(trades)
    draw = rng.random(size)
    edges = np.cumsum(
        [
            structure.when_issued_share,
            structure.special_share,
            structure.primary_share,
            structure.irregular_share,
        ]
    )
    kind = (1 + np.searchsorted(edges, draw, side="right")) % len(TERMS)
    if market == TREASURY:
        regular: NDArray[np.int64] = np.ones(size, np.int64)
    else:
        regular = calendar.regular_settlement(trades.day)
    late = rng.integers(LATE_FROM, LATE_TO, size)
    agent = trades.is_agency & (rng.random(size) < AGENT_SHARE)
    agent &= trades.kind != BETWEEN_DEALERS
    missing = rng.random(size) < CAPACITY_MISSING
    return Terms(
        kind=kind,
        settlement_lag=np.where(kind == LATE_SETTLEMENT, late, regular),
        capacity=np.where(missing, NO_CAPACITY, np.where(agent, AGENT, PRINCIPAL)),
    )
