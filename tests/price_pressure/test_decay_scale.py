"""The half-life: a log-normal prior, sampled on another scale."""

import numpy as np
import pymc as pm
import pytest
from numpy.testing import assert_allclose
from scipy.stats import lognorm, norm

from models.price_pressure.decay_scale import PersistentHalfLife
from models.priors import LogNormalPrior

ROUNDING = 1e-10
"""Relative; both sides are closed forms in double precision."""

PRIOR = LogNormalPrior(median=260.0, log_sd=1.5)
NUM_DATES = 500
DECAY = np.log(2)


@pytest.fixture(scope="module")
def model():
    with pm.Model(coords={"factor": ["level", "slope", "curvature"]}) as model:
        PersistentHalfLife("tau", PRIOR, num_dates=NUM_DATES, dims="factor")
    return model


def half_life(z):
    root = np.log1p(np.exp(PRIOR.log_sd * z / 2)) / PRIOR.log_sd
    return DECAY * NUM_DATES / 2 / root**2


def sampled_scale(model, half_lives):
    transform = model.rvs_to_transforms[model["tau"]]
    return transform.forward(np.asarray(half_lives)).eval(mode="FAST_COMPILE")


def test_density_is_that_of_the_log_normal_prior_on_the_sampled_scale(model):
    z, step = np.array([-2.0, 0.5, 20.0]), 1e-6
    slope = (half_life(z - step) - half_life(z + step)) / (2 * step)
    prior = lognorm(s=PRIOR.log_sd, scale=PRIOR.median)
    log_density = model.compile_logp(model["tau"], sum=False, mode="FAST_COMPILE")
    # The central difference is good to about step squared, and to rounding over step.
    assert_allclose(
        log_density({"tau_decay__": z})[0],
        prior.logpdf(half_life(z)) + np.log(slope),
        rtol=1e-7,
    )


# A millionth of a week: the root, about 2e4, has no exponential in double precision.
@pytest.mark.parametrize("given", [1e-6, 0.5, 26.0, 260.0, 1e4, 1e9])
def test_the_scale_is_taken_back(model, given):
    z = sampled_scale(model, [given])
    transform = model.rvs_to_transforms[model["tau"]]
    back = transform.backward(z).eval(mode="FAST_COMPILE")
    assert_allclose(back, [given], rtol=ROUNDING)


def test_a_unit_is_a_standard_deviation_of_what_rules(model):
    # The prior alone, at a half-life of a thousand samples.
    slow = 1000 * NUM_DATES * np.exp([0.0, PRIOR.log_sd])
    # Its second-order term is e^(s z / 2) / 2, some percent there.
    assert_allclose(np.diff(sampled_scale(model, slow)), [-1.0], rtol=0.05)
    # The data alone, at a half-life of a date.
    rate_sd = np.sqrt(2 * DECAY / NUM_DATES)
    fast = DECAY / np.array([DECAY, DECAY + rate_sd])
    # Of the square root's curvature a twentieth is left.
    assert_allclose(np.diff(sampled_scale(model, fast)), [1.0], rtol=0.05)


def test_prior_draws_are_the_log_normal_prior(model):
    draws = pm.sample_prior_predictive(
        4000, model=model, random_seed=3, backend="FAST_COMPILE"
    )["prior"]
    logs = np.log(draws["tau"].to_numpy()[0] / PRIOR.median) / PRIOR.log_sd
    # Four standard errors of quantiles of a standard normal at 4,000 draws.
    probability = np.array([0.1, 0.5, 0.9])
    error = np.sqrt(probability * (1 - probability) / 4000)
    quantiles = norm.ppf(probability)
    assert_allclose(
        (logs[..., None] < quantiles).mean(axis=0),
        np.broadcast_to(probability, (3, 3)),
        atol=4 * error.max(),
    )
