"""The long-run mean: a normal prior, sampled on another scale."""

import numpy as np
import pymc as pm
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm

from models.price_pressure.long_run_mean import LongRunMean

ROUNDING = 1e-10
"""Relative; both sides are closed forms in double precision."""

PRIOR_MEAN = np.array([400.0, -200.0])
PRIOR_SD = np.array([200.0, 50.0])
NUM_DATES = 500
SAMPLE_MEAN = np.array([100.0, 0.0])
INNOVATION_SD = 10.0


@pytest.fixture(scope="module")
def model():
    with pm.Model(coords={"factor": ["level", "slope"]}) as model:
        persistence = pm.Beta("persistence", 20, 1, dims="factor")
        LongRunMean(
            "mean",
            mean=PRIOR_MEAN,
            sd=PRIOR_SD,
            persistence=persistence,
            innovation_sd=INNOVATION_SD,
            num_dates=NUM_DATES,
            sample_mean=SAMPLE_MEAN,
            dims="factor",
        )
    return model


def centre_and_scale(persistence):
    drift = NUM_DATES * ((1 - persistence) / INNOVATION_SD) ** 2
    precision = 1 / PRIOR_SD**2 + drift
    centre = (PRIOR_MEAN / PRIOR_SD**2 + drift * SAMPLE_MEAN) / precision
    return centre, precision**-0.5


def test_density_is_that_of_the_normal_prior_on_the_sampled_scale(model):
    z, persistence = np.array([0.7, -1.2]), np.array([0.9, 0.999])
    logit = np.log(persistence / (1 - persistence))
    point = {"persistence_logodds__": logit, "mean_whitened__": z}
    centre, scale = centre_and_scale(persistence)
    expected = norm(PRIOR_MEAN, PRIOR_SD).logpdf(centre + scale * z) + np.log(scale)
    log_density = model.compile_logp(model["mean"], sum=False, mode="FAST_COMPILE")
    assert_allclose(log_density(point)[0], expected, rtol=ROUNDING)


def test_prior_draws_are_the_normal_prior_whatever_the_persistence(model):
    draws = pm.sample_prior_predictive(
        4000, model=model, random_seed=3, backend="FAST_COMPILE"
    )["prior"]
    mean = draws["mean"].to_numpy()[0]
    # Four standard errors of a mean and of a standard deviation of 4,000 draws.
    assert_allclose(mean.mean(axis=0), PRIOR_MEAN, atol=4 * PRIOR_SD.max() / 63)
    assert_allclose(mean.std(axis=0), PRIOR_SD, rtol=4 / np.sqrt(8000))
    dependence = np.corrcoef(mean.T, draws["persistence"].to_numpy()[0].T)[:2, 2:]
    assert np.abs(dependence).max() < 4 / 63


def test_a_short_half_life_pins_the_origin_to_the_sample_and_a_long_one_to_the_prior():
    short, _ = centre_and_scale(np.array([0.5, 0.5]))
    long, scale = centre_and_scale(np.array([0.999999, 0.999999]))
    assert_allclose(short, SAMPLE_MEAN, atol=1.0)
    assert_allclose(long, PRIOR_MEAN, rtol=1e-3)
    assert_allclose(scale, PRIOR_SD, rtol=1e-3)
