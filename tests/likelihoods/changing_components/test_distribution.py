"""Changing components as PyMC distributions: densities by date, and draws."""

import numpy as np
import pymc as pm
import pytest
from numpy.testing import assert_allclose

from models.likelihoods.changing_components.distribution import (
    ChangingComponents,
    simulate_components,
)
from models.likelihoods.changing_components.op import described_passes
from tests.likelihoods.changing_systems import joint_moments, random_components
from tests.likelihoods.score_driven_systems import DYNAMICS

NUM_DATES, NUM_SERIES, NUM_COMPONENTS = 12, 2, 3

PYTHON = {"mode": "FAST_COMPILE"}
"""No compilation of the graph; the passes inside are compiled all the same."""


def system():
    return random_components(NUM_DATES, NUM_SERIES, NUM_COMPONENTS)


def parameters():
    return {name: x for name, x in system().items() if name != "observation"}


def model(dynamics=None):
    coords = {"day": range(NUM_DATES), "tenor": range(NUM_SERIES)}
    with pm.Model(coords=coords) as result:
        ChangingComponents(
            "y",
            observed=system()["observation"],
            dims=("day", "tenor"),
            dynamics=dynamics,
            **parameters(),
        )
    return result


def density_by_date(built):
    density = built.logp(sum=False)[0]
    return built.compile_fn(density, inputs=[], **PYTHON)({})


def test_one_density_a_date():
    found = density_by_date(model())
    expected = (
        described_passes(NUM_COMPONENTS).run_forward(*system().values()).log_density
    )
    assert_allclose(found, expected.sum(axis=1), rtol=1e-12)


def test_score_driven_innovations_that_react_to_nothing_are_normal():
    at_rest = dict.fromkeys(DYNAMICS, 0.0) | {"degrees_of_freedom": 1e7}
    assert_allclose(
        density_by_date(model(at_rest)), density_by_date(model()), rtol=1e-5
    )
    assert not np.allclose(density_by_date(model(DYNAMICS)), density_by_date(model()))


def test_simulated_cells_have_the_moments_of_the_components():
    # Filled in, so that missing cells do not stop what moves the others.
    given = parameters() | {"is_observed": np.ones((NUM_DATES, NUM_SERIES))}
    rng = np.random.default_rng(1)
    draws = np.stack(
        [
            simulate_components(
                rng.standard_normal((NUM_DATES, NUM_SERIES)), *given.values()
            )
            for _ in range(4000)
        ]
    )
    for series in range(NUM_SERIES):
        mean, covariance = joint_moments(system() | given, series)
        sd = np.sqrt(np.diag(covariance))
        # Five standard errors of a mean, and of a correlation.
        assert_allclose(draws[..., series].mean(0), mean, atol=5 * sd.max() / 4000**0.5)
        scaled = (np.cov(draws[..., series].T) - covariance) / np.outer(sd, sd)
        assert np.abs(scaled).max() < 5 * np.sqrt(2 / 4000)


def test_the_simulator_undoes_the_filter():
    rng = np.random.default_rng(2)
    z = rng.standard_normal((NUM_DATES, NUM_SERIES))
    drawn = simulate_components(z, *parameters().values())
    found = described_passes(NUM_COMPONENTS).run_forward(drawn, *parameters().values())
    seen = parameters()["is_observed"] > 0
    assert_allclose(found.standardized_innovation[seen], z[seen], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dynamics", [None, DYNAMICS], ids=["normal", "score-driven"])
def test_prior_predictive_draws_have_the_shape_of_the_data(dynamics):
    with model(dynamics):
        drawn = pm.sample_prior_predictive(3, random_seed=1, compile_kwargs=PYTHON)
    assert drawn["prior_predictive"]["y"].shape == (1, 3, NUM_DATES, NUM_SERIES)
    assert np.isfinite(drawn["prior_predictive"]["y"]).all()
