"""Parameters behind simulations: the published ones, and any number of states."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from models.liquidity_regimes.parameters import (
    TYPICAL_DEPTH_MUSD,
    published_parameters,
    spread_parameters,
)

ROUNDING = 1e-12
PRINTED = 5e-4
"""Half of the last printed decimal of a probability."""


def test_model_four_is_table_three_but_for_the_row_of_model_three() -> None:
    parameters = published_parameters()
    assert parameters.covariates == ("V", "VV", "CS")
    assert_allclose(
        parameters.price_impact_slope,
        [[0.167, 1.512, -0.162], [0.116, 0.463, 0.044], [0.083, 0.236, 0.096]],
    )
    assert_allclose(parameters.noise_sd, [5.776, 1.555, 0.910])
    assert_allclose(
        parameters.transition_intercept,
        [[-8.988, -22.938], [-3.117, -7.467], [3.366, 0.294]],
    )
    assert_allclose(
        parameters.transition_depth_slope,
        [[0.230, 0.528], [0.104, 0.126], [-0.029, 0.036]],
    )


def test_at_low_depth_the_medium_state_falls_nine_times_in_ten() -> None:
    """The paper on its Figure 4: about nine in ten at USD 10 million."""
    low, high = published_parameters().transition_probability(np.array([10.0, 120.0]))
    assert low[1, 0] == pytest.approx(0.9, abs=0.02)
    assert high[1, 0] < 1e-3


def test_probabilities_are_equation_four() -> None:
    parameters = published_parameters("III")
    depth = 47.0
    odds = np.exp(
        parameters.transition_intercept + parameters.transition_depth_slope * depth
    )
    (probability,) = parameters.transition_probability(np.array([depth]))
    for origin in range(3):
        total = 1 + odds[origin].sum()
        expected = [1 / total, *odds[origin] / total]
        assert_allclose(probability[origin], expected, rtol=ROUNDING)


def test_extreme_depths_give_probabilities() -> None:
    probability = published_parameters().transition_probability(
        np.array([0.0, 1e4, 1e6])
    )
    assert np.isfinite(probability).all()
    assert_allclose(probability.sum(axis=2), 1, rtol=ROUNDING)


def test_constant_transitions_are_table_two_whatever_the_depth() -> None:
    probability = published_parameters("IV", "constant").transition_probability(
        np.array([5.0, 150.0])
    )
    table = [[0.923, 0.073, 0.004], [0.018, 0.930, 0.052], [0.004, 0.039, 0.957]]
    assert_allclose(probability[0], table, atol=PRINTED)
    assert_allclose(probability[0], probability[1], rtol=ROUNDING)


@pytest.mark.parametrize("model", ["I", "II", "III", "IV"])
@pytest.mark.parametrize("transition", ["constant", "depth"])
def test_every_model_is_complete(model: str, transition: str) -> None:
    parameters = published_parameters(model, transition)
    for values in (
        parameters.price_impact_slope,
        parameters.noise_sd,
        parameters.transition_intercept,
        parameters.transition_depth_slope,
    ):
        assert np.isfinite(values).all()
    assert parameters.initial_probability.sum() == 1


@pytest.mark.parametrize("num_states", [2, 3, 4, 5])
def test_states_lie_between_the_published_extremes(num_states: int) -> None:
    parameters = spread_parameters(num_states, "IV")
    published = published_parameters("IV")
    slope = parameters.price_impact_slope
    assert slope.shape == (num_states, 3)
    assert_allclose(slope[[0, -1]], published.price_impact_slope[[0, -1]])
    assert (np.diff(slope[:, 0]) < 0).all()
    assert_allclose(parameters.noise_sd[[0, -1]], published.noise_sd[[0, -1]])


@pytest.mark.parametrize("num_states", [2, 3, 4, 5])
def test_states_stay_as_told_at_the_typical_depth_and_fall_below(
    num_states: int,
) -> None:
    parameters = spread_parameters(num_states, stay_probability=0.9)
    typical, low = parameters.transition_probability(
        np.array([TYPICAL_DEPTH_MUSD, TYPICAL_DEPTH_MUSD / 3])
    )
    assert_allclose(np.diag(typical), 0.9, rtol=ROUNDING)
    assert_allclose(typical.sum(axis=1), 1, rtol=ROUNDING)
    assert (low[:, 0] > typical[:, 0]).all()
