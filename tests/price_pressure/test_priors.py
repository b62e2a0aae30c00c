"""What the priors say, and prior predictive checks of what they imply."""

import inspect
import re
from dataclasses import fields
from functools import cache

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.stats import lognorm, norm

from data.price_pressure.panel import panel_from_frame
from models.price_pressure.model import (
    SAMPLED_DECAY,
    PricePressurePriors,
    price_pressure_model,
)
from models.price_pressure.simulation import simulate_price_pressure
from models.priors import LogNormalPrior
from tests.price_pressure.systems import loading_of, twin_panel

VARIANT = "cash-futures-order-flow"
NUM_WEEKS = 260
NUM_DRAWS = 400
ROUNDING = 1e-7
"""Relative; PyMC and SciPy round the constants of the normal density differently."""

SHARE_ERROR = 4 * np.sqrt(0.25 / NUM_DRAWS)
"""Four standard errors of a share near one half of independent draws: 10 points."""

CUSTOM = PricePressurePriors(
    price_pressure_sd=0.7,
    price_discovery_sd=0.3,
    half_life_weeks=LogNormalPrior(median=100.0, log_sd=0.8),
    factor_mean_bp=(300.0, -100.0, 50.0),
    factor_mean_sd_bp=(90.0, 80.0, 70.0),
    initial_factor_sd_bp=25.0,
    factor_innovation_sd_bp=LogNormalPrior(median=5.0, log_sd=0.6),
    yield_noise_sd_bp=LogNormalPrior(median=2.0, log_sd=0.4),
    decay_per_month=LogNormalPrior(median=0.05, log_sd=0.2),
)


@cache
def model_with(priors: PricePressurePriors) -> pm.Model:
    return price_pressure_model(twin_panel(VARIANT), VARIANT, priors)


@cache
def prior_draws() -> xr.DataTree:
    """Parameters and yields of five years, without the draws' chain dimension."""
    frame = simulate_price_pressure(VARIANT, seed=1, num_weeks=NUM_WEEKS)
    with price_pressure_model(panel_from_frame(frame, "twin"), VARIANT):
        draws = pm.sample_prior_predictive(
            NUM_DRAWS, random_seed=1, compile_kwargs={"mode": "FAST_COMPILE"}
        )
        groups = "prior", "prior_predictive", "constant_data"
        return xr.DataTree.from_dict(
            {name: draws[name].to_dataset().squeeze(drop=True) for name in groups}
        )


def shape_of(model: pm.Model, name: str) -> tuple[int, ...]:
    return tuple(len(model.coords[d]) for d in model.named_vars_to_dims.get(name, ()))


def central_range(prior: LogNormalPrior) -> tuple[float, float]:
    """The 95 percent interval."""
    low, high = lognorm(s=prior.log_sd, scale=prior.median).interval(0.95)
    return low, high


def test_every_prior_is_documented_and_every_documented_prior_exists() -> None:
    lines = inspect.cleandoc(PricePressurePriors.__doc__)
    entries = re.findall(r"^(\w[\w, ]*) : ", lines, re.MULTILINE)
    names = [field.name for field in fields(PricePressurePriors)]
    assert [name for entry in entries for name in entry.split(", ")] == names


@pytest.mark.parametrize("priors", [PricePressurePriors(), CUSTOM])
def test_priors_are_those_of_the_docstring(priors: PricePressurePriors) -> None:
    model = model_with(priors)

    def logged(prior: LogNormalPrior) -> object:
        return lognorm(s=prior.log_sd, scale=prior.median)

    expected = {
        "price_pressure": norm(0, priors.price_pressure_sd),
        "price_discovery": norm(0, priors.price_discovery_sd),
        "factor_mean_bp": norm(priors.factor_mean_bp, priors.factor_mean_sd_bp),
        "half_life_weeks": logged(priors.half_life_weeks),
        "factor_innovation_sd_bp": logged(priors.factor_innovation_sd_bp),
        "yield_noise_sd_bp": logged(priors.yield_noise_sd_bp),
    }
    if isinstance(priors.decay_per_month, LogNormalPrior):
        expected["decay_per_month"] = logged(priors.decay_per_month)
    assert {rv.name for rv in model.free_RVs} == set(expected)
    rng = np.random.default_rng(2)
    for name, distribution in expected.items():
        value = rng.uniform(0.5, 3, shape_of(model, name))
        ours = pm.logp(model[name], value).eval(mode="FAST_COMPILE")
        assert_allclose(ours, distribution.logpdf(value), rtol=ROUNDING, err_msg=name)


@pytest.mark.parametrize("name", ["price_pressure", "price_discovery"])
def test_no_prior_imposes_the_sign_of_an_effect(name: str) -> None:
    model = model_with(PricePressurePriors())
    effect = np.random.default_rng(3).normal(size=shape_of(model, name))
    there, back = (
        pm.logp(model[name], sign * effect).eval(mode="FAST_COMPILE")
        for sign in (1, -1)
    )
    assert_allclose(there, back, rtol=0)
    positive = (prior_draws()[f"prior/{name}"] > 0).mean("draw")
    assert_allclose(positive, 0.5, atol=SHARE_ERROR)


