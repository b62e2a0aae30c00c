"""The trades that truly happened, and those that were reported and never stood.

A dealer sells to a customer (the customer buys), buys from one, or trades with another
dealer. An agency or riskless trade is two trades within a minute: dealer to dealer, and
on to the customer at a mark-up (Harris & Mehta, Riskless principal trading in corporate
bonds, 2020).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.arrays import FloatArray, IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.columns import Columns
from models.transactions.securities import Securities
from models.transactions.structure import MarketStructure

CUSTOMER_BUYS, CUSTOMER_SELLS, BETWEEN_DEALERS = range(3)
MILLION = 1_000_000
"""Prices are whole millionths of a price point."""

DAY_SECONDS = 86_400
SESSION_START, SESSION_END = 8 * 3600, 17 * 3600

DEFAULT_RECOVERY = 0.25
ROUND_LOT = 1_000_000


@dataclass(frozen=True)
class Trades(Columns):
    """Trades, one row a trade, in order of security, day and time.

    Parameters
    ----------
    security, day, second : (trade,) int
        Row of the securities, position in the calendar, seconds after midnight.
    mid : (trade,) float
        Fair price, percent of par: what an effective spread is measured from.
    price : (trade,) int
        Millionths of a price point.
    par : (trade,) int
        USD.
    kind : (trade,) int
        `CUSTOMER_BUYS`, `CUSTOMER_SELLS` or `BETWEEN_DEALERS`.
    dealer, other : (trade,) int
        The dealer, or the selling one; the buying dealer, or -1.
    is_agency : (trade,) bool
        Agency or riskless: the same par in a trade between dealers beside it.
    is_ats : (trade,) bool
        On an alternative trading system.
    has_stood : (trade,) bool
        False where it was reported and cancelled, and never was a trade.
    """

    security: IntArray
    day: IntArray
    second: IntArray
    mid: FloatArray
    price: IntArray
    par: IntArray
    kind: IntArray
    dealer: IntArray
    other: IntArray
    is_agency: NDArray[np.bool_]
    is_ats: NDArray[np.bool_]
    has_stood: NDArray[np.bool_]


def simulate_trades(
    securities: Securities,
    members: IntArray,
    count: int,
    calendar: TradingCalendar,
    structure: MarketStructure,
    rng: np.random.Generator,
) -> Trades:
    """Draw the trades of some of the securities.

    Parameters
    ----------
    securities : Securities
        All of them.
    members : (member,) int
        Rows of those that trade here.
    count : int
        Trades expected of all securities together.
    calendar : TradingCalendar
    structure : MarketStructure
    rng : numpy.random.Generator
    """
    security, day = _when(securities, members, count, calendar, structure, rng)
    size = len(security)
    second = _seconds(size, structure.evening_share, rng)
    order = np.lexsort((second, day, security))
    security, day, second = security[order], day[order], second[order]
    mid = _mid_prices(securities, security, day, second, rng)
    kind, is_agency = _kinds(day, calendar, structure, rng)
    par = structure.draw_par(size, rng)
    half = _half_spread(securities.half_spread[security], par)
    toward = np.where(kind == CUSTOMER_BUYS, 1.0, -1.0)
    noise = 0.25 * rng.standard_normal(size)
    quoted = np.where(kind == BETWEEN_DEALERS, noise, toward + 0.2 * noise) * half
    dealer, other = _parties(kind, structure.dealers, rng)
    trades = Trades(
        security=security,
        day=day,
        second=second,
        mid=mid,
        price=structure.rounded(mid + quoted),
        par=par,
        kind=kind,
        dealer=dealer,
        other=other,
        is_agency=is_agency,
        is_ats=(kind == BETWEEN_DEALERS) & (rng.random(size) < structure.ats_share),
        has_stood=np.ones(size, bool),
    )
    trades = _allocations(trades, structure.allocation_share, rng)
    return _with_dealer_legs(trades, structure, rng)


def _when(
    securities: Securities,
    members: IntArray,
    count: int,
    calendar: TradingCalendar,
    structure: MarketStructure,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray]:
    """Security and day of each trade, before the legs that accompany agency trades."""
    legs = 1.0 + structure.mean_legs(calendar)
    own = securities.take(members)
    rows, days = [], []
    for share, first, last in (
        (own.busy_trades, own.first_day, own.busy_until),
        (own.other_trades, own.busy_until, own.last_day),
    ):
        number = rng.poisson(count * share / legs)
        number[last <= first] = 0
        rows.append(np.repeat(members, number))
        low, high = np.repeat(first, number), np.repeat(last, number)
        days.append(low + (rng.random(len(low)) * (high - low)).astype(np.int64))
    return np.concatenate(rows), np.concatenate(days)


def _seconds(size: int, evening_share: float, rng: np.random.Generator) -> IntArray:
    """Busy after the open and before the close; some in the evening."""
    drawn = SESSION_START + rng.beta(0.8, 0.8, size) * (SESSION_END - SESSION_START)
    evening = rng.random(size) < evening_share
    late = rng.integers(18 * 3600 + 1800, 22 * 3600, size)
    return np.where(evening, late, drawn).astype(np.int64)


def _mid_prices(
    securities: Securities,
    security: IntArray,
    day: IntArray,
    second: IntArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Random walk in the log price of each security, seen at its trades."""
    time = day + second / DAY_SECONDS
    begins = np.diff(security, prepend=-1) != 0
    elapsed = np.where(begins, 0.0, np.diff(time, prepend=0.0))
    step = np.sqrt(elapsed) * rng.standard_normal(len(time))
    walk = np.cumsum(step * securities.daily_volatility[security])
    start = np.flatnonzero(begins)
    walk -= np.repeat(walk[start], np.diff(start, append=len(walk)))
    fallen = day >= securities.default_day[security]
    level = np.where(fallen, DEFAULT_RECOVERY, 1.0)
    mid: FloatArray = securities.price[security] * np.exp(walk) * level
    return mid


