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
from inference import prediction
from inference.prediction import PARETO_K_THRESHOLD, leave_future_out
from inference.sampling import sample_posterior
from inference.settings import SamplerSettings
from inference.traced.prepared import Past
from tests.inference.toy import KNOWN_SD, known_sd_model, known_sd_posterior

FIRST_WEEK = 20
SETTINGS = SamplerSettings(seed=3, draws=1000, tune=500, chains=4)

# Monte Carlo error of one predictive density from about 1,000 effective draws; observed
# below 0.05. Reweighted by importances with a Pareto k near 0.7, and of an outlying
# week, up to 0.2.
ELPD_TOLERANCE = 0.1
REWEIGHTED_TOLERANCE = 0.3


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
    TOLD.clear()
    return leave_future_out(
        model,
        trace,
        "is_quoted",
        FIRST_WEEK,
        SETTINGS,
        predict=predict_known_sd,
        advance=TOLD.append,
    )


TOLD: list[int] = []
"""Numbers of weeks that `score` told were predicted."""


def test_progress_adds_up_to_the_weeks_that_were_predicted() -> None:
    found = score()
    assert sum(TOLD) == found.sizes["week"]
    assert len(TOLD) in (found.attrs["num_fits"], found.attrs["num_fits"] - 1)


def predict_known_sd(model: pm.Model, draws: xr.Dataset) -> xr.Dataset:
    """Each week is normal around the mean, whatever the weeks before it."""
    data = model.rvs_to_values[model["y"]].eval()
    mean = draws["mean"].to_numpy().reshape(-1, 1)
    below = norm.cdf(data, mean, KNOWN_SD)
    quoted = model["is_quoted"].get_value() > 0
    return xr.Dataset(
        {"pit": (("sample", "week"), np.where(quoted, below, np.nan))},
        coords={"week": np.arange(len(data))},
    )


def exact_log_scores(data: np.ndarray) -> np.ndarray:
    scores = []
    for week in range(FIRST_WEEK, len(data)):
        mean, sd = known_sd_posterior(data[:week])
        scores.append(norm.logpdf(data[week], mean, np.hypot(sd, KNOWN_SD)))
    return np.array(scores)


def test_each_week_is_scored_by_its_exact_predictive_density() -> None:
    exact = exact_log_scores(weeks_with_a_break())
    np.testing.assert_allclose(score()["elpd"], exact, atol=REWEIGHTED_TOLERANCE)
    is_fitted = np.isnan(score()["pareto_k"].to_numpy())
    np.testing.assert_allclose(
        score()["elpd"][is_fitted], exact[is_fitted], atol=ELPD_TOLERANCE
    )


def test_each_week_has_the_probability_below_it_given_the_weeks_before() -> None:
    data = weeks_with_a_break()
    exact = []
    for week in range(FIRST_WEEK, len(data)):
        mean, sd = known_sd_posterior(data[:week])
        exact.append(norm.cdf(data[week], mean, np.hypot(sd, KNOWN_SD)))
    found = score()["pit"]
    assert found["week"].to_numpy().tolist() == list(range(FIRST_WEEK, 45))
    # A probability from a thousand effective draws, a hundred of which are left by the
    # heaviest weights; given all weeks it would differ by up to 0.2.
    np.testing.assert_allclose(found, exact, atol=0.05)
    mean, sd = known_sd_posterior(data)
    in_sample = norm.cdf(data[FIRST_WEEK:], mean, np.hypot(sd, KNOWN_SD))
    assert np.abs(in_sample - exact).max() > 0.2


def test_a_model_that_predicts_nothing_is_scored_alone() -> None:
    _, found, _ = score_in_units_of_the_past()
    assert set(found.data_vars) == {"elpd", "pareto_k"}


def test_weeks_are_those_from_the_first_on() -> None:
    assert score()["week"].values.tolist() == list(range(FIRST_WEEK, 45))


def test_the_model_is_fitted_again_after_a_break_but_not_every_week() -> None:
    assert 1 < score().attrs["num_fits"] < 12
    assert score().attrs["reliable"] == 1


def test_fits_are_judged_by_their_worst_chain_and_counted() -> None:
    assert 1 <= score().attrs["max_r_hat"] < 1.05
    assert score().attrs["num_divergences"] == 0


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


TRUE_MEAN = 3.0
FIRST_OF_FEW = 24
FEW_DRAWS = SamplerSettings(seed=3, draws=500, tune=300, chains=2)


def model_in_units_of_the_data(data: np.ndarray) -> pm.Model:
    """Normal weeks of known spread; the prior of their mean is as wide as `unit`."""
    with pm.Model(coords={"week": np.arange(len(data))}) as model:
        is_quoted = pm.Data("is_quoted", np.ones(len(data)), dims="week")
        unit = pm.Data("unit", 50.0)
        relative = pm.Normal("relative")

        def logp(value: Variable, mean: Variable, seen: Variable) -> Any:
            return seen * pm.logp(pm.Normal.dist(mean, KNOWN_SD), value)

        pm.CustomDist(
            "y", unit * relative, is_quoted, logp=logp, observed=data, dims="week"
        )
    return model


