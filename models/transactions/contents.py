"""What a report says about its trade, and ways to get it wrong."""

from dataclasses import dataclass, replace

import numpy as np

from data.arrays import FloatArray, IntArray
from models.transactions.columns import Columns
from models.transactions.rates import LifeCycle
from models.transactions.reports import BUYS, NO_CODE, SELLS, Reports
from models.transactions.structure import MarketStructure
from models.transactions.trades import MILLION, Trades

MOST_DAYS_OFF = 3
LONGEST_SHIFT = 3600
DECIMAL_SLIPS = (0.1, 10.0, 0.01, 100.0)
DECIMAL_SLIP_SHARE = 0.1
PAR_SLIPS = (0.1, 10.0, 0.5, 2.0)


@dataclass(frozen=True)
class Contents(Columns):
    """What is said of a trade and may be said wrongly, one row a statement.

    Parameters
    ----------
    day, second : (row,) int
        Of the execution: position in the calendar, seconds after midnight.
    price, par, side : (row,) int
        Millionths of a point, USD, position in `models.transactions.reports.SIDES`.
    """

    day: IntArray
    second: IntArray
    price: IntArray
    par: IntArray
    side: IntArray


def true_contents(trades: Trades, reports: Reports) -> Contents:
    """What each report has to say."""
    return Contents(
        day=trades.day[reports.trade],
        second=reports.second,
        price=trades.price[reports.trade],
        par=trades.par[reports.trade],
        side=reports.side,
    )


def wrong_contents(
    true: Contents,
    cycle: LifeCycle,
    structure: MarketStructure,
    rng: np.random.Generator,
) -> Contents:
    """One thing wrong in each, or nothing among what is kept here."""
    size = len(true)
    draw = rng.random(size)
    edges = np.cumsum(
        [
            cycle.moves_day,
            cycle.moves_time,
            cycle.moves_price,
            cycle.moves_par,
            cycle.moves_side,
        ]
    )
    what = np.searchsorted(edges, draw, side="right")
    day = np.maximum(true.day - rng.integers(1, MOST_DAYS_OFF + 1, size), 0)
    second = np.maximum(true.second - rng.integers(1, LONGEST_SHIFT, size), 0)
    par = np.maximum(1000, true.par * rng.choice(PAR_SLIPS, size)).astype(np.int64)
    swapped = np.where(true.side == BUYS, SELLS, BUYS)
    swapped = np.where(true.side == NO_CODE, NO_CODE, swapped)
    return Contents(
        day=np.where(what == 0, day, true.day),
        second=np.where(what == 1, second, true.second),
        price=np.where(what == 2, _wrong_price(true.price, structure, rng), true.price),
        par=np.where(what == 3, par, true.par),
        side=np.where(what == 4, swapped, true.side),
    )


def with_shifted_price(contents: Contents, rng: np.random.Generator) -> Contents:
    """Prices off by a power of ten."""
    factor = rng.choice(DECIMAL_SLIPS, len(contents))
    return replace(contents, price=_scaled(contents.price, factor))


def _wrong_price(
    price: IntArray, structure: MarketStructure, rng: np.random.Generator
) -> IntArray:
    size = len(price)
    off = rng.uniform(0.05, 2.0, size) * rng.choice([-1.0, 1.0], size)
    nearby = structure.rounded(price / MILLION + off)
    slipped = _scaled(price, rng.choice(DECIMAL_SLIPS, size))
    return np.where(rng.random(size) < DECIMAL_SLIP_SHARE, slipped, nearby)


def _scaled(price: IntArray, factor: FloatArray) -> IntArray:
    return np.maximum(1, np.round(price * factor)).astype(np.int64)
