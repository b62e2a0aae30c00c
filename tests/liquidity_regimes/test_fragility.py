"""Fragility: first passage into the low-liquidity state, given depth."""

from itertools import product

import numpy as np
import pytest
import xarray as xr

from analysis.liquidity_regimes.fragility import (
    entry_probability,
    fragility,
    fragility_today,
)
from analysis.liquidity_regimes.transitions import transition_matrices
from data.errors import DataError
from tests.liquidity_regimes.traces import STATES, random_fit

ROUNDING = 1e-12


def _matrix(values: np.ndarray) -> xr.DataArray:
    coords = {"origin": STATES, "arrival": STATES}
    return xr.DataArray(values, dims=("origin", "arrival"), coords=coords)


def _by_enumeration(matrix: np.ndarray, origin: int, horizon: int) -> float:
    """Sum the probability of every path that visits state 0 within the horizon."""
    total = 0.0
    for path in product(range(3), repeat=horizon):
        steps = zip((origin, *path[:-1]), path, strict=True)
        total += (0 in path) * np.prod([matrix[step] for step in steps])
    return total


@pytest.mark.parametrize("horizon", [1, 2, 5])
def test_entry_is_the_mass_of_all_paths_that_visit_the_first_state(
    horizon: int,
) -> None:
    matrix = np.random.default_rng(3).dirichlet([1, 2, 4], 3)
    found = entry_probability(_matrix(matrix), [horizon])
    for origin in (1, 2):
        expected = _by_enumeration(matrix, origin, horizon)
        actual = found.sel(origin=STATES[origin], horizon_days=horizon).item()
        assert actual == pytest.approx(expected, abs=ROUNDING)


def test_market_in_the_first_state_has_entered_it() -> None:
    matrix = np.random.default_rng(3).dirichlet([1, 2, 4], 3)
    found = entry_probability(_matrix(matrix), [1, 20]).sel(origin="1")
    np.testing.assert_array_equal(found, 1.0)


def test_one_day_ahead_is_the_transition_probability_at_that_depth() -> None:
    fit = random_fit()
    frame = fragility(fit.tree, 47.0, (1,)).set_index("current_state")
    direct = (
        transition_matrices(fit.posterior, 47.0)
        .sel(arrival="1")
        .mean(("chain", "draw"))
    )
    for state in ("2", "3"):
        expected = direct.sel(origin=state).item()
        assert frame.loc[state, "mean"] == pytest.approx(expected, abs=ROUNDING)


def test_fragility_falls_with_depth_and_rises_with_the_horizon() -> None:
    frame = fragility(random_fit().tree, [30, 60, 120], (1, 5, 20))
    held = frame[frame["current_state"] == "2"].pivot_table(
        index="depth_musd", columns="horizon_days", values="mean_depth_held"
    )
    assert (held.diff().dropna() < 0).all(axis=None)
    two = frame[frame["current_state"] == "2"].pivot_table(
        index="depth_musd", columns="horizon_days", values="mean"
    )
    assert (two.diff().dropna() < 0).all(axis=None)
    assert (two.diff(axis=1).dropna(axis=1) > 0).all(axis=None)


def test_interval_is_that_of_the_draws() -> None:
    fit = random_fit()
    row = fragility(fit.tree, 60.0, (1,)).set_index("current_state").loc["2"]
    draws = transition_matrices(fit.posterior, 60.0).sel(origin="2", arrival="1")
    expected = np.quantile(draws, [0.025, 0.975])
    np.testing.assert_allclose(row[["lower_95", "upper_95"]].astype(float), expected)


def test_state_probabilities_average_over_states_within_each_draw() -> None:
    fit = random_fit()
    by_state = fragility(fit.tree, 60.0, (5,)).set_index("current_state")["mean"]
    mixed = fragility(fit.tree, 60.0, (5,), state_probability={"1": 0.1, "3": 0.9})
    assert mixed["current_state"].tolist() == ["given probabilities"]
    expected = 0.1 + 0.9 * by_state["3"]
    assert mixed["mean"].item() == pytest.approx(expected, abs=ROUNDING)


def test_today_is_the_last_day_of_the_trace() -> None:
    fit = random_fit()
    today = fragility_today(fit.tree, (1, 5))
    assert today["horizon_days"].tolist() == [1, 5]
    depth = fit.group("constant_data")["depth_musd"].to_numpy()[-1]
    assert today["depth_musd"].tolist() == [depth, depth]
    filtered = fit.group("regimes")["filtered_probability"].isel(day=-1)
    assert (today["mean"] >= filtered.sel(state="1").item()).all()


