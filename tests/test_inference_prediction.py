from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr
from pytensor.graph.basic import Variable
from scipy.stats import norm

from data.errors import DataError
from inference.prediction import PARETO_K_THRESHOLD, leave_future_out
from inference.sampling import sample_posterior
from inference.settings import SamplerSettings
from tests.inference_toy import KNOWN_SD, known_sd_model, known_sd_posterior

FIRST_WEEK = 20
SETTINGS = SamplerSettings(seed=3, draws=1000, tune=500, chains=4)

# Monte Carlo error of one predictive density from about 1,500 effective draws, and less
# of them after reweighting; observed below 0.03.
ELPD_TOLERANCE = 0.1


def weeks_with_a_break() -> np.ndarray:
    """Twenty calm weeks, then weeks that move the posterior far: a refit is due.

    The first week to be predicted stands out, so that a fit which has seen it scores it
    half a nat better.
    """
    rng = np.random.default_rng(8)
    calm = rng.normal(0.0, KNOWN_SD, size=30)
    calm[FIRST_WEEK] = 3.5 * KNOWN_SD
    return np.concatenate([calm, rng.normal(4.0, KNOWN_SD, size=15)])


@cache
def score() -> xr.Dataset:
    model = known_sd_model(weeks_with_a_break())
    trace = sample_posterior(model, SETTINGS, progressbar=False)
    return leave_future_out(model, trace, "is_quoted", FIRST_WEEK, SETTINGS)


def exact_log_scores(data: np.ndarray) -> np.ndarray:
    scores = []
    for week in range(FIRST_WEEK, len(data)):
        mean, sd = known_sd_posterior(data[:week])
        scores.append(norm.logpdf(data[week], mean, np.hypot(sd, KNOWN_SD)))
    return np.array(scores)


def test_each_week_is_scored_by_its_exact_predictive_density() -> None:
    np.testing.assert_allclose(
        score()["elpd"], exact_log_scores(weeks_with_a_break()), atol=ELPD_TOLERANCE
    )


def test_weeks_are_those_from_the_first_on() -> None:
    assert score()["week"].values.tolist() == list(range(FIRST_WEEK, 45))


def test_the_model_is_fitted_again_after_a_break_but_not_every_week() -> None:
    assert 1 < score().attrs["num_fits"] < 12
    assert score().attrs["reliable"] == 1


def test_no_kept_importance_weight_is_unreliable() -> None:
    pareto_k = score()["pareto_k"]
    assert np.isnan(pareto_k[0])
    assert float(pareto_k.max()) <= PARETO_K_THRESHOLD


@pytest.mark.parametrize("first_date", [0, 19, 45])
def test_a_first_date_without_past_or_future_is_refused(first_date: int) -> None:
    densities = xr.Dataset({"y": (("chain", "draw", "week"), np.zeros((2, 4, 45)))})
    trace = xr.DataTree.from_dict({"log_likelihood": densities})
    model = known_sd_model(weeks_with_a_break())
    with pytest.raises(DataError, match=f"number {first_date} of 45"):
        leave_future_out(model, trace, "is_quoted", first_date, SETTINGS)


def model_with_a_lesser_mode(data: np.ndarray) -> pm.Model:
    """Data of size `scale`: below zero it explains them too, with thrice the noise."""
    with pm.Model(coords={"week": np.arange(len(data))}) as model:
        is_quoted = pm.Data("is_quoted", np.ones(len(data)), dims="week")
        # Scattered starts lie around the mean of the prior.
        scale = pm.Normal("scale", -4.0, 20.0)
        noise_sd = pt.where(scale > 0, 1.0, 3.0)

        def logp(value: Variable, mean: Variable, sd: Variable, seen: Variable) -> Any:
            return seen * pm.logp(pm.Normal.dist(mean, sd), value)

        pm.CustomDist(
            "y",
            pt.abs(scale),
            noise_sd,
            is_quoted,
            logp=logp,
            observed=data,
            dims="week",
        )
    return model


@pytest.mark.slow
def test_fits_of_the_past_start_at_the_highest_mode_rather_than_a_lesser_one() -> None:
    data = 4 + np.random.default_rng(5).normal(size=30)
    model = model_with_a_lesser_mode(data)
    settings = SamplerSettings(seed=3, draws=500, tune=300, chains=2)
    start = {"scale": np.array(4.0)}
    densities = xr.Dataset({"y": (("chain", "draw", "week"), np.zeros((2, 500, 30)))})
    trace = xr.DataTree.from_dict({"log_likelihood": densities, "posterior": densities})
    found = leave_future_out(model, trace, "is_quoted", 28, settings, [start])
    expected = [
        norm.logpdf(data[week], data[:week].mean(), np.hypot(1, week**-0.5))
        for week in (28, 29)
    ]
    np.testing.assert_allclose(found["elpd"], expected, atol=ELPD_TOLERANCE)
