"""The messages that a member can send about a record, in either system.

Before 6 February 2012 a message sent on the day of the record points to its number: C
cancels, W replaces. On a later day the record is reversed by a copy with the as-of code
R (or X), without a pointer. Since then X cancels and carries the number of the record;
a correction is a pair, C, which carries the number of the wrong record, and R, which
points to it; once the window has passed, Y reverses and points. The report date of the
message decides, not that of the record. Source: FINRA, TRACE historic data file
layouts.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray
from models.transactions.columns import Columns
from models.transactions.contents import Contents
from models.transactions.rates import LifeCycle

STATUSES = ("T", "C", "W", "X", "R", "Y")
TRADE, CANCEL, REPLACE, CANCEL_BY_NUMBER, CORRECTED, REVERSE = range(6)

AS_OF = (None, "A", "R", "X")
NOT_AS_OF, LATE, REVERSAL, REVERSAL_AS_X = range(4)

NOBODY = -1

CAUSES = (
    "first report",
    "correction",
    "re-entry",
    "cancel",
    "reversal",
    "withdrawal of a reversal",
    "cancel of nothing",
    "reversal of nothing",
    "decimal shift",
)
(
    FIRST_REPORT,
    CORRECTION,
    REENTRY,
    CANCELLED,
    REVERSED,
    WITHDRAWAL,
    CANCEL_OF_NOTHING,
    REVERSAL_OF_NOTHING,
    DECIMAL_SHIFT,
) = range(len(CAUSES))


@dataclass(frozen=True)
class When(Columns):
    """Times of messages: (row,) position in the calendar and seconds after midnight."""

    day: IntArray
    second: IntArray


@dataclass(frozen=True)
class Messages(Columns):
    """Messages in the order in which they were thought of, one row a message.

    Parameters
    ----------
    report : (message,) int
        Row of the reports.
    day, second, price, par, side : (message,) int
        See `Contents`.
    sent_day, sent_second : (message,) int
        Report date and time.
    status, as_of : (message,) int
        Positions in `STATUSES` and `AS_OF`.
    points_to, carries : (message,) int
        Message whose number it gives as prior number, or as its own; `NOBODY`.
    cause : (message,) int
        Why it was sent, position in `CAUSES`.
    killed_by : (message,) int
        Message that makes this one void, `NOBODY` where none does.
    is_record : (message,) bool
        Whether it states a trade, rather than taking one back.
    """

    report: IntArray
    day: IntArray
    second: IntArray
    price: IntArray
    par: IntArray
    side: IntArray
    sent_day: IntArray
    sent_second: IntArray
    status: IntArray
    as_of: IntArray
    points_to: IntArray
    carries: IntArray
    cause: IntArray
    killed_by: IntArray
    is_record: NDArray[np.bool_]


@dataclass(frozen=True)
class Standing(Columns):
    """Records that stand, and the time of the last message about each.

    Parameters
    ----------
    report, message : (row,) int
        Of the record.
    day, second, price, par, side : (row,) int
        Its content.
    record_day : (row,) int
        Report date of the record.
    last_day, last_second : (row,) int
        Of the latest message.
    """

    report: IntArray
    message: IntArray
    day: IntArray
    second: IntArray
    price: IntArray
    par: IntArray
    side: IntArray
    record_day: IntArray
    last_day: IntArray
    last_second: IntArray

    @property
    def contents(self) -> Contents:
        """What the records say."""
        return Contents(self.day, self.second, self.price, self.par, self.side)


class MessageBook:
    """Messages sent so far; each method sends some and returns what stands after.

    Parameters
    ----------
    change_of_system : int
        Position of the first day of the second system in the calendar.
    cycle : LifeCycle
    rng : numpy.random.Generator
    """

    def __init__(
        self, change_of_system: int, cycle: LifeCycle, rng: np.random.Generator
    ) -> None:
        self._change = change_of_system
        self._cycle = cycle
        self._rng = rng
        self._sent: list[Messages] = []
        self._kills: list[tuple[IntArray, IntArray]] = []
        self._count = 0

    def enter(
        self, report: IntArray, contents: Contents, when: When, cause: int
    ) -> Standing:
        """Report trades, late where the report is not of the day of the trade."""
        message = self.send(report, contents, when, TRADE, cause=cause)
        return _standing(report, message, contents, when)

    def remove(self, standing: Standing, when: When) -> None:
        """Take records back: cancelled, or reversed once that is the only way left."""
        killer = np.empty(len(standing), np.int64)
        modern = when.day >= self._change
        same_day = when.day == standing.record_day
        in_window = when.day - standing.record_day <= self._cycle.window_days
        as_x = self._rng.random(len(standing)) < self._cycle.reversal_as_x
        for chosen, status, as_of in (
            (~modern & same_day, CANCEL, None),
            (~modern & ~same_day & ~as_x, TRADE, REVERSAL),
            (~modern & ~same_day & as_x, TRADE, REVERSAL_AS_X),
            (modern & in_window, CANCEL_BY_NUMBER, None),
        ):
            part = standing.take(chosen)
            killer[chosen] = self.send(
                part.report,
                part.contents,
                when.take(chosen),
                status,
                as_of=as_of,
                points_to=part.message if status == CANCEL else None,
                carries=part.message if status == CANCEL_BY_NUMBER else None,
                cause=REVERSED if status == TRADE else CANCELLED,
                is_record=False,
            )
        out = modern & ~in_window
        killer[out] = self.reverse(standing.take(out), when.take(out))
        self._kills.append((standing.message, killer))

    def reverse(self, standing: Standing, when: When) -> IntArray:
        """Reverse records by Y, without their becoming void yet."""
        return self.send(
            standing.report,
            standing.contents,
            when,
            REVERSE,
            as_of=REVERSAL,
            points_to=standing.message,
            cause=REVERSED,
            is_record=False,
        )

    def withdraw(self, standing: Standing, reversal: IntArray, when: When) -> None:
        """Cancel reversals, so that the records stand."""
        withdrawal = self.send(
            standing.report,
            standing.contents,
            when,
            CANCEL_BY_NUMBER,
            carries=reversal,
            cause=WITHDRAWAL,
            is_record=False,
        )
        self._kills.append((reversal, withdrawal))

    def replace(self, standing: Standing, contents: Contents, when: When) -> Standing:
        """Put other contents in the place of records."""
        modern = when.day >= self._change
        same_day = when.day == standing.record_day
        in_window = when.day - standing.record_day <= self._cycle.window_days
        by_w, by_pair = ~modern & same_day, modern & in_window
        anew = ~by_w & ~by_pair
        self.remove(standing.take(anew), when.take(anew))
        pair = standing.take(by_pair)
        copies = self.send(
            pair.report,
            pair.contents,
            when.take(by_pair),
            CANCEL,
            carries=pair.message,
            cause=CORRECTION,
            is_record=False,
        )
        self._kills.append((pair.message, copies))
        message = np.empty(len(standing), np.int64)
        for chosen, status, cause in (
            (by_w, REPLACE, CORRECTION),
            (by_pair, CORRECTED, CORRECTION),
            (anew, TRADE, REENTRY),
        ):
            old = standing.take(chosen)
            message[chosen] = self.send(
                old.report,
                contents.take(chosen),
                when.take(chosen),
                status,
                points_to=None if status == TRADE else old.message,
                cause=cause,
            )
        self._kills.append((standing.message[by_w], message[by_w]))
        return _standing(standing.report, message, contents, when)

    def send(
        self,
        report: IntArray,
        contents: Contents,
        when: When,
        status: int,
        *,
        as_of: int | None = None,
        points_to: IntArray | None = None,
        carries: IntArray | None = None,
        cause: int,
        is_record: bool = True,
    ) -> IntArray:
        """Send messages of one kind; their numbers in the order of sending.

        Without an as-of code a message is late where its date is not the trade's.
        """
        size = len(report)
        late = np.where(when.day == contents.day, NOT_AS_OF, LATE)
        nobody = np.full(size, NOBODY)
        self._sent.append(
            Messages(
                report=report,
                day=contents.day,
                second=contents.second,
                price=contents.price,
                par=contents.par,
                side=contents.side,
                sent_day=when.day,
                sent_second=when.second,
                status=np.full(size, status),
                as_of=late if as_of is None else np.full(size, as_of),
                points_to=nobody if points_to is None else points_to,
                carries=nobody if carries is None else carries,
                cause=np.full(size, cause),
                killed_by=nobody.copy(),
                is_record=np.full(size, is_record),
            )
        )
        numbers = np.arange(self._count, self._count + size)
        self._count += size
        return numbers

    def messages(self) -> Messages:
        """All messages, each record with what made it void."""
        messages = Messages.stacked(self._sent)
        for records, killers in self._kills:
            messages.killed_by[records] = killers
        return messages


def _standing(
    report: IntArray, message: IntArray, contents: Contents, when: When
) -> Standing:
    return Standing(
        report=report,
        message=message,
        **{each.name: getattr(contents, each.name) for each in fields(contents)},
        record_day=when.day,
        last_day=when.day,
        last_second=when.second,
    )
