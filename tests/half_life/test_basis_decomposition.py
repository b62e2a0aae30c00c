"""The decomposition against statsmodels and against one large Gaussian vector."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import multivariate_normal
from statsmodels.tsa.statespace.structural import UnobservedComponents

from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.published import published_decomposition
from models.half_life.basis_decomposition import (
    BasisDecompositionPriors,
    basis_decomposition_model,
    trading_days,
)
from models.half_life.basis_simulation import simulate_basis

NUM_DAYS = 120
PRIORS = BasisDecompositionPriors(initial_level_mean_bp=20.0, initial_level_sd_bp=15.0)
PYTHON = "FAST_COMPILE"
"""No compilation of the graph; the filter inside is compiled all the same."""

# Two double precision recursions over 120 days in another order of operations.
RECURSION = 1e-8
# The dense side factorises a matrix whose eigenvalues span from 0.01 to 1e4.
DENSE = 1e-8
# A central difference with step 1e-5 of a log density of hundreds loses
# 1e-13 * 1e2 / 1e-5 = 1e-6 to rounding.
DIFFERENCES = 1e-5
# Monte Carlo: a standard deviation of 1,000 draws is known to 2.2 percent; five.
SD = 0.11

POINTS: dict[str, dict[str, tuple[float, float]]] = {
    "typical": {
        "half_life_days": (5.0, 2.0),
        "innovation_sd_bp": (1.5, 0.8),
        "deviation_innovation_share": (0.4, 0.7),
        "noise_sd_bp": (0.9, 1.2),
    },
    "nearly a second level": {
        "half_life_days": (300.0, 80.0),
        "innovation_sd_bp": (1.0, 2.0),
        "deviation_innovation_share": (0.95, 0.999),
        "noise_sd_bp": (0.5, 0.1),
    },
    "hardly any deviation": {
        "half_life_days": (1.0, 30.0),
        "innovation_sd_bp": (2.0, 1.0),
        "deviation_innovation_share": (1e-6, 0.01),
        "noise_sd_bp": (2.0, 3.0),
    },
}
every_point = pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)


@cache
def model() -> pm.Model:
    frame = simulate_basis(1, NUM_DAYS)[["date", "basis_2y_bp", "basis_5y_bp"]]
    frame.loc[[30, 31, 70], "basis_5y_bp"] = np.nan
    frame.loc[90:94, ["basis_2y_bp", "basis_5y_bp"]] = np.nan
    return basis_decomposition_model(basis_panel_from_frame(frame, "twin"), PRIORS)


@cache
def compiled() -> Any:
    """Log density of each day, and of all with its gradient."""
    (by_day,) = model().logp(vars=[model()["basis_bp"]], sum=False)
    return (
        model().compile_fn(by_day, mode=PYTHON),
        model().compile_fn([model().logp(), model().dlogp()], mode=PYTHON),
    )


def unconstrained(point: dict[str, Any]) -> dict[str, NDArray[np.float64]]:
    return {
        "half_life_days_log__": np.log(point["half_life_days"]),
        "innovation_sd_bp_log__": np.log(point["innovation_sd_bp"]),
        "deviation_innovation_share_interval__": logit(
            point["deviation_innovation_share"]
        ),
        "noise_sd_bp_log__": np.log(point["noise_sd_bp"]),
    }


def quoted() -> NDArray[np.float64]:
    basis = model()["quoted_basis_bp"].get_value()
    return np.where(model()["is_quoted"].get_value() == 1, basis, np.nan)


def variances(point: dict[str, Any]) -> NDArray[np.float64]:
    """Noise, level and deviation variance by tenor, and the persistence."""
    total = np.square(point["innovation_sd_bp"])
    share = np.array(point["deviation_innovation_share"])
    noise = np.square(point["noise_sd_bp"])
    persistence = 2.0 ** (-1 / np.array(point["half_life_days"]))
    return np.array([noise, total * (1 - share), total * share, persistence])


def statsmodels_log_density(
    basis: NDArray[np.float64], parameters: NDArray[np.float64]
) -> NDArray[np.float64]:
    reference = UnobservedComponents(basis, level="llevel", autoregressive=1)
    _, _, deviation, persistence = parameters
    reference.ssm.initialize_known(
        np.array([PRIORS.initial_level_mean_bp, 0.0]),
        np.diag([PRIORS.initial_level_sd_bp**2, deviation / (1 - persistence**2)]),
    )
    reference.loglikelihood_burn = 0
    assert reference.param_names == [
        "sigma2.irregular",
        "sigma2.level",
        "sigma2.ar",
        "ar.L1",
    ]
    return reference.filter(parameters).llf_obs


@every_point
def test_each_days_density_is_that_of_statsmodels(point: dict[str, Any]) -> None:
    by_day, _ = compiled()
    expected = sum(
        statsmodels_log_density(quoted()[:, k], variances(point)[:, k])
        for k in range(2)
    )
    np.testing.assert_allclose(
        by_day(unconstrained(point)), expected, rtol=RECURSION, atol=RECURSION
    )


@every_point
def test_sum_is_the_density_of_one_gaussian_vector(point: dict[str, Any]) -> None:
    by_day, _ = compiled()
    days = np.arange(NUM_DAYS)
    expected = 0.0
    for k in range(2):
        noise, level, deviation, persistence = variances(point)[:, k]
        covariance = (
            PRIORS.initial_level_sd_bp**2
            + level * np.minimum.outer(days, days)
            + deviation
            / (1 - persistence**2)
            * persistence ** np.abs(np.subtract.outer(days, days))
            + noise * np.eye(NUM_DAYS)
        )
        seen = np.isfinite(quoted()[:, k])
        expected += multivariate_normal(
            np.full(seen.sum(), PRIORS.initial_level_mean_bp),
            covariance[np.ix_(seen, seen)],
        ).logpdf(quoted()[seen, k])
    assert by_day(unconstrained(point)).sum() == pytest.approx(expected, rel=DENSE)


@every_point
def test_gradient_is_the_slope(point: dict[str, Any]) -> None:
    _, with_gradient = compiled()
    at = unconstrained(point)
    _, gradient = with_gradient(at)
    slopes = []
    for name, values in at.items():
        for k in range(len(values)):
            ends = []
            for step in (1e-5, -1e-5):
                moved = {**at, name: values + step * np.eye(len(values))[k]}
                ends.append(with_gradient(moved)[0])
            slopes.append((ends[0] - ends[1]) / 2e-5)
    np.testing.assert_allclose(
        gradient, slopes, rtol=DIFFERENCES, atol=DIFFERENCES * 10
    )


def test_day_without_any_basis_says_nothing() -> None:
    by_day, _ = compiled()
    density = by_day(unconstrained(POINTS["typical"]))
    missing = np.isnan(quoted()).all(axis=1)
    assert missing.sum() == 5
    np.testing.assert_array_equal(density[missing], 0.0)


def test_posterior_variables_have_the_names_and_units_of_the_report() -> None:
    names = {variable.name for variable in model().free_RVs + model().deterministics}
    assert names == {
        "half_life_days",
        "persistence",
        "innovation_sd_bp",
        "deviation_innovation_share",
        "level_innovation_sd_bp",
        "deviation_innovation_sd_bp",
        "noise_sd_bp",
    }
    assert all(model().named_vars_to_dims[name] == ("tenor",) for name in names)
    assert model().coords["tenor"] == (2, 5)


def test_prior_holds_the_published_half_lives_and_plausible_series() -> None:
    with model():
        prior = pm.sample_prior_predictive(400, random_seed=1, backend=PYTHON)
    half_life = prior["prior"]["half_life_days"]
    low, high = half_life.quantile([0.05, 0.95]).to_numpy()
    # Published: 2.0 to 16.5 days. 90 percent between 1.9 and 13.4, by its definition.
    assert 1.5 < low < 2.2
    assert 11.0 < high < 16.0
    basis = prior["prior_predictive"]["basis_bp"]
    change_sd = basis.diff("day").std("day").to_numpy()
    assert 1.0 < np.median(change_sd) < 6.0
    assert np.quantile(np.abs(basis), 0.99) < 500.0


def test_replicated_series_have_the_moments_of_the_model() -> None:
    point = POINTS["typical"]
    noise, level, deviation, persistence = variances(point)
    fixed = pm.do(model(), {name: np.array(value) for name, value in point.items()})
    draws = pm.draw(fixed["basis_bp"], 1000, mode=PYTHON, random_seed=2)
    stationary = deviation / (1 - persistence**2)
    last = draws[:, -1] - draws[:, 0]
    expected = np.sqrt(
        level * (NUM_DAYS - 1)
        + 2 * stationary * (1 - persistence ** (NUM_DAYS - 1))
        + 2 * noise
    )
    np.testing.assert_allclose(last.std(axis=0), expected, rtol=SD)
    change = np.diff(draws[:, :2], axis=1)[:, 0]
    expected = np.sqrt(level + 2 * stationary * (1 - persistence) + 2 * noise)
    np.testing.assert_allclose(change.std(axis=0), expected, rtol=SD)


def test_holidays_are_no_days_of_the_model_and_longer_gaps_are() -> None:
    days = pd.bdate_range("2020-01-01", periods=10)
    basis = np.ones((10, 2))
    basis[3] = np.nan
    basis[5:8] = np.nan
    basis[9, 0] = np.nan
    dataset = xr.Dataset(
        {"basis_bp": (("day", "tenor"), basis)}, coords={"day": days, "tenor": [5, 10]}
    )
    kept = trading_days(dataset)["day"].to_numpy()
    np.testing.assert_array_equal(kept, np.delete(days.to_numpy(), 3))


@pytest.mark.parametrize("tenor", [2, 5, 10, 20])
def test_of_the_published_half_lives_only_that_of_20_years_bears_on_the_data(
    shared: Path, tenor: int
) -> None:
    raw = shared / "data" / "tips_basis" / "tips_treasury_implied_rf_2010.parquet"
    published = published_decomposition([tenor]).isel(tenor=0)
    noise, level, deviation = (
        published[name].item() ** 2
        for name in (
            "noise_sd_bp",
            "level_innovation_sd_bp",
            "deviation_innovation_sd_bp",
        )
    )
    reference = UnobservedComponents(
        pd.read_parquet(raw)[f"arb_{tenor}"].to_numpy(),
        level="llevel",
        autoregressive=1,
    )
    densities = [
        reference.loglike([noise, level, deviation, persistence])
        for persistence in (0.1, published["persistence"].item(), 0.99)
    ]
    # Log likelihoods, nats: one is already a visible difference.
    assert (np.ptp(densities) > 1.0) == (tenor == 20)
