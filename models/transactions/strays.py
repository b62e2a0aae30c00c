"""Messages about nothing: cancels and reversals of records that no file holds."""

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray
from models.transactions.contents import Contents
from models.transactions.messages import (
    CANCEL,
    CANCEL_BY_NUMBER,
    CANCEL_OF_NOTHING,
    CANCELLED,
    FIRST_REPORT,
    REVERSAL,
    REVERSAL_OF_NOTHING,
    REVERSE,
    REVERSED,
    TRADE,
    MessageBook,
    Messages,
    When,
)
from models.transactions.rates import ErrorRates

PRICE_OFF = 7_130_000
"""Millionths of a point from any trade of the day: no record has such details."""


def send_strays(
    book: MessageBook,
    change_of_system: int,
    rates: ErrorRates,
    rng: np.random.Generator,
) -> None:
    """Add messages about records outside the data, in the manner of those inside.

    Parameters
    ----------
    book : MessageBook
        Complete otherwise.
    change_of_system : int
        Position of the first day of the second system.
    rates : ErrorRates
    rng : numpy.random.Generator
    """
    messages = book.messages()
    modern = messages.sent_day >= change_of_system
    for cause, own_cause, share in (
        (CANCELLED, CANCEL_OF_NOTHING, rates.unmatched_cancel),
        (REVERSED, REVERSAL_OF_NOTHING, rates.unmatched_reversal),
    ):
        for now in (False, True):
            of_kind = ~messages.is_record & (messages.cause == cause)
            count = rng.binomial(int((of_kind & (modern == now)).sum()), share)
            _send(
                book,
                messages,
                _examples(messages, modern == now, count, rng),
                own_cause,
                now,
            )


def _examples(
    messages: Messages, chosen: NDArray[np.bool_], count: int, rng: np.random.Generator
) -> IntArray:
    first = np.flatnonzero(chosen & (messages.cause == FIRST_REPORT))
    return rng.choice(first, min(count, len(first)), replace=False)


def _send(
    book: MessageBook, messages: Messages, rows: IntArray, cause: int, modern: bool
) -> None:
    like = messages.take(rows)
    contents = Contents(
        like.day, like.second, like.price + PRICE_OFF, like.par, like.side
    )
    when = When(like.sent_day, like.sent_second)
    if cause == CANCEL_OF_NOTHING:
        status = CANCEL_BY_NUMBER if modern else CANCEL
        as_of = None
    else:
        status = REVERSE if modern else TRADE
        as_of = REVERSAL
    book.send(
        like.report,
        contents,
        when,
        status,
        as_of=as_of,
        cause=cause,
        is_record=False,
    )
