"""From a panel to a variant's inputs: what is taken, what is left out, what is refused.

Each refusal has to tell an economist which column and week to mend, and how.
"""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from data.errors import DataError
from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from models.price_pressure.inputs import (
    MINIMUM_WEEKS,
    PricePressureInputs,
    select_inputs,
)
from models.price_pressure.variants import VARIANTS
from tests.price_pressure.frames import WEEKS, cash_panel, full_panel
from tests.price_pressure.systems import YIELDS

SURPRISE = "order_flow_surprise_net_5y_busd"
FUTURES = "dv01_futures_10y_musd"
needs_futures = pytest.mark.parametrize(
    "variant", [name for name in VARIANTS if name != "cash-inventory"]
)


def select(frame: pd.DataFrame, variant: str) -> PricePressureInputs:
    return select_inputs(panel_from_frame(frame, "mine.csv"), VARIANTS[variant])


def refusal(frame: pd.DataFrame, variant: str) -> DataError:
    with pytest.raises(DataError) as caught:
        select(frame, variant)
    return caught.value


def shortened(panel: PricePressurePanel, num_weeks: int) -> PricePressurePanel:
    """The first weeks only; a panel file as short as that is refused before."""
    dataset = panel.dataset.isel(week=slice(num_weeks))
    return PricePressurePanel(dataset, panel.source, panel.sha256)


def test_inputs_are_the_columns_of_the_panel() -> None:
    frame = full_panel()
    inputs = select(frame, "cash-futures-order-flow")
    assert_array_equal(inputs.yield_bp, frame[YIELDS])
    for m, market in enumerate(("cash", "futures")):
        columns = [f"dv01_{market}_{tenor}y_musd" for tenor in (2, 5, 10, 20)]
        assert_array_equal(inputs.inventory_dv01_musd[m], frame[columns])
    flows = [
        f"order_flow_surprise_{term.market}_{term.tenor}y_busd"
        for term in VARIANTS["cash-futures-order-flow"].order_flow_terms
    ]
    assert_array_equal(inputs.order_flow_surprise_busd, frame[flows])


def test_net_inventory_is_cash_plus_futures() -> None:
    frame = full_panel()
    inventory = select(frame, "net-inventory").inventory_dv01_musd
    assert inventory.shape == (1, WEEKS, 4)
    expected = frame["dv01_cash_20y_musd"] + frame["dv01_futures_20y_musd"]
    assert_array_equal(inventory[0, :, 3], expected)


def test_a_variant_without_order_flow_takes_none() -> None:
    inputs = select(cash_panel(), "cash-inventory")
    assert inputs.order_flow_surprise_busd.shape == (WEEKS, 0)


def test_missing_yields_are_masked_and_filled_with_zero() -> None:
    frame = full_panel()
    frame.loc[5, YIELDS[2]] = np.nan
    frame.loc[[0, 9], YIELDS] = np.nan
    inputs = select(frame, "net-inventory")
    assert_array_equal(inputs.is_quoted, frame[YIELDS].notna().astype(float))
    assert_array_equal(inputs.yield_bp, frame[YIELDS].fillna(0.0))
    assert len(inputs.yield_bp) == WEEKS, "a leading week without yields stays"


def test_leading_weeks_without_an_input_are_left_out() -> None:
    frame = full_panel()
    frame.loc[:1, SURPRISE] = np.nan
    frame.loc[:4, FUTURES] = np.nan
    inputs = select(frame, "net-order-flow")
    used = frame.iloc[5:]
    assert_array_equal(inputs.dataset["week"], used["date"])
    assert_array_equal(inputs.yield_bp, used[YIELDS])
    assert_array_equal(inputs.is_quoted, 1.0)
    assert_array_equal(inputs.inventory_dv01_musd[1, :, 2], used[FUTURES])
    assert_array_equal(inputs.order_flow_surprise_busd[:, 1], used[SURPRISE])


def test_weeks_are_left_out_only_for_what_the_variant_uses() -> None:
    frame = full_panel()
    frame.loc[:4, FUTURES] = np.nan
    frame.loc[20, SURPRISE] = np.nan
    assert select(frame, "cash-inventory").dataset.sizes["week"] == WEEKS


def test_an_interior_gap_is_refused_by_column_row_and_date() -> None:
    frame = full_panel()
    frame.loc[[20, 21], SURPRISE] = np.nan
    error = refusal(frame, "net-order-flow")
    assert "mine.csv" in error.problem
    assert f"column {SURPRISE} is missing at data row 21" in error.problem
    assert f"({frame['date'][20]:%Y-%m-%d})" in error.problem
    assert "net-order-flow" in error.remedy
    assert "fill the gap" in error.remedy
    assert "--start, --end" in error.remedy


def test_gaps_are_counted_by_cell() -> None:
    frame = full_panel()
    frame.loc[[20, 21, 59], "dv01_cash_2y_musd"] = np.nan
    assert "3 such gaps" in refusal(frame, "cash-inventory").problem


def test_the_first_of_several_gaps_is_named_counted_from_the_file_start() -> None:
    frame = full_panel()
    frame.loc[:1, SURPRISE] = np.nan
    frame.loc[40, "dv01_cash_2y_musd"] = np.nan
    frame.loc[30, FUTURES] = np.nan
    problem = refusal(frame, "net-order-flow").problem
    assert f"column {FUTURES} is missing at data row 31" in problem


@needs_futures
def test_missing_futures_are_refused_with_the_variant_that_does_without(
    variant: str,
) -> None:
    error = refusal(cash_panel(), variant)
    assert "column dv01_futures_2y_musd is missing or empty" in error.problem
    assert variant in error.problem
    assert "cash-inventory" in error.remedy


def test_missing_cash_under_a_net_position_is_not_blamed_on_futures() -> None:
    frame = full_panel()
    frame.loc[12, "dv01_cash_5y_musd"] = np.nan
    assert "dv01_cash_5y_musd" in refusal(frame, "net-inventory").problem


def test_missing_order_flow_is_refused_by_column() -> None:
    frame = full_panel()
    frame = frame.drop(columns=[n for n in frame.columns if "surprise_net" in n])
    error = refusal(frame, "net-order-flow")
    assert "order_flow_surprise_net_2y_busd is missing or empty" in error.problem


def test_too_few_complete_weeks_are_refused_with_their_number() -> None:
    frame = full_panel()
    frame.loc[: WEEKS - MINIMUM_WEEKS, FUTURES] = np.nan
    error = refusal(frame, "net-inventory")
    assert f"{MINIMUM_WEEKS - 1} weeks" in error.problem
    assert f"at least {MINIMUM_WEEKS}" in error.problem
    assert "lengthen" in error.remedy


def test_a_year_of_weeks_is_enough() -> None:
    panel = panel_from_frame(full_panel(), "mine.csv")
    variant = VARIANTS["net-inventory"]
    select_inputs(shortened(panel, MINIMUM_WEEKS), variant)
    with pytest.raises(DataError, match="51 weeks"):
        select_inputs(shortened(panel, MINIMUM_WEEKS - 1), variant)


def test_a_tenor_that_is_never_quoted_is_refused() -> None:
    frame = full_panel()
    frame.loc[:4, FUTURES] = np.nan
    frame.loc[5:, YIELDS[1]] = np.nan
    error = refusal(frame, "net-inventory")
    assert "column yield_5y_bp has no value" in error.problem
    assert "supply its yields" in error.remedy
