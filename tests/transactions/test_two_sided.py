"""Policies for trades that both dealers report, filters, and what is only flagged."""

import dataclasses
from decimal import Decimal

import pytest

from data.errors import DataError
from data.transactions.presets import PRESETS, preset_with
from tests.transactions.files import cleaned, rows_of, write_wrds_parquet
from tests.transactions.messages import clean
from tests.transactions.messages import message as m

DAY = "2018-06-05"

# Member, the platform's two reports, member.
ON_A_PLATFORM = [
    m(1, "T", DAY, side="S", contra="T", reporter="D"),
    m(2, "T", DAY, side="B", contra="D", reporter="T", ats="Y"),
    m(3, "T", DAY, side="S", contra="D", reporter="T", ats="Y"),
    m(4, "T", DAY, side="B", contra="T", reporter="D"),
]

SOLD_TO_A_NON_MEMBER = [
    *ON_A_PLATFORM[:2],
    m(3, "T", DAY, side="S", contra="C", reporter="T", ats="Y"),
]


@pytest.mark.parametrize("policy", ["finra", "pair"])
@pytest.mark.parametrize("reports", [ON_A_PLATFORM, SOLD_TO_A_NON_MEMBER])
def test_a_trade_on_a_platform_is_its_sale(reports, policy):
    rules = preset_with("workbench", policy)
    assert clean(reports, rules)[0] == {3}


def test_finra_counts_sales_between_members_and_all_trades_with_others():
    rows = [
        m(1, "T", DAY, side="S", contra="D", reporter="D"),
        m(2, "T", DAY, side="B", contra="D", reporter="D"),
        m(3, "T", DAY, side="B", contra="C", reporter="D"),
        m(4, "T", DAY, side="S", contra="A", reporter="D"),
        m(5, "T", DAY, side="B", contra="C", reporter="T"),
        m(6, "T", DAY, side="B", contra=None, reporter=None),
    ]
    assert clean(rows, preset_with("workbench", "finra"))[0] == {1, 3, 4, 6}


def test_party_ids_pair_the_nearest_of_swapped_parties():
    def report(number, clock, side, own, other):
        return m(number, "T", DAY, execution_time=clock, side=side, contra="D",
                 reporter_id=own, contra_id=other)  # fmt: skip

    rows = [
        report(1, "10:00:00", "S", "AAA", "BBB"),
        report(2, "10:00:05", "B", "CCC", "AAA"),
        report(3, "12:00:00", "B", "BBB", "AAA"),
        report(4, "15:00:00", "S", "AAA", "BBB"),
        report(5, "15:00:09", "B", "BBB", "AAA"),
    ]
    kept, gone = clean(rows, preset_with("workbench", "party-ids"))
    assert kept == {1, 2, 4}
    assert gone[3][2] == 1
    assert gone[5][2] == 4


def test_none_keeps_every_report():
    assert clean(ON_A_PLATFORM, preset_with("workbench", "none"))[0] == {1, 2, 3, 4}


def test_a_filter_counts_a_row_once_in_the_stated_order():
    rows = [
        m(1, "T", DAY, when_issued="Y", special_price="Y"),
        m(2, "T", DAY, special_price="Y"),
        m(3, "T", DAY, settlement_date="2018-06-20"),
        m(4, "T", DAY, settlement_date="2018-06-12", when_issued=None),
        m(5, "T", DAY, modifier_4="W"),
        m(6, "T", DAY, market="P1"),
        m(7, "T", DAY, par=0),
        m(8, "T", DAY, price=1000.5),
        m(9, "T", DAY, price=4.25, yield_percent=4.25),
        m(10, "T", DAY, price=-0.25, price_kind="Y", yield_percent=-0.25),
    ]
    kept, gone = clean(rows)
    assert kept == {4, 10}
    assert [gone[row][0] for row in sorted(gone)] == [
        "when-issued",
        "special-price",
        "settlement",
        "weighted-average-price",
        "primary-market",
        "par",
        "price-range",
        "price-is-yield",
    ]


def test_filters_are_switched_by_name():
    rows = [m(1, "T", DAY, when_issued="Y"), m(2, "T", DAY, locked_in="Y")]
    rules = preset_with("workbench", None, ("locked-in",), ("when-issued",))
    assert clean(rows, rules)[0] == {1}


def test_the_name_of_a_preset_tells_what_was_switched():
    assert preset_with("workbench", "pair").name == "workbench"
    switched = preset_with("wrds", "finra", ("as-of",))
    assert switched.name == "wrds, finra, with as-of"
    less = preset_with("workbench", None, (), ("settlement",))
    assert less.name == "workbench, without settlement"


