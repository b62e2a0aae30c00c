"""What dispersed starts say of a trace."""

import numpy as np
import pytest
import xarray as xr

from inference.checks.mode_checks import chain_starts, check_modes, visited_shares
from tests.dispersed_starts import BEST, one_mode, weighed_modes

SAMPLE = ("chain", "draw")
PLACES = ("mode", [0.0, 10.0])
"""Of two modes, ten posterior standard deviations apart."""


def trace_of(draws: np.ndarray, modes: xr.Dataset) -> xr.DataTree:
    groups = one_mode() | {
        "posterior": xr.Dataset({"location": (SAMPLE, draws)}),
        "modes": modes,
    }
    return xr.DataTree.from_dict(groups)


def around(centre: float) -> np.ndarray:
    return np.random.default_rng(3).normal(centre, 1.0, (4, 250))


def two_modes(lesser_mass: float) -> xr.Dataset:
    mass = [1 - lesser_mass, lesser_mass]
    return weighed_modes([BEST, BEST - 2.0], mass, location=PLACES)


def test_one_mode_is_no_failure() -> None:
    trace = trace_of(around(0.0), weighed_modes([BEST], [1.0]))
    assert check_modes(trace, searches=True) == ((), ())


@pytest.mark.parametrize(("mass", "fails"), [(0.02, True), (0.005, False)])
def test_a_mode_that_no_chain_visited_fails_by_its_mass(
    mass: float, fails: bool
) -> None:
    found = check_modes(trace_of(around(0.0), two_modes(mass)), searches=True)
    assert bool(found.failures) == fails
    if fails:
        assert found.failures == ("a mode has 2% of the mass and 0.0% of the draws",)
    else:
        assert found.notes == (
            "1 of 2 starts ended at lesser modes, with 0.5% of the mass",
        )


def test_a_lesser_mode_that_the_chains_visit_as_often_as_its_mass_is_no_failure() -> (
    None
):
    draws = around(0.0)
    draws[:, 200:] += 10.0
    trace = trace_of(draws, two_modes(0.2))
    modes = trace["modes"].to_dataset()
    shares = visited_shares(trace["posterior"].to_dataset(), modes)
    np.testing.assert_allclose(shares, [0.8, 0.2], atol=0.01)
    assert check_modes(trace, searches=True).failures == ()


def test_chains_at_the_lesser_of_two_modes_fail() -> None:
    trace = trace_of(around(10.0), two_modes(1e-4))
    (failure,) = check_modes(trace, searches=True).failures
    assert failure == "a mode has 100% of the mass and 0.0% of the draws"


@pytest.mark.parametrize(("nats", "fails"), [(5.0, True), (50.0, False)])
def test_a_search_that_ended_at_no_peak_fails_within_reach(
    nats: float, fails: bool
) -> None:
    modes = weighed_modes([BEST, BEST - nats], [1.0, np.nan], location=PLACES)
    found = check_modes(trace_of(around(0.0), modes), searches=True)
    assert bool(found.failures) == fails


def test_searches_that_found_no_peak_at_all_fail() -> None:
    trace = trace_of(around(0.0), weighed_modes([BEST], [np.nan]))
    assert "no search" in check_modes(trace, searches=True).failures[0]


def test_a_trace_without_a_record_of_its_starts_fails() -> None:
    trace = trace_of(around(0.0), weighed_modes([BEST], [1.0]))
    del trace["starts"]
    (failure,) = check_modes(trace, searches=True).failures
    assert "does not say where searches" in failure


def scattered(height: np.ndarray) -> xr.DataTree:
    return xr.DataTree.from_dict({"sample_stats": xr.Dataset({"lp": (SAMPLE, height)})})


def test_scattered_chains_at_one_height_are_no_failure() -> None:
    assert check_modes(scattered(around(-900.0)), searches=False).failures == ()


def test_a_scattered_chain_that_ended_lower_fails() -> None:
    height = around(-900.0)
    height[2] -= 3.0
    (failure,) = check_modes(scattered(height), searches=False).failures
    assert "different heights" in failure


def test_chains_of_imputations_are_compared_within_each() -> None:
    height = around(-900.0)
    height[2:] -= 50.0
    trace = scattered(height)
    assert check_modes(trace, searches=False).failures
    labels = ("chain", [0, 0, 1, 1])
    trace["sample_stats"] = (
        trace["sample_stats"].to_dataset().assign_coords(imputation=labels)
    )
    assert check_modes(trace, searches=False).failures == ()


def test_scattered_chains_without_heights_fail() -> None:
    trace = xr.DataTree.from_dict({"sample_stats": xr.Dataset()})
    assert check_modes(trace, searches=False).failures


def test_where_each_chain_ended_is_recorded() -> None:
    height = around(-900.0)
    found = chain_starts(xr.Dataset({"lp": (SAMPLE, height)}))
    np.testing.assert_allclose(found["log_density"], height.mean(axis=1))
    assert found.attrs["num_starts"] == 4
