"""Simulation-based calibration of the liquidity-regimes model, fitted as by `fit`.

Parameters from the prior, price impact given them and the depth and volatilities of one
simulated panel, a search for the mode from data-driven and scattered starts, chains
from there. The scales of the priors are those of the panel throughout: in a fit they
are statistics of price impact, which is not known before the parameters are.
"""

from dataclasses import replace

import pandas as pd
import pymc as pm
import xarray as xr

from data.arrays import FloatArray
from inference.settings import SamplerSettings
from models.liquidity_regimes.data_variables import OBSERVED_PRICE_IMPACT
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from studies.calibration import draw_from_prior, searched_quality, simulation_row
from studies.liquidity_regimes.recovery import PARAMETERS, compiled_at, simulated_inputs

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=250, tune=400, chains=4)
"""Of each fit, with the seed of the simulation; ranks use every tenth draw."""


def simulation(
    seed: int,
    num_days: int,
    panel_seed: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
) -> pd.DataFrame:
    """Draw parameters from the prior, simulate price impact, fit and rank the truth.

    Returns
    -------
    DataFrame
        One row, see `studies.calibration.simulation_row` and `searched_quality`.
    """
    specification = LiquidityRegimesSpecification()
    compiled = compiled_at(specification, panel_seed, num_days)
    truth, price_impact = simulate_from_prior(compiled.model, seed)
    inputs = simulated_inputs(specification, panel_seed, num_days)
    known = replace(inputs, price_impact=price_impact[:, None])
    tree = compiled.fit(
        {OBSERVED_PRICE_IMPACT: price_impact},
        replace(settings, seed=seed),
        starting_points(known, specification, LiquidityRegimesPriors()),
    )
    posterior = tree["posterior"].to_dataset()
    return simulation_row(seed, truth, posterior, searched_quality(tree))


def simulate_from_prior(model: pm.Model, seed: int) -> tuple[xr.Dataset, FloatArray]:
    """One draw of the parameters from the prior, and of price impact given them.

    Parameters
    ----------
    model : pm.Model
        Liquidity-regimes model of one security.
    seed : int
        Of the random numbers.

    Returns
    -------
    truth : xr.Dataset
        Those of `PARAMETERS`.
    price_impact : (day,) float
    """
    drawn, data = draw_from_prior(model, seed)
    return drawn[list(PARAMETERS)], data["price_impact"].to_numpy()
