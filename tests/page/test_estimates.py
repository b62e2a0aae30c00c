"""Draws to tidy estimates."""

import numpy as np
import pytest
import xarray as xr

from analysis.estimates import summarise_draws
from analysis.price_pressure.estimates import (
    cash_minus_futures,
    tidy_estimates,
    variance_ratio_pct,
)
from tests.price_pressure.traces import random_tree

SUMMATION = 1e-12
"""Only the order of a few thousand additions separates the two numbers."""


def test_interval_is_equal_tailed() -> None:
    skewed = np.arange(1001.0) ** 2
    draws = xr.DataArray(skewed.reshape(1, -1), dims=("chain", "draw"))
    summary = summarise_draws(draws)
    assert summary["lower_95"].item() == pytest.approx(25.0**2, rel=SUMMATION)
    assert summary["upper_95"].item() == pytest.approx(975.0**2, rel=SUMMATION)


def test_probability_of_the_sign_counts_draws_above_zero() -> None:
    draws = xr.DataArray([[-1.0, 1.0, 2.0, 3.0]], dims=("chain", "draw"))
    assert summarise_draws(draws)["probability_positive"] == 0.75


def test_each_coefficient_takes_one_row_under_the_published_keys() -> None:
    posterior = random_tree("cash-futures-order-flow")["posterior"].to_dataset()
    frame = tidy_estimates(posterior, ["price_pressure", "price_discovery"])
    assert len(frame) == 2 * 4 + 11
    row = frame.query("factor == 'slope' and market == 'cash' and tenor_years == 5")
    draws = posterior["price_discovery"].sel(order_flow_term="slope:cash:5")
    assert row["mean"].item() == pytest.approx(float(draws.mean()), rel=SUMMATION)


def test_scalar_and_absent_parameters_are_taken_in_stride() -> None:
    posterior = random_tree("net-inventory")["posterior"].to_dataset()
    posterior["decay_per_month"] = posterior["persistence"].isel(factor=0, drop=True)
    frame = tidy_estimates(posterior, ["decay_per_month", "price_discovery"])
    assert frame["parameter"].tolist() == ["decay_per_month"]
    assert frame["factor"].tolist() == [""]


def test_variance_ratio_follows_table_six_by_hand() -> None:
    sample = ("chain", "draw")
    posterior = xr.Dataset(
        {
            "price_discovery": ((*sample, "order_flow_term"), [[[0.5, 2.0]]]),
            "factor_innovation_sd_bp": ((*sample, "factor"), [[[10.0, 20.0]]]),
        },
        coords={
            "order_flow_term": ["slope:net:5", "level:net:5"],
            "factor": ["level", "slope"],
        },
    )
    surprise = xr.DataArray(
        [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dims=("week", "order_flow_term")
    )
    ratio = variance_ratio_pct(posterior, surprise)
    assert ratio.sel(order_flow_term="slope:net:5").item() == 100 * 0.25 * 4 / 400
    assert ratio.sel(order_flow_term="level:net:5").item() == 100 * 4 * 4 / 100


def test_cash_is_compared_with_futures_draw_by_draw() -> None:
    posterior = random_tree("cash-futures-inventory")["posterior"].to_dataset()
    pressure = posterior["price_pressure"].transpose(
        "inventory_market", "tenor", "chain", "draw"
    )
    difference = cash_minus_futures(posterior).transpose("tenor", "chain", "draw")
    np.testing.assert_array_equal(difference, pressure[0] - pressure[1])
