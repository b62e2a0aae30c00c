"""Simulation-based calibration of half-lives, of the basis, and of both together.

Parameters from the prior, data given them and what one simulated panel fixes (events,
covariates, days without quotes), a fit that begins as `inference.fitting.fit` does:
at the mode that was searched for, or scattered where effects that share a spread have
none.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr

from data.arrays import FloatArray
from data.dims import DAY, TENOR
from data.half_life.basis_events_panel import basis_events_from_frame
from inference.settings import SamplerSettings
from models.half_life.basis_decomposition import basis_decomposition_model, trading_days
from models.half_life.basis_starts import starting_points
from models.half_life.joint_decay import OBSERVED as BASIS
from models.half_life.joint_decay import joint_decay_model
from models.half_life.joint_simulation import simulate_joint_decay
from models.half_life.model import OBSERVED as HALF_LIFE
from models.half_life.model import OBSERVED_DAYS
from studies.calibration import rank_prior_draw
from studies.compiled_model import CompiledModel, SearchedModel
from studies.half_life.basis_recovery import PARAMETERS as BASIS_PARAMETERS
from studies.half_life.basis_recovery import model_data, simulated_panel
from studies.half_life.chain_recovery import NAMES
from studies.half_life.recovery import (
    compiled_half_life,
    simulated_replication,
    true_parameters,
)

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=800, tune=400, chains=2)
"""Of each fit, with the seed of the simulation; ranks use every sixteenth draw."""

EFFECTS = ("coefficient", "event_tenor_effect", "event_tenor_sd", "date_sd", "shape")

DURATION_PARAMETERS = (*EFFECTS, "baseline_log_hazard")

JOINT_PARAMETERS = (
    *EFFECTS,
    "median_half_life_days",
    "event_shock_sd_bp",
    *BASIS_PARAMETERS,
    "covariance_half_life_days",
    "covariance_reaction",
    "scale_half_life_days",
    "scale_reaction",
    "degrees_of_freedom",
)
"""What a study ranks, of what the variant at hand has."""


def half_life_simulation(
    seed: int,
    variant: str,
    num_events: int,
    panel_seed: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
) -> pd.DataFrame:
    """Draw parameters from the prior, half-lives of given events, and rank the truth.

    Returns
    -------
    DataFrame
        One row, see `studies.calibration.simulation_row`.
    """
    compiled = _compiled_half_life(variant, num_events, panel_seed)

    def fit(seen: xr.Dataset) -> xr.DataTree:
        data = {OBSERVED_DAYS: seen[HALF_LIFE].to_numpy()}
        return compiled.sample(data, replace(settings, seed=seed))

    return rank_prior_draw(compiled.model, seed, DURATION_PARAMETERS, fit)


def basis_simulation(
    seed: int,
    num_days: int,
    panel_seed: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
) -> pd.DataFrame:
    """Draw components from the prior, a basis from them, and rank the truth.

    Returns
    -------
    DataFrame
        One row, see `studies.calibration.simulation_row`.
    """
    panel, compiled = _compiled_basis(num_days, panel_seed)

    def fit(seen: xr.Dataset) -> xr.DataTree:
        basis = quoted(compiled.model, seen)
        starts = starting_points(panel.assign(basis_bp=((DAY, TENOR), basis)))
        return compiled.fit(model_data(basis), replace(settings, seed=seed), starts)

    return rank_prior_draw(compiled.model, seed, BASIS_PARAMETERS, fit)


def joint_simulation(
    seed: int,
    volatility: str,
    num_days: int,
    panel_seed: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
) -> pd.DataFrame:
    """Draw effects from the prior, a basis that events shake, and rank the truth.

    Returns
    -------
    DataFrame
        One row, see `studies.calibration.simulation_row`.
    """
    compiled = _compiled_joint(volatility, num_days, panel_seed)

    def fit(seen: xr.Dataset) -> xr.DataTree:
        data = model_data(quoted(compiled.model, seen))
        return compiled.sample(data, replace(settings, seed=seed))

    return rank_prior_draw(compiled.model, seed, JOINT_PARAMETERS, fit)


def quoted(model: pm.Model, seen: xr.Dataset) -> FloatArray:
    """Simulated basis (day, tenor) where the panel of a model has quotes, else NaN."""
    is_quoted = model["is_quoted"].get_value() > 0
    return np.where(is_quoted, seen[BASIS].transpose(DAY, TENOR).to_numpy(), np.nan)


@cache
def _compiled_half_life(variant: str, events: int, seed: int) -> CompiledModel:
    drawn = simulated_replication(seed, events, true_parameters(variant), variant)
    return compiled_half_life(drawn, variant)


@cache
def _compiled_basis(num_days: int, seed: int) -> tuple[xr.Dataset, SearchedModel]:
    panel = simulated_panel(seed, num_days)
    model = basis_decomposition_model(panel)
    dataset = trading_days(panel.dataset).transpose(DAY, TENOR)
    return dataset, SearchedModel(model, BASIS_PARAMETERS)


@cache
def _compiled_joint(volatility: str, num_days: int, seed: int) -> CompiledModel:
    frame = simulate_joint_decay(seed, num_days).frame
    panel = basis_events_from_frame(frame, f"seed {seed}")
    model = joint_decay_model(panel, NAMES, volatility)
    return CompiledModel(model, [x for x in JOINT_PARAMETERS if x in model.named_vars])
