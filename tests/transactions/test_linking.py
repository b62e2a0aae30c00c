"""Sequences of messages that published programs lose or keep wrongly."""

import pytest

from tests.transactions.messages import clean
from tests.transactions.messages import message as m

OLD_DAY = "2007-03-14"
NEW_DAY = "2015-03-18"
LATER = "2015-05-20"


def test_a_correction_of_the_execution_date_replaces_its_record():
    rows = [
        m(1, "T", OLD_DAY),
        m(2, "W", "2007-03-13", report_date=OLD_DAY, prior_sequence=1),
    ]
    assert clean(rows)[0] == {2}


def test_two_chains_in_one_second_stay_apart():
    rows = [
        m(1, "T", OLD_DAY, par=10),
        m(2, "T", OLD_DAY, par=20),
        m(3, "W", OLD_DAY, prior_sequence=1, par=11),
        m(4, "W", OLD_DAY, prior_sequence=2, par=21),
        m(5, "W", OLD_DAY, prior_sequence=3, par=12),
    ]
    assert clean(rows)[0] == {4, 5}


def test_an_old_cancel_need_not_repeat_the_details():
    rows = [
        m(1, "T", OLD_DAY, price=99),
        m(2, "C", OLD_DAY, prior_sequence=1, price=98, execution_time="10:05:00"),
    ]
    assert clean(rows)[0] == set()


def test_an_old_cancel_without_a_number_finds_its_record_by_details():
    rows = [
        m(1, "T", OLD_DAY, par=10),
        m(2, "T", OLD_DAY, par=20),
        m(3, "C", OLD_DAY, par=20),
        m(4, "C", OLD_DAY, par=10, prior_sequence=999),
        m(5, "C", OLD_DAY, par=30),
    ]
    kept, gone = clean(rows)
    assert kept == set()
    assert gone[2] == ("old-cancel-details", "cancelled (details)", 3)
    assert gone[1][2] == 4
    assert gone[5] == ("unmatched-message", "unmatched C", None)


@pytest.mark.parametrize("code", ["R", "X"])
def test_an_old_reversal_voids_the_first_reported_and_not_the_entry_anew(code):
    rows = [
        m(1, "T", OLD_DAY, execution_time="11:00:00"),
        m(2, "T", OLD_DAY, execution_time="11:00:00", report_date="2007-03-16",
          report_time="09:00:00", as_of=code),
        m(3, "T", OLD_DAY, execution_time="10:00:00", report_date="2007-03-16",
          report_time="09:01:00", as_of="A"),
    ]  # fmt: skip
    kept, gone = clean(rows)
    assert kept == {3}
    assert gone[1][2] == 2


def test_as_of_d_is_a_late_trade():
    assert clean([m(1, "T", OLD_DAY, report_date="2007-03-15", as_of="D")])[0] == {1}


def test_both_legs_of_a_reversal_work():
    rows = [
        m(1, "T", OLD_DAY, side="S", contra="D"),
        m(2, "T", OLD_DAY, side="B", contra="D"),
        m(3, "T", OLD_DAY, side="S", contra="D", report_date="2007-03-20", as_of="R"),
        m(4, "T", OLD_DAY, side="B", contra="D", report_date="2007-03-20", as_of="R"),
    ]
    assert clean(rows)[0] == set()


def test_two_equal_trades_and_two_equal_reversals():
    trades = [m(1, "T", OLD_DAY), m(2, "T", OLD_DAY)]
    reversals = [
        m(number, "T", OLD_DAY, report_date="2007-03-20", as_of="R")
        for number in (3, 4)
    ]
    assert clean(trades + reversals)[0] == set()
    assert clean(trades + reversals[:1])[0] == {2}
    kept, gone = clean([*trades[:1], *reversals])
    assert kept == set()
    assert gone[3][1] == "unmatched as-of R"


def test_a_reversal_voids_nothing_reported_after_it():
    rows = [
        m(1, "T", OLD_DAY, report_date="2007-03-15", as_of="R"),
        m(2, "T", OLD_DAY, report_date="2007-03-20", as_of="A"),
    ]
    assert clean(rows)[0] == {2}


def test_a_reversal_with_another_time_is_found_without_it():
    rows = [
        m(1, "T", OLD_DAY, execution_time="10:00:00"),
        m(2, "T", OLD_DAY, execution_time="10:30:00", report_date="2007-03-20",
          as_of="R"),
    ]  # fmt: skip
    kept, gone = clean(rows)
    assert kept == set()
    assert gone[1][1] == "reversed (without time)"


