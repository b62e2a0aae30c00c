"""Simulation-based calibration of the price-pressure model.

Parameters from the prior, yields given them and fixed dealer positions, a fit: the rank
of the truth among the posterior draws is uniform when likelihood, simulator and sampler
agree (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv:1804.06788).
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from data.market.tenors import TENOR_MONTHS
from inference.settings import SamplerSettings
from models.price_pressure.terms import rough_factor_mean
from models.price_pressure.variants import EVERY_VARIANT
from studies.calibration import (
    draw_from_prior,
    fit_quality,
    simulation_row,
)
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
    truth, yields = simulate_from_prior(compiled.model, seed)
    rough = rough_factor_mean(yields, TENOR_MONTHS)
    data = {QUOTED_YIELDS: yields, ROUGH_FACTOR_MEAN: rough}
    tree = compiled.sample(data, replace(settings, seed=seed))
    posterior = tree["posterior"].to_dataset()
    return simulation_row(seed, truth, posterior, fit_quality(tree))


@cache
def _compiled(variant: str, num_weeks: int, panel_seed: int) -> CompiledPricePressure:
    chosen = EVERY_VARIANT[variant]
    panel = simulated_panel(chosen, panel_seed, num_weeks)
    return CompiledPricePressure(panel, chosen)


def simulate_from_prior(
    model: pm.Model, seed: int
) -> tuple[xr.Dataset, NDArray[np.float64]]:
    """One draw of the parameters from the prior, and of the yields given them.

    Parameters
    ----------
    model : pm.Model
        Price-pressure model.
    seed : int
        Of the random numbers.

    Returns
    -------
    truth : xr.Dataset
        Those of `PARAMETERS` that the model has.
    yields : (week, tenor) array
        Basis points.
    """
    drawn, data = draw_from_prior(model, seed)
    known = [name for name in PARAMETERS if name in drawn]
    return drawn[known], data["yield_bp"].to_numpy()