def _kinds(
    day: IntArray,
    calendar: TradingCalendar,
    structure: MarketStructure,
    rng: np.random.Generator,
) -> tuple[IntArray, NDArray[np.bool_]]:
    agency_share = structure.agency_share(calendar.days[day])
    # Agency trades bring a trade between dealers along, so fewer are drawn alone.
    customers = structure.customer_share
    alone = (1.0 - customers) / customers - agency_share
    is_customer = rng.random(len(day)) < 1.0 / (1.0 + alone)
    buys = rng.random(len(day)) < 0.5
    customer_kind = np.where(buys, CUSTOMER_BUYS, CUSTOMER_SELLS)
    kind = np.where(is_customer, customer_kind, BETWEEN_DEALERS)
    is_agency = is_customer & (rng.random(len(day)) < agency_share)
    return kind, is_agency


def _half_spread(of_round_lot: FloatArray, par: IntArray) -> FloatArray:
    """Retail pays several times what a round lot does."""
    return of_round_lot * (1.0 + 2.0 / (1.0 + par / (0.05 * ROUND_LOT)))


def _parties(
    kind: IntArray, dealers: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    share = 1.0 / np.arange(1, dealers + 1)
    chosen = rng.choice(dealers, (2, len(kind)), p=share / share.sum())
    other = np.where(chosen[1] == chosen[0], (chosen[1] + 1) % dealers, chosen[1])
    return chosen[0], np.where(kind == BETWEEN_DEALERS, other, -1)


def _allocations(trades: Trades, share: float, rng: np.random.Generator) -> Trades:
    """Make some customer trades equal parts of one order: alike in all but identity."""
    with_customer = trades.kind != BETWEEN_DEALERS
    ordinary = with_customer & ~trades.is_agency
    parts = trades.take(ordinary & (rng.random(len(trades)) < share))
    return Trades.stacked([trades, parts])


def _with_dealer_legs(
    trades: Trades, structure: MarketStructure, rng: np.random.Generator
) -> Trades:
    """Add to each agency trade the trade between dealers that it passes through."""
    through = trades.take(trades.is_agency)
    size = len(through)
    _, counterparty = _parties(np.full(size, BETWEEN_DEALERS), structure.dealers, rng)
    same = counterparty == through.dealer
    counterparty = np.where(same, (counterparty + 1) % structure.dealers, counterparty)
    sold_on = through.kind == CUSTOMER_BUYS
    markup = np.abs(through.price - through.mid * MILLION) * 0.5
    price = through.price - np.where(sold_on, markup, -markup)
    legs = replace(
        through,
        second=np.maximum(through.second - rng.integers(0, 60, size), 0),
        price=structure.rounded(price / MILLION),
        kind=np.full(size, BETWEEN_DEALERS),
        dealer=np.where(sold_on, counterparty, through.dealer),
        other=np.where(sold_on, through.dealer, counterparty),
        is_agency=np.zeros(size, bool),
        is_ats=rng.random(size) < structure.ats_share,
    )
    both = Trades.stacked([trades, legs])
    return both.take(np.lexsort((both.second, both.day, both.security)))
