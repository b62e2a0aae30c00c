"""Recovery of the basis decomposition: intervals beside the truth of simulations."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from data.dims import TENOR
from data.half_life.basis_panel import basis_panel_from_frame
from inference.settings import SamplerSettings
from models.half_life.basis_decomposition import basis_decomposition_model, trading_days
from models.half_life.basis_simulation import NUM_DAYS, BasisParameters, simulate_basis
from studies.compiled_model import CompiledModel
from studies.replications import replication_rows

RECOVERY_SETTINGS = SamplerSettings(seed=0, draws=700, tune=500, chains=2)
"""Of each fit, with the seed of the replication."""

PARAMETERS = (
    "persistence",
    "half_life_days",
    "level_innovation_sd_bp",
    "deviation_innovation_sd_bp",
    "noise_sd_bp",
)

VARIANT = "local-level-ar1"


def recovery(
    num_replications: int,
    settings: SamplerSettings = RECOVERY_SETTINGS,
    num_days: int = NUM_DAYS,
    advance: Callable[[pd.DataFrame], None] = lambda _: None,
) -> pd.DataFrame:
    """Simulate four series again and again, and decompose them.

    Parameters
    ----------
    num_replications : int
        Number of simulated panels, with seeds from 1.
    settings : SamplerSettings
        Of each fit; the seed is replaced by that of the replication.
    num_days : int
        Length of each panel.
    advance : callable
        Called with the rows so far after each replication.

    Returns
    -------
    DataFrame
        One row a replication and parameter element: ``variant``, ``seed``, the columns
        of `studies.replications.compare_with_truth` and ``divergences`` of the fit.
    """
    truth = true_parameters(BasisParameters())
    compiled = None
    tables: list[pd.DataFrame] = []
    for seed in range(1, num_replications + 1):
        panel = basis_panel_from_frame(simulate_basis(seed, num_days), f"seed {seed}")
        model = compiled.model if compiled else basis_decomposition_model(panel)
        compiled = compiled or CompiledModel(model, PARAMETERS)
        data = model_data(trading_days(panel.dataset)["basis_bp"].to_numpy())
        draws = compiled.sample(data, replace(settings, seed=seed))
        tables.append(replication_rows(draws, truth, VARIANT, seed))
        advance(pd.concat(tables, ignore_index=True))
    return pd.concat(tables, ignore_index=True)


def true_parameters(parameters: BasisParameters) -> xr.Dataset:
    """Truth of a simulated basis under the names of the model's variables."""
    persistence = np.array(parameters.persistence)
    values = {
        "persistence": persistence,
        "half_life_days": -1 / np.log2(persistence),
        "level_innovation_sd_bp": parameters.level_innovation_sd_bp,
        "deviation_innovation_sd_bp": parameters.deviation_innovation_sd_bp,
        "noise_sd_bp": parameters.noise_sd_bp,
    }
    return xr.Dataset(
        {name: (TENOR, np.asarray(value)) for name, value in values.items()},
        coords={TENOR: list(parameters.tenor)},
    )


def model_data(basis_bp: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Arrays by the name of the model's data variable."""
    is_quoted = np.isfinite(basis_bp)
    return {
        "is_quoted": is_quoted.astype(np.float64),
        "quoted_basis_bp": np.where(is_quoted, basis_bp, 0.0),
    }
