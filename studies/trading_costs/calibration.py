"""Simulation-based calibration of the regressions of trading costs.

Parameters from the prior, deviations of trades given them and the regressors of one
simulated panel, a fit. Deviations of ``signed`` are drawn row by row here, a second
writing of what its likelihood knows from sums alone; those of ``joint`` by its model.
Weights, centres and scales of the priors are those of the panel throughout.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr

from data.arrays import FloatArray
from data.dims import COEFFICIENT
from inference.checks.calibration import RANKED_DRAWS
from inference.sampling import SAMPLE_DIMS, thin_evenly
from inference.settings import SamplerSettings
from inference.trading_costs.effects import variances_of
from models.likelihoods.mixed.conditional import conditional
from models.likelihoods.mixed.distribution import response_statistics
from models.likelihoods.mixed.statistics import Lengths, gather, total
from models.trading_costs.inputs import GaussianInputs, JointInputs, select_inputs
from models.trading_costs.model import STATISTICS, model_from_inputs
from models.trading_costs.scenarios import FAITHFUL, IDENTITY, scenario
from models.trading_costs.specification import (
    TradingCostsPriors,
    TradingCostsSpecification,
)
from studies.calibration import (
    draw_from_prior,
    fit_quality,
    simulation_row,
)
from studies.compiled_model import CompiledModel
from studies.trading_costs.replications import (
    FORMULA,
    replication_truth,
    simulated_replication,
)

CALIBRATION_SETTINGS = SamplerSettings(seed=0, draws=400, tune=400, chains=2)
"""Of each fit, with the seed of the replication; ranks use every eighth draw."""

SECURITIES, DAYS, TRADES_A_DAY = 20, 60, 2.0
TRADES, QUOTES = 1000, 600
"""Of the panel."""

SDS = ["residual_sd", "security_sd", "day_sd"]
JOINT_PARAMETERS = [
    "coefficient",
    "security_sd",
    "day_sd",
    "noise_coefficient",
    "taker_share",
    "second_share",
    "excess_degrees_of_freedom",
]


def simulation(
    seed: int,
    response: str,
    panel_seed: int,
    settings: SamplerSettings = CALIBRATION_SETTINGS,
) -> pd.DataFrame:
    """Draw parameters from the prior, simulate deviations, fit and rank the truth.

    Returns
    -------
    DataFrame
        One row, see `studies.calibration.simulation_row`.
    """
    inputs, compiled = _compiled(response, panel_seed)
    if isinstance(inputs, JointInputs):
        truth, data = simulate_joint(compiled.model, seed)
    else:
        truth, data = simulate_signed(compiled.model, inputs, seed)
    tree = compiled.sample(data, replace(settings, seed=seed))
    posterior = tree["posterior"].to_dataset()
    if isinstance(inputs, GaussianInputs):
        posterior = with_coefficients(inputs, posterior, data, seed)
    return simulation_row(seed, truth, posterior, fit_quality(tree))


@cache
def _compiled(
    response: str, panel_seed: int
) -> tuple[GaussianInputs | JointInputs, CompiledModel]:
    inputs = calibration_inputs(response, panel_seed)
    specification = TradingCostsSpecification(formula=FORMULA, response=response)
    model = model_from_inputs(inputs, specification, TradingCostsPriors())
    names = JOINT_PARAMETERS if isinstance(inputs, JointInputs) else SDS
    return inputs, CompiledModel(model, names)


def calibration_inputs(response: str, seed: int) -> GaussianInputs | JointInputs:
    """Regressors of one simulated panel."""
    truth = replace(
        replication_truth(scenario(FAITHFUL)),
        securities=SECURITIES,
        days=DAYS,
        trades_a_day=TRADES_A_DAY,
        link=IDENTITY,
    )
    panel = simulated_replication(seed, truth, TRADES, QUOTES).few
    specification = TradingCostsSpecification(formula=FORMULA, response=response)
    return select_inputs(panel, specification, TradingCostsPriors())


def simulate_signed(
    model: pm.Model, inputs: GaussianInputs, seed: int
) -> tuple[xr.Dataset, dict[str, FloatArray]]:
    """One draw of sds and coefficients from the prior, and rows given them.

    Returns
    -------
    truth : xr.Dataset
        ``residual_sd``, ``security_sd``, ``day_sd``, ``coefficient``.
    data : dict
        Statistics of the response, under the name of the model's data.
    """
    rng = np.random.default_rng(seed)
    drawn = pm.draw([model[name] for name in SDS], random_seed=seed)
    residual, security, day = map(float, drawn)
    coefficient = rng.standard_normal(len(inputs.prior_precision))
    coefficient *= inputs.prior_precision**-0.5
    levels = inputs.design.levels
    of_security = security * rng.standard_normal(len(levels.securities))
    of_day = day * rng.standard_normal(len(levels.dates))
    rows = inputs.design.rows(inputs.design.observations.frame())
    response = rows.fixed @ coefficient + of_security[rows.group]
    response += of_day[rows.crossed]
    response += residual * rng.standard_normal(len(response)) / np.sqrt(rows.weight)
    truth = xr.Dataset(
        {
            **dict(zip(SDS, (residual, security, day), strict=True)),
            "coefficient": (COEFFICIENT, coefficient),
        },
        {COEFFICIENT: inputs.design.names},
    )
    lengths = Lengths(
        fixed=len(coefficient),
        groups=len(of_security),
        crossed=len(of_day),
        crossed_slopes=1,
        blocks=len(inputs.design.months),
    )
    bare = rows._replace(response=response, bins=np.zeros((len(response), 0), np.int64))
    statistics = response_statistics(total(gather([bare], lengths)))
    return truth, {f"{STATISTICS}_observed": statistics}


def with_coefficients(
    inputs: GaussianInputs,
    posterior: xr.Dataset,
    data: dict[str, FloatArray],
    seed: int,
) -> xr.Dataset:
    """Thinned posterior with coefficients, given the sds and a simulated response."""
    totals = inputs.totals
    sizes = [totals.y_fixed.size, totals.y_group.size, totals.y_crossed.size, 1]
    parts = np.split(data[f"{STATISTICS}_observed"], np.cumsum(sizes)[:-1])
    given = replace(
        totals,
        y_fixed=parts[0],
        y_group=parts[1].reshape(totals.y_group.shape),
        y_crossed=parts[2].reshape(totals.y_crossed.shape),
        y_y=parts[3],
    )
    rng = np.random.default_rng(seed)
    thinned = thin_evenly(posterior, RANKED_DRAWS)
    drawn = [
        conditional(given, inputs.prior_precision, variances).draw(rng).coefficient
        for variances in variances_of(thinned, inputs)
    ]
    shape = *(thinned.sizes[dim] for dim in SAMPLE_DIMS), len(drawn[0])
    return thinned.assign(
        {"coefficient": ((*SAMPLE_DIMS, COEFFICIENT), np.reshape(drawn, shape))}
    ).assign_coords({COEFFICIENT: inputs.design.names})


def simulate_joint(
    model: pm.Model, seed: int
) -> tuple[xr.Dataset, dict[str, FloatArray]]:
    """One draw of the parameters from the prior, and of deviations given them.

    Returns
    -------
    truth : xr.Dataset
        Those of `JOINT_PARAMETERS`.
    data : dict
        ``deviation`` of trades and ``quote_error`` (bp), names of the model's data.
    """
    drawn, seen = draw_from_prior(model, seed)
    data = {
        "deviation": seen["deviation_bp"].to_numpy(),
        "quote_error": seen["quote_error_bp"].to_numpy(),
    }
    return drawn[JOINT_PARAMETERS], data