def test_a_withdrawn_reversal_leaves_the_trade():
    rows = [
        m(1, "T", NEW_DAY),
        m(2, "Y", NEW_DAY, report_date=LATER, as_of="R", prior_sequence=1),
        m(2, "X", NEW_DAY, report_date=LATER, as_of="R"),
    ]
    kept, gone = clean(rows)
    assert kept == {1}
    assert gone[2][2] == 3


def test_a_new_cancel_by_prior_pointer_alone():
    rows = [
        m(1, "T", NEW_DAY, price=99),
        m(8, "X", NEW_DAY, price=98, report_date="2015-03-19", as_of="A",
          prior_report_date=NEW_DAY, prior_sequence=1),
    ]  # fmt: skip
    assert clean(rows)[0] == set()


def test_the_number_decides_which_of_two_equal_trades_is_cancelled():
    rows = [m(1, "T", NEW_DAY), m(2, "T", NEW_DAY), m(2, "X", NEW_DAY)]
    kept, gone = clean(rows)
    assert kept == {1}
    assert gone[2][1] == "cancelled"


def test_a_cancel_without_number_is_counted_as_by_details():
    rows = [m(1, "T", NEW_DAY), m(None, "X", NEW_DAY)]
    kept, gone = clean(rows)
    assert kept == set()
    assert gone[1] == ("new-cancel-details", "cancelled (details)", 2)


def test_a_chain_of_new_corrections_cancelled_at_the_end():
    rows = [
        m(1, "T", NEW_DAY, par=10),
        m(1, "C", NEW_DAY, par=10),
        m(2, "R", NEW_DAY, par=20, prior_sequence=1, prior_report_date=NEW_DAY),
        m(2, "C", NEW_DAY, par=20, prior_sequence=1, prior_report_date=NEW_DAY),
        m(3, "R", NEW_DAY, par=30, prior_sequence=2, prior_report_date=NEW_DAY),
        m(3, "X", NEW_DAY, par=30, prior_sequence=2, prior_report_date=NEW_DAY),
    ]
    assert clean(rows[:3])[0] == {3}
    assert clean(rows[:5])[0] == {5}
    assert clean(rows)[0] == set()


def test_the_report_date_of_the_pointer_tells_two_records_of_one_number_apart():
    rows = [
        m(5, "T", NEW_DAY),
        m(5, "T", NEW_DAY, report_date="2015-03-19", as_of="A"),
        m(9, "Y", NEW_DAY, report_date=LATER, as_of="R", prior_sequence=5,
          prior_report_date="2015-03-19"),
    ]  # fmt: skip
    assert clean(rows)[0] == {1}


def test_a_reversal_without_number_and_one_without_target():
    rows = [
        m(1, "T", NEW_DAY),
        m(2, "Y", NEW_DAY, report_date=LATER, as_of="R"),
        m(3, "Y", NEW_DAY, report_date=LATER, as_of="R", par=7),
    ]
    kept, gone = clean(rows)
    assert kept == set()
    assert gone[1][1] == "reversed (details)"
    assert gone[3][1] == "unmatched Y"


def test_messages_across_the_change_of_system_find_trades_without_time():
    rows = [
        m(1, "T", "2012-01-25", execution_time="10:00:00"),
        m(70, "Y", "2012-01-25", execution_time="10:00:30", report_date="2012-03-01",
          as_of="R"),
    ]  # fmt: skip
    assert clean(rows)[0] == set()


def test_an_end_of_day_correction_names_what_it_replaces():
    rows = [
        m(1, "T", "2024-04-02", par=10),
        m(2, "W", "2024-04-02", par=20, prior_sequence=1,
          prior_report_date="2024-04-02"),
        m(3, "X", "2024-04-02", par=20, prior_sequence=2,
          prior_report_date="2024-04-02"),
    ]  # fmt: skip
    assert clean(rows[:2])[0] == {2}
    assert clean(rows)[0] == set()


def test_exact_copies_go_and_clashes_stay():
    rows = [
        m(1, "T", NEW_DAY),
        m(1, "T", NEW_DAY),
        m(1, "T", NEW_DAY, par=9),
        m(None, "T", NEW_DAY, par=5),
        m(None, "T", NEW_DAY, par=5),
    ]
    kept, gone = clean(rows)
    assert kept == {1, 3, 4, 5}, "without a number two equal rows may be two trades"
    assert gone[2] == ("duplicate-record", "duplicate record", 1)


def test_a_status_of_the_other_era_is_no_trade():
    kept, gone = clean([m(1, "Y", OLD_DAY), m(2, "T", OLD_DAY)])
    assert kept == {2}
    assert gone[1][0] == "unknown-status"
