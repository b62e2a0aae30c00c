"""Recovery of the basis decomposition: intervals beside the truth of simulations."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from data.dims import TENOR
from data.half_life.basis_panel import BasisPanel, basis_panel_from_frame
from inference.settings import SamplerSettings
from models.half_life.basis_decomposition import basis_decomposition_model, trading_days
from models.half_life.basis_simulation import NUM_DAYS, BasisParameters, simulate_basis
from studies.compiled_model import CompiledModel
from studies.replications import replication_rows
from studies.sweep import Plan, seeds

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


def recovery_plan(replications: int, num_days: int) -> Plan:
    """Simulate four series again and again, and decompose them."""
    return Plan(
        replication,
        seeds(replications),
        {"num_days": num_days, "settings": RECOVERY_SETTINGS},
    )


def replication(
    seed: int, num_days: int = NUM_DAYS, settings: SamplerSettings = RECOVERY_SETTINGS
) -> pd.DataFrame:
    """Simulate four series, and decompose them.

    Returns
    -------
    DataFrame
        One row a parameter element, see `studies.replications.replication_rows`.
    """
    dataset = trading_days(simulated_panel(seed, num_days).dataset)
    draws = _compiled(num_days).sample(
        model_data(dataset["basis_bp"].to_numpy()), replace(settings, seed=seed)
    )
    return replication_rows(draws, true_parameters(BasisParameters()), VARIANT, seed)


def simulated_panel(seed: int, num_days: int) -> BasisPanel:
    """Four series simulated from known components."""
    return basis_panel_from_frame(simulate_basis(seed, num_days), f"seed {seed}")


@cache
def _compiled(num_days: int) -> CompiledModel:
    return CompiledModel(
        basis_decomposition_model(simulated_panel(1, num_days)), PARAMETERS
    )


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
