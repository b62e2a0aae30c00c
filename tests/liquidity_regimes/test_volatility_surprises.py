"""Covariates VV and CS against calculations of their own."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.signal import lfilter
from scipy.special import gammaln

from data.arrays import FloatArray
from data.errors import DataError
from data.liquidity_regimes.volatility_surprises import (
    STARTS,
    persistence_surprise,
    residual_on_volatility,
    volatility_of_volatility_surprise,
)
from models.liquidity_regimes.market import simulate_volatilities

DAYS = 1_500
START_DAYS = 200
"""Days after which two choices of the first variance are forgotten."""

SLOPE = 2e-3
"""Of conditional volatility on volatility: the same flat likelihood."""

OPTIMISER = 0.02
"""Of the spread of VV: two optimisers on a flat likelihood."""


def garch_volatility(seed: int = 5) -> pd.Series:
    """AR(1)-GARCH(1,1) with Student-t innovations, as the covariate assumes."""
    rng = np.random.default_rng(seed)
    path = np.empty(DAYS)
    last, shock, variance = 80.0, 0.0, 4.0
    for t in range(DAYS):
        variance = 0.2 + 0.10 * shock**2 + 0.85 * variance
        shock = np.sqrt(variance * 4 / 6) * rng.standard_t(6)
        last = 80 * 0.02 + 0.98 * last + shock
        path[t] = last
    return pd.Series(path, index=pd.bdate_range("2014-04-01", periods=DAYS))


def conditional_variance(theta: FloatArray, shocks: FloatArray) -> FloatArray:
    omega, arch, garch = theta[2:5]
    lagged = np.concatenate([[shocks.var()], shocks[:-1] ** 2])
    variance, _ = lfilter(
        [1.0], [1.0, -garch], omega + arch * lagged, zi=[garch * shocks.var()]
    )
    return variance


def minus_log_likelihood(theta: FloatArray, values: FloatArray) -> float:
    shocks = values[1:] - theta[0] - theta[1] * values[:-1]
    variance = conditional_variance(theta, shocks)
    if (variance <= 0).any():
        return np.inf
    nu = theta[5]
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - np.log(np.pi * (nu - 2)) / 2
    tails = np.log1p(shocks**2 / (variance * (nu - 2)))
    density = constant - np.log(variance) / 2 - (nu + 1) / 2 * tails
    return -float(density.sum())


def test_surprise_is_that_of_an_independent_maximum_likelihood() -> None:
    volatility = garch_volatility()
    values = volatility.to_numpy()
    found = minimize(
        minus_log_likelihood,
        [1.6, 0.98, 0.3, 0.1, 0.8, 6.0],
        args=(values,),
        method="Nelder-Mead",
        options={"maxiter": 4_000, "maxfev": 4_000, "xatol": 1e-5, "fatol": 1e-5},
    )
    shocks = values[1:] - found.x[0] - found.x[1] * values[:-1]
    conditional = np.sqrt(conditional_variance(found.x, shocks))
    design = np.column_stack([np.ones(DAYS - 1), values[1:]])
    line = np.linalg.lstsq(design, conditional)[0]
    residual = conditional - design @ line

    surprise, fit = volatility_of_volatility_surprise(volatility, "memory")

    np.testing.assert_allclose(
        surprise.to_numpy()[1:][START_DAYS:],
        residual[START_DAYS:],
        atol=OPTIMISER * residual.std(),
    )
    assert fit.autoregression == pytest.approx(found.x[1], abs=1e-3)
    assert fit.arch == pytest.approx(found.x[3], abs=5e-3)
    assert fit.garch == pytest.approx(found.x[4], abs=1e-2)
    assert fit.slope_on_volatility == pytest.approx(line[1], abs=SLOPE)
    assert fit.degrees_of_freedom == pytest.approx(found.x[5], rel=0.02)


def test_only_the_first_day_has_no_surprise() -> None:
    surprise, _ = volatility_of_volatility_surprise(garch_volatility(), "memory")
    assert np.flatnonzero(surprise.isna()).tolist() == [0]
    assert surprise.index.equals(garch_volatility().index)


def test_surprise_follows_the_unit_of_volatility() -> None:
    """The maximum does not depend on the scale on which it is searched."""
    volatility = garch_volatility()
    surprise, _ = volatility_of_volatility_surprise(volatility, "memory")
    tenfold, _ = volatility_of_volatility_surprise(volatility * 10, "memory")
    np.testing.assert_allclose(
        tenfold.dropna(), 10 * surprise.dropna(), atol=OPTIMISER * surprise.std()
    )


def test_surprise_finds_the_volatility_of_volatility_that_drew_a_panel() -> None:
    """Jumps, on which a single start of the optimiser ends far from the maximum."""
    simulated = simulate_volatilities(2_441, np.random.default_rng(2))
    truth = simulated["volatility_of_volatility_surprise_bp"]
    surprise, _ = volatility_of_volatility_surprise(
        simulated["volatility_bp"], "memory"
    )
    assert surprise.corr(truth) > 0.8
    assert 0.5 < surprise.std() / truth.std() < 2


def test_calendar_spread_surprise_is_a_least_squares_residual() -> None:
    rng = np.random.default_rng(1)
    volatility = garch_volatility()
    one, three = (volatility * k + rng.normal(0, 3, DAYS) for k in (1.02, 0.98))
    design = np.column_stack([np.ones(DAYS), volatility])
    spread = (three - one).to_numpy()
    np.testing.assert_allclose(
        persistence_surprise(one, three, volatility),
        spread - design @ np.linalg.lstsq(design, spread)[0],
        atol=1e-9,
    )


def test_residuals_are_unrelated_to_volatility_and_missing_with_it() -> None:
    volatility = garch_volatility()
    series = 3 + 0.2 * volatility + np.random.default_rng(1).normal(0, 1, DAYS)
    series.iloc[10] = volatility.iloc[20] = np.nan
    residual = residual_on_volatility(series, volatility)
    assert np.flatnonzero(residual.isna()).tolist() == [10, 20]
    assert residual.mean() == pytest.approx(0, abs=1e-9)
    assert residual.corr(volatility) == pytest.approx(0, abs=1e-9)


def test_volatility_that_is_no_measurement_is_refused() -> None:
    with pytest.raises(DataError, match=r"daily\.csv: .* same amount every day"):
        volatility_of_volatility_surprise(pd.Series(np.full(300, 80.0)), "daily.csv")


def test_a_maximum_that_only_one_start_finds_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "data.liquidity_regimes.volatility_surprises.STARTS", STARTS[:1]
    )
    with pytest.raises(DataError, match="reached no common maximum") as caught:
        volatility_of_volatility_surprise(garch_volatility(), "daily.csv")
    assert "daily.csv" in caught.value.problem
    assert "longer stretch" in caught.value.remedy


def test_starts_that_end_at_different_maxima_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No two results are closer than this.
    monkeypatch.setattr(
        "data.liquidity_regimes.volatility_surprises.SAME_MAXIMUM", -1.0
    )
    with pytest.raises(DataError, match="reached no common maximum"):
        volatility_of_volatility_surprise(garch_volatility(), "daily.csv")
