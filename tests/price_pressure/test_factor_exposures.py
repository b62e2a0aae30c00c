import numpy as np
import pytest

from data.market.bonds import cash_flows
from data.market.futures import Deliverable
from data.price_pressure.factor_exposures import (
    cash_exposure_musd,
    factor_exposure,
    factor_loadings,
    futures_exposure_musd,
    zero_curve_price,
)

# Central difference of 0.01 bp: cancellation leaves about 8 digits.
DIFFERENCE = 1e-7
ROUNDING = 1e-12  # double precision, sums of some 40 terms

FLOWS = cash_flows([4.5, 20.5], [4.0, 3.0])
ZERO_YIELDS = 2.0 + 0.08 * FLOWS.times


def _repriced(factor: int, shock_percent: float) -> np.ndarray:
    """Discount every payment again on the curve that one factor has moved."""
    months = 12 * FLOWS.times
    x = 0.0609 * months
    slope = (1 - np.exp(-x)) / x
    loading = (np.ones_like(x), slope, slope - np.exp(-x))[factor]
    zero = ZERO_YIELDS + shock_percent * loading
    return (FLOWS.amounts * np.exp(-zero / 100 * FLOWS.times)).sum(axis=1)


@pytest.mark.parametrize("factor", [0, 1, 2])
def test_exposure_is_the_revaluation_on_a_curve_whose_factor_moved(factor: int) -> None:
    step = 1e-4
    change = (_repriced(factor, -step) - _repriced(factor, step)) / (2 * step) / 100
    measured = factor_exposure(FLOWS, ZERO_YIELDS)[:, factor]
    np.testing.assert_allclose(measured, change, rtol=DIFFERENCE)


def test_level_exposure_of_a_zero_coupon_payment_is_time_times_value() -> None:
    flows = cash_flows(0.5, 0.0)
    zero_yields = np.array([[3.0]])
    expected = 0.5 * 100 * np.exp(-0.015) * 1e-4
    measured = factor_exposure(flows, zero_yields)[0, 0]
    np.testing.assert_allclose(measured, expected, rtol=ROUNDING)


def test_curvature_loads_most_at_thirty_months() -> None:
    # Diebold & Li (2006) choose delta = 0.0609 so that it does.
    months = np.arange(1, 241)
    curvature = factor_loadings(months / 12)[:, 2]
    assert months[curvature.argmax()] in (29, 30)


def test_short_position_has_the_exposure_of_a_long_one_with_the_sign_turned() -> None:
    long = cash_exposure_musd([2.0, 3.0], FLOWS, ZERO_YIELDS)
    short = cash_exposure_musd([-2.0, -3.0], FLOWS, ZERO_YIELDS)
    assert (long > 0).all()
    np.testing.assert_array_equal(short, -long)


def test_market_value_becomes_face_value_on_the_zero_curve() -> None:
    value_busd = np.array([2.0, 3.0])
    bonds = value_busd * 1e9 / zero_curve_price(FLOWS, ZERO_YIELDS)
    expected = bonds[:, None] * factor_exposure(FLOWS, ZERO_YIELDS) / 1e6
    measured = cash_exposure_musd(value_busd, FLOWS, ZERO_YIELDS)
    np.testing.assert_allclose(measured, expected, rtol=ROUNDING)


def test_futures_exposure_counts_contracts_of_the_deliverable_over_its_factor() -> None:
    bond = Deliverable(*(np.array([x]) for x in (4.5, 4.0, 3.0, 0.9)))
    zero_yields = ZERO_YIELDS[:1, :9]
    expected = (
        -500 * 200_000 / 100 * factor_exposure(bond.flows, zero_yields) / 0.9 / 1e6
    )
    measured = futures_exposure_musd([-500.0], 2, bond, zero_yields)
    np.testing.assert_allclose(measured, expected, rtol=ROUNDING)
