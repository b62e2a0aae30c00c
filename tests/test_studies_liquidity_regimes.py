"""Studies of the liquidity-regimes model: one replication, and their bookkeeping."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

from inference.optimum import ModeSearch
from inference.settings import SamplerSettings
from models.liquidity_regimes_parameters import published_parameters
from models.liquidity_regimes_specification import LiquidityRegimesSpecification
from studies.__main__ import app
from studies.liquidity_regimes_prior_sensitivity import (
    DEPTHS_MUSD,
    against_default,
    with_probabilities,
)
from studies.liquidity_regimes_recovery import (
    PARAMETERS,
    recovery,
    search_columns,
    truth_dataset,
)
from tests.liquidity_regimes_models import model_of

# 24 intervals of 95%: fewer than 19 hold the truth with a probability below 0.001.
LEAST_COVERED = 19

# Four chains of 300 draws: enough to see that they agree, less than a trace asks for.
LOOSE_R_HAT = 1.05


@cache
def one_replication() -> pd.DataFrame:
    settings = SamplerSettings(seed=0, draws=300, tune=300)
    return recovery(LiquidityRegimesSpecification(), 1, settings)


@pytest.mark.slow
def test_intervals_of_one_simulated_panel_hold_the_published_estimates() -> None:
    table = one_replication()
    assert len(table) == 24
    assert table["is_covered"].sum() >= LEAST_COVERED


@pytest.mark.slow
def test_the_chains_of_one_simulated_panel_agree_on_the_right_mode() -> None:
    table = one_replication()
    assert table["r_hat"].max() < LOOSE_R_HAT
    assert (table["divergences"] == 0).all()
    assert (table["data_driven_at_mode"] > 0).all()


@pytest.mark.parametrize("covariates", ["III", "IV"])
def test_truth_fits_the_variables_of_the_model(covariates: str) -> None:
    truth = truth_dataset(LiquidityRegimesSpecification(covariates=covariates))
    model = model_of(covariates=covariates)
    assert set(truth.data_vars) == set(PARAMETERS)
    for name, values in truth.data_vars.items():
        assert values.dims == model.named_vars_to_dims[str(name)]
        for dim in values.dims:
            assert values[dim].to_numpy().tolist() == list(model.coords[str(dim)])


def test_starts_that_reach_the_highest_mode_are_counted() -> None:
    starts = xr.Dataset(
        {
            "mode": ("start", [0, 1, 0, -1, 2]),
            "kind": ("start", ["data-driven"] * 2 + ["scattered"] * 3),
        }
    )
    assert search_columns(ModeSearch(xr.Dataset(), starts)) == {
        "num_starts": 5,
        "starts_at_mode": 2,
        "data_driven_at_mode": 1,
    }


def test_probabilities_at_each_depth_are_those_of_the_parameters() -> None:
    truth = truth_dataset(LiquidityRegimesSpecification())
    moves = ["transition_intercept", "transition_depth_slope"]
    found = with_probabilities(truth[moves])["transition_probability"]
    expected = published_parameters("IV").transition_probability(
        np.array(DEPTHS_MUSD, dtype=float)
    )
    assert found.dims == ("depth_musd", "origin", "arrival")
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_priors_are_compared_with_the_default_element_by_element() -> None:
    rows = pd.DataFrame(
        {
            "prior": ["default", "default", "wide", "wide"],
            "parameter": "transition_depth_slope",
            "element": ["1, 2", "1, 3", "1, 2", "1, 3"],
            "mean": [1.0, 2.0, 1.5, 2.0],
            "sd": [0.5, 1.0, 0.7, 1.0],
            "lower_95": [0.0, 0.0, 0.0, 0.0],
            "upper_95": [2.0, 4.0, 3.0, 4.0],
        }
    )
    compared = against_default(rows)
    assert compared["shift_sd"].tolist() == [0.0, 0.0, 1.0, 0.0]
    assert compared["width_ratio"].tolist() == [1.0, 1.0, 1.5, 1.0]


@pytest.mark.parametrize("study", ["recovery", "prior-sensitivity"])
def test_a_table_with_another_ending_is_refused_before_anything_is_fitted(
    study: str, tmp_path: Path
) -> None:
    out = tmp_path / "table.txt"
    result = CliRunner().invoke(app, [study, "liquidity-regimes", "--out", str(out)])
    assert result.exit_code == 2
    assert "does not end in .csv" in result.stderr
