"""Payments and accrued interest against real quotes, the regulation and QuantLib."""

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.market.treasury_terms import (
    cash_flow_table,
    dated_of_issue,
    first_coupons,
    paid_on,
    payments,
    refuse_unsupported,
    settlement,
    terms,
)
from tests.trading_costs.reference_days import reference_day


def test_end_of_month_rolls_to_the_end_of_the_month():
    paid = payments(terms(["2026-06-30"], 4.0, ["2024-07-01"]), "2025-01-02")
    assert [str(day) for day in paid.dates[0]] == [
        "2025-06-30",
        "2025-12-31",
        "2026-06-30",
    ]
    paid = payments(terms(["2025-08-31"], 4.0), "2024-01-02")
    assert [str(day) for day in paid.dates[0][:2]] == ["2024-02-29", "2024-08-31"]


def test_a_coupon_on_the_day_of_settlement_belongs_to_the_seller():
    bond = terms(["2026-05-15"], 4.0, ["2016-05-15"])
    on, before = (payments(bond, day) for day in ("2025-11-15", "2025-11-14"))
    assert on.accrued[0] == 0
    assert list(on.amounts[0]) == [102.0]
    assert before.accrued[0] == pytest.approx(2.0 * 183 / 184)
    assert list(before.amounts[0]) == [2.0, 102.0]


def test_a_short_first_coupon_is_a_part_of_one():
    # 31 CFR 356, appendix B, II B: issued 2 April, first paid 30 September 1990.
    bond = terms(["1992-03-31"], 8.5, ["1990-04-02"], ["1990-09-30"])
    paid = payments(bond, "1990-04-02")
    assert paid.amounts[0, 0] == pytest.approx(4.25 * 181 / 183)
    assert paid.accrued[0] == 0
    assert payments(bond, "1990-06-02").accrued[0] == pytest.approx(4.25 * 61 / 183)


def test_a_long_first_coupon_accrues_in_quasi_periods():
    # Ibid., II C: issued 1 March, first paid 15 November 1990.
    bond = terms(["1995-05-15"], 8.5, ["1990-03-01"], ["1990-11-15"])
    paid = payments(bond, "1990-03-01")
    assert list(paid.amounts[0, :2]) == pytest.approx([0, 4.25 * (1 + 75 / 181)])
    later = payments(bond, "1990-08-15")
    assert later.accrued[0] == pytest.approx(4.25 * (75 / 181 + 92 / 184))
    assert later.amounts[0, 0] == paid.amounts[0, 1]


def test_before_the_dated_date_nothing_accrues():
    bond = terms(["2031-08-15"], 1.25, ["2021-08-15"])
    early = payments(bond, "2021-08-12")
    assert early.accrued[0] == 0
    assert early.amounts.sum() == pytest.approx(100 + 20 * 0.625)


def test_bills_pay_once():
    paid = payments(terms(["2025-06-26"], 0.0, ["2024-12-26"]), "2024-12-31")
    assert paid.amounts.sum() == 100
    assert paid.accrued[0] == 0


def test_securities_of_many_lengths_share_a_table():
    both = terms(["2025-06-30", "2054-11-15"], [4.25, 4.5])
    table, days = cash_flow_table(payments(both, "2024-12-31"), "2024-12-31")
    assert table.shape == (2, days.size)
    np.testing.assert_allclose(table.sum(1), [102.125, 100 + 60 * 2.25])
    assert days[0] == 135
    assert table[0, days == 181] == 102.125


def test_trades_settle_on_the_next_business_day():
    # A Friday before Labor Day; a Monday.
    np.testing.assert_array_equal(
        settlement(["2024-08-30", "2024-09-09"]),
        np.array(["2024-09-03", "2024-09-10"], dtype="datetime64[D]"),
    )
    assert settlement("2024-08-30", 0) == np.datetime64("2024-08-30")
    np.testing.assert_array_equal(
        settlement(["2024-08-30", "2024-08-30", "2024-08-30"], [0, 1, 2]),
        np.array(["2024-08-30", "2024-09-03", "2024-09-04"], dtype="datetime64[D]"),
    )
    # New Year's Day.
    assert paid_on("2025-01-01") == np.datetime64("2025-01-02")


def test_a_delayed_issue_accrues_from_the_regular_date():
    # 15 August 2021 was a Sunday.
    assert dated_of_issue(["2021-08-16"], ["2031-08-15"]) == np.datetime64("2021-08-15")
    assert dated_of_issue(["1990-04-02"], ["1992-03-31"]) == np.datetime64("1990-03-31")
    assert dated_of_issue(["2024-02-20"], ["2044-02-15"]) == np.datetime64("2024-02-20")


def test_the_first_coupon_follows_from_the_dated_date():
    found = first_coupons(terms(["2031-08-15"], 1.25, ["2021-08-15"]))
    assert found == np.datetime64("2022-02-15")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"coupon_percent": -1.0}, "no coupon, or one below 0"),
        ({"dated": ["2031-01-01"]}, "not before its maturity"),
        ({"first_coupon": ["2023-03-15"]}, "no regular coupon date"),
        ({"first_coupon": ["2020-05-15"]}, "not after its dated date"),
        ({"maturity": ["NaT"]}, "no maturity"),
    ],
)
def test_terms_that_cannot_be_are_refused(wrong, message):
    given = {
        "maturity": ["2030-05-15"],
        "coupon_percent": 4.0,
        "dated": ["2020-05-15"],
        "first_coupon": ["2020-11-15"],
    }
    with pytest.raises(DataError, match=message):
        terms(**{**given, **wrong})


