"""What becomes of each report: sent, corrected, taken back, entered again."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.arrays import FloatArray, IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.contents import (
    Contents,
    true_contents,
    with_shifted_price,
    wrong_contents,
)
from models.transactions.messages import (
    FIRST_REPORT,
    REENTRY,
    MessageBook,
    Standing,
    When,
)
from models.transactions.rates import ErrorRates, LifeCycle
from models.transactions.reports import DAY_ENDS, Reports
from models.transactions.structure import MarketStructure
from models.transactions.trades import Trades

MOST_CORRECTIONS = 4
MOST_DAYS_LATE = 5
MEAN_SECONDS_BETWEEN = 900.0
MOST_SECONDS_BETWEEN = 3600
LONGEST_WAIT = 60
"""Trading days after which nobody changes a report any more."""


@dataclass(frozen=True)
class Plan:
    """What goes wrong with each report.

    Parameters
    ----------
    corrections : (report,) int
        How often it is corrected.
    correction_lag, removal_lag : (report,) int
        Trading days until the first correction, and until it is taken back.
    is_removed, is_reentered : (report,) bool
        Whether it is taken back, and then entered again.
    is_wrongly_reversed : (report,) bool
        Whether it is reversed and the reversal withdrawn.
    """

    corrections: IntArray
    correction_lag: IntArray
    removal_lag: IntArray
    is_removed: NDArray[np.bool_]
    is_reentered: NDArray[np.bool_]
    is_wrongly_reversed: NDArray[np.bool_]


def draw_plan(
    trades: Trades,
    reports: Reports,
    calendar: TradingCalendar,
    rates: ErrorRates,
    cycle: LifeCycle,
    rng: np.random.Generator,
) -> Plan:
    """Draw what goes wrong; trades that never stood are marked in `trades`.

    A trade that never stood is taken back by all who reported it; of one that stood a
    single report is taken back, and entered again.
    """
    size = len(reports)
    modern = trades.day >= calendar.change_of_system
    later = np.where(modern, rates.later_removal_new, rates.later_removal_old)
    draw, phantom = rng.random(len(trades)), rng.random(len(trades))
    at_once = draw < rates.same_day_cancel
    in_time = ~at_once & (draw < rates.same_day_cancel + later)
    lost = (at_once & (phantom < cycle.phantom_share)) | (
        in_time & (phantom >= cycle.reentered_late)
    )
    trades.has_stood[:] = ~lost
    wait = np.where(in_time, _waits(len(trades), cycle, rng), 0)
    is_phantom = lost[reports.trade]
    chosen = _one_of_each(reports.trade, rng)
    reentered = (at_once | in_time)[reports.trade] & ~is_phantom & chosen
    corrections = _number_of_corrections(size, rates, cycle, rng)
    redone = (corrections > 0) & (rng.random(size) < cycle.cancelled_after)
    lag = 1 + np.minimum(rng.geometric(0.25, size), cycle.window_days - 2)
    untouched = (corrections == 0) & ~reentered & ~is_phantom
    wrongly = rates.withdrawn_reversal * rates.later_removal_new * cycle.after_window
    return Plan(
        corrections=corrections,
        correction_lag=np.where(rng.random(size) < cycle.corrected_same_day, 0, lag),
        removal_lag=wait[reports.trade],
        is_removed=is_phantom | reentered | redone,
        is_reentered=(reentered | redone) & ~is_phantom,
        is_wrongly_reversed=untouched
        & modern[reports.trade]
        & (rng.random(size) < wrongly),
    )


def _waits(size: int, cycle: LifeCycle, rng: np.random.Generator) -> IntArray:
    """Trading days from a report to its removal on a later day."""
    soon = np.minimum(rng.geometric(0.2, size), cycle.window_days - 1)
    late = cycle.window_days + np.minimum(
        rng.geometric(0.1, size), LONGEST_WAIT - cycle.window_days
    )
    is_late = rng.random(size) < cycle.after_window
    return np.where(is_late, late, soon)


def _one_of_each(trade: IntArray, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Pick one report of every trade at random; reports are in order of trades."""
    score: FloatArray = rng.random(len(trade))
    order = np.lexsort((score, trade))
    picked = np.zeros(len(trade), bool)
    picked[order[np.diff(trade[order], prepend=-1) != 0]] = True
    return picked


def _number_of_corrections(
    size: int, rates: ErrorRates, cycle: LifeCycle, rng: np.random.Generator
) -> IntArray:
    chain = np.minimum(rng.geometric(1.0 - cycle.continued, size), MOST_CORRECTIONS)
    return np.where(rng.random(size) < rates.correction, chain, 0)


