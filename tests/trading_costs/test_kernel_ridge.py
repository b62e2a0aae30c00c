"""The curve in closed form: the authors' days, exact digits, unusable input."""

import numpy as np
import pytest
from scipy import sparse

from data.errors import DataError
from models.trading_costs import duration_weights, kernel_ridge_curve
from tests.trading_costs.reference_days import REFERENCE_DAYS, reference_day

BASIS_POINTS = 1e4
DAYS = np.array([180, 365, 545, 730, 1825, 3650])
FLOWS = np.array(
    [
        [101.0, 0, 0, 0, 0, 0],
        [1.5, 101.5, 0, 0, 0, 0],
        [2.0, 2.0, 2.0, 102.0, 0, 0],
        [1.0, 1.0, 1.0, 1.0, 105.0, 0],
        [2.0, 2.0, 2.0, 2.0, 6.0, 112.0],
    ]
)
PRICES = np.array([99.5, 100.2, 101.0, 92.0, 88.0])
WEIGHTS = duration_weights(PRICES, [0.5, 0.99, 1.9, 4.8, 8.7])


def _curve(**changed):
    given = {
        "cash_flows": FLOWS,
        "days": DAYS,
        "prices": PRICES,
        "weights": WEIGHTS,
    }
    return kernel_ridge_curve(**{**given, **changed})


@pytest.mark.parametrize("day", REFERENCE_DAYS)
def test_the_authors_curve_is_reproduced_given_their_weights(shared, day):
    known = reference_day(shared, day)
    curve = kernel_ridge_curve(
        known.cash_flows, known.days, known.prices, known.weights
    )
    days = known.curve["day"].to_numpy()
    off_bp = BASIS_POINTS * np.abs(curve.log_yield(days) - known.curve["log_yield"])
    # Their kernel cancels: at one day its relative error is 2e-9.
    assert off_bp[days >= 30].max() < 1e-8
    assert off_bp.max() < 1e-7
    np.testing.assert_array_equal(curve.extrapolated(days), known.curve["extrapolated"])


def test_every_digit_of_the_short_end_is_right(shared):
    mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed")
    known = reference_day(shared, "1961-06-30")
    days = np.array([1, 5, 30, 365, 2000])
    ours = kernel_ridge_curve(
        known.cash_flows, known.days, known.prices, known.weights
    ).log_yield(days)
    with mpmath.workdps(50):
        exact = _exact_yields(mpmath, known, days)
        off_bp = [1e4 * float(y - float(o)) for y, o in zip(exact, ours, strict=True)]
    assert np.abs(off_bp).max() < 1e-10


def _exact_yields(mp, known, days):
    alpha = mp.mpf("0.05")

    def kernel(x, y):
        small, large = min(x, y), max(x, y)
        return (
            2 / alpha**3 * (1 - mp.exp(-alpha * small))
            - small / alpha**2 * mp.exp(-alpha * small)
            - small / alpha**2 * mp.exp(-alpha * large)
        )

    years = [mp.mpf(int(day)) / 365 for day in known.days]
    flows = mp.matrix(known.cash_flows.tolist())
    system = flows * mp.matrix([[kernel(x, y) for x in years] for y in years]) * flows.T
    for bond, inverse_weight in enumerate(known.bonds["inv_w"]):
        system[bond, bond] += mp.mpf(inverse_weight) / int(known.days[-1])
    owed = mp.matrix(known.prices.tolist()) - flows * mp.matrix([1] * len(years))
    beta = flows.T * mp.lu_solve(system, owed)
    for day in days:
        at = mp.mpf(int(day)) / 365
        discount = 1 + sum(kernel(at, x) * b for x, b in zip(years, beta, strict=True))
        yield -mp.log(discount) / at


def test_many_days_in_one_call_are_the_days_one_by_one():
    moved = PRICES * 0.99
    both = _curve(prices=np.stack([PRICES, moved]))
    assert both.discount([30, 700]).shape == (2, 2)
    np.testing.assert_array_equal(
        both.log_yield([30, 700])[1], _curve(prices=moved).log_yield([30, 700])
    )
    # Bonds come and go, and the days to a payment fall: past ones count for nothing.
    later = kernel_ridge_curve(
        [FLOWS, FLOWS[1:]],
        [DAYS, DAYS - 200],
        [PRICES, PRICES[1:]],
        [WEIGHTS, WEIGHTS[1:]],
    )
    alone = kernel_ridge_curve(FLOWS[1:, 1:], DAYS[1:] - 200, PRICES[1:], WEIGHTS[1:])
    np.testing.assert_array_equal(later[1].discount([30]), alone.discount([30]))


