"""The life cycle of simulated reports, and the truth that is told about them."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from models.transactions.messages import (
    AS_OF,
    CANCEL,
    CANCEL_BY_NUMBER,
    CORRECTED,
    LATE,
    NOBODY,
    NOT_AS_OF,
    REPLACE,
    REVERSAL,
    REVERSAL_AS_X,
    REVERSE,
    STATUSES,
    TRADE,
    WITHDRAWAL,
)
from models.transactions.rates import ErrorRates
from models.transactions.reports import SYSTEM_REPORTS
from models.transactions.securities import made_up_cusip
from models.transactions.simulation import (
    DUPLICATE,
    LIVE,
    MESSAGE,
    OTHER_SIDE,
    VOID,
    Scenario,
    simulate_bucket,
)
from models.transactions.tables import message_table, trade_table, truth_table
from models.transactions.trades import BETWEEN_DEALERS

TREASURY = {"market": "treasury", "first": "2018-01-02", "last": "2019-12-31"}
MANY_ERRORS = ErrorRates().times(5)
NUMBERED = ErrorRates(
    **{
        **vars(MANY_ERRORS),
        "lost_number": 0.0,
        "unmatched_cancel": 0.0,
        "unmatched_reversal": 0.0,
        "withdrawn_reversal": 0.5,
    }
)
MARKETS = pytest.mark.parametrize("market", ["corporate", "treasury"])


@cache
def simulated(market="corporate", rates=NUMBERED, trades=4000, **options):
    extra = TREASURY if market == "treasury" else {}
    return simulate_bucket(
        Scenario(trades=trades, rates=rates, **{**extra, **options}), 0
    )


def is_modern(one):
    return one.messages.sent_day >= one.calendar.change_of_system


@MARKETS
def test_every_trade_that_stood_has_one_live_row_and_no_other_has_any(market):
    one = simulated(market)
    trade = one.reports.trade[one.messages.report][one.row_message]
    live = np.bincount(trade[one.fate == LIVE], minlength=len(one.trades))
    np.testing.assert_array_equal(live, one.trades.has_stood)
    standing = np.isin(one.fate, (LIVE, OTHER_SIDE))
    assert one.trades.has_stood[trade[standing]].all()
    assert not one.trades.has_stood.all()


@MARKETS
def test_live_rows_say_what_the_trade_was(market):
    one = simulated(market)
    rows = one.row_message[one.fate == LIVE]
    messages = one.messages.take(rows)
    trades = one.trades.take(one.reports.trade[messages.report])
    slipped = messages.price != trades.price
    assert 0 < slipped.sum() < 20 * NUMBERED.decimal_shift * len(rows)
    for name in ("day", "second", "par"):
        np.testing.assert_array_equal(getattr(messages, name), getattr(trades, name))


@MARKETS
def test_a_void_record_has_one_killer_sent_later_by_the_same_member(market):
    messages = simulated(market).messages
    void = np.flatnonzero(messages.killed_by != NOBODY)
    killer = messages.killed_by[void]
    assert len(np.unique(killer)) == len(killer)
    np.testing.assert_array_equal(messages.report[killer], messages.report[void])
    sent = messages.sent_day * 86_400 + messages.sent_second
    assert (sent[killer] > sent[void]).all()
    killing = (CANCEL, REPLACE, CANCEL_BY_NUMBER, REVERSE, TRADE)
    assert np.isin(messages.status[killer], killing).all()


def test_statuses_are_those_of_the_system_of_the_report_date():
    one = simulated(trades=20_000)
    modern = is_modern(one)
    status, as_of = one.messages.status, one.messages.as_of
    assert set(status[~modern]) == {TRADE, CANCEL, REPLACE}
    assert set(status[modern]) == {TRADE, CANCEL, CANCEL_BY_NUMBER, CORRECTED, REVERSE}
    assert set(as_of[~modern]) == {NOT_AS_OF, LATE, REVERSAL, REVERSAL_AS_X}
    assert set(as_of[modern]) == {NOT_AS_OF, LATE, REVERSAL}
    np.testing.assert_array_equal(
        (as_of == REVERSAL)[modern], (status == REVERSE)[modern]
    )


def test_records_of_the_old_system_are_taken_back_in_the_new():
    one = simulated(first="2012-01-03", last="2012-03-30", trades=4000)
    messages = one.messages
    killed = np.flatnonzero(messages.killed_by != NOBODY)
    old_record = ~is_modern(one)[killed]
    across = old_record & is_modern(one)[messages.killed_by[killed]]
    assert set(messages.status[messages.killed_by[killed[across]]]) >= {
        CANCEL_BY_NUMBER,
        REVERSE,
    }


@MARKETS
def test_as_of_tells_whether_the_report_is_of_the_day_of_the_trade(market):
    messages = simulated(market).messages
    plain = np.isin(messages.as_of, (NOT_AS_OF, LATE))
    other_day = messages.sent_day != messages.day
    np.testing.assert_array_equal((messages.as_of == LATE)[plain], other_day[plain])
    assert (messages.sent_day >= messages.day).all()


def test_cancels_and_reversals_copy_what_they_take_back():
    one = simulated()
    messages = one.messages
    void = np.flatnonzero(messages.killed_by != NOBODY)
    killer = messages.killed_by[void]
    copies = ~messages.is_record[killer]
    for name in ("day", "second", "price", "par", "side"):
        values = getattr(messages, name)
        np.testing.assert_array_equal(values[killer[copies]], values[void[copies]])


def test_numbers_are_unique_on_a_report_date_and_run_in_time():
    one = simulated()
    own = one.messages.carries == NOBODY
    keys = one.messages.sent_day[own] * 10_000_000 + one.numbers.own[own]
    assert len(np.unique(keys)) == own.sum()
    sent = one.messages.sent_day[own] * 86_400 + one.messages.sent_second[own]
    assert (np.diff(sent[np.argsort(keys)]) >= 0).all()


def standing_records(rows):
    """Records that stand by the pointers of the layouts alone, followed one by one."""
    alive, numbered, reversed_ = {}, {}, {}
    for row in rows:
        key = (row["report_date"], row["sequence"])
        point = (row["prior_report_date"], row["prior_sequence"])
        own = (row["sequence"], details(row))
        status, as_of = row["status"], row["as_of"]
        if row["is_old"] and status in "CW":
            alive.pop((row["report_date"], row["prior_sequence"]))
        if row["is_old"] and as_of in ("R", "X"):
            same = [k for k, r in alive.items() if details(r) == details(row)]
            alive.pop(same[0])
        elif status in "TWR":
            alive[key] = row
            numbered[own] = key
        elif status == "Y":
            reversed_[own] = (point, alive.pop(point))
        elif own in reversed_:  # The reversal is withdrawn: its record stands again.
            record, content = reversed_.pop(own)
            alive[record] = content
        elif not row["is_old"]:
            alive.pop(numbered.pop(own))
    return {row["row"] for row in alive.values()}


def details(row):
    names = ("cusip", "execution_date", "execution_time", "price", "par", "side")
    return (*(row[name] for name in names), row["contra"])


def in_python(one):
    table = message_table(one).to_pylist()
    for at, row in enumerate(table):
        row["row"] = at
        row["is_old"] = str(row["report_date"]) < "2012-02-06"
    return table


@pytest.mark.parametrize(
    "options",
    [
        {"first": "2009-01-02", "last": "2010-12-31"},
        {"first": "2013-01-02", "last": "2014-12-31"},
        {"market": "treasury"},
    ],
)
def test_following_the_pointers_one_by_one_leaves_what_stands(options):
    one = simulated(trades=3000, **options)
    rows = in_python(one)
    first = [row for row in rows if one.fate[row["row"]] != DUPLICATE]
    # Identical orders of one second differ in nothing but their numbers.
    found = Counter(details(rows[at]) for at in standing_records(first))
    truth = np.flatnonzero(np.isin(one.fate, (LIVE, OTHER_SIDE)))
    assert found == Counter(details(rows[at]) for at in truth)


def test_without_errors_every_report_is_one_message_that_stands():
    one = simulated(rates=ErrorRates().times(0))
    assert len(one.row_message) == len(one.reports)
    assert set(one.fate) == {LIVE, OTHER_SIDE}
    assert set(one.messages.status) == {TRADE}


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_errors_come_at_their_rates(factor):
    rates = ErrorRates().times(factor)
    one = simulated(rates=rates, trades=30_000, first="2013-01-02")
    reports = len(one.reports)
    corrected = np.unique(one.messages.report[one.messages.status == CORRECTED])
    share = len(corrected) / reports
    # Four standard errors of a share of 40,000 reports.
    assert share == pytest.approx(
        rates.correction, abs=4 * np.sqrt(rates.correction / reports)
    )
    gone = 1 - one.trades.has_stood.mean()
    expected = rates.same_day_cancel * 0.6 + rates.later_removal_new * 0.5
    assert gone == pytest.approx(expected, abs=4 * np.sqrt(expected / 30_000))


def test_buckets_can_be_made_alone_and_share_no_number():
    scenario = Scenario(trades=3000, buckets=3, rates=NUMBERED)
    first = message_table(simulate_bucket(scenario, 2))
    again = message_table(simulate_bucket(scenario, 2))
    assert first.equals(again)
    other = message_table(simulate_bucket(scenario, 0))
    assert not set(first["cusip"].to_pylist()) & set(other["cusip"].to_pylist())
    keys = [
        set(
            zip(
                table["report_date"].to_pylist(),
                table["sequence"].to_pylist(),
                strict=True,
            )
        )
        for table in (first, other)
    ]
    assert not keys[0] & keys[1]


def test_duplicates_repeat_a_row():
    one = simulated(rates=ErrorRates().times(20))
    rows, truth = in_python(one), truth_table(one).to_pylist()
    copies = [row for row in truth if row["fate"] == "duplicate"]
    assert copies
    for row in copies[:100]:
        ours, theirs = dict(rows[row["row"]]), dict(rows[row["copy_of"]])
        del ours["row"], theirs["row"]
        assert ours == theirs


def test_messages_about_nothing_match_no_record():
    rates = ErrorRates(unmatched_cancel=0.5, unmatched_reversal=0.5)
    one = simulated(rates=rates)
    rows, truth = in_python(one), truth_table(one).to_pylist()
    strays = [r["row"] for r in truth if r["cause"].endswith("of nothing")]
    assert len(strays) > 20
    stated = ("live", "other side", "void")
    records = {details(rows[r["row"]]) for r in truth if r["fate"] in stated}
    assert not records & {details(rows[at]) for at in strays}


def test_a_trade_on_a_system_has_four_reports_or_three():
    one = simulated("treasury", rates=ErrorRates().times(0))
    systems = np.unique(one.reports.trade[one.reports.reporter == SYSTEM_REPORTS])
    counts = np.bincount(one.reports.trade, minlength=len(one.trades))[systems]
    assert set(counts) == {3, 4}
    canonical = one.reports.take(one.reports.is_canonical)
    assert len(canonical) == len(one.trades)
    of_system = canonical.take(np.isin(canonical.trade, systems))
    assert (of_system.reporter == SYSTEM_REPORTS).all()
    assert (of_system.side == 2).all()


def test_the_market_has_the_shares_that_were_asked_for():
    one = simulated(rates=ErrorRates().times(0), trades=40_000)
    between = (one.trades.kind == BETWEEN_DEALERS).mean()
    assert between == pytest.approx(0.45, abs=0.01)
    years = one.calendar.days[one.trades.day].astype("datetime64[Y]")
    customers = one.trades.kind != BETWEEN_DEALERS
    early, late = years == years.min(), years == years.max()
    agency = one.trades.is_agency
    assert agency[late & customers].mean() > agency[early & customers].mean() + 0.03
    assert len(one.trades) == pytest.approx(40_000, rel=0.03)


def test_a_reversal_that_is_withdrawn_kills_nothing():
    one = simulated("treasury", trades=20_000)
    messages = one.messages
    withdrawals = np.flatnonzero(messages.cause == WITHDRAWAL)
    assert len(withdrawals)
    reversals = messages.carries[withdrawals]
    assert (messages.status[reversals] == REVERSE).all()
    assert (messages.killed_by[messages.points_to[reversals]] == NOBODY).all()


def test_tables_agree_on_trades():
    one = simulated(rates=ErrorRates())
    truth, trades = truth_table(one), trade_table(one)
    live = [r["trade_id"] for r in truth.to_pylist() if r["fate"] == "live"]
    assert sorted(live) == trades["trade_id"].to_pylist()
    assert {VOID, MESSAGE} <= set(one.fate)
    assert len(AS_OF) == len(STATUSES) - 2


def test_made_up_cusips_have_valid_check_digits():
    # Check digit of a real CUSIP, 037833100, by the same rule: doubled second places.
    assert made_up_cusip(0) == "990000002"
    assert len({made_up_cusip(i) for i in range(30_000)}) == 30_000