def test_three_trading_days_across_a_long_weekend_are_regular_for_dick_nielsen():
    friday = "2016-07-01"
    rows = [
        m(1, "T", friday, settlement_date="2016-07-07"),
        m(2, "T", friday, settlement_date="2016-07-08"),
        m(3, "T", "2011-07-01", settlement_days=6),
        m(4, "T", "2011-07-01", settlement_days=7),
    ]
    kept, gone = clean(rows, "dick-nielsen-2014")
    assert kept == {1, 3}
    assert {fate[0] for fate in gone.values()} == {"settlement"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("work-bench",), "preset"),
        (("workbench", "both"), "two-sided"),
        (("workbench", None, ("maturity",)), "filter"),
        (("workbench", None, (), ("as-of",)), "has no filter"),
    ],
)
def test_unknown_names_are_refused(arguments, said):
    with pytest.raises(DataError, match=said):
        preset_with(*arguments)


def test_a_tidyfinance_file_without_flags_goes_empty():
    rows = [m(1, "T", DAY, when_issued=None), m(2, "T", DAY, special_price="N")]
    assert clean(rows, "tidyfinance")[0] == set()
    assert clean(rows)[0] == {1, 2}


def found(tmp_path, rows, columns, rules="workbench"):
    file = write_wrds_parquet(tmp_path / "a.parquet", rows)
    cleaned(tmp_path / "out", file, preset=rules)
    return rows_of(tmp_path / "out", "clean", f"sequence, {columns}")


def in_turn(prices, cusip="00101JAH9"):
    return [
        m(number, "T", DAY, cusip=cusip, price=price, side="B",
          execution_time=f"{9 + number}:00:00".zfill(8))
        for number, price in enumerate(prices, start=1)
    ]  # fmt: skip


FLAGS = "is_decimal_shift, is_bounce_back, price_suggested, price_used"


def test_a_shifted_decimal_is_flagged_and_never_edited(tmp_path):
    rows = in_turn([99.9, 100.1, 10.02, 99.8])
    rows += in_turn([98, 97.5, 20, 19.5, 21], "00101JAX4")
    flagged = [
        row for row in found(tmp_path, rows, f"price, {FLAGS}") if row[2] or row[3]
    ]
    assert flagged == [
        (3, Decimal("10.02"), True, False, Decimal("100.2"), Decimal("10.02"))
    ]


def test_a_preset_may_use_the_suggestion_beside_the_price(tmp_path):
    rules = dataclasses.replace(PRESETS["workbench"], suggestion_used=True)
    rows = in_turn([99.9, 100.1, 10.02, 99.8])
    assert found(tmp_path, rows, "price, price_used", rules)[2] == (
        3, Decimal("10.02"), Decimal("100.2"),
    )  # fmt: skip


def test_a_price_that_leaves_and_returns_is_flagged(tmp_path):
    rows = in_turn([99.9, 100.1, 71, 99.8, 100])
    flags = {row[0]: row[1:4] for row in found(tmp_path, rows, FLAGS)}
    assert flags[3] == (False, True, Decimal("99.95"))
    assert {flags[n][:2] for n in (1, 2, 4, 5)} == {(False, False)}


def test_an_evening_trade_belongs_to_the_next_trading_day(tmp_path):
    rows = [
        m(1, "T", "2023-05-02", execution_time="20:10:00", report_date="2023-05-03",
          report_time="08:00:00", as_of="A"),
        m(2, "T", "2023-05-05", execution_time="19:00:00"),
        m(3, "T", "2023-05-05", execution_time="12:00:00"),
        m(4, "T", "2023-05-06", execution_time="12:00:00"),
    ]  # fmt: skip
    days = found(
        tmp_path,
        rows,
        "CAST(trading_day AS VARCHAR), is_holiday, is_outside_hours",
    )
    assert days == [
        (1, "2023-05-03", False, True),
        (2, "2023-05-08", False, True),
        (3, "2023-05-05", False, False),
        (4, "2023-05-08", True, False),
    ]


def test_agents_that_pass_a_trade_through_are_flagged_and_kept(tmp_path):
    rows = [
        m(1, "T", DAY, contra="D", side="S", execution_time="10:00:00"),
        m(2, "T", DAY, contra="C", side="S", execution_time="10:00:40",
          seller_capacity="A"),
        m(3, "T", DAY, contra="C", side="S", execution_time="10:05:00",
          seller_capacity="A"),
        m(4, "T", DAY, contra="C", side="S", execution_time="10:00:10",
          seller_capacity="P"),
    ]  # fmt: skip
    flags = found(tmp_path, rows, "is_pass_through, counted_as")
    assert flags == [
        (1, False, "ats-interdealer"),
        (2, True, "dealer-customer"),
        (3, False, "dealer-customer"),
        (4, False, "dealer-customer"),
    ]
