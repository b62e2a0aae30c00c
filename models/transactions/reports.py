"""The reports that members owe about each trade, before anything goes wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.columns import Columns
from models.transactions.structure import MarketStructure
from models.transactions.trades import (
    BETWEEN_DEALERS,
    CUSTOMER_BUYS,
    DAY_SECONDS,
    Trades,
)

NO_CODE, BUYS, SELLS = range(3)
SIDES = (None, "B", "S")
CUSTOMER, DEALER, AFFILIATE, SYSTEM = range(1, 5)
CONTRAS = (None, "C", "D", "A", "T")
DEALER_REPORTS, SYSTEM_REPORTS = range(2)
ATS_PARTY = -2
"""The trading system, where a dealer is expected."""

SLOWEST_SECONDS = 900
FAST_SHARE_SECONDS = 60.0
DAY_ENDS = 18 * 3600 + 1800
"""Trades after 18:30 are reported on the next trading day."""


@dataclass(frozen=True)
class Reports(Columns):
    """What one member has to say about one trade, one row a report.

    Parameters
    ----------
    trade : (report,) int
        Row of the trades.
    is_canonical : (report,) bool
        Whether the trade is counted by this report: the seller's, the trading
        system's sale, or the only one.
    side, contra, reporter : (report,) int
        Positions in `SIDES` and `CONTRAS`; `DEALER_REPORTS` or `SYSTEM_REPORTS`.
    party, counterparty : (report,) int
        Dealers, -1 for a customer, `ATS_PARTY`.
    second : (report,) int
        Execution time on this member's clock, seconds after midnight.
    lag : (report,) int
        Seconds from the trade to the report.
    """

    trade: IntArray
    is_canonical: NDArray[np.bool_]
    side: IntArray
    contra: IntArray
    reporter: IntArray
    party: IntArray
    counterparty: IntArray
    second: IntArray
    lag: IntArray


def owed_reports(
    trades: Trades,
    calendar: TradingCalendar,
    structure: MarketStructure,
    rng: np.random.Generator,
) -> Reports:
    """Reports of every trade.

    A trade with a customer has one; between dealers both report, save the few that one
    side alone reports; where a trading system stands in between, it reports its
    purchase and its sale beside the dealers' reports to it.

    Returns
    -------
    Reports
        In order of trades.
    """
    at = np.arange(len(trades))
    dates = calendar.days[trades.day]
    with_customer = trades.kind != BETWEEN_DEALERS
    with_system = trades.is_ats & (dates >= structure.ats_parties_from)
    with_system &= rng.random(len(trades)) < structure.ats_reports
    to_outsider = with_system & (rng.random(len(trades)) < structure.non_member_share)
    direct = ~with_customer & ~with_system
    draw = rng.random(len(trades))
    buyer_alone = direct & (draw < structure.one_sided / 2)
    seller_alone = direct & ~buyer_alone & (draw < structure.one_sided)

    parts = [
        _customer_reports(trades, at[with_customer], dates, structure, rng),
        _side(trades, at[direct & ~buyer_alone], SELLS, DEALER, canonical=True),
        _side(trades, at[direct & ~seller_alone], BUYS, DEALER, canonical=False),
        _side(trades, at[with_system], SELLS, SYSTEM, canonical=False),
        _side(trades, at[with_system & ~to_outsider], BUYS, SYSTEM, canonical=False),
        _system_reports(trades, at[with_system], BUYS, to_outsider),
        _system_reports(trades, at[with_system], SELLS, to_outsider),
    ]
    reports = Reports.stacked(parts)
    reports.is_canonical[:] |= buyer_alone[reports.trade]
    reports = reports.take(np.argsort(reports.trade, kind="stable"))
    return _timed(reports, trades, rng)


def _customer_reports(
    trades: Trades,
    rows: IntArray,
    dates: NDArray[np.datetime64],
    structure: MarketStructure,
    rng: np.random.Generator,
) -> Reports:
    affiliated = rng.random(len(rows)) < structure.affiliate_share
    affiliated &= dates[rows] >= structure.affiliates_from
    side = np.where(trades.kind[rows] == CUSTOMER_BUYS, SELLS, BUYS)
    contra = np.where(affiliated, AFFILIATE, CUSTOMER)
    return _reports(rows, side, contra, DEALER_REPORTS, trades.dealer[rows], -1, True)


def _side(
    trades: Trades, rows: IntArray, side: int, contra: int, *, canonical: bool
) -> Reports:
    """A dealer's report of a trade with a dealer or with the trading system."""
    own, opposite = trades.dealer[rows], trades.other[rows]
    if side == BUYS:
        own, opposite = opposite, own
    if contra == SYSTEM:
        opposite = np.full(len(rows), ATS_PARTY)
    return _reports(rows, side, contra, DEALER_REPORTS, own, opposite, canonical)


def _system_reports(
    trades: Trades, rows: IntArray, side: int, to_outsider: NDArray[np.bool_]
) -> Reports:
    """The trading system's purchase from the seller, or its sale to the buyer."""
    sells = side == SELLS
    opposite = trades.other[rows] if sells else trades.dealer[rows]
    outside = to_outsider[rows] & sells
    contra = np.where(outside, CUSTOMER, DEALER)
    opposite = np.where(outside, -1, opposite)
    return _reports(rows, side, contra, SYSTEM_REPORTS, ATS_PARTY, opposite, sells)


def _reports(
    rows: IntArray,
    side: int | IntArray,
    contra: int | IntArray,
    reporter: int,
    party: int | IntArray,
    counterparty: int | IntArray,
    canonical: bool,
) -> Reports:
    def filled(value: int | IntArray) -> IntArray:
        return np.broadcast_to(np.asarray(value, np.int64), len(rows)).copy()

    return Reports(
        trade=rows,
        is_canonical=np.full(len(rows), canonical),
        side=filled(side),
        contra=filled(contra),
        reporter=filled(reporter),
        party=filled(party),
        counterparty=filled(counterparty),
        second=np.zeros(len(rows), np.int64),
        lag=np.zeros(len(rows), np.int64),
    )


def _timed(reports: Reports, trades: Trades, rng: np.random.Generator) -> Reports:
    """Execution time on each member's clock, and how long the report takes."""
    size = len(reports)
    true = trades.second[reports.trade]
    drift = np.where(rng.random(size) < 0.3, rng.integers(0, 6, size), 0)
    # The clock of the system, and of the report that counts, is that of the trade.
    own_clock = reports.is_canonical | (reports.reporter == SYSTEM_REPORTS)
    reports.second[:] = np.minimum(
        true + np.where(own_clock, 0, drift), DAY_SECONDS - 1
    )
    lag = rng.exponential(FAST_SHARE_SECONDS, size) + 1
    slow = ~reports.is_canonical & (reports.reporter == DEALER_REPORTS)
    lag = np.where(slow, rng.uniform(1, SLOWEST_SECONDS, size), lag)
    reports.lag[:] = np.minimum(lag, SLOWEST_SECONDS).astype(np.int64)
    return reports
