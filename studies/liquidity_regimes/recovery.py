"""Recovery of the liquidity-regimes model: intervals beside the published truth."""

from dataclasses import dataclass, replace
from functools import cache

import pandas as pd
import xarray as xr

from data.arrays import FloatArray
from data.dims import COVARIATE, DESTINATION, ORIGIN, STATE
from data.liquidity_regimes.panel import LiquidityPanel, liquidity_panel_from_frame
from inference.sampling.optimum import DATA_DRIVEN, PosteriorModeSearch
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
from studies.compiled_model import CompiledModel
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


@dataclass(frozen=True)
class Replication:
    """One simulated panel, ready for the compiled model.

    Attributes
    ----------
    seed : int
        As in ``python -m models simulate``.
    data : dict of str to array
        Data variables of the model.
    starts : list of dict of str to array
        Data-driven starting points.
    """

    seed: int
    data: dict[str, FloatArray]
    starts: list[dict[str, FloatArray]]


class CompiledLiquidityRegimes(CompiledModel):
    """One specification's posterior and mode search, compiled once.

    Parameters
    ----------
    inputs : LiquidityRegimesInputs
        Give the shapes.
    specification : LiquidityRegimesSpecification
        Variant of the model.
    priors : LiquidityRegimesPriors
        Its priors.
    """

    def __init__(
        self,
        inputs: LiquidityRegimesInputs,
        specification: LiquidityRegimesSpecification,
        priors: LiquidityRegimesPriors,
    ) -> None:
        super().__init__(
            model_from_inputs(inputs, specification, priors), list(PARAMETERS)
        )
        self._search = PosteriorModeSearch(self.model)

    def fit(self, replication: Replication, settings: SamplerSettings) -> xr.DataTree:
        """Search the mode and sample from there, as `inference.fitting.fit` does.

        The groups ``starts`` and ``modes`` are among those of the draws.
        """
        for name, array in replication.data.items():
            self.model.set_data(name, array)
        found = self._search(settings.seed, starts=replication.starts)
        start = {v.name: found.mode[v.name].to_numpy() for v in self.model.free_RVs}
        tree = self.sample(replication.data, settings, start)
        tree["starts"] = found.starts
        tree["modes"] = self._search.weigh(found)
        return tree


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
    simulated = Replication(
        seed,
        model_data(inputs, specification),
        starting_points(inputs, specification, LiquidityRegimesPriors()),
    )
    draws = compiled_at(specification, 1, num_days).fit(
        simulated, replace(settings, seed=seed)
    )
    truth = truth_dataset(specification)
    table = replication_rows(draws, truth, specification.name, seed)
    return table.assign(**search_columns(draws["starts"].to_dataset()))


@cache
def compiled_at(
    specification: LiquidityRegimesSpecification, seed: int, num_days: int
) -> CompiledLiquidityRegimes:
    """Compile a specification for panels like that of a seed."""
    inputs = simulated_inputs(specification, seed, num_days)
    return CompiledLiquidityRegimes(inputs, specification, LiquidityRegimesPriors())


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


def search_columns(starts: xr.Dataset) -> dict[str, int]:
    """How many searches for the mode ended at the highest one found."""
    at_mode = starts["mode"] == 0
    data_driven = starts["kind"] == DATA_DRIVEN
    return {
        "num_starts": starts.sizes["start"],
        "starts_at_mode": int(at_mode.sum()),
        "data_driven_at_mode": int((at_mode & data_driven).sum()),
    }
