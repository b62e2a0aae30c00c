"""Transition matrices, durations and moves from posterior draws."""

import numpy as np
import pytest
import xarray as xr

from analysis.liquidity_regimes.transitions import (
    expected_durations,
    median_and_interval,
    published_transitions,
    transition_counts,
    transition_matrices,
)
from models.liquidity_regimes.parameters import published_parameters
from tests.liquidity_regimes.traces import random_fit

ROUNDING = 1e-12


def test_matrices_follow_equation_four() -> None:
    fit = random_fit()
    found = transition_matrices(fit.posterior, [30.0, 90.0])
    delta = fit.posterior["transition_intercept"].isel(chain=1, draw=7).to_numpy()
    gamma = fit.posterior["transition_depth_slope"].isel(chain=1, draw=7).to_numpy()
    odds = np.exp(delta + 90.0 * gamma)
    expected = np.column_stack([np.ones(3), odds]) / (1 + odds.sum(1, keepdims=True))
    actual = found.isel(chain=1, draw=7).sel(depth_musd=90.0)
    np.testing.assert_allclose(actual, expected, atol=ROUNDING)


def test_rows_of_far_depths_stay_probabilities() -> None:
    found = transition_matrices(random_fit().posterior, [0.1, 1e5])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum("arrival"), 1.0, atol=ROUNDING)


def test_paper_moves_from_two_to_one_nine_times_in_ten_at_ten_million() -> None:
    published = published_transitions(
        {"num_states": 3, "transition": "depth", "covariates": "IV"}
    )
    assert published is not None
    found = transition_matrices(published, 10.0).sel(origin="2", arrival="1").item()
    # "about nine in ten", section 3.3 of the paper.
    assert found == pytest.approx(0.9, abs=0.02)


def test_row_that_was_not_legible_is_missing_and_the_others_stay() -> None:
    published = published_transitions(
        {"num_states": 3, "transition": "depth", "covariates": "II"}
    )
    assert published is not None
    matrices = transition_matrices(published, 60.0)
    assert np.isnan(matrices.sel(origin="1")).all()
    assert np.isfinite(matrices.sel(origin=["2", "3"])).all()


@pytest.mark.parametrize(
    ("covariates", "num_states"), [("I", 3), ("IV", 4)], ids=["illegible", "not-three"]
)
def test_nothing_published_is_none(covariates: str, num_states: int) -> None:
    specification = {
        "num_states": num_states,
        "transition": "depth",
        "covariates": covariates,
    }
    assert published_transitions(specification) is None


def test_published_constant_matrix_is_that_of_table_two() -> None:
    published = published_transitions(
        {"num_states": 3, "transition": "constant", "covariates": "IV"}
    )
    assert published is not None
    matrix = transition_matrices(published, 60.0).isel(depth_musd=0)
    truth = published_parameters("IV", "constant")
    # Rows of the printed table add up to one but for rounding.
    expected = truth.transition_probability(np.array([60.0]))[0]
    np.testing.assert_allclose(matrix, expected, atol=2e-3)


def test_duration_is_one_over_the_probability_of_leaving() -> None:
    fit = random_fit()
    durations = expected_durations(fit.posterior, [60.0])
    staying = transition_matrices(fit.posterior, [60.0]).sel(origin="2", arrival="2")
    actual = durations.sel(state="2")
    np.testing.assert_allclose(actual, 1 / (1 - staying), rtol=1e-9)


def test_interval_of_a_duration_is_ordered_around_its_median() -> None:
    frame = median_and_interval(expected_durations(random_fit().posterior, [10, 60]))
    assert len(frame) == 6
    assert frame["median"].between(frame["lower_95"], frame["upper_95"]).all()


def test_interval_holds_the_middle_95_percent_of_the_draws() -> None:
    draws = xr.DataArray(np.arange(1001.0), dims="sample")
    row = median_and_interval(draws.expand_dims(place=["here"])).iloc[0]
    assert row["place"] == "here"
    found = row[["median", "lower_95", "upper_95"]].astype(float)
    np.testing.assert_allclose(found, [500.0, 25.0, 975.0], rtol=ROUNDING)


def test_moves_are_counted_within_each_path() -> None:
    path = xr.DataArray(
        np.array([[1, 1, 3, 2, 2], [3, 3, 3, 3, 1]], dtype=np.int8),
        dims=("sample", "day"),
    )
    counts = transition_counts(path, ["1", "2", "3"])
    first = counts.isel(sample=0)
    assert first.sel(origin="1", arrival="1").item() == 1
    assert first.sel(origin="1", arrival="3").item() == 1
    assert first.sel(origin="3", arrival="2").item() == 1
    assert counts.isel(sample=1).sel(origin="3", arrival="3").item() == 3
    assert (counts.sum(("origin", "arrival")) == 4).all()
