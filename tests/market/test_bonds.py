import numpy as np
import pytest

from data.market.bonds import (
    REPRESENTATIVE_MATURITY_YEARS,
    cash_dv01_musd,
    cash_flows,
    dv01,
    full_price,
)

# Sums of some 60 terms of order 100 in double precision.
ROUNDING = 1e-12
# Central difference of 0.01 bp: truncation error below 1e-9 of the derivative,
# cancellation below 1e-8.
DIFFERENCE = 1e-7


@pytest.mark.parametrize("maturity", REPRESENTATIVE_MATURITY_YEARS.values())
def test_bond_whose_coupon_is_its_yield_costs_its_face_value(maturity: float) -> None:
    price = full_price(cash_flows(maturity, [0.2, 4.0, 14.0]), [0.2, 4.0, 14.0])
    np.testing.assert_allclose(price, 100.0, rtol=ROUNDING)


def test_price_equals_the_annuity_formula() -> None:
    discount = 1.025**-17
    expected = 3.0 * (1 - discount) / 0.025 + 100 * discount
    price = full_price(cash_flows(8.5, 6.0), 5.0)
    np.testing.assert_allclose(price, expected, rtol=ROUNDING)


def test_price_between_coupon_dates_is_the_price_carried_forward_at_the_yield() -> None:
    at_coupon = full_price(cash_flows(5.0, 4.0), 3.0) + 2.0
    quarter_later = full_price(cash_flows(4.75, 4.0), 3.0)
    before = full_price(cash_flows(5.25, 4.0), 3.0)
    np.testing.assert_allclose(before, at_coupon / 1.015**0.5, rtol=ROUNDING)
    np.testing.assert_allclose(
        quarter_later, (at_coupon - 2.0) * 1.015**0.5, rtol=ROUNDING
    )


@pytest.mark.parametrize("yield_percent", [-0.4, 0.0, 3.0, 12.0])
@pytest.mark.parametrize("maturity", [1.5, 4.3, 20.5])
def test_dv01_equals_the_revaluation_of_the_bond(
    maturity: float, yield_percent: float
) -> None:
    flows = cash_flows(maturity, 5.0)
    step = 1e-4
    down, up = (full_price(flows, yield_percent + s) for s in (-step, step))
    per_bp = (down - up) / (2 * step) / 100
    np.testing.assert_allclose(dv01(flows, yield_percent), per_bp, rtol=DIFFERENCE)


def test_bonds_of_different_maturities_do_not_disturb_each_other() -> None:
    together = full_price(cash_flows([1.5, 20.5], [2.0, 5.0]), [3.0, 4.0])
    apart = [
        full_price(cash_flows(1.5, 2.0), 3.0)[0],
        full_price(cash_flows(20.5, 5.0), 4.0)[0],
    ]
    np.testing.assert_allclose(together, apart, rtol=ROUNDING)


def test_cash_dv01_is_modified_duration_times_market_value() -> None:
    # Par bond: modified duration is (1 - (1 + y/2)^-2T) / y.
    duration = (1 - 1.02**-17) / 0.04
    expected = 10.0 * 1_000 * duration * 1e-4
    measured = cash_dv01_musd([10.0, -10.0], 8.5, [4.0, 4.0], [4.0, 4.0])
    np.testing.assert_allclose(measured, [expected, -expected], rtol=ROUNDING)


def test_dv01_of_a_missing_yield_or_position_is_missing() -> None:
    measured = cash_dv01_musd(
        [np.nan, 1.0, 1.0], 4.5, [3.0, np.nan, 3.0], [3.0, 3.0, 3.0]
    )
    assert np.isnan(measured).tolist() == [True, True, False]
