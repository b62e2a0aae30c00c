"""Simulation-based calibration of the price-pressure model.

Parameters from the prior, yields given them and fixed dealer positions, a fit: the rank
of the truth among the posterior draws is uniform when likelihood, simulator and sampler
agree (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv:1804.06788).
"""

from dataclasses import replace
from functools import cache

import pandas as pd
import xarray as xr

from data.market.tenors import TENOR_MONTHS
from inference.settings import SamplerSettings
from models.price_pressure.terms import rough_factor_mean
from models.price_pressure.variants import EVERY_VARIANT
from studies.calibration import rank_prior_draw
from studies.price_pressure.compiled_price_pressure import (
    PARAMETERS,
    QUOTED_YIELDS,
    ROUGH_FACTOR_MEAN,
    CompiledPricePressure,
)
from studies.price_pressure.recovery import simulated_panel

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=500, tune=400, chains=2)
"""Of each fit, with the seed of the simulation; ranks use every tenth draw."""


def simulation(
    seed: int,
    variant: str,
    num_weeks: int,
    panel_seed: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
) -> pd.DataFrame:
    """Draw parameters from the prior, simulate yields, fit them and rank the truth.

    Returns
    -------
    DataFrame
        One row, see `studies.calibration.simulation_row`.
    """
    compiled = _compiled(variant, num_weeks, panel_seed)

    def fit(seen: xr.Dataset) -> xr.DataTree:
        yields = seen["yield_bp"].to_numpy()
        rough = rough_factor_mean(yields, TENOR_MONTHS)
        data = {QUOTED_YIELDS: yields, ROUGH_FACTOR_MEAN: rough}
        return compiled.sample(data, replace(settings, seed=seed))

    return rank_prior_draw(compiled.model, seed, PARAMETERS, fit)


@cache
def _compiled(variant: str, num_weeks: int, panel_seed: int) -> CompiledPricePressure:
    chosen = EVERY_VARIANT[variant]
    panel = simulated_panel(chosen, panel_seed, num_weeks)
    return CompiledPricePressure(panel, chosen)
