"""What a fit says that it uses of a panel, in every family."""

import numpy as np
import pandas as pd
import pytest

from data.half_life.basis_panel import basis_panel_from_frame
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from data.price_pressure.panel import panel_from_frame
from inference.half_life.basis_decomposition import prepare_basis_decomposition
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from inference.liquidity_regimes.threshold_regression import (
    prepare_threshold_regression,
)
from inference.price_pressure.prepare import prepare_price_pressure
from inference.traced.used import used_dates_note
from models.half_life.basis_simulation import simulate_basis
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.price_pressure.simulation import simulate_price_pressure
from tests.liquidity_regimes.models import NUM_DAYS, twin_frame

LATE = 20
"""Weeks before futures positions are known."""


def test_a_fit_of_few_weeks_says_which_column_begins_late() -> None:
    frame = simulate_price_pressure("net-inventory", seed=2, num_weeks=80)
    futures = [name for name in frame if "futures" in name]
    frame.loc[: LATE - 1, futures] = np.nan
    frame.loc[LATE + 3, "yield_5y_bp"] = np.nan
    prepared = prepare_price_pressure(panel_from_frame(frame, "twin"), "net-inventory")
    assert prepared.notes[0] == (
        f"fits {80 - LATE} of 80 weeks, {frame['date'][LATE]:%Y-%m-%d} to "
        f"{frame['date'].iloc[-1]:%Y-%m-%d}: dv01_futures_2y_musd and 3 more not known "
        "before"
    )
    assert prepared.notes[1].startswith("1 of them lack a yield")
    whole = prepare_price_pressure(panel_from_frame(frame, "twin"), "cash-inventory")
    assert whole.notes[0].startswith("fits all 80 weeks")


def test_fits_of_liquidity_say_how_many_days_have_a_price_impact() -> None:
    frame = twin_frame().copy()
    frame.loc[[5, 9], "price_impact"] = np.nan
    panel = liquidity_panel_from_frame(frame, "twin")
    notes = prepare_liquidity_regimes(panel, LiquidityRegimesSpecification()).notes
    assert notes[0].startswith(f"fits all {NUM_DAYS} days")
    assert notes[1].startswith("2 of them lack a price impact")
    threshold = prepare_threshold_regression(panel).notes[0]
    assert threshold.startswith(f"fits {NUM_DAYS - 2} of {NUM_DAYS} days")


def test_a_fit_of_the_basis_says_which_weekdays_are_holidays() -> None:
    frame = simulate_basis(5)[:90]
    tenors = [name for name in frame if str(name).startswith("basis_")]
    frame.loc[frame.index[[30, 60]], tenors] = np.nan
    (note,) = prepare_basis_decomposition(basis_panel_from_frame(frame, "twin")).notes
    number = 90 - int(frame[tenors].isna().all(axis=1).sum())
    assert number < 90
    assert note.startswith(f"fits {number} of 90 weekdays")
    assert note.endswith("the others are holidays")


@pytest.mark.parametrize("used", [3, 5])
def test_reasons_are_given_where_something_is_left_out(used: int) -> None:
    dates = pd.date_range("2020-01-01", periods=5)
    note = used_dates_note(dates, dates[-used:], "day", "late")
    assert ("late" in note) == (used < len(dates))