def test_the_half_life_is_that_of_the_persistence() -> None:
    prior = prior_draws()["prior"]
    shock_left = prior["persistence"] ** prior["half_life_weeks"]
    assert_allclose(shock_left, 0.5, rtol=1e-6)
    assert ((prior["persistence"] > 0) & (prior["persistence"] < 1)).all()


def test_the_first_week_is_around_the_prior_mean_whatever_the_dynamics() -> None:
    """Variance of the first week's yields: the factors', plus pressure and noise."""
    draws = prior_draws()
    priors = PricePressurePriors()
    inventory = draws["constant_data/inventory_dv01_musd"].isel(week=0)
    pressure = (inventory * draws["prior/price_pressure"]).sum("inventory_market")
    efficient = draws["prior_predictive/yield_bp"].isel(week=0) - pressure
    loading = loading_of(0.0609)
    sd = priors.initial_factor_sd_bp * np.sqrt((loading**2).sum(axis=1))
    mean = loading @ priors.factor_mean_bp
    # Five standard errors; the noise, some 5 bp, is nothing beside 400.
    error = 5 / np.sqrt(NUM_DRAWS)
    values = efficient.transpose("draw", "tenor").to_numpy()
    assert_allclose((values.mean(axis=0) - mean) / sd, 0, atol=error)
    assert_allclose(values.std(axis=0) / sd, 1, atol=error / np.sqrt(2))


@pytest.mark.parametrize(
    ("prior", "low", "high"),
    [
        # "a quarter to a century", in weeks
        (PricePressurePriors().half_life_weeks, 13, 5_200),
        # "from 1 to 70" and "from 0.4 to 20" basis points
        (PricePressurePriors().factor_innovation_sd_bp, 1.4, 71),
        (PricePressurePriors().yield_noise_sd_bp, 0.42, 21),
    ],
)
def test_documented_ranges_are_the_central_95_percent(
    prior: LogNormalPrior, low: float, high: float
) -> None:
    # The documentation rounds.
    assert_allclose(central_range(prior), (low, high), rtol=0.06)


def test_the_sampled_decay_peaks_curvature_where_documented() -> None:
    # The curvature loading peaks where decay * maturity is 1.793 (Diebold & Li 2006).
    low, high = central_range(SAMPLED_DECAY)
    assert_allclose((1.793 / high, 1.793 / low), (11, 78), rtol=0.02)


def test_weekly_changes_of_prior_yields_are_those_of_a_bond_market() -> None:
    """US yields moved by 5 (2012) to 45 bp (1980-82) a week, over decades by 10 to 20.

    A panel simulated from the prior has to be able to look like any of these, and
    rarely like a market that stands still or moves by percentage points each week.
    """
    yields = prior_draws()["prior_predictive/yield_bp"]
    typical = yields.diff("week").std("week")
    plausible = ((typical > 3) & (typical < 100)).mean("draw")
    assert (plausible > 0.95).all()
    for low, high in [(3, 15), (40, 100)]:
        assert (((typical > low) & (typical < high)).mean("draw") > 0.03).all()
    assert (typical.median("draw") > 10).all()
    assert (typical.median("draw") < 35).all()


def test_prior_yields_have_the_height_of_yields() -> None:
    """US yields since 1961 lay between 0 and 16 percent.

    Most of the prior's should, and hardly any be beyond twice that: the factors are
    normal and the first week's are wide, so negative yields have to be put up with.
    """
    yields = prior_draws()["prior_predictive/yield_bp"]
    inside = (yields > 0) & (yields < 1_600)
    assert (inside.mean(["draw", "week"]) > 0.7).all()
    credible = (yields > -1_600) & (yields < 3_200)
    assert (credible.mean(["draw", "week"]) > 0.98).all()


def test_prior_price_pressures_reach_far_beyond_those_of_the_paper() -> None:
    """The paper's reach 5 bp on average, nearly 30 at most (Figure 3).

    The prior must not rule those out, nor a market without any, nor expect pressures of
    percentage points.
    """
    draws = prior_draws()
    inventory = draws["constant_data/inventory_dv01_musd"]
    pressure = (inventory * draws["prior/price_pressure"]).sum("inventory_market")
    size = np.abs(pressure)
    assert 5 < size.median() < 30
    assert 30 < size.quantile(0.95) < 150
    assert (size < 3).mean() > 0.05


def test_prior_order_flow_moves_factors_by_what_is_documented() -> None:
    """A typical surprise moves a factor by less than a week moves it altogether."""
    draws = prior_draws()
    surprise = draws["constant_data/order_flow_surprise_busd"].std("week")
    assert (surprise > 2).all()
    assert (surprise < 10).all()
    moved = (np.abs(draws["prior/price_discovery"]) * surprise).median()
    assert 1 < moved < PricePressurePriors().factor_innovation_sd_bp.median
