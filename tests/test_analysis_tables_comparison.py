"""Comparison of variants by log score and by Akaike's criterion."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from analysis.fits import Fit
from analysis.tables_comparison import (
    compare_aic,
    compare_log_scores,
    table_aic,
    table_model_comparison,
)
from tests.price_pressure_traces import random_fit


def _scored(variant: str, scores: list[float], *, data: str = "same") -> Fit:
    fit = random_fit(variant)
    tree = fit.tree.copy()
    week = fit.panel["week"][: len(scores)]
    tree["leave_future_out"] = xr.Dataset(
        {"elpd": ("week", scores), "pareto_k": ("week", np.full(len(scores), 0.2))},
        coords={"week": week},
    )
    tree.attrs = tree.attrs | {"data_sha256": data}
    return replace(fit, tree=tree)


def test_difference_and_standard_error_by_hand() -> None:
    fits = [
        _scored("net-inventory", [-3.0, -5.0, -4.0]),
        _scored("net-order-flow", [-2.0, -5.0, -2.0]),
    ]
    frame = compare_log_scores(fits).set_index("variant")
    row = frame.loc["net-inventory"]
    assert row["difference_to_best"] == -3.0
    # The terms are -1, 0, -2: deviation 1, times the root of three weeks.
    assert row["standard_error"] == pytest.approx(np.sqrt(3))
    assert frame.index[0] == "net-order-flow"


def test_only_weeks_scored_by_every_fit_are_compared() -> None:
    fits = [
        _scored("net-inventory", [-1.0, -1.0, np.nan, -1.0]),
        _scored("net-order-flow", [-2.0, -2.0, -2.0]),
    ]
    frame = compare_log_scores(fits)
    assert frame["num_scored"].tolist() == [2, 2]
    assert frame["log_score"].tolist() == [-2.0, -4.0]


def test_fits_of_different_data_are_not_compared() -> None:
    fits = [
        _scored("net-inventory", [-3.0, -5.0], data="a"),
        _scored("net-order-flow", [-2.0, -1.0], data="b"),
    ]
    assert compare_log_scores(fits)["difference_to_best"].tolist() == [0.0, 0.0]


def test_a_score_says_what_it_took_and_whether_it_can_be_relied_on() -> None:
    fits = [
        _scored("net-inventory", [-3.0, -5.0]),
        _scored("net-order-flow", [-2.0, -1.0]),
    ]
    fits[0].tree["leave_future_out"].attrs.update(num_fits=7, reliable=0)
    fits[1].tree["leave_future_out"].attrs.update(num_fits=3, reliable=1)
    display = table_model_comparison(fits).display
    assert display["Fits"].tolist() == ["3", "7"]
    assert display["Reliable"].tolist() == ["yes", "NO"]


def test_fit_without_scores_is_left_out() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    del tree["leave_future_out"]
    fits = [replace(fit, tree=tree), random_fit("net-order-flow")]
    assert compare_log_scores(fits)["variant"].tolist() == ["net-order-flow"]


def test_aic_differences_stand_beside_those_of_the_paper() -> None:
    fits = [random_fit("net-inventory"), random_fit("cash-futures-inventory")]
    row = compare_aic(fits).set_index("variant").loc["cash-futures-inventory"]
    assert row["published_difference"] == pytest.approx(25495.19 - 25528.44)
    # The made-up log likelihood falls by one for each letter of the name.
    assert row["aic_difference"] == 2 * 9


def test_aic_over_other_weeks_is_not_subtracted() -> None:
    first, second = random_fit("net-inventory"), random_fit("net-order-flow")
    tree = second.tree.copy()
    tree["panel"] = second.panel.isel(week=slice(1, None))
    frame = compare_aic([first, replace(second, tree=tree)])
    assert np.isnan(frame["aic_difference"].iloc[1])
    assert frame["num_weeks"].tolist() == [60, 59]


def test_failed_fit_is_named_in_the_comparison() -> None:
    fits = [random_fit("net-inventory"), random_fit("net-order-flow", ("bad",))]
    for table in (table_model_comparison(fits), table_aic(fits)):
        assert table.warning == "DIAGNOSTICS FAILED (net-order-flow): do not use"
