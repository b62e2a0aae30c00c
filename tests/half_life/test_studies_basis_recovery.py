from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.half_life.basis_panel import basis_panel_from_frame
from models.half_life.basis_decomposition import basis_decomposition_model, trading_days
from models.half_life.basis_simulation import BasisParameters, simulate_basis
from studies.half_life.basis_recovery import (
    PARAMETERS,
    RECOVERY_SETTINGS,
    model_data,
    replication,
    true_parameters,
)


def test_truth_is_keyed_as_the_model() -> None:
    truth = true_parameters(BasisParameters())
    assert set(truth.data_vars) == set(PARAMETERS)
    np.testing.assert_allclose(0.5 ** (1 / truth["half_life_days"]), truth.persistence)
    assert truth["noise_sd_bp"].sel(tenor=20).item() == 0.8


def test_data_replace_those_of_the_model() -> None:
    panel = basis_panel_from_frame(simulate_basis(1, 80), "twin")
    model = basis_decomposition_model(panel)
    basis = trading_days(panel.dataset)["basis_bp"].to_numpy()
    for name, values in model_data(basis).items():
        np.testing.assert_array_equal(model[name].get_value(), values)


@pytest.mark.long
def test_each_replication_has_its_own_data_and_every_parameter() -> None:
    settings = replace(RECOVERY_SETTINGS, draws=50, tune=50)
    rows = pd.concat(replication(seed, 80, settings) for seed in (1, 2))
    assert rows["seed"].value_counts().to_dict() == {1: 20, 2: 20}
    assert set(rows["parameter"]) == set(PARAMETERS)
    means = pd.pivot_table(rows, "mean", "parameter", "seed")
    assert (means[1] != means[2]).all()
