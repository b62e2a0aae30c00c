"""Calibration of half-lives, basis and both: what is drawn, and what is ranked."""

from dataclasses import replace

import numpy as np
import pytest

from data.half_life.basis_panel import basis_panel_from_frame
from models.half_life.basis_decomposition import basis_decomposition_model
from models.half_life.basis_simulation import simulate_basis
from models.half_life.joint_decay import CONSTANT
from studies.calibration import draw_from_prior, ranks_of
from studies.half_life.calibration import (
    BASIS_PARAMETERS,
    CALIBRATION_SETTINGS,
    basis_simulation,
    half_life_simulation,
    joint_simulation,
    quoted,
)

SETTINGS = replace(CALIBRATION_SETTINGS, draws=100, tune=50)


def test_a_basis_is_simulated_where_the_panel_has_quotes() -> None:
    frame = simulate_basis(1, 80)
    column = frame.columns.get_loc("basis_5y_bp")
    frame.iloc[10:15, column] = np.nan
    model = basis_decomposition_model(basis_panel_from_frame(frame, "twin"))
    drawn, seen = draw_from_prior(model, seed=3)

    basis = quoted(model, seen)

    is_quoted = model["is_quoted"].get_value() == 1
    assert (~is_quoted).sum() >= 4
    assert np.isnan(basis[~is_quoted]).all()
    np.testing.assert_array_equal(basis[is_quoted], seen["basis_bp"].values[is_quoted])
    assert set(BASIS_PARAMETERS) <= set(drawn.data_vars)


def test_a_simulated_basis_is_as_noisy_as_the_parameters_drawn_with_it() -> None:
    panel = basis_panel_from_frame(simulate_basis(1, 600), "twin")
    model = basis_decomposition_model(panel)
    for seed in range(5):
        drawn, seen = draw_from_prior(model, seed)
        change = seen["basis_bp"].diff("day").to_numpy()
        level, deviation, noise = (
            drawn[f"{name}_sd_bp"].to_numpy()
            for name in ("level_innovation", "deviation_innovation", "noise")
        )
        of_deviation = 2 * deviation**2 / (1 + drawn["persistence"].to_numpy())
        expected = 2 * noise**2 + level**2 + of_deviation
        # Standard error of a variance of 600 correlated changes: 8%; four of them.
        np.testing.assert_allclose(change.var(axis=0), expected, rtol=0.32)


@pytest.mark.long
def test_a_simulation_ranks_every_parameter_of_its_model() -> None:
    row = half_life_simulation(1, "proportional-hazard", 200, 1, SETTINGS)
    ranks = ranks_of(row).iloc[0]
    assert ranks.between(0, 1).all()
    names = {name.partition("[")[0] for name in ranks.index}
    assert names == {
        "coefficient",
        "event_tenor_effect",
        "event_tenor_sd",
        "date_sd",
        "baseline_log_hazard",
    }
    row = joint_simulation(1, CONSTANT, 200, 1, SETTINGS)
    names = {name.partition("[")[0] for name in ranks_of(row)}
    assert {"median_half_life_days", "event_shock_sd_bp", *BASIS_PARAMETERS} <= names
    assert "degrees_of_freedom" not in names


@pytest.mark.long
def test_a_basis_is_fitted_from_the_mode_that_was_searched_for() -> None:
    row = basis_simulation(1, 200, 1, SETTINGS).iloc[0]
    assert row["num_starts"] > row["data_driven_at_mode"] > 0
    assert row["mode_failures"] == 0
