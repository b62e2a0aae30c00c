"""Swaption volatilities in basis points."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.liquidity_regimes.swaption_volatility import (
    forward_swap_rate,
    read_swaption_volatilities,
    volatility_from_black,
)
from data.liquidity_regimes.volatility_file import read_volatility_file
from tests.liquidity_regimes.real_volatilities import MOVE, SWAPTIONS, ZERO_CURVE

ROUNDING = 1e-12


def test_forward_rate_of_a_level_curve_is_its_annual_yield() -> None:
    days = pd.date_range("2014-04-01", periods=2)
    curve = pd.DataFrame(3.0, index=days, columns=range(1, 31))
    rate = forward_swap_rate(curve, 0.25, 10)
    assert rate.index.equals(days)
    np.testing.assert_allclose(rate, 100 * np.expm1(0.03), rtol=ROUNDING)


def test_forward_rate_reprices_the_swap_on_a_sloping_curve() -> None:
    """Fixed and floating legs are worth the same at the par rate."""
    curve = pd.DataFrame([np.linspace(1, 3, 30)], columns=range(1, 31))
    rate = forward_swap_rate(curve, 1.0, 5)[0]
    discount = [np.exp(-curve[year][0] / 100 * year) for year in range(1, 7)]
    fixed = sum(rate / 100 * value for value in discount[1:])
    assert fixed == pytest.approx(discount[0] - discount[-1], rel=ROUNDING)


def test_thirty_percent_of_two_and_a_half_percent_are_75_basis_points() -> None:
    days = pd.date_range("2014-04-01", periods=4)
    black = pd.Series([30.0, 30.0, np.nan, 30.0], index=days)
    forward = pd.Series([2.5, -0.1, 2.5, np.nan], index=days)
    assert volatility_from_black(black, forward).to_dict() == {days[0]: 75.0}


def test_swaption_volatilities_move_with_the_move_index(shared: Path) -> None:
    """Two measures of one thing: units and dates are right."""
    swaptions = read_swaption_volatilities(shared / SWAPTIONS, shared / ZERO_CURVE)
    move = read_volatility_file(shared / MOVE)
    both = pd.DataFrame(
        {"swaptions": swaptions["volatility_bp"], "move": move["volatility_bp"]}
    ).dropna()
    assert len(both) > 5_000
    assert both["swaptions"].corr(both["move"]) > 0.85
    assert both["swaptions"].mean() == pytest.approx(both["move"].mean(), rel=0.1)


def test_a_missing_ticker_is_named(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text("Date,USSV0C10\n2014-04-01,30\n")
    with pytest.raises(DataError, match="missing column USSV0F10"):
        read_swaption_volatilities(path, tmp_path / "curve.csv")
