"""Yields and durations: the regulation's examples, inverses, QuantLib, the authors'."""

import numpy as np
import pytest

from data.errors import DataError
from data.market.treasury_terms import cash_flow_table, payments, terms
from data.market.treasury_yields import (
    Convention,
    bill_discount_rate,
    bill_investment_rate,
    bill_price,
    modified_durations,
    prices_at,
    yields_at,
)
from models.trading_costs import duration_weights, kernel_ridge_curve
from tests.trading_costs.reference_days import reference_day

SETTLED = "2024-12-31"


def _bonds():
    """A bond of one payment, one of two, a note, a long bond and a bill."""
    bonds = terms(
        ["2025-03-31", "2025-11-15", "2029-12-31", "2054-11-15", "2025-06-26"],
        [2.0, 4.5, 4.375, 4.5, 0.0],
    )
    return payments(bonds, SETTLED)


@pytest.mark.parametrize(
    ("maturity", "coupon", "issue", "first", "given", "price"),
    [
        ("1992-05-15", 8.75, "1990-05-15", "1990-11-15", 0.0884, 99.838259),
        ("1992-03-31", 8.5, "1990-04-02", "1990-09-30", 0.0859, 99.838183),
        ("1995-05-15", 8.5, "1990-03-01", "1990-11-15", 0.0853, 99.805118),
    ],
)
def test_prices_of_the_regulation(maturity, coupon, issue, first, given, price):
    """31 CFR 356, appendix B, II: regular, short and long first period."""
    paid = payments(terms([maturity], coupon, [issue], [first]), issue)
    found = prices_at(given, paid, issue, Convention.TREASURY)
    assert found[0] == pytest.approx(price, abs=5e-7)


def test_bills_of_the_regulation():
    """Ibid., VI."""
    assert bill_price(0.0761, 90) == pytest.approx(98.0975)
    assert bill_discount_rate(98.0975, 90) == pytest.approx(0.0761)
    assert bill_investment_rate(99.559444, 20) == pytest.approx(0.08076, abs=5e-6)
    assert bill_investment_rate(92.265, 364) == pytest.approx(0.08237, abs=5e-6)


@pytest.mark.parametrize("convention", Convention)
@pytest.mark.parametrize("given", [-0.004, 0.0, 0.05, 0.16])
def test_yields_are_the_inverse_of_prices(convention, given):
    paid = _bonds()
    prices = prices_at(given, paid, SETTLED, convention)
    np.testing.assert_allclose(
        yields_at(prices, paid, SETTLED, convention), given, atol=1e-12
    )


@pytest.mark.parametrize("convention", Convention)
def test_durations_are_the_slope_of_prices(convention):
    paid, step = _bonds(), 1e-6
    up, middle, down = (
        prices_at(0.043 + h, paid, SETTLED, convention) for h in (step, 0.0, -step)
    )
    np.testing.assert_allclose(
        modified_durations(0.043, paid, SETTLED, convention),
        (down - up) / (2 * step) / middle,
        rtol=1e-8,
    )


def test_a_continuous_duration_is_longer_by_half_the_yield():
    paid = _bonds()
    street = modified_durations(0.05, paid, SETTLED, Convention.STREET)
    continuous = modified_durations(
        2 * np.log(1.025), paid, SETTLED, Convention.CONTINUOUS
    )
    # Days of a half-year are 181 to 184: the rest is how they are counted.
    np.testing.assert_allclose(continuous[2:4] / street[2:4], 1.025, rtol=1e-3)


def test_own_durations_give_the_authors_curve(shared):
    known = reference_day(shared, "2018-12-31")
    settled = "2018-12-31"
    bonds = known.bonds
    paid = payments(terms(bonds["maturity"], bonds["coupon"], bonds["issue"]), settled)
    dirty = (bonds["bid"] + bonds["ask"]).to_numpy() / 2 + paid.accrued
    yields = yields_at(dirty, paid, settled, Convention.CONTINUOUS)
    durations = modified_durations(yields, paid, settled, Convention.CONTINUOUS)
    table, days = cash_flow_table(paid, settled)
    curve = kernel_ridge_curve(table, days, dirty, duration_weights(dirty, durations))
    off = curve.log_yield(known.curve["day"]) - known.curve["log_yield"]
    assert 1e4 * np.abs(off).max() < 1e-5


def test_quantlib_agrees():
    ql = pytest.importorskip("QuantLib", reason="QuantLib is not installed")
    cases = [("2029-12-31", 4.375, "2024-12-31"), ("2054-11-15", 4.5, "2024-11-15")]
    settled, clean = "2025-01-10", 98.75
    for maturity, coupon, dated in cases:
        paid = payments(terms([maturity], coupon, [dated]), settled)
        ours = yields_at(clean + paid.accrued, paid, settled, Convention.STREET)
        schedule = ql.Schedule(
            ql.DateParser.parseISO(dated),
            ql.DateParser.parseISO(maturity),
            ql.Period(ql.Semiannual),
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.DateGeneration.Backward,
            maturity.endswith("31"),
        )
        count = ql.ActualActual(ql.ActualActual.ISMA, schedule)
        bond = ql.FixedRateBond(0, 100.0, schedule, [coupon / 100], count)
        at = ql.DateParser.parseISO(settled)
        price = ql.BondPrice(clean, ql.BondPrice.Clean)
        theirs = bond.bondYield(
            price, count, ql.Compounded, ql.Semiannual, at, 1e-13, 100
        )
        assert ours[0] == pytest.approx(theirs, abs=1e-10)
        rate = ql.InterestRate(theirs, count, ql.Compounded, ql.Semiannual)
        theirs = ql.BondFunctions.duration(bond, rate, ql.Duration.Modified, at)
        found = modified_durations(ours, paid, settled, Convention.STREET)
        assert found[0] == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("price", [0.0, -5.0, np.nan, np.inf])
def test_a_price_without_a_yield_is_refused(price):
    paid = _bonds()
    with pytest.raises(DataError, match="the price of security 1"):
        yields_at(np.full(5, price), paid, SETTLED, Convention.STREET)
