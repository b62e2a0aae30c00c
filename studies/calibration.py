"""Simulation-based calibration of the price-pressure model.

Parameters from the prior, yields given them and fixed dealer positions, a fit: the rank
of the truth among the posterior draws is uniform when likelihood, simulator and sampler
agree (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv:1804.06788).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import kstest
from statsmodels.stats.multitest import multipletests

from inference.calibration import calibration_ranks, uniformity
from inference.sampling import SIMULATION_BACKEND
from inference.settings import SamplerSettings
from models.price_pressure import rough_factor_mean
from models.price_pressure_variants import Variant
from studies.compiled_price_pressure import (
    PARAMETERS,
    QUOTED_YIELDS,
    ROUGH_FACTOR_MEAN,
    CompiledPricePressure,
)
from studies.recovery import simulated_panel

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=500, tune=400, chains=2)
"""Of each fit, with the seed of the replication; ranks use every tenth draw."""


@dataclass(frozen=True)
class Calibration:
    """Ranks of the truth, and how the fits behind them went.

    Attributes
    ----------
    ranks : (replication, ...) xr.Dataset
        Relative ranks in (0, 1), see `inference.calibration.calibration_ranks`.
    fits : DataFrame
        One row a replication: ``seed``, ``divergences``, ``max_r_hat``,
        ``min_ess_bulk``.
    """

    ranks: xr.Dataset
    fits: pd.DataFrame


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

    Returns
    -------
    Calibration
    """
    compiled = CompiledPricePressure(simulated_panel(variant, seed, num_weeks), variant)
    fits = []

    def fit(yields: NDArray[np.float64], fit_seed: int) -> xr.Dataset:
        data = {QUOTED_YIELDS: yields, ROUGH_FACTOR_MEAN: rough_factor_mean(yields)}
        tree = compiled.sample(data, replace(settings, seed=fit_seed))
        posterior = tree["posterior"].to_dataset()
        fits.append({"seed": fit_seed} | _quality(tree))
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
    prior = pm.sample_prior_predictive(
        1, model=model, random_seed=seed, backend=SIMULATION_BACKEND
    )
    drawn = prior["prior"].to_dataset().isel(chain=0, draw=0, drop=True)
    yields = prior["prior_predictive"]["yield_bp"].isel(chain=0, draw=0)
    return drawn[[name for name in PARAMETERS if name in drawn]], yields.to_numpy()


def summarize_calibration(ranks: xr.Dataset) -> pd.DataFrame:
    """Judge the uniformity of every parameter's ranks.

    Parameters
    ----------
    ranks : (replication, ...) xr.Dataset
        Relative ranks.

    Returns
    -------
    DataFrame
        One row an element: ``parameter``, the columns of
        `inference.calibration.uniformity`, ``p_value`` (Kolmogorov-Smirnov) and
        ``p_value_holm`` over all elements.
    """
    elements = az.dataset_to_dataframe(ranks, sample_dims=["replication"])
    table = uniformity(ranks).rename_axis("parameter").reset_index()
    table["p_value"] = [
        kstest(elements[x], "uniform").pvalue for x in table["parameter"]
    ]
    table["p_value_holm"] = multipletests(table["p_value"], method="holm")[1]
    return table


def rank_table(result: Calibration) -> pd.DataFrame:
    """Everything that a calibration found: one row a simulation.

    Parameters
    ----------
    result : Calibration

    Returns
    -------
    DataFrame
        Columns of `Calibration.fits`, then one column of relative ranks an element.
    """
    elements = az.dataset_to_dataframe(result.ranks, sample_dims=["replication"])
    return pd.concat([result.fits, elements.reset_index(drop=True)], axis=1)


def _quality(tree: xr.DataTree) -> dict[str, Any]:
    posterior = tree["posterior"].to_dataset()
    return {
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "max_r_hat": float(az.rhat(posterior).to_array().max()),
        "min_ess_bulk": float(az.ess(posterior).to_array().min()),
    }
