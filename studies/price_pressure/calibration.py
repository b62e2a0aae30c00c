"""Simulation-based calibration of the price-pressure model.

Parameters from the prior, yields given them and fixed dealer positions, a fit: the rank
of the truth among the posterior draws is uniform when likelihood, simulator and sampler
agree (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv:1804.06788).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from data.market.tenors import TENOR_MONTHS
from inference.checks.calibration import calibration_ranks
from inference.settings import SamplerSettings
from models.price_pressure.terms import rough_factor_mean
from models.price_pressure.variants import Variant
from studies.calibration import Calibration, draw_from_prior, fit_quality
from studies.price_pressure.compiled_price_pressure import (
    PARAMETERS,
    QUOTED_YIELDS,
    ROUGH_FACTOR_MEAN,
    CompiledPricePressure,
)
from studies.price_pressure.recovery import simulated_panel

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=500, tune=400, chains=2)
"""Of each fit, with the seed of the replication; ranks use every tenth draw."""


def calibration(
    variant: Variant,
    num_simulations: int,
    num_weeks: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
    seed: int = 1,
    advance: Callable[[], None] = lambda: None,
) -> Calibration:
    """Rank parameters drawn from the prior among the posteriors of their data.

    Parameters
    ----------
    variant : Variant
        Specification.
    num_simulations : int
        Number of draws from the prior, each fitted once.
    num_weeks : int
        Length of the data.
    settings : SamplerSettings
        Of each fit; the seed is replaced by that of the simulation.
    seed : int
        Of the study and of the dealer positions.
    advance : callable
        Called after each simulation.
    """
    compiled = CompiledPricePressure(simulated_panel(variant, seed, num_weeks), variant)
    fits = []

    def fit(yields: NDArray[np.float64], fit_seed: int) -> xr.Dataset:
        rough = rough_factor_mean(yields, TENOR_MONTHS)
        data = {QUOTED_YIELDS: yields, ROUGH_FACTOR_MEAN: rough}
        tree = compiled.sample(data, replace(settings, seed=fit_seed))
        posterior = tree["posterior"].to_dataset()
        fits.append({"seed": fit_seed} | fit_quality(tree))
        advance()
        return posterior

    ranks = calibration_ranks(
        lambda s: simulate_from_prior(compiled.model, s), fit, num_simulations, seed
    )
    return Calibration(ranks, pd.DataFrame(fits))


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
