"""Simulations behind the studies of trading costs, and what their tables say."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data.dims import COEFFICIENT
from models.likelihoods.mixed.distribution import response_statistics
from models.trading_costs.inputs import GaussianInputs
from models.trading_costs.model import model_from_inputs
from models.trading_costs.specification import (
    TradingCostsPriors,
    TradingCostsSpecification,
)
from studies.trading_costs.calibration import (
    SDS,
    calibration_inputs,
    simulate_signed,
    with_coefficients,
)
from studies.trading_costs.left_out import coverage_by_day


def test_a_simulated_response_gives_back_its_coefficients() -> None:
    inputs = calibration_inputs("signed", 1)
    assert isinstance(inputs, GaussianInputs)
    specification = TradingCostsSpecification(formula="benchmark", response="signed")
    model = model_from_inputs(inputs, specification, TradingCostsPriors())
    truth, data = simulate_signed(model, inputs, 3)
    (name,) = data
    assert data[name].shape == response_statistics(inputs.totals).shape
    draws = xr.Dataset(
        {x: (("chain", "draw"), np.full((1, 100), float(truth[x]))) for x in SDS},
        {"chain": [0], "draw": np.arange(100)},
    )
    found = with_coefficients(inputs, draws, data, 1)["coefficient"]
    sd = found.std(("chain", "draw"))
    score = (found.mean(("chain", "draw")) - truth["coefficient"]) / sd
    # Six coefficients: beyond four standard deviations once in three thousand.
    assert float(np.abs(score).max()) < 4.0
    assert float(sd.sel({COEFFICIENT: "illiquidity"})) < float(truth["residual_sd"])


def test_coverage_counts_quotes_inside_the_others_intervals() -> None:
    rows = pd.DataFrame(
        {
            "date": ["2018-12-31"] * 4 + ["2019-12-31"] * 2,
            "probability": [0.5, 0.98, 0.1, 0.3, 0.01, 0.6],
            "pareto_k": [0.1, 0.9, 0.2, 0.3, 0.1, 0.1],
        }
    )
    table = coverage_by_day(rows).set_index("date")
    assert table["covered_95"].tolist() == pytest.approx([0.75, 0.5, 4 / 6])
    assert table.loc["2018-12-31", "covered_50"] == 0.5
    assert table["unsure"].tolist() == [1, 0, 1]
    assert (table["lower_95"] < table["covered_95"]).all()
