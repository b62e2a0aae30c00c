"""The variants whose errors persist, against their equations written out."""

import numpy as np
import pytest

from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from models.price_pressure.model import PricePressurePriors, price_pressure_model
from models.price_pressure.persistent_errors import PersistentErrorsPriors
from models.price_pressure.variants import (
    PERSISTENT_ERRORS_VARIANTS,
    VARIANTS,
)
from tests.price_pressure.systems import loading_of, twin_frame

CONSTANT = "cash-inventory-persistent-errors-constant-volatility"

RELATIVE = 1e-8
"""A dense normal of 240 cells against a recursion, both in double precision."""


def panel_of(variant: str) -> PricePressurePanel:
    """A short twin of the paper's variant with all inventories and flows."""
    return panel_from_frame(twin_frame("cash-futures-order-flow"), variant)


@pytest.mark.parametrize("name", PERSISTENT_ERRORS_VARIANTS)
def test_every_variant_has_a_finite_density_at_its_start(name: str) -> None:
    model = price_pressure_model(panel_of(name), name)
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_names_are_those_of_the_papers_with_a_suffix() -> None:
    for name in VARIANTS:
        variant = PERSISTENT_ERRORS_VARIANTS[f"{name}-persistent-errors"]
        assert variant.inventory_markets == VARIANTS[name].inventory_markets
        flows = {(t.market, t.tenor) for t in VARIANTS[name].order_flow_terms}
        assert len(variant.order_flow_terms) == 3 * len(flows)


def test_priors_of_the_other_kind_are_refused() -> None:
    panel = panel_of("x")
    with pytest.raises(TypeError, match="PersistentErrorsPriors"):
        price_pressure_model(panel, CONSTANT, PricePressurePriors())
    with pytest.raises(TypeError, match="PricePressurePriors"):
        price_pressure_model(panel, "cash-inventory", PersistentErrorsPriors())


def test_density_is_that_of_correlated_factors_and_persistent_errors() -> None:
    """The joint normal of all cells from equations (1) to (3), without rotation."""
    frame = twin_frame("cash-inventory")
    yields = frame.filter(like="yield").to_numpy(copy=True)
    yields[[3, 20, 20], [1, 0, 2]] = np.nan
    frame[[f"yield_{tenor}y_bp" for tenor in (2, 5, 10, 20)]] = yields
    model = price_pressure_model(panel_from_frame(frame, "twin"), CONSTANT)
    rng = np.random.default_rng(4)
    point = {
        name: value + 0.3 * rng.standard_normal(value.shape)
        for name, value in model.initial_point().items()
    }
    names = [
        "decay_per_month",
        "factor_persistence",
        "factor_mean_bp",
        "factor_innovation_sd_bp",
        "factor_innovation_correlation",
        "error_persistence",
        "error_innovation_sd_bp",
        "yield_noise_sd_bp",
        "intercept_bp",
        "price_pressure",
    ]
    evaluate = model.compile_fn(
        model.replace_rvs_by_values([model[name] for name in names]),
        inputs=model.value_vars,
        on_unused_input="ignore",
    )
    values = dict(zip(names, evaluate(point), strict=True))
    inventory = frame[[f"dv01_cash_{t}y_musd" for t in (2, 5, 10, 20)]].to_numpy()
    expected = dense_density(yields, inventory, values)
    observed = model.compile_logp(vars=[model["yield_bp"]])(point)
    np.testing.assert_allclose(observed, expected, rtol=RELATIVE)


def dense_density(yields, inventory, p):
    """Log density of all quoted yields, from their joint covariance."""
    weeks, tenors = yields.shape
    lag = np.abs(np.subtract.outer(np.arange(weeks), np.arange(weeks)))
    first = np.minimum.outer(np.arange(weeks), np.arange(weeks))
    theta, gamma = p["factor_persistence"], loading_of(p["decay_per_month"])
    correlation = np.eye(3)
    correlation[np.triu_indices(3, 1)] = p["factor_innovation_correlation"]
    correlation = correlation + correlation.T - np.eye(3)
    sd = p["factor_innovation_sd_bp"]
    innovations = correlation * np.outer(sd, sd)
    # The first week's independent states have a variance of 300 squared each.
    unit = np.linalg.cholesky(innovations)
    rotation = unit / np.diag(unit)
    start = 300.0**2 * rotation @ rotation.T
    grown = (1 - theta ** (2 * first)) / (1 - theta**2)
    factor = theta ** (lag + 2 * first)
    cells = np.kron(factor, gamma @ start @ gamma.T)
    cells += np.kron(theta**lag * grown, gamma @ innovations @ gamma.T)
    for i, rho in enumerate(p["error_persistence"]):
        own = np.zeros((tenors, tenors))
        own[i, i] = p["error_innovation_sd_bp"][i] ** 2 / (1 - rho**2)
        cells += np.kron(rho**lag, own)
    cells += np.diag(np.tile(p["yield_noise_sd_bp"] ** 2, weeks))
    centre = np.array([400.0, -200.0, -200.0])
    drift = theta ** np.arange(weeks)[:, None]
    mean = (drift * centre + (1 - drift) * p["factor_mean_bp"]) @ gamma.T
    mean = mean + p["intercept_bp"] + inventory * p["price_pressure"][0]
    seen = np.isfinite(yields).ravel()
    gap = (yields - mean).ravel()[seen]
    covariance = cells[np.ix_(seen, seen)]
    _, log_determinant = np.linalg.slogdet(covariance)
    distance = gap @ np.linalg.solve(covariance, gap)
    return -0.5 * (seen.sum() * np.log(2 * np.pi) + log_determinant + distance)
