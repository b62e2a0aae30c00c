"""Chains of the joint response start where the data say, with the same priors."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest

from data.trading_costs.panel import trading_costs_panel_from_frame
from models.trading_costs.inputs import JointInputs, select_inputs
from models.trading_costs.joint_starts import cost_start, noise_start
from models.trading_costs.model import model_from_inputs
from models.trading_costs.scenarios import TradingCostsParameters
from models.trading_costs.simulation import simulate_trading_costs
from models.trading_costs.specification import (
    TradingCostsPriors,
    TradingCostsSpecification,
)

SMALL = TradingCostsParameters(securities=12, days=45, trades_a_day=3.0)
SPECIFICATION = TradingCostsSpecification(formula="benchmark", response="joint")
PRIORS = TradingCostsPriors()


@pytest.fixture(scope="module")
def inputs() -> JointInputs:
    frame = simulate_trading_costs(1, SMALL).frame
    panel = trading_costs_panel_from_frame(frame, "twin")
    found = select_inputs(panel, SPECIFICATION, PRIORS)
    assert isinstance(found, JointInputs)
    return found


@pytest.fixture(scope="module")
def model(inputs: JointInputs) -> pm.Model:
    return model_from_inputs(inputs, SPECIFICATION, PRIORS)


def test_coefficients_have_their_priors_wherever_chains_start(
    inputs: JointInputs, model: pm.Model
) -> None:
    drawn = pm.draw(
        [model["coefficient"], model["noise_coefficient"]], 4000, random_seed=1
    )
    column_sd = inputs.design.column_sd
    expected_mean = [np.r_[np.log(0.1), 0, 0, 0], np.r_[np.log(0.2), 0, 0]]
    expected_sd = [
        np.r_[PRIORS.log_cost_sd, PRIORS.log_slope_sd / column_sd[1:]],
        np.r_[PRIORS.log_cost_sd, PRIORS.log_slope_sd, PRIORS.log_slope_sd],
    ]
    for draws, mean, sd in zip(drawn, expected_mean, expected_sd, strict=True):
        # Four standard errors of a mean and of a standard deviation.
        assert (np.abs(draws.mean(axis=0) - mean) < 4 * sd / 4000**0.5).all()
        assert (np.abs(draws.std(axis=0) / sd - 1) < 4 / 8000**0.5).all()


def test_scattered_starts_are_within_a_nat_a_row_of_the_best(
    inputs: JointInputs, model: pm.Model
) -> None:
    """From millions of nats below, as of unit scatter, chains leap and are lost."""
    log_density = model.compile_logp()
    point = model.initial_point()
    rng = np.random.default_rng(1)
    heights = [
        float(
            log_density(
                {k: v + rng.uniform(-1, 1, np.shape(v)) for k, v in point.items()}
            )
        )
        for _ in range(100)
    ]
    rows = len(inputs.deviation) + len(inputs.quote_error)
    assert max(heights) - min(heights) < rows


def test_errors_of_quotes_say_where_the_noise_starts(inputs: JointInputs) -> None:
    rng = np.random.default_rng(1)
    truth = np.array([-1.0, 0.3, 0.8])
    error = np.exp(inputs.quote_noise @ truth) * rng.standard_normal(
        len(inputs.quote_noise)
    )
    mean, sd = np.array([np.log(0.2), 0.0, 0.0]), np.array([1.5, 0.5, 0.5])
    made = replace(inputs, quote_error=error)
    assert np.abs(noise_start(made, mean, sd) - truth).max() < 0.2
    none = replace(inputs, quote_error=np.empty(0), quote_noise=inputs.quote_noise[:0])
    np.testing.assert_array_equal(noise_start(none, mean, sd), mean)


def test_the_cost_starts_at_what_customers_pay(inputs: JointInputs) -> None:
    mean, sd = np.array([np.log(0.1), 0, 0, 0]), np.array([1.5, 0.5, 0.5, 0.5])
    made = replace(inputs, deviation=inputs.sign * 0.4)
    np.testing.assert_allclose(
        cost_start(made, mean, sd), [np.log(0.5), 0, 0, 0], rtol=1e-12
    )
    made = replace(inputs, deviation=-inputs.sign * 0.4)
    np.testing.assert_array_equal(cost_start(made, mean, sd), mean)
