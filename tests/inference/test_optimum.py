from functools import cache

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr
from scipy.stats import norm

from data.errors import DataError
from inference.sampling.optimum import PosteriorModeSearch, posterior_mode
from tests.inference.toy import (
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
    found = posterior_mode(two_peaks(), seed=0, num_starts=1, starts=starts).starts
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


def test_modes_are_weighed_on_the_scale_of_the_sampler() -> None:
    """Evidence of a normal mean of known spread, sampled as a logarithm."""
    data, shift = toy_data(), 20.0
    with pm.Model() as model:
        distance = pm.HalfFlat("distance", initval=15.0)
        pm.Normal("y", shift - distance, KNOWN_SD, observed=data)
    search = PosteriorModeSearch(model)
    found = search.weigh(search(seed=1))
    mean, sd = data.mean(), KNOWN_SD / np.sqrt(len(data))
    # Flat in the distance: the evidence is the integral of the likelihood over it.
    evidence = norm.logpdf(data, mean, KNOWN_SD).sum() + np.log(sd * np.sqrt(2 * np.pi))
    mass = float(found["log_density"][0] + found["log_volume"][0])
    # Laplace errs by the square of the logarithm's spread, 2e-4. A mass without the
    # Jacobian would be off by the logarithm of the distance, 2.8.
    assert mass == pytest.approx(evidence, abs=1e-3)
    assert found["mode_mass"].values.tolist() == [1.0]


def test_each_of_two_modes_has_its_mass_and_its_place() -> None:
    search = PosteriorModeSearch(two_peaks())
    found = search.weigh(search(seed=0, num_starts=8))
    assert found["location"].values == pytest.approx([1.5, -1.5], abs=1e-3)
    # Equal widths: e^3 to one.
    assert found["mode_mass"].values == pytest.approx(
        [1 / (1 + np.exp(-3)), 1 / (1 + np.exp(3))], abs=1e-3
    )
    assert int(found["num_starts"].sum()) == 8


def test_approximation_of_a_normal_posterior_is_exact() -> None:
    """A normal mean of known noise, beside a scale that is sampled as its logarithm."""
    observed = np.array([1.0, 2.0, 4.0, 5.0])
    with pm.Model() as model:
        mean = pm.Normal("mean", 0, 10)
        pm.LogNormal("unrelated", 0, 1)
        pm.Normal("y", mean, 2.0, observed=observed)
    search = PosteriorModeSearch(model)
    found = search.approximate(search(1, num_starts=1))
    precision = len(observed) / 2.0**2 + 1 / 10**2
    assert list(found.data_vars) == ["mean"]
    expected = [observed.sum() / 2.0**2 / precision, precision**-0.5]
    # The search stops at a slope of 1e-4, and the curvature is one.
    assert found["mean"].to_numpy() == pytest.approx(expected, abs=1e-4)
