"""Simulation-based calibration of the liquidity-regimes model, fitted as by `fit`.

Parameters from the prior, price impact given them and the depth and volatilities of one
simulated panel, a search for the mode from data-driven and scattered starts, chains
from there. The scales of the priors are those of the panel throughout: in a fit they
are statistics of price impact, which is not known before the parameters are.
"""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pymc as pm
import xarray as xr

from data.arrays import FloatArray
from inference.checks.calibration import calibration_ranks
from inference.settings import SamplerSettings
from models.liquidity_regimes.data_variables import OBSERVED_PRICE_IMPACT
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from studies.calibration import Calibration, draw_from_prior, fit_quality
from studies.liquidity_regimes.recovery import (
    PARAMETERS,
    CompiledLiquidityRegimes,
    Replication,
    search_columns,
    simulated_panel,
)

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=250, tune=400, chains=4)
"""Of each fit, with the seed of the replication; ranks use every tenth draw."""


def calibration(
    specification: LiquidityRegimesSpecification,
    num_simulations: int,
    num_days: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
    seed: int = 1,
    advance: Callable[[], None] = lambda: None,
) -> Calibration:
    """Rank parameters drawn from the prior among the posteriors of their data.

    Parameters
    ----------
    specification : LiquidityRegimesSpecification
        Variant of the model, of one security.
    num_simulations : int
        Number of draws from the prior, each fitted once.
    num_days : int
        Length of the data.
    settings : SamplerSettings
        Of each fit; the seed is replaced by that of the simulation.
    seed : int
        Of the study, and of the panel of depth and volatilities.
    advance : callable
        Called after each simulation.

    Returns
    -------
    Calibration
        Its fits also have the columns of
        `studies.liquidity_regimes.recovery.search_columns`.
    """
    priors = LiquidityRegimesPriors()
    panel = simulated_panel(specification, seed, num_days)
    inputs = select_inputs(panel, specification)
    compiled = CompiledLiquidityRegimes(inputs, specification, priors)
    fits = []

    def fit(price_impact: FloatArray, fit_seed: int) -> xr.Dataset:
        known = replace(inputs, price_impact=price_impact[:, None])
        replication = Replication(
            fit_seed,
            {OBSERVED_PRICE_IMPACT: price_impact},
            starting_points(known, specification, priors),
        )
        tree, found = compiled.fit(replication, replace(settings, seed=fit_seed))
        row = {"seed": fit_seed} | fit_quality(tree) | search_columns(found.starts)
        fits.append(row)
        advance()
        return tree["posterior"].to_dataset()

    ranks = calibration_ranks(
        lambda s: simulate_from_prior(compiled.model, s), fit, num_simulations, seed
    )
    return Calibration(ranks, pd.DataFrame(fits))


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