def test_a_matured_security_is_refused():
    with pytest.raises(DataError, match="matures on 2020-05-15"):
        payments(terms(["2020-05-15"], 4.0), "2020-05-15")


@pytest.mark.parametrize("kind", ["TIPS", "FRN", "callable", "strip"])
def test_securities_without_fixed_payments_are_refused_by_name(kind):
    with pytest.raises(DataError, match=f"91282CAB7 is of the kind {kind}"):
        refuse_unsupported(["note", kind], ["9128283F5", "91282CAB7"])


def test_accrued_interest_is_that_of_the_reference_day(shared):
    known = reference_day(shared, "2018-12-31")
    bonds = known.bonds
    paid = payments(
        terms(bonds["maturity"], bonds["coupon"], bonds["issue"]), "2018-12-31"
    )
    np.testing.assert_allclose(paid.accrued, bonds["accrued"], atol=1e-10)
    table, days = cash_flow_table(paid, "2018-12-31")
    np.testing.assert_array_equal(days, known.days)
    np.testing.assert_allclose(table, known.cash_flows, atol=1e-12)


def test_accrued_interest_is_that_of_the_quotes(shared):
    quotes = pd.read_parquet(shared / "data" / "quotes" / "crsp_cross_sections.parquet")
    fixed = quotes[quotes["itype"].isin([1, 2, 4]) & quotes["tdbid"].notna()]
    # Two bonds are listed with the month of another maturity.
    fixed = fixed[
        ~fixed["tcusip"].isin(["912810TS", "912810TR"])
        | (fixed["tmatdt"].dt.month == 5)
    ]
    bonds = terms(
        fixed["tmatdt"],
        fixed["tcouprt"],
        fixed["tdatdt"],
        fixed["tfcpdt"].where(fixed["itype"] != 4),
    )
    paid = payments(bonds, fixed["caldt"])
    np.testing.assert_allclose(paid.accrued, fixed["tdaccint"], atol=1e-6)


def test_accrued_interest_is_that_of_seventeen_years_of_prices(shared):
    folder = shared / "data" / "bonds"
    prices = pd.read_parquet(folder / "treasury_price_panel_46cusips_2004_2021.parquet")
    static = pd.read_csv(folder / "treasury_static_bloomberg_2021.csv")
    static = static.assign(cusip=static["CUSIP"].str[:9]).set_index("cusip")
    prices = prices.join(static[["Issue Date", "First Cpn Dt"]], on="cusip")
    issue = pd.to_datetime(prices["Issue Date"])
    # Prices of the days before an issue carry interest of a period it did not have.
    held = (prices["date"] >= issue) & (prices["date"] < prices["maturity"])
    prices, issue = prices[held], issue[held]
    bonds = terms(
        prices["maturity"],
        prices["coupon"],
        dated_of_issue(issue, prices["maturity"]),
        pd.to_datetime(prices["First Cpn Dt"]),
    )
    paid = payments(bonds, prices["date"])
    given = prices["dirty_price"] - prices["clean_price"]
    np.testing.assert_allclose(paid.accrued, given, atol=1e-6)
    assert len(prices) > 57_000


def test_quantlib_pays_the_same():
    ql = pytest.importorskip("QuantLib", reason="QuantLib is not installed")
    cases = [
        ("2026-06-30", 4.0, "2024-06-30", "2024-12-31", "2025-02-11"),
        ("2028-02-29", 3.5, "2023-02-28", "2023-08-31", "2026-01-07"),
        ("2054-11-15", 4.5, "2024-11-15", "2025-05-15", "2024-12-31"),
        ("1992-03-31", 8.5, "1990-04-02", "1990-09-30", "1990-06-02"),
    ]
    for maturity, coupon, dated, first, settled in cases:
        ours = payments(terms([maturity], coupon, [dated], [first]), settled)
        schedule = ql.Schedule(
            ql.DateParser.parseISO(dated),
            ql.DateParser.parseISO(maturity),
            ql.Period(ql.Semiannual),
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.DateGeneration.Backward,
            pd.Timestamp(maturity).is_month_end,
        )
        count = ql.ActualActual(ql.ActualActual.ISMA, schedule)
        bond = ql.FixedRateBond(0, 100.0, schedule, [coupon / 100], count)
        at = ql.DateParser.parseISO(settled)
        assert ours.accrued[0] == pytest.approx(bond.accruedAmount(at), abs=1e-10)
        flows = {
            flow.date().ISO(): 0.0 for flow in bond.cashflows() if flow.date() > at
        }
        for flow in bond.cashflows():
            if flow.date() > at:
                flows[flow.date().ISO()] += flow.amount()
        found = {
            str(day): amount
            for day, amount in zip(ours.dates[0], ours.amounts[0], strict=True)
        }
        assert found == pytest.approx(flows, abs=1e-10)