def unit_of_the_past(num_weeks: int) -> float:
    """Narrow enough to pull the mean, and another for every past."""
    return 6.0 / num_weeks


@cache
def score_in_units_of_the_past() -> tuple[np.ndarray, xr.Dataset, pm.Model]:
    data = np.random.default_rng(4).normal(TRUE_MEAN, KNOWN_SD, size=26)
    model = model_in_units_of_the_data(data)
    shape = (2, 500, len(data))
    densities = xr.Dataset({"y": (("chain", "draw", "week"), np.zeros(shape))})
    trace = xr.DataTree.from_dict({"log_likelihood": densities, "posterior": densities})
    found = leave_future_out(
        model,
        trace,
        "is_quoted",
        FIRST_OF_FEW,
        FEW_DRAWS,
        lambda weeks: Past({"unit": np.asarray(unit_of_the_past(weeks))}, ()),
    )
    return data, found, model


def test_priors_of_a_fit_know_nothing_of_later_weeks() -> None:
    data, found, _ = score_in_units_of_the_past()
    seen = data[:FIRST_OF_FEW]
    precision = len(seen) / KNOWN_SD**2 + unit_of_the_past(FIRST_OF_FEW) ** -2
    mean, sd = seen.sum() / KNOWN_SD**2 / precision, precision**-0.5
    expected = norm.logpdf(data[FIRST_OF_FEW], mean, np.hypot(sd, KNOWN_SD))
    assert float(found["elpd"][0]) == pytest.approx(expected, abs=ELPD_TOLERANCE)
    # With the model's own unit the week would be scored elsewhere.
    wide = norm.logpdf(data[FIRST_OF_FEW], seen.mean(), np.hypot(0.4, KNOWN_SD))
    assert abs(wide - expected) > 2 * ELPD_TOLERANCE


def test_the_model_has_its_own_data_again_after_it_was_scored() -> None:
    data, _, model = score_in_units_of_the_past()
    assert float(model["unit"].get_value()) == 50.0
    assert model["is_quoted"].get_value().tolist() == [1.0] * len(data)


def test_chains_that_disagree_make_a_score_unreliable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = np.random.default_rng(4).normal(TRUE_MEAN, KNOWN_SD, size=22)
    model = known_sd_model(data)
    shape = (2, 500, len(data))
    densities = xr.Dataset({"y": (("chain", "draw", "week"), np.zeros(shape))})
    trace = xr.DataTree.from_dict({"log_likelihood": densities, "posterior": densities})
    monkeypatch.setattr(
        prediction.az, "rhat", lambda draws: draws.isel(chain=0, draw=0) * 0 + 1.2
    )
    found = leave_future_out(model, trace, "is_quoted", 20, FEW_DRAWS)
    assert found.attrs["max_r_hat"] == pytest.approx(1.2)
    assert found.attrs["reliable"] == 0


@pytest.mark.parametrize("value", [np.nan, np.inf])
# The score itself is no number then, which ArviZ says in its own words.
@pytest.mark.filterwarnings("ignore")
def test_a_draw_that_is_no_number_makes_a_score_unreliable(
    monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    data = np.random.default_rng(4).normal(TRUE_MEAN, KNOWN_SD, size=21)
    shape = (2, 500, len(data))
    densities = xr.Dataset({"y": (("chain", "draw", "week"), np.zeros(shape))})
    trace = xr.DataTree.from_dict({"log_likelihood": densities, "posterior": densities})
    sample = prediction.sample_compiled

    def broken(*arguments: Any) -> xr.DataTree:
        fit = sample(*arguments)
        fit["posterior"]["mean"][{"chain": 0, "draw": 3}] = value
        return fit

    monkeypatch.setattr(prediction, "sample_compiled", broken)
    model = known_sd_model(data)
    found = leave_future_out(model, trace, "is_quoted", 20, FEW_DRAWS)
    assert found.attrs["max_r_hat"] == np.inf
    assert found.attrs["reliable"] == 0


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


@pytest.mark.long
def test_fits_of_the_past_start_at_the_highest_mode_rather_than_a_lesser_one() -> None:
    data = 4 + np.random.default_rng(5).normal(size=30)
    model = model_with_a_lesser_mode(data)
    settings = SamplerSettings(seed=3, draws=500, tune=300, chains=2)
    start = {"scale": np.array(4.0)}
    densities = xr.Dataset({"y": (("chain", "draw", "week"), np.zeros((2, 500, 30)))})
    trace = xr.DataTree.from_dict({"log_likelihood": densities, "posterior": densities})
    found = leave_future_out(
        model, trace, "is_quoted", 28, settings, lambda _: Past({}, [start])
    )
    expected = [
        norm.logpdf(data[week], data[:week].mean(), np.hypot(1, week**-0.5))
        for week in (28, 29)
    ]
    np.testing.assert_allclose(found["elpd"], expected, atol=ELPD_TOLERANCE)
