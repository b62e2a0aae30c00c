"""Liquidity-regimes models on simulated panels, and their parameters at a point."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr

from data.liquidity_regimes.panel import LiquidityPanel, liquidity_panel_from_frame
from models.liquidity_regimes.model import liquidity_regimes_model
from models.liquidity_regimes.simulation import (
    ONE_SECURITY,
    SECURITIES,
    simulate_liquidity_regimes,
)
from models.liquidity_regimes.specification import LiquidityRegimesSpecification

NUM_DAYS = 600
SEED = 11

INTERPRETED = "FAST_COMPILE"
"""PyTensor mode for functions that are called a few times."""


@cache
def twin_frame(num_securities: int = 1) -> pd.DataFrame:
    several = dict(list(SECURITIES.items())[:num_securities])
    securities = several if num_securities > 1 else ONE_SECURITY
    return simulate_liquidity_regimes(SEED, NUM_DAYS, securities=securities)


@cache
def twin(num_securities: int = 1) -> LiquidityPanel:
    return liquidity_panel_from_frame(twin_frame(num_securities), "twin")


@cache
def model_of(**arguments: Any) -> pm.Model:
    specification = LiquidityRegimesSpecification(**arguments)
    num_securities = 2 if specification.is_market_wide else 1
    return liquidity_regimes_model(twin(num_securities), specification)


def at_jittered_point(
    model: pm.Model, variables: list[Any], seed: int = 0
) -> list[np.ndarray]:
    """Values of variables at the initial point, moved on the unconstrained scale."""
    rng = np.random.default_rng(seed)
    point = {
        name: value + 0.3 * rng.standard_normal(np.shape(value))
        for name, value in model.initial_point().items()
    }
    replaced = model.replace_rvs_by_values(variables)
    function = model.compile_fn(
        replaced,
        inputs=model.value_vars,
        on_unused_input="ignore",
        mode=INTERPRETED,
    )
    return function(point)


def draws_of(point: dict[str, np.ndarray], num_draws: int) -> xr.Dataset:
    """The same values of the free parameters as every draw of a posterior."""
    return xr.Dataset(
        {
            name: (
                ("chain", "draw", *(f"{name}_{i}" for i in range(np.ndim(value)))),
                np.broadcast_to(value, (1, num_draws, *np.shape(value))),
            )
            for name, value in point.items()
        }
    )