def send_messages(
    trades: Trades,
    reports: Reports,
    plan: Plan,
    calendar: TradingCalendar,
    rates: ErrorRates,
    structure: MarketStructure,
    cycle: LifeCycle,
    rng: np.random.Generator,
) -> MessageBook:
    """Send every message about the reports.

    Returns
    -------
    MessageBook
        Of all messages but those about nothing.
    """
    book = MessageBook(calendar.change_of_system, cycle, rng)
    final = _final_contents(true_contents(trades, reports), rates, rng)
    first = final.put(
        plan.corrections > 0,
        wrong_contents(final.take(plan.corrections > 0), cycle, structure, rng),
    )
    everyone = np.arange(len(reports))
    sent = _first_sent(trades, reports, rates, rng)
    standing = book.enter(everyone, first, sent, FIRST_REPORT)
    for time in range(1, MOST_CORRECTIONS + 1):
        doing = plan.corrections >= time
        old, then = standing.take(doing), final.take(doing)
        still_wrong = plan.corrections[doing] > time
        mistaken = wrong_contents(then.take(still_wrong), cycle, structure, rng)
        lag = plan.correction_lag[doing] if time == 1 else np.zeros(len(old), np.int64)
        contents = then.put(still_wrong, mistaken)
        standing = standing.put(
            doing, book.replace(old, contents, _later(old, lag, rng))
        )
    _take_back(book, standing, final, plan, rng)
    _reverse_wrongly(book, standing.take(plan.is_wrongly_reversed), cycle, rng)
    return book


def _take_back(
    book: MessageBook,
    standing: Standing,
    final: Contents,
    plan: Plan,
    rng: np.random.Generator,
) -> None:
    """Remove what the plan removes, and enter again what stood."""
    old = standing.take(plan.is_removed)
    when = _later(old, plan.removal_lag[plan.is_removed], rng)
    book.remove(old, when)
    again = plan.is_reentered[plan.is_removed]
    after = replace(old, last_day=when.day, last_second=when.second).take(again)
    at_once = np.zeros(len(after), np.int64)
    book.enter(
        after.report, final.take(after.report), _later(after, at_once, rng), REENTRY
    )


def _reverse_wrongly(
    book: MessageBook, standing: Standing, cycle: LifeCycle, rng: np.random.Generator
) -> None:
    """Reverse records by mistake, and withdraw the reversals: the records stand."""
    lag = cycle.window_days + 1 + rng.integers(0, 20, len(standing))
    when = _later(standing, lag, rng)
    reversal = book.reverse(standing, when)
    after = replace(standing, last_day=when.day, last_second=when.second)
    book.withdraw(after, reversal, _later(after, np.zeros_like(lag), rng))


def _final_contents(
    true: Contents, rates: ErrorRates, rng: np.random.Generator
) -> Contents:
    """What is said in the end: the truth, save for slips that nobody notices."""
    slipped = rng.random(len(true)) < rates.decimal_shift
    return true.put(slipped, with_shifted_price(true.take(slipped), rng))


def _first_sent(
    trades: Trades, reports: Reports, rates: ErrorRates, rng: np.random.Generator
) -> When:
    """Soon after the trade; the next morning after an evening one; or days late."""
    size = len(reports)
    evening = reports.second >= DAY_ENDS
    late = rng.random(size) < rates.late_report
    days = np.where(late, rng.integers(1, MOST_DAYS_LATE + 1, size), 0)
    days = np.maximum(days, evening)
    morning = rng.integers(8 * 3600, 10 * 3600, size)
    second = np.where(late, _office_hours(size, rng), np.where(evening, morning, 0))
    return When(
        trades.day[reports.trade] + days,
        np.where(days > 0, second, reports.second + reports.lag),
    )


def _later(standing: Standing, lag: IntArray, rng: np.random.Generator) -> When:
    """Some minutes after the last message, or at any hour some trading days later."""
    size = len(standing)
    pause = 1 + rng.exponential(MEAN_SECONDS_BETWEEN, size).astype(np.int64)
    soon = standing.last_second + np.minimum(pause, MOST_SECONDS_BETWEEN)
    return When(
        standing.last_day + lag,
        np.where(lag > 0, _office_hours(size, rng), soon),
    )


def _office_hours(size: int, rng: np.random.Generator) -> IntArray:
    return rng.integers(8 * 3600, 17 * 3600, size)
