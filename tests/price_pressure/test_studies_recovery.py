from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from inference.settings import SamplerSettings
from models.price_pressure.model import price_pressure_model
from models.price_pressure.variants import (
    EVERY_VARIANT,
    PERSISTENT_ERRORS_VARIANTS,
    VARIANTS,
)
from studies.price_pressure.compiled_price_pressure import PARAMETERS, model_data
from studies.price_pressure.recovery import replication, simulated_panel, truth_dataset
from studies.replications import compare_with_truth

# 29 intervals of 95%: fewer than 24 hold the truth with a probability of 0.003.
LEAST_COVERED = 24

# Four chains of 300 draws: enough to see that they agree, less than a trace asks for.
LOOSE_R_HAT = 1.05


RECOVERABLE = [
    name
    for name, variant in PERSISTENT_ERRORS_VARIANTS.items()
    if variant.factors == "nelson-siegel"
]
"""Variants whose simulated twin is of their own equations."""


def truth() -> xr.Dataset:
    return xr.Dataset(
        {"persistence": ("factor", [0.5, 0.9])}, {"factor": ["level", "slope"]}
    )


def comparison(shift: float) -> pd.DataFrame:
    """Posterior around the truth of the level, and off it for the slope."""
    centre = truth()["persistence"].to_numpy() + np.array([0.0, shift])
    draws = np.random.default_rng(5).normal(centre, 0.01, size=(4, 500, 2))
    posterior = xr.Dataset(
        {"persistence": (("chain", "draw", "factor"), draws), "other": 0.0},
        {"factor": ["level", "slope"]},
    )
    return compare_with_truth(posterior, truth()).set_index("element")


def test_each_true_element_stands_beside_its_own_posterior() -> None:
    table = comparison(0.0)
    assert table.index.tolist() == ["level", "slope"]
    assert (table["parameter"] == "persistence").all()
    # Error of a mean of 2,000 draws is 0.01 / 45.
    assert table["mean"].to_numpy() == pytest.approx(table["truth"], abs=1e-3)
    width = table["upper_95"] - table["lower_95"]
    # Ends of an interval from 2,000 draws are off by some 3% of the width.
    assert width.to_numpy() == pytest.approx([2 * 1.96 * 0.01] * 2, rel=0.1)


@pytest.mark.parametrize("shift", [0.025, -0.025])
def test_an_interval_on_either_side_of_the_truth_does_not_cover(shift: float) -> None:
    assert comparison(shift)["is_covered"].to_dict() == {"level": True, "slope": False}


@pytest.mark.parametrize("name", [*VARIANTS, *RECOVERABLE])
def test_truth_and_data_fit_the_variables_of_the_model(name: str) -> None:
    variant = EVERY_VARIANT[name]
    panel = simulated_panel(variant, seed=1, num_weeks=60)
    model = price_pressure_model(panel, variant)
    true_values = truth_dataset(variant)
    assert set(true_values.data_vars) == set(PARAMETERS) & set(model.named_vars)
    for parameter, values in true_values.data_vars.items():
        dims = tuple(model.named_vars_to_dims.get(str(parameter), ()))
        assert values.dims == dims
        for dim in dims:
            assert values[dim].to_numpy().tolist() == list(model.coords[dim])
    data = model_data(panel, variant)
    assert set(data) == {variable.name for variable in model.data_vars}
    for key, array in data.items():
        np.testing.assert_array_equal(model[key].get_value(), array)


@cache
def one_replication() -> pd.DataFrame:
    settings = SamplerSettings(seed=0, draws=300, tune=300)
    return replication("net-order-flow", 1, settings=settings)


@pytest.mark.long
def test_intervals_of_one_simulated_panel_hold_the_published_estimates() -> None:
    table = one_replication()
    assert len(table) == 29
    assert table["is_covered"].sum() >= LEAST_COVERED


@pytest.mark.long
def test_the_chains_of_one_simulated_panel_agree() -> None:
    table = one_replication()
    assert table["r_hat"].max() < LOOSE_R_HAT
    assert (table["divergences"] == 0).all()