def test_a_bond_without_price_or_weight_is_left_out():
    without = kernel_ridge_curve(
        np.delete(FLOWS, 2, 0), DAYS, np.delete(PRICES, 2), np.delete(WEIGHTS, 2)
    ).log_yield(DAYS)
    unpriced, unweighted = PRICES.copy(), WEIGHTS.copy()
    unpriced[2], unweighted[2] = np.nan, 0.0
    np.testing.assert_array_equal(_curve(prices=unpriced).log_yield(DAYS), without)
    np.testing.assert_array_equal(_curve(weights=unweighted).log_yield(DAYS), without)


def test_infinite_weight_reprices_exactly():
    weights = np.where(np.arange(5) == 3, np.inf, WEIGHTS)
    curve = _curve(weights=weights)
    assert curve.fitted[3] == PRICES[3]
    np.testing.assert_allclose(curve.price(FLOWS, DAYS)[3], PRICES[3], rtol=1e-13)
    assert abs(curve.fitted[2] - PRICES[2]) > 1e-6


@pytest.mark.parametrize("delta", [0.0, 0.3, 1.0])
def test_the_curve_solves_the_penalised_problem(delta):
    """Normal equations of the discount factors at the days, by another way."""
    from data.market.kernel_ridge.kernel import kernel

    years = DAYS / 365
    between = kernel(years[:, None], years, 0.05, delta)
    penalty = 2.0 / DAYS[-1] * np.linalg.inv(between)
    normal = FLOWS.T @ (WEIGHTS[:, None] * FLOWS)
    owed = FLOWS.T @ (WEIGHTS * (PRICES - FLOWS.sum(1)))
    expected = 1 + np.linalg.solve(normal + penalty, owed)
    curve = _curve(delta=delta, ridge=2.0)
    np.testing.assert_allclose(curve.discount(DAYS), expected, rtol=1e-9)
    np.testing.assert_allclose(curve.price(FLOWS, DAYS), curve.fitted, rtol=1e-12)


def test_forwards_are_the_slope_of_the_yields():
    curve = _curve()
    at, step = np.array([100.0, 900.0, 3000.0]), 0.01
    log_discount = [-(at + h) * curve.log_yield(at + h) / 365 for h in (step, -step)]
    slope = -(log_discount[0] - log_discount[1]) / (2 * step / 365)
    np.testing.assert_allclose(curve.forward(at), slope, rtol=1e-6)
    assert curve.log_yield(0) == curve.forward(0)
    np.testing.assert_allclose(curve.log_yield(0), curve.log_yield(1e-3), rtol=1e-5)


def test_days_beyond_the_last_payment_are_marked_and_bonds_there_refused():
    curve = _curve()
    assert list(curve.extrapolated([1, 3650, 3651])) == [False, False, True]
    with pytest.raises(DataError, match="no fair value"):
        curve.price([[100.0]], [4000])


def test_a_sparse_table_is_a_table():
    np.testing.assert_array_equal(
        _curve(cash_flows=sparse.csr_array(FLOWS)).discount(DAYS),
        _curve().discount(DAYS),
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"prices": PRICES[:4]}, "one row, one price and one weight"),
        ({"weights": -WEIGHTS}, "weight of bond 0"),
        ({"prices": -PRICES}, "price of bond 0"),
        ({"prices": PRICES * np.nan}, "no bond has a price"),
        ({"days": DAYS - 180}, "bond 0 has no cash flow to come"),
        ({"days": DAYS[:3]}, "one row a bond and one column a day"),
        ({"cash_flows": np.where(FLOWS == 0, np.nan, FLOWS)}, "cash flow of bond 0"),
        ({"ridge": -1.0}, "ridge is -1"),
        ({"alpha": 0.0}, "alpha is 0"),
        ({"prices": [PRICES] * 2, "weights": [WEIGHTS] * 3}, "weights: 3 dates"),
        ({"prices": [PRICES, -PRICES]}, "date 1: the price of bond 0"),
    ],
)
def test_input_that_cannot_be_is_refused(changed, message):
    with pytest.raises(DataError, match=message):
        _curve(**changed)


def test_repeated_cash_flows_without_a_ridge_are_refused():
    with pytest.raises(DataError, match="do not determine a curve"):
        kernel_ridge_curve(
            FLOWS[[0, 1, 1]], DAYS, PRICES[[0, 1, 1]], WEIGHTS[[0, 1, 1]], ridge=0.0
        )


def test_a_curve_has_no_value_before_settlement():
    with pytest.raises(DataError, match="0 or more"):
        _curve().discount([-1, 3])
