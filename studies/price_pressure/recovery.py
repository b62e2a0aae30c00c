"""Recovery: set posteriors beside the parameters that made their data."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from data.dims import FACTOR, FACTOR_PAIR, INVENTORY_MARKET, ORDER_FLOW_TERM, TENOR
from data.market.tenors import TENOR_YEARS
from data.price_pressure.columns import FACTORS
from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from inference.settings import SamplerSettings
from models.price_pressure.persistent_errors_simulation import (
    simulate_persistent_errors,
    twin_truth,
)
from models.price_pressure.rotated_factors import pairs_of
from models.price_pressure.simulation import (
    NUM_WEEKS,
    published_truth,
    simulate_price_pressure,
)
from models.price_pressure.variants import (
    EVERY_VARIANT,
    PersistentErrorsVariant,
    Variant,
)
from studies.price_pressure.compiled_price_pressure import (
    CompiledPricePressure,
    model_data,
)
from studies.replications import replication_rows
from studies.sweep import Plan

SEEDS_PER_VARIANT = 1000
"""Two variants simulated from one seed share every shock. Each has seeds of its own, so
that their results are independent."""

RECOVERY_SETTINGS = SamplerSettings(seed=0, draws=700, tune=400)
"""Of each fit, with the seed of the replication. The least effective sample size is
then some 300, where a quantile of 2.5% is off by a probability of 0.009: nothing in an
average over hundreds of intervals."""

DIMS = {
    "price_pressure": (INVENTORY_MARKET, TENOR),
    "price_discovery": (ORDER_FLOW_TERM,),
    "persistence": (FACTOR,),
    "factor_mean_bp": (FACTOR,),
    "factor_innovation_sd_bp": (FACTOR,),
    "yield_noise_sd_bp": (TENOR,),
    "factor_innovation_correlation": (FACTOR_PAIR,),
    "error_persistence": (TENOR,),
    "error_innovation_sd_bp": (TENOR,),
    "intercept_bp": (TENOR,),
}
"""Dimensions of the parameters; the others are scalars."""

VOLATILITY = (
    "covariance_half_life_weeks",
    "covariance_reaction",
    "scale_half_life_weeks",
    "scale_reaction",
    "degrees_of_freedom",
)
"""Parameters of score-driven volatility."""


def recovery_plan(variants: Sequence[str], replications: int, num_weeks: int) -> Plan:
    """Simulate the twin of each variant again and again, and fit each panel.

    The seed of a replication is that of the panel, as in ``python -m models simulate``,
    and of its fit.
    """
    return Plan(
        replication,
        [
            (name, SEEDS_PER_VARIANT * list(EVERY_VARIANT).index(name) + number)
            for name in variants
            for number in range(1, replications + 1)
        ],
        {"num_weeks": num_weeks, "settings": RECOVERY_SETTINGS},
        ("variant", "seed"),
    )


def replication(
    variant: str,
    seed: int,
    num_weeks: int = NUM_WEEKS,
    settings: SamplerSettings = RECOVERY_SETTINGS,
) -> pd.DataFrame:
    """Simulate a variant at its true parameters, and fit it as itself.

    Returns
    -------
    DataFrame
        One row a parameter element, see `studies.replications.replication_rows`.
    """
    chosen = EVERY_VARIANT[variant]
    compiled = _compiled(variant, num_weeks)
    data = model_data(simulated_panel(chosen, seed, num_weeks), chosen)
    draws = compiled.sample(data, replace(settings, seed=seed))
    return replication_rows(draws, truth_dataset(chosen), variant, seed)


@cache
def _compiled(variant: str, num_weeks: int) -> CompiledPricePressure:
    chosen = EVERY_VARIANT[variant]
    return CompiledPricePressure(simulated_panel(chosen, 1, num_weeks), chosen)


def simulated_panel(variant: Variant, seed: int, num_weeks: int) -> PricePressurePanel:
    """Twin of the data: at the published estimates, or as persistent as the market."""
    if isinstance(variant, PersistentErrorsVariant):
        frame = simulate_persistent_errors(variant, seed, num_weeks=num_weeks)
    else:
        frame = simulate_price_pressure(variant, seed, num_weeks)
    return panel_from_frame(frame, f"simulated twin of {variant.name}, seed {seed}")


def truth_dataset(variant: Variant) -> xr.Dataset:
    """Parameters of a variant's twin, with the coordinates of the model's variables.

    Returns
    -------
    xr.Dataset
        Variables and units of `models.price_pressure.simulation.PricePressureTruth` or
        of `models.price_pressure.persistent_errors_simulation.PersistentErrorsTruth`,
        less those that the variant does not have.
    """
    if isinstance(variant, PersistentErrorsVariant):
        values = _of_persistent_errors(variant)
    else:
        values = asdict(published_truth(variant))
    if not variant.inventory_markets:
        del values["price_pressure"]
    if not variant.order_flow_terms:
        del values["price_discovery"]
    coords = {
        FACTOR: list(FACTORS),
        FACTOR_PAIR: pairs_of(FACTORS),
        TENOR: list(TENOR_YEARS),
        INVENTORY_MARKET: list(variant.inventory_markets),
        ORDER_FLOW_TERM: [term.label for term in variant.order_flow_terms],
    }
    return xr.Dataset(
        {
            name: (DIMS.get(name, ()), np.asarray(value))
            for name, value in values.items()
        },
        coords,
    )


def _of_persistent_errors(variant: PersistentErrorsVariant) -> dict[str, Any]:
    """Truth of a twin as the variables that a study keeps."""
    values = asdict(twin_truth(variant))
    values["factor_persistence"] = 2 ** (-1 / values.pop("factor_half_life_weeks"))
    weeks = np.asarray(values.pop("error_half_life_weeks"))
    values["error_persistence"] = 2 ** (-1 / weeks)
    if variant.intercepts == "none":
        del values["intercept_bp"]
    if variant.volatility == "constant":
        for name in VOLATILITY:
            del values[name]
    return values
