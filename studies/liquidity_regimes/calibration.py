"""Simulation-based calibration of the liquidity-regimes model, fitted as by `fit`.

Parameters from the prior, price impact given them and the depth and volatilities of one
simulated panel, a search for the mode from data-driven and scattered starts, chains
from there. The scales of the priors are those of the panel throughout: in a fit they
are statistics of price impact, which is not known before the parameters are.
"""

from dataclasses import replace

import pandas as pd
import xarray as xr

from inference.settings import SamplerSettings
from models.liquidity_regimes.data_variables import OBSERVED_PRICE_IMPACT
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from studies.calibration import rank_prior_draw
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
        One row, see `studies.calibration.simulation_row`.
    """
    specification = LiquidityRegimesSpecification()
    compiled = compiled_at(specification, panel_seed, num_days)
    inputs = simulated_inputs(specification, panel_seed, num_days)

    def fit(seen: xr.Dataset) -> xr.DataTree:
        price_impact = seen["price_impact"].to_numpy()
        known = replace(inputs, price_impact=price_impact[:, None])
        starts = starting_points(known, specification, LiquidityRegimesPriors())
        data = {OBSERVED_PRICE_IMPACT: price_impact}
        return compiled.fit(data, replace(settings, seed=seed), starts)

    return rank_prior_draw(compiled.model, seed, PARAMETERS, fit)
