"""A simulated bucket as tables: messages in the layout, their truth, the trades."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrays import IntArray
from data.transactions.layout import MESSAGE_NAMES
from models.transactions.messages import (
    AS_OF,
    CAUSES,
    DECIMAL_SHIFT,
    LATE,
    NOBODY,
    STATUSES,
)
from models.transactions.numbering import NO_NUMBER
from models.transactions.reports import (
    AFFILIATE,
    BUYS,
    CONTRAS,
    DEALER,
    SELLS,
    SIDES,
    SYSTEM_REPORTS,
)
from models.transactions.securities import CORPORATE, YEAR_DAYS
from models.transactions.simulation import (
    BUCKET_BITS,
    DUPLICATE,
    FATES,
    VOID,
    SimulatedBucket,
    is_price_slip,
)
from models.transactions.terms import (
    AGENT,
    CAPACITIES,
    LATE_SETTLEMENT,
    NO_CAPACITY,
    PRIMARY_MARKET,
    SPECIAL_PRICE,
    TERMS,
    WHEN_ISSUED,
)

KINDS = ("customer buys", "customer sells", "between dealers")
ROW_COLUMNS = ("killed_by", "copy_of")
"""Columns of the truth that name a row, beside its own."""

CUSTOMER_PARTY, AFFILIATE_PARTY = -1, -3
BOND_YEARS = 10
"""Treasury securities with more than ten years at issue are bonds."""


def message_table(simulated: SimulatedBucket) -> pa.Table:
    """Messages in the layout, in the order of the file, without ``row_id``.

    Returns
    -------
    pyarrow.Table
        Columns of `data.transactions.layout.MESSAGE_NAMES` but the first; those that
        the simulation does not fill are missing throughout.
    """
    rows = simulated.row_message
    columns = _of_messages(simulated, rows) | _of_reports(simulated, rows)
    nothing = pa.nulls(len(rows), pa.string())
    names = MESSAGE_NAMES[1:]
    return pa.table([columns.get(name, nothing) for name in names], names=list(names))


def _of_messages(simulated: SimulatedBucket, rows: IntArray) -> dict[str, pa.Array]:
    messages, numbers = simulated.messages.take(rows), simulated.numbers
    days = simulated.calendar.days
    old = messages.sent_day < simulated.calendar.change_of_system
    trade = simulated.reports.trade[messages.report]
    settled = days[messages.day + simulated.terms.settlement_lag[trade]]
    traded = days[messages.day]
    # The old field is blank for regular settlement.
    late = old & (simulated.terms.kind[trade] == LATE_SETTLEMENT)
    wait = simulated.terms.settlement_lag[trade].astype(np.int32)
    return {
        "execution_date": _dates(traded),
        "execution_time": _whole(messages.second, pa.int32()),
        "report_date": _dates(days[messages.sent_day]),
        "report_time": _whole(messages.sent_second, pa.int32()),
        "sequence": _whole(numbers.own[rows]),
        "prior_sequence": _number(numbers.prior[rows]),
        "prior_report_date": _dated(days, numbers.prior_day[rows]),
        "first_control_date": _dated(days, numbers.first_day[rows]),
        "first_control_number": _number(numbers.first[rows]),
        "status": _codes(messages.status, STATUSES),
        "as_of": _codes(messages.as_of, AS_OF),
        "price": _decimals(messages.price, 18, 6),
        "par": _decimals(messages.par * 100, 20, 2),
        "side": _codes(messages.side, SIDES),
        "settlement_date": _dates(settled),
        "settlement_days": pa.array(wait, mask=~late),
        "sale_condition": _codes(old.astype(np.int64), (None, "@")),
        "modifier_3": _codes((~old & (messages.as_of == LATE)) * 1, (None, "Z")),
    }


def _of_reports(simulated: SimulatedBucket, rows: IntArray) -> dict[str, pa.Array]:
    messages = simulated.messages.take(rows)
    reports = simulated.reports.take(messages.report)
    trade = reports.trade
    terms = simulated.terms.take(trade)
    old = messages.sent_day < simulated.calendar.change_of_system
    system = reports.reporter == SYSTEM_REPORTS
    capacity = np.where(system, NO_CAPACITY, terms.capacity)
    security = simulated.trades.security[trade]
    securities = simulated.securities
    parties = _party_codes(simulated)
    on_system = simulated.trades.is_ats[trade] & (
        simulated.calendar.days[messages.sent_day]
        >= simulated.scenario.structure.ats_parties_from
    )
    with_dealer = reports.contra == DEALER
    remuneration = np.where(old & (capacity == AGENT), 2, old | with_dealer)
    customer = np.where(reports.contra == AFFILIATE, AFFILIATE_PARTY, CUSTOMER_PARTY)
    counterparty = reports.counterparty
    contra = np.where(counterparty == CUSTOMER_PARTY, customer, counterparty)
    return {
        "cusip": _codes(security, securities.cusip),
        "product": _codes(security, _products(simulated)),
        "contra": _codes(reports.contra, CONTRAS),
        "reporter": _codes(np.where(old, 0, 1 + system), (None, "D", "T")),
        "buyer_capacity": _codes(
            np.where(messages.side == BUYS, capacity, NO_CAPACITY), CAPACITIES
        ),
        "seller_capacity": _codes(
            np.where(messages.side == SELLS, capacity, NO_CAPACITY), CAPACITIES
        ),
        "when_issued": _codes((terms.kind == WHEN_ISSUED) * 1, ("N", "Y")),
        "special_price": _codes((terms.kind == SPECIAL_PRICE) * 1, (None, "Y")),
        "market": _codes((terms.kind == PRIMARY_MARKET) * 1, ("S1", "P1")),
        "ats": _codes(on_system * 1, (None, "Y")),
        "remuneration": _codes(remuneration, (None, "N", "Y")),
        "reporter_id": _codes(reports.party, parties),
        "contra_id": _codes(contra, parties),
    }


def truth_table(simulated: SimulatedBucket) -> pa.Table:
    """What became of each row of the file.

    Returns
    -------
    pyarrow.Table
        ``row`` (0 for the first of the bucket), ``trade_id``, ``fate`` (of
        `models.transactions.simulation.FATES`), ``cause``, ``killed_by`` (row that
        makes it void), ``copy_of`` (row that a duplicate repeats), ``terms`` of the
        trade, ``fair_price``.
    """
    rows, messages = simulated.row_message, simulated.messages
    row = np.empty(len(messages), np.int64)
    first = simulated.fate != DUPLICATE
    row[rows[first]] = np.flatnonzero(first)
    trade = simulated.reports.trade[messages.report]
    killer = messages.killed_by
    void = simulated.fate == VOID
    cause = np.where(is_price_slip(simulated), DECIMAL_SHIFT, messages.cause)
    of_killer = np.where(killer == NOBODY, cause, messages.cause[killer])
    shown = np.where(void, of_killer[rows], cause[rows])
    return pa.table(
        {
            "row": np.arange(len(rows)),
            "trade_id": (simulated.bucket << BUCKET_BITS) + trade[rows],
            "fate": _codes(simulated.fate, FATES),
            "cause": _codes(shown, CAUSES),
            "killed_by": pa.array(row[killer[rows]], mask=killer[rows] == NOBODY),
            "copy_of": pa.array(row[rows], mask=first),
            "terms": _codes(simulated.terms.kind[trade][rows], TERMS),
            "fair_price": simulated.trades.mid[trade][rows],
        }
    )


def trade_table(simulated: SimulatedBucket) -> pa.Table:
    """The trades that stood.

    Returns
    -------
    pyarrow.Table
        ``trade_id``, ``cusip``, ``execution_date``, ``execution_time`` (seconds),
        ``price``, ``par`` (USD), ``fair_price``, ``kind``, ``is_ats``, ``is_agency``,
        ``terms``, ``dealer`` (between dealers: who sells), ``other_dealer`` (missing
        for customers).
    """
    stood = np.flatnonzero(simulated.trades.has_stood)
    trades = simulated.trades.take(stood)
    return pa.table(
        {
            "trade_id": (simulated.bucket << BUCKET_BITS) + stood,
            "cusip": _codes(trades.security, simulated.securities.cusip),
            "execution_date": _dates(simulated.calendar.days[trades.day]),
            "execution_time": _whole(trades.second, pa.int32()),
            "price": _decimals(trades.price, 18, 6),
            "par": _decimals(trades.par * 100, 20, 2),
            "fair_price": trades.mid,
            "kind": _codes(trades.kind, KINDS),
            "is_ats": trades.is_ats,
            "is_agency": trades.is_agency,
            "terms": _codes(simulated.terms.kind[stood], TERMS),
            "dealer": trades.dealer,
            "other_dealer": pa.array(trades.other, mask=trades.other < 0),
        }
    )


def _products(simulated: SimulatedBucket) -> tuple[str, ...]:
    if simulated.scenario.market == CORPORATE:
        return ("CORP",) * len(simulated.securities)
    life = simulated.securities.maturity_date - simulated.securities.issue_date
    years = life.astype(np.int64) / YEAR_DAYS
    return tuple(np.where(years > BOND_YEARS + 0.5, "BOND", "NOTE"))


def _party_codes(simulated: SimulatedBucket) -> tuple[str, ...]:
    """Codes of dealers, and from the end those of outsiders and the system."""
    dealers = tuple(f"DLR{i:03d}" for i in range(simulated.scenario.structure.dealers))
    return (*dealers, "A", "ATS1", "C")


def _codes(
    positions: IntArray, codes: Sequence[str | None] | NDArray[np.str_]
) -> pa.Array:
    """Text by position; positions below 0 count from the end, as in a list."""
    every = pa.array(codes, pa.string())
    at = np.where(positions < 0, positions + len(codes), positions)
    return every.take(pa.array(at.astype(np.int32)))


def _dates(dates: NDArray[np.datetime64]) -> pa.Array:
    return pa.array(dates.astype("datetime64[D]"), pa.date32())


def _dated(days: NDArray[np.datetime64], position: IntArray) -> pa.Array:
    missing = position == NOBODY
    return pa.array(days[np.where(missing, 0, position)], pa.date32(), mask=missing)


def _whole(values: IntArray, kind: pa.DataType | None = None) -> pa.Array:
    return pa.array(values).cast(kind or pa.int64())


def _number(values: IntArray) -> pa.Array:
    return pa.array(values, mask=values == NO_NUMBER)


def _decimals(units: IntArray, precision: int, scale: int) -> pa.Array:
    """Decimals from whole units of their last digit, which fit into 64 bits."""
    words = np.stack([units, units >> 63], axis=1)
    kind = pa.decimal128(precision, scale)
    return pa.Array.from_buffers(kind, len(units), [None, pa.py_buffer(words)])
