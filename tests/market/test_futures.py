import numpy as np
import pandas as pd
import pytest

from data.market.bonds import full_price
from data.market.futures import (
    CONTRACT_FACE_USD,
    Deliverable,
    approximate_deliverable,
    conversion_factor,
    futures_dv01_musd,
    futures_market_value_busd,
    shortest_deliverable_years,
)

ROUNDING = 1e-12  # double precision, sums of some 40 terms
# Central difference of 0.01 bp: cancellation leaves about 8 digits.
DIFFERENCE = 1e-7


@pytest.mark.parametrize("contract", [2, 5, 10, 20])
def test_six_percent_bond_has_conversion_factor_one(contract: int) -> None:
    maturities = np.array([2.0, 5.0, 9.5, 25.0])
    assert conversion_factor(contract, maturities, 6.0).tolist() == [1.0] * 4


def test_conversion_factor_follows_the_formula_of_the_exchange() -> None:
    # CBOT: years n and months z down to quarters; z = 9 gives v = 3 and 2n + 1 periods.
    coupon, years = 0.04, 7
    later = 1.03 ** -(2 * years + 1)
    first = 1.03 ** -(3 / 6)
    annuity = coupon / 0.06 * (1 - later)
    expected = first * (coupon / 2 + later + annuity) - coupon / 2 * (6 - 3) / 6
    measured = conversion_factor(10, years + 10.5 / 12, 100 * coupon)
    assert measured == round(expected, 4)


def test_note_contract_rounds_the_maturity_to_months_and_the_bond_to_quarters() -> None:
    two_months = conversion_factor(5, 4 + 2.5 / 12, 3.0)
    assert two_months == conversion_factor(5, 4 + 2 / 12, 3.0)
    assert two_months != conversion_factor(10, 4 + 2.5 / 12, 3.0)


@pytest.mark.parametrize("contract", [2, 5, 10, 20])
def test_futures_dv01_is_that_of_the_deliverable_over_its_factor(contract: int) -> None:
    bond = Deliverable(*(np.array([x]) for x in (6.6, 2.0, 2.5, 0.8)))
    step = 1e-4
    down, up = (full_price(bond.flows, 2.5 + s)[0] for s in (-step, step))
    per_contract_usd = (
        CONTRACT_FACE_USD[contract] / 100 * (down - up) / (2 * step) / 100 / 0.8
    )
    measured = futures_dv01_musd([-3_000.0], contract, bond)
    np.testing.assert_allclose(
        measured, -3_000 * per_contract_usd / 1e6, rtol=DIFFERENCE
    )


def test_futures_market_value_counts_the_double_two_year_contract() -> None:
    bond = approximate_deliverable(2, pd.DatetimeIndex(["2010-01-06"]), [6.0])
    value = futures_market_value_busd([1_000.0], 2, bond)
    dirty = 100 * (1 + 0.03) ** 0.5 / 100
    np.testing.assert_allclose(value, 0.2 * dirty, rtol=ROUNDING)


def test_shortest_bond_jumps_over_the_years_without_thirty_year_issues() -> None:
    weeks = pd.DatetimeIndex(["2010-01-06", "2017-02-15", "2022-01-05"])
    years = shortest_deliverable_years(20, weeks)
    # 15 February 2036 is 19 years after the second week.
    np.testing.assert_allclose(years, [15.25, 19.0, 15.25], atol=1 / 365)
    assert shortest_deliverable_years(10, weeks).tolist() == [6.5] * 3


def test_stand_in_is_a_par_note_or_an_old_bond() -> None:
    weeks = pd.DatetimeIndex(["2010-01-06", "2017-02-15"])
    note = approximate_deliverable(5, weeks, [2.0, 1.9])
    bond = approximate_deliverable(20, weeks, [4.0, 2.8])
    assert note.coupon_percent.tolist() == [2.0, 1.9]
    assert bond.coupon_percent.tolist() == [6.0, 4.5]


def test_stand_in_of_a_week_without_a_yield_is_missing() -> None:
    weeks = pd.DatetimeIndex(["2010-01-06"])
    for contract in (2, 20):
        bond = approximate_deliverable(contract, weeks, [np.nan])
        assert np.isnan(futures_dv01_musd([1.0], contract, bond)).all()


@pytest.mark.parametrize(
    ("contract", "coupon"), [(2, 1.0), (5, 4.0), (10, 4.0), (20, 5.25)]
)
def test_stand_in_dv01_hardly_depends_on_the_coupon_it_assumes(
    contract: int, coupon: float
) -> None:
    # A lower coupon lengthens the bond but lowers its conversion factor; what is left
    # is the error of taking the stand-in for the actual cheapest to deliver.
    weeks = pd.DatetimeIndex(["2010-01-06"])
    stand_in = approximate_deliverable(contract, weeks, [2.5])
    maturity, coupons = stand_in.maturity_years, np.array([coupon])
    actual = Deliverable(
        maturity,
        coupons,
        stand_in.yield_percent,
        conversion_factor(contract, maturity, coupons),
    )
    measured = futures_dv01_musd([1.0], contract, stand_in)
    np.testing.assert_allclose(
        measured, futures_dv01_musd([1.0], contract, actual), rtol=0.05
    )
