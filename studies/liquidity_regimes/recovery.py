"""Recovery of the liquidity-regimes model: intervals beside the published truth."""

from dataclasses import replace
from functools import cache

import pandas as pd
import xarray as xr

from data.dims import COVARIATE, DESTINATION, ORIGIN, STATE
from data.liquidity_regimes.panel import LiquidityPanel, liquidity_panel_from_frame
from inference.settings import SamplerSettings
from models.liquidity_regimes.data_variables import model_data
from models.liquidity_regimes.inputs import LiquidityRegimesInputs, select_inputs
from models.liquidity_regimes.model import model_from_inputs
from models.liquidity_regimes.parameters import (
    LiquidityRegimesParameters,
    published_parameters,
)
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.simulation import NUM_DAYS, simulate_liquidity_regimes
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from studies.compiled_model import SearchedModel, search_columns
from studies.replications import replication_rows
from studies.sweep import Plan, seeds

RECOVERY_SETTINGS = SamplerSettings(seed=0)
"""Those of a fit, with the seed of the replication: four chains of 1000 + 1000."""

PARAMETERS = (
    "price_impact_slope",
    "noise_sd",
    "transition_intercept",
    "transition_depth_slope",
)
"""Variables of the model that the published tables give."""


def recovery_plan(covariates: str, replications: int, num_days: int) -> Plan:
    """Simulate the twin again and again, and fit each panel."""
    return Plan(
        replication,
        seeds(replications),
        {
            "covariates": covariates,
            "num_days": num_days,
            "settings": RECOVERY_SETTINGS,
        },
    )


def replication(
    seed: int,
    covariates: str = "IV",
    num_days: int = NUM_DAYS,
    settings: SamplerSettings = RECOVERY_SETTINGS,
) -> pd.DataFrame:
    """Simulate Table 3 of Meldrum & Sokolinskiy (2025), and fit it as itself.

    Returns
    -------
    DataFrame
        One row a parameter element: the columns of
        `studies.replications.replication_rows`, and of the search for the mode
        ``num_starts``, ``starts_at_mode``, ``data_driven_at_mode``.
    """
    specification = LiquidityRegimesSpecification(covariates=covariates)
    inputs = simulated_inputs(specification, seed, num_days)
    draws = compiled_at(specification, 1, num_days).fit(
        model_data(inputs, specification),
        replace(settings, seed=seed),
        starting_points(inputs, specification, LiquidityRegimesPriors()),
    )
    truth = truth_dataset(specification)
    table = replication_rows(draws, truth, specification.name, seed)
    return table.assign(**search_columns(draws["starts"].to_dataset()))


@cache
def compiled_at(
    specification: LiquidityRegimesSpecification, seed: int, num_days: int
) -> SearchedModel:
    """Compile a specification for panels like that of a seed."""
    inputs = simulated_inputs(specification, seed, num_days)
    model = model_from_inputs(inputs, specification, LiquidityRegimesPriors())
    return SearchedModel(model, PARAMETERS)


def simulated_inputs(
    specification: LiquidityRegimesSpecification, seed: int, num_days: int
) -> LiquidityRegimesInputs:
    """Inputs of a twin of the data."""
    return select_inputs(simulated_panel(specification, seed, num_days), specification)


def simulated_panel(
    specification: LiquidityRegimesSpecification, seed: int, num_days: int
) -> LiquidityPanel:
    """Twin of the data at the published estimates of a model."""
    frame = simulate_liquidity_regimes(seed, num_days, specification.covariates)
    return liquidity_panel_from_frame(
        frame, f"simulated twin of Model {specification.covariates}, seed {seed}"
    )


def truth_dataset(
    specification: LiquidityRegimesSpecification,
    parameters: LiquidityRegimesParameters | None = None,
) -> xr.Dataset:
    """True parameters, by default the published ones, as variables of the model."""
    truth = parameters or published_parameters(specification.covariates)
    states = specification.state_labels
    moves = (ORIGIN, DESTINATION)
    return xr.Dataset(
        {
            "price_impact_slope": ((STATE, COVARIATE), truth.price_impact_slope),
            "noise_sd": (STATE, truth.noise_sd),
            "transition_intercept": (moves, truth.transition_intercept),
            "transition_depth_slope": (moves, truth.transition_depth_slope),
        },
        coords={
            STATE: states,
            COVARIATE: list(truth.covariates),
            ORIGIN: states,
            DESTINATION: states[1:],
        },
    )
