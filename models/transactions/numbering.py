"""Numbers of messages, the numbers by which they refer to others, and lost ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray
from models.transactions.messages import (
    CANCEL_OF_NOTHING,
    CORRECTED,
    NOBODY,
    REVERSAL_OF_NOTHING,
    REVERSE,
    TRADE,
    Messages,
)
from models.transactions.rates import ErrorRates

NO_NUMBER = 0
BLANK_SHARE = 0.5
MOST_OFF = 1000


@dataclass(frozen=True)
class Numbers:
    """Numbers of messages; `NO_NUMBER` where blank.

    Parameters
    ----------
    own, prior, first : (message,) int
        The message's own, that of the record it points to, and that of the first
        record of the trade.
    prior_day, first_day : (message,) int
        Their report dates, positions in the calendar, where they have a number.
    """

    own: IntArray
    prior: IntArray
    first: IntArray
    prior_day: IntArray
    first_day: IntArray


def number_messages(
    messages: Messages,
    change_of_system: int,
    bucket: int,
    buckets: int,
    rates: ErrorRates,
    rng: np.random.Generator,
) -> Numbers:
    """Number the messages of every report date in the order in which they were sent.

    Parameters
    ----------
    messages : Messages
        Of one bucket.
    change_of_system : int
        Position of the first day of the second system.
    bucket, buckets : int
        Numbers of a bucket leave the remainder `bucket` + 1, so that those of all
        buckets differ.
    rates : ErrorRates
    rng : numpy.random.Generator

    Returns
    -------
    Numbers
        Before any is lost, (report date, number) is unique but for messages that carry
        another's. The second system gives prior numbers of R and Y, and first ones.
    """
    modern = messages.sent_day >= change_of_system
    own = _in_turn(messages) * buckets + bucket + 1
    carrier = messages.carries != NOBODY
    own[carrier] = own[messages.carries[carrier]]
    pointing = messages.points_to != NOBODY
    prior = np.where(pointing, own[messages.points_to], NO_NUMBER)
    root = _first_records(messages)
    first = np.where(modern, own[root], NO_NUMBER)
    of_nothing = np.isin(messages.cause, (CANCEL_OF_NOTHING, REVERSAL_OF_NOTHING))
    invented = of_nothing & (~modern | (messages.status == REVERSE))
    invented &= ~((messages.status == TRADE) & ~modern)
    prior[invented] = own.max(initial=0) + buckets * rng.integers(
        1, MOST_OFF, int(invented.sum())
    )
    first[of_nothing] = NO_NUMBER
    lost = _loses_number(messages, rates, rng)
    blank = lost & pointing & (rng.random(len(messages)) < BLANK_SHARE)
    off = buckets * rng.integers(1, MOST_OFF, len(messages))
    prior = np.where(blank, NO_NUMBER, np.where(lost & pointing, prior + off, prior))
    own = np.where(lost & carrier, own + off, own)
    first[lost] = NO_NUMBER
    dated = modern & pointing & (prior != NO_NUMBER)
    return Numbers(
        own=own,
        prior=prior,
        first=first,
        prior_day=np.where(dated, messages.sent_day[messages.points_to], NOBODY),
        first_day=np.where(first != NO_NUMBER, messages.sent_day[root], NOBODY),
    )


def _in_turn(messages: Messages) -> IntArray:
    """Rank within the report date of the messages with a number of their own."""
    order = np.lexsort((messages.sent_second, messages.sent_day))
    counts = (messages.carries[order] == NOBODY).astype(np.int64)
    running = np.cumsum(counts) - counts
    day = messages.sent_day[order]
    start = np.flatnonzero(np.diff(day, prepend=-1) != 0)
    lengths = np.diff(start, append=len(day))
    rank = np.empty(len(order), np.int64)
    rank[order] = running - np.repeat(running[start], lengths)
    return rank


def _first_records(messages: Messages) -> IntArray:
    """The record that a chain of messages begins with; itself where it stands alone."""
    at = np.arange(len(messages))
    link = np.where(messages.carries == NOBODY, messages.points_to, messages.carries)
    root = np.where(link == NOBODY, at, link)
    while True:
        further = root[root]
        if np.array_equal(further, root):
            return root
        root = further


def _loses_number(
    messages: Messages, rates: ErrorRates, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Only copies of what they take back: without a number their details still tell."""
    refers = (messages.points_to != NOBODY) | (messages.carries != NOBODY)
    copies = refers & ~messages.is_record & (messages.status != CORRECTED)
    return copies & (rng.random(len(messages)) < rates.lost_number)
