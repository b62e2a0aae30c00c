"""Simulate one bucket of a market: its trades, its messages and what became of each."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.life_cycle import draw_plan, send_messages
from models.transactions.messages import NOBODY, Messages
from models.transactions.numbering import Numbers, number_messages
from models.transactions.rates import ErrorRates, LifeCycle
from models.transactions.reports import NO_CODE, Reports, owed_reports
from models.transactions.securities import CORPORATE, Securities, simulate_securities
from models.transactions.strays import send_strays
from models.transactions.structure import STRUCTURES, MarketStructure
from models.transactions.terms import Terms, draw_terms
from models.transactions.trades import Trades, simulate_trades

FATES = ("live", "other side", "void", "message", "duplicate")
LIVE, OTHER_SIDE, VOID, MESSAGE, DUPLICATE = range(5)

BUCKET_BITS = 32
"""A true trade's id is ``bucket * 2**BUCKET_BITS + row``."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything that a simulation depends on.

    Parameters
    ----------
    market : str
        One of `models.transactions.securities.MARKETS`.
    trades : int
        True trades expected, of all buckets.
    securities : int
        Bonds; the one of rank r is in bucket r modulo `buckets`.
    first, last : str
        Execution dates from and to.
    buckets : int
    seed : int
    rates : ErrorRates
    cycle : LifeCycle
    """

    market: str = CORPORATE
    trades: int = 20_000
    securities: int = 60
    first: str = "2010-01-04"
    last: str = "2014-12-31"
    buckets: int = 1
    seed: int = 1
    rates: ErrorRates = field(default_factory=ErrorRates)
    cycle: LifeCycle = field(default_factory=LifeCycle)

    @property
    def structure(self) -> MarketStructure:
        """Of the market."""
        return STRUCTURES[self.market]


@dataclass(frozen=True)
class SimulatedBucket:
    """One bucket of a simulation.

    Parameters
    ----------
    scenario : Scenario
    bucket : int
    calendar : TradingCalendar
    securities : Securities
        Of all buckets.
    trades : Trades
        Those that stood and those that never did.
    terms : Terms
        Of the trades.
    reports : Reports
    messages : Messages
    numbers : Numbers
    row_message : (row,) int
        Messages in the order of the file; one that is there twice appears twice.
    fate : (row,) int
        Position in `FATES`.
    """

    scenario: Scenario
    bucket: int
    calendar: TradingCalendar
    securities: Securities
    trades: Trades
    terms: Terms
    reports: Reports
    messages: Messages
    numbers: Numbers
    row_message: IntArray
    fate: IntArray


def simulate_bucket(scenario: Scenario, bucket: int) -> SimulatedBucket:
    """Simulate the trades and messages of every ``buckets``-th security.

    Parameters
    ----------
    scenario : Scenario
    bucket : int
        From 0.

    Returns
    -------
    SimulatedBucket
        The same whichever other buckets are simulated.
    """
    rng = np.random.default_rng([scenario.seed, 1, bucket])
    calendar = TradingCalendar.between(scenario.first, scenario.last)
    securities = simulate_securities(
        scenario.market, scenario.securities, calendar, scenario.seed
    )
    members = np.arange(bucket, scenario.securities, scenario.buckets)
    structure, rates, cycle = scenario.structure, scenario.rates, scenario.cycle
    trades = simulate_trades(
        securities, members, scenario.trades, calendar, structure, rng
    )
    terms = draw_terms(trades, scenario.market, calendar, structure, rng)
    reports = owed_reports(trades, calendar, structure, rng)
    blank = rng.random(len(reports)) < rates.missing_side
    reports.side[blank] = NO_CODE
    reports.contra[blank] = NO_CODE
    plan = draw_plan(trades, reports, calendar, rates, cycle, rng)
    book = send_messages(trades, reports, plan, calendar, rates, structure, cycle, rng)
    change = calendar.change_of_system
    send_strays(book, change, rates, rng)
    messages = book.messages()
    numbers = number_messages(messages, change, bucket, scenario.buckets, rates, rng)
    rows, is_copy = _rows(messages, calendar, scenario, rng)
    fate = np.where(is_copy, DUPLICATE, _fates(messages, reports)[rows])
    return SimulatedBucket(
        scenario,
        bucket,
        calendar,
        securities,
        trades,
        terms,
        reports,
        messages,
        numbers,
        rows,
        fate,
    )


def is_price_slip(simulated: SimulatedBucket) -> NDArray[np.bool_]:
    """Whether a standing record's price is not the trade's, one value a message."""
    messages = simulated.messages
    true = simulated.trades.price[simulated.reports.trade[messages.report]]
    stands = messages.is_record & (messages.killed_by == NOBODY)
    return stands & (messages.price != true)


def _fates(messages: Messages, reports: Reports) -> IntArray:
    canonical = reports.is_canonical[messages.report]
    stands = np.where(canonical, LIVE, OTHER_SIDE)
    of_record = np.where(messages.killed_by == NOBODY, stands, VOID)
    return np.where(messages.is_record, of_record, MESSAGE)


def _rows(
    messages: Messages,
    calendar: TradingCalendar,
    scenario: Scenario,
    rng: np.random.Generator,
) -> tuple[IntArray, NDArray[np.bool_]]:
    """Messages in order of sending, some of them and some whole days twice."""
    everyone = np.arange(len(messages))
    # All buckets repeat the same days: a day's file was delivered twice.
    days = np.random.default_rng([scenario.seed, 2]).random(len(calendar.days))
    again = days[messages.sent_day] < scenario.rates.repeated_day
    again |= rng.random(len(messages)) < scenario.rates.duplicate_message
    rows = np.concatenate([everyone, everyone[again]])
    is_copy = np.arange(len(rows)) >= len(everyone)
    order = np.lexsort((is_copy, messages.sent_second[rows], messages.sent_day[rows]))
    return rows[order], is_copy[order]
