from functools import cache

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr
from scipy.stats import norm

from data.errors import DataError
from inference.optimum import posterior_mode
from tests.inference_toy import (
    KNOWN_SD,
    known_sd_model,
    known_sd_posterior,
    toy_data,
    toy_model,
)

# The search stops at a slope of 1e-4; the curvature is 15 a unit.
MODE_TOLERANCE = 1e-5


@cache
def mode() -> xr.Dataset:
    return posterior_mode(known_sd_model(toy_data()), seed=1).mode


def test_mode_of_a_normal_mean_is_the_posterior_mean() -> None:
    mean, _ = known_sd_posterior(toy_data())
    assert float(mode()["mean"]) == pytest.approx(mean, abs=MODE_TOLERANCE)


def test_aic_counts_parameters_and_leaves_the_prior_out() -> None:
    mean, _ = known_sd_posterior(toy_data())
    log_likelihood = norm.logpdf(toy_data(), mean, KNOWN_SD).sum()
    assert mode().attrs["num_parameters"] == 1
    assert mode().attrs["log_likelihood"] == pytest.approx(log_likelihood)
    assert mode().attrs["aic"] == pytest.approx(2 - 2 * log_likelihood)


def test_all_starts_reach_the_only_mode() -> None:
    assert mode().attrs["num_starts_at_mode"] == mode().attrs["num_starts"]


def test_parameters_keep_their_dimensions_and_fitted_values_stay_out() -> None:
    found = posterior_mode(toy_model(), seed=1, num_starts=2).mode
    assert set(found.data_vars) == {"mean", "sd", "unrelated"}
    assert found["unrelated"].dims == ("market",)
    assert found.attrs["num_parameters"] == 4


def two_peaks() -> pm.Model:
    """A density that is highest at 1.5 and has a lesser mode at -1.5."""
    with pm.Model() as model:
        location = pm.Flat("location", initval=0.0)
        density = pm.math.logaddexp(
            -0.5 * ((location + 1.5) / 0.4) ** 2,
            3.0 - 0.5 * ((location - 1.5) / 0.4) ** 2,
        )
        pm.Potential("two_peaks", density)
    return model


def test_the_higher_of_two_modes_is_found() -> None:
    found = posterior_mode(two_peaks(), seed=0, num_starts=8).mode
    assert float(found["location"]) == pytest.approx(1.5, abs=1e-3)
    assert 0 < found.attrs["num_starts_at_mode"] < 8


def test_a_start_that_the_data_suggest_is_searched_from_too() -> None:
    starts = [{"location": np.array(-1.6)}, {"location": np.array(1.4)}]
    _, found = posterior_mode(two_peaks(), seed=0, num_starts=1, starts=starts)
    assert found["kind"].values.tolist() == ["data-driven", "data-driven", "scattered"]
    assert found["mode"].values.tolist()[:2] == [1, 0]
    # The peaks differ by three nats.
    assert float(found["log_density"][1] - found["log_density"][0]) == pytest.approx(
        3.0, abs=MODE_TOLERANCE
    )
    assert found.attrs["num_at_best"] == int((found["mode"] == 0).sum())


def test_a_density_that_is_nowhere_finite_is_refused() -> None:
    with pm.Model() as model:
        pm.Normal("location")
        pm.Potential("nothing", pt.constant(-np.inf))
    with pytest.raises(DataError, match="finite density"):
        posterior_mode(model, seed=0, num_starts=2)
