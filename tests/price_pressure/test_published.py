"""Published estimates as package data."""

import pandas as pd
import pytest

from data.price_pressure.published import (
    KEYS,
    published_aic,
    published_coefficients,
    published_counterpart,
    published_hedging_regressions,
    published_order_flow_responses,
    published_summary_statistics,
    published_variance_ratios,
)


def _only(frame: pd.DataFrame, **keys: object) -> pd.Series:
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_ten_year_net_price_pressure_of_table_three() -> None:
    row = _only(
        published_coefficients("III"), parameter="price_pressure", tenor_years=10
    )
    assert (row["market"], row["estimate"], row["t_value"]) == ("net", 0.58, 17.85)


@pytest.mark.parametrize("table", ["III", "IV", "V", "VII"])
def test_keys_identify_each_coefficient_once(table: str) -> None:
    frame = published_coefficients(table)
    assert not frame.duplicated(KEYS).any()
    assert set(frame["parameter"]) <= {
        "price_pressure",
        "price_discovery",
        "persistence",
    }


def test_no_standard_error_is_made_of_a_printed_zero() -> None:
    row = _only(
        published_coefficients("III"), parameter="price_pressure", tenor_years=2
    )
    assert pd.isna(row["standard_error"])


def test_standard_error_is_estimate_over_t_value() -> None:
    row = _only(
        published_coefficients("VII"),
        factor="slope",
        market="futures",
        tenor_years=10,
    )
    assert row["standard_error"] == pytest.approx(0.53 / 3.67)


def test_cash_inventory_is_set_beside_the_net_table() -> None:
    frame = published_counterpart("cash-inventory")
    row = _only(frame, market="cash", tenor_years=20)
    assert row["estimate"] == 0.37


def test_largest_variance_ratio_is_that_of_ten_year_flow_in_the_slope() -> None:
    frame = published_variance_ratios()
    largest = frame.loc[frame["variance_ratio_pct"].idxmax()]
    assert (largest["factor"], largest["tenor_years"]) == ("slope", 10)


def test_aic_is_given_only_for_variants_that_the_paper_estimated() -> None:
    aic = published_aic()
    assert aic["cash-futures-order-flow"] == 25469.53
    assert "cash-inventory" not in aic


def test_statement_about_every_tenor_is_no_point_on_a_response_curve() -> None:
    frame = published_order_flow_responses()
    assert not ((frame["market"] == "cash") & (frame["tenor_years"] == 0)).any()
    row = _only(frame, market="cash", order_flow_tenor_years=5, tenor_years=2)
    assert (row["yield_change_bp"], row["shock_size_busd"]) == (-1.7, 5.04)
    assert row["variant"] == "cash-futures-order-flow"


def test_table_one_and_two_are_complete() -> None:
    assert len(published_summary_statistics()) == 4 * 4 * 7
    assert published_hedging_regressions().loc[
        ("levels", "slope"), "slope_on_cash"
    ] == (-2.74)
