"""Comparison of variants by log score and by Akaike's criterion."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.every_model.tables_comparison import (
    MODEL_COMPARISON,
    compare_log_scores,
    of_fits,
)
from analysis.fit import Fit
from analysis.page.exhibit import items_of, table_of
from analysis.price_pressure.aic import AIC, compare_aic
from inference.checks.standard_errors import standard_error_of_sum
from tests.price_pressure.traces import random_fit


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


def test_difference_by_hand() -> None:
    fits = [
        _scored("net-inventory", [-3.0, -5.0, -4.0]),
        _scored("net-order-flow", [-2.0, -5.0, -2.0]),
    ]
    frame = compare_log_scores(fits).set_index("variant")
    assert frame.loc["net-inventory", "difference_to_best"] == -3.0
    assert frame.index[0] == "net-order-flow"


def test_weeks_that_are_alike_in_succession_say_less_than_as_many_others() -> None:
    terms = np.repeat([-1.0, 0.0, -2.0, 0.5], 12)
    shuffled = np.random.default_rng(1).permutation(terms)
    found = []
    for difference in (terms, shuffled):
        fits = [
            _scored("net-inventory", list(difference)),
            _scored("net-order-flow", [0.0] * len(difference)),
        ]
        frame = compare_log_scores(fits).set_index("variant")
        found.append(frame.loc["net-inventory", "standard_error"])
    assert found == [standard_error_of_sum(terms), standard_error_of_sum(shuffled)]
    independent = np.sqrt(len(terms)) * terms.std(ddof=1)
    assert found[0] > 2 * independent


def test_the_order_in_which_weeks_are_stored_does_not_matter() -> None:
    terms = np.repeat([-1.0, 0.0, -2.0, 0.5], 12)
    fits = [
        _scored("net-inventory", list(terms)),
        _scored("net-order-flow", [0.0] * len(terms)),
    ]
    before = compare_log_scores(fits)["standard_error"]
    order = np.random.default_rng(2).permutation(len(terms))
    for fit in fits:
        group = fit.tree["leave_future_out"].to_dataset()
        fit.tree["leave_future_out"] = group.isel(week=order)
    pd.testing.assert_series_equal(compare_log_scores(fits)["standard_error"], before)


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
    display = table_of(MODEL_COMPARISON, fits).display
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
    for table in items_of(of_fits([MODEL_COMPARISON, AIC], [fits])):
        assert table.warning == "DIAGNOSTICS FAILED (net-order-flow): do not use"