def test_today_starts_from_the_states_of_the_last_day() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    regimes = fit.group("regimes").copy(deep=True)
    regimes["filtered_probability"][0] = [0.9, 0.1, 0.0]
    regimes["filtered_probability"][-1] = [0.1, 0.2, 0.7]
    tree["regimes"] = regimes
    depth = fit.group("constant_data")["depth_musd"].to_numpy()[-1]
    expected = fragility(
        tree, depth, (1, 5), state_probability={"1": 0.1, "2": 0.2, "3": 0.7}
    )
    today = fragility_today(tree, (1, 5))
    # Within a day all that counts is the depth of today, however it came there.
    assert today["mean"][0] == pytest.approx(expected["mean"][0], abs=ROUNDING)
    assert today["mean"][1] != expected["mean"][1]
    held = "mean_depth_held"
    assert today[held].tolist() == pytest.approx(expected[held].tolist())


def test_depth_that_the_sample_or_the_state_never_met_is_marked() -> None:
    fit = random_fit()
    depth = fit.group("constant_data")["depth_musd"].to_numpy()
    path = fit.group("regimes")["most_likely_path"].to_numpy()
    inside = depth[path == 2].mean()
    beyond_state = depth[path != 2].max()
    assert beyond_state > depth[path == 2].max(), "the case under test exists"
    depths = [inside, beyond_state, 2 * depth.max(), 0.5 * depth.min()]
    frame = fragility(fit.tree, depths, (1,))
    rows = frame[frame["current_state"] == "2"]
    assert rows["outside_state"].tolist() == [False, True, True, True]
    assert rows["outside_sample"].tolist() == [False, False, True, True]


def test_state_that_the_sample_never_met_is_marked_at_every_depth() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    regimes = fit.group("regimes")
    path = regimes["most_likely_path"]
    tree["regimes"] = regimes.assign(most_likely_path=path.where(path != 2, 3))
    depth = fit.group("constant_data")["depth_musd"].median().item()
    frame = fragility(tree, depth, (1,)).set_index("current_state")
    assert frame["outside_state"].to_dict() == {"1": False, "2": True, "3": False}


def test_constant_transitions_do_not_depend_on_depth() -> None:
    frame = fragility(random_fit("IV-constant").tree, [10, 120], (5,))
    by_depth = frame.pivot_table(
        index="current_state", columns="depth_musd", values="mean"
    )
    np.testing.assert_array_equal(by_depth[10.0], by_depth[120.0])


def test_depth_that_cannot_move_is_depth_held() -> None:
    """Neither depth nor volatility has ever moved, so neither will."""
    tree = random_fit().tree.copy()
    data = tree["constant_data"].to_dataset()
    tree["constant_data"] = data.assign(
        depth_musd=xr.full_like(data["depth_musd"], 60.0),
        covariates_bp=xr.full_like(data["covariates_bp"], 80.0),
    )
    frame = fragility(tree, 60.0, (1, 5, 20))
    for name in ("mean", "lower_95", "upper_95"):
        np.testing.assert_allclose(frame[name], frame[f"{name}_depth_held"], rtol=1e-9)


def test_depth_that_moves_makes_the_fragile_safer_and_the_safe_more_fragile() -> None:
    frame = fragility(random_fit().tree, [45.0, 120.0], (20,))
    two = frame[frame["current_state"] == "2"].set_index("depth_musd")
    difference = two["mean"] - two["mean_depth_held"]
    assert difference[45.0] < -0.02
    assert difference[120.0] > 0.02


def test_a_trace_gives_the_same_fragility_again() -> None:
    first, second = (fragility(random_fit().tree, 60.0, (20,)) for _ in range(2))
    assert first.equals(second)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"depth_musd": 0.0}, "positive depths"),
        ({"depth_musd": np.nan}, "positive depths"),
        ({"depth_musd": 30.0, "horizon_days": (0,)}, "whole trading days"),
        ({"depth_musd": 30.0, "state_probability": {"2": 0.4}}, "add up to one"),
        ({"depth_musd": 30.0, "state_probability": {"4": 1.0}}, "the states 1, 2, 3"),
        (
            {"depth_musd": 30.0, "state_probability": {"2": -0.5, "3": 1.5}},
            "Give probabilities",
        ),
    ],
    ids=[
        "zero-depth",
        "missing-depth",
        "no-horizon",
        "not-one",
        "unknown-state",
        "negative",
    ],
)
def test_impossible_request_is_refused(arguments: dict, words: str) -> None:
    with pytest.raises(DataError, match=words):
        fragility(random_fit().tree, **arguments)
