"""What simulation-based calibrations of all families share: ranks, and their verdict.

The rank of the truth among the posterior draws is uniform when likelihood, simulator
and sampler agree (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv:1804.06788).
"""

from dataclasses import dataclass
from typing import Any

import arviz as az
import pandas as pd
import pymc as pm
import xarray as xr
from scipy.stats import kstest
from statsmodels.stats.multitest import multipletests

from inference.checks.calibration import uniformity
from inference.sampling import SIMULATION_BACKEND


@dataclass(frozen=True)
class Calibration:
    """Ranks of the truth, and how the fits behind them went.

    Attributes
    ----------
    ranks : (replication, ...) xr.Dataset
        Relative ranks in (0, 1), see `inference.checks.calibration.calibration_ranks`.
    fits : DataFrame
        One row a replication: ``seed``, ``divergences``, ``max_r_hat``,
        ``min_ess_bulk``.
    """

    ranks: xr.Dataset
    fits: pd.DataFrame


def draw_from_prior(model: pm.Model, seed: int) -> tuple[xr.Dataset, xr.Dataset]:
    """One draw of the parameters from the prior, and of the data given them."""
    tree = pm.sample_prior_predictive(
        1, model=model, random_seed=seed, backend=SIMULATION_BACKEND
    )
    prior, data = (
        tree[name].to_dataset().isel(chain=0, draw=0, drop=True)
        for name in ("prior", "prior_predictive")
    )
    return prior, data


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
        `inference.checks.calibration.uniformity`, ``p_value`` (Kolmogorov-Smirnov) and
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

    Returns
    -------
    DataFrame
        Columns of `Calibration.fits`, then one column of relative ranks an element.
    """
    elements = az.dataset_to_dataframe(result.ranks, sample_dims=["replication"])
    return pd.concat([result.fits, elements.reset_index(drop=True)], axis=1)


def fit_quality(tree: xr.DataTree) -> dict[str, Any]:
    """Divergences, largest R-hat and least bulk effective sample size of a fit."""
    posterior = tree["posterior"].to_dataset()
    return {
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "max_r_hat": float(az.rhat(posterior).to_array().max()),
        "min_ess_bulk": float(az.ess(posterior).to_array().min()),
    }
