"""Simulated panels of one shape, and what each response says of their truth."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from data.dims import COEFFICIENT, NOISE
from data.trading_costs.panel import TradingCostsPanel, trading_costs_panel_from_frame
from inference.settings import SamplerSettings
from inference.trading_costs.effects import draw_effects
from models.likelihoods.mixed.distribution import regressor_data, response_statistics
from models.trading_costs.inputs import GaussianInputs, JointInputs, select_inputs
from models.trading_costs.model import STATISTICS, joint_data, model_from_inputs
from models.trading_costs.scenarios import IDENTITY, TradingCostsParameters
from models.trading_costs.simulation import (
    REFERENCE_SPREAD_BP,
    SimulatedTradingCosts,
    simulate_trading_costs,
)
from models.trading_costs.specification import (
    JOINT,
    SIGNED,
    TradingCostsPriors,
    TradingCostsSpecification,
)
from studies.compiled_model import CompiledModel

FORMULA = "benchmark"

SECURITIES, DAYS, TRADES_A_DAY = 30, 250, 3.0
"""Of each panel: some 14,500 trades with customers of ordinary size."""

TRADES, QUOTES = 3500, 2500
"""Of these, what ``joint`` is fitted to: as many in each panel, so that one compiled
model serves all, and few enough for its time."""

SETTINGS = SamplerSettings(seed=0, draws=400, tune=400, chains=2)

KEPT = {
    JOINT: ["coefficient", "noise_coefficient", "taker_share", "second_share"],
}


def replication_truth(scenario: TradingCostsParameters) -> TradingCostsParameters:
    """A scenario in the size of a study, without what its formula leaves out.

    Costs depend on indicative spread and benchmark illiquidity, and effects of
    securities are half as far apart, so that no linear mean cost falls below zero.
    """
    return replace(
        scenario,
        securities=SECURITIES,
        days=DAYS,
        trades_a_day=TRADES_A_DAY,
        age_elasticity=0.0,
        size_rise=0.0,
        security_sd=0.15,
    )


@dataclass(frozen=True)
class Replication:
    """A simulated panel, and some of its trades and quotes for ``joint``."""

    panel: TradingCostsPanel
    few: TradingCostsPanel
    simulated: SimulatedTradingCosts


def simulated_replication(
    seed: int,
    truth: TradingCostsParameters,
    trades: int = TRADES,
    quotes: int = QUOTES,
) -> Replication:
    """Simulate, and choose as many rows for ``joint`` as every panel has."""
    simulated = simulate_trading_costs(seed, truth)
    frame = simulated.frame
    rng = np.random.default_rng(seed)
    is_quote = frame["observation"] == "quote"
    is_used = (frame["segment"] == "customer") & ~frame["is_retail"]
    few = np.sort(
        np.concatenate(
            [
                rng.choice(np.flatnonzero(is_used), trades, replace=False),
                rng.choice(np.flatnonzero(is_quote), quotes, replace=False),
            ]
        )
    )
    source = f"simulated, seed {seed}"
    return Replication(
        trading_costs_panel_from_frame(frame[is_used | is_quote], source),
        trading_costs_panel_from_frame(frame.iloc[few], source),
        simulated,
    )


def posterior(
    response: str, replication: Replication, truth: TradingCostsParameters, seed: int
) -> xr.Dataset:
    """Draws of the coefficients, and of what else the truth is known of.

    Parameters
    ----------
    response : str
        What is fitted.
    replication : Replication
        Simulated from `truth`.
    truth : TradingCostsParameters
        Gives the shapes.
    seed : int
        Of the fit.
    """
    inputs = _inputs(response, replication)
    draws = _compiled(response, truth).sample(
        _data(inputs), replace(SETTINGS, seed=seed)
    )
    found = draws["posterior"].to_dataset()
    if isinstance(inputs, JointInputs):
        return found
    return draw_effects(inputs, found, np.random.default_rng(seed))[0][["coefficient"]]


@cache
def _compiled(response: str, truth: TradingCostsParameters) -> CompiledModel:
    inputs = _inputs(response, simulated_replication(1, truth))
    model = model_from_inputs(inputs, _specification(response), TradingCostsPriors())
    names = KEPT.get(response, [x.name for x in model.free_RVs])
    return CompiledModel(model, names)


def _specification(response: str) -> TradingCostsSpecification:
    return TradingCostsSpecification(formula=FORMULA, response=response)


def _inputs(response: str, replication: Replication) -> GaussianInputs | JointInputs:
    panel = replication.few if response == JOINT else replication.panel
    return select_inputs(panel, _specification(response), TradingCostsPriors())


def _data(inputs: GaussianInputs | JointInputs) -> dict[str, np.ndarray]:
    if isinstance(inputs, JointInputs):
        return joint_data(inputs)
    is_crossed = bool(inputs.design.date_slopes)
    found = regressor_data(inputs.totals, inputs.prior_precision, is_crossed)
    observed = response_statistics(inputs.totals)
    return found | {f"{STATISTICS}_observed": observed}


def known_truth(response: str, simulated: SimulatedTradingCosts) -> xr.Dataset:
    """True values on the scale of a response.

    ``signed`` has true slopes where mean costs are linear (link ``identity``); those of
    ``joint`` are log slopes.
    """
    truth = simulated.parameters
    if response == JOINT:
        return xr.Dataset(
            {
                "coefficient": (
                    COEFFICIENT,
                    [truth.spread_elasticity, simulated.benchmark_slope, 0.0],
                ),
                "noise_coefficient": (NOISE, [np.log(0.2), 0.0, 1.0]),
                "taker_share": ((), truth.taker_share),
            },
            {
                COEFFICIENT: ["spread", "illiquidity", "spread:illiquidity"],
                NOISE: ["intercept", "illiquidity", "log_error_sd"],
            },
        )
    if response != SIGNED or truth.link != IDENTITY:
        raise ValueError(f"no linear truth of {response} with link {truth.link}")
    scale = 2 * (2 * truth.taker_share - 1) * truth.cost_bp
    slopes = [
        scale * truth.spread_elasticity / REFERENCE_SPREAD_BP,
        scale * simulated.benchmark_slope,
        0.0,
    ]
    names = ["spread", "illiquidity", "spread:illiquidity"]
    return xr.Dataset({"coefficient": (COEFFICIENT, slopes)}, {COEFFICIENT: names})


def interval_row(draws: xr.DataArray) -> dict[str, float | bool]:
    """Mean and 95% interval of a scalar, and whether it excludes zero."""
    values = draws.to_numpy().ravel()
    lower, upper = np.quantile(values, [0.025, 0.975])
    return {
        "mean": float(values.mean()),
        "lower_95": float(lower),
        "upper_95": float(upper),
        "excludes_zero": bool(lower > 0 or upper < 0),
    }


def benchmark_slope(posterior: xr.Dataset) -> xr.DataArray:
    """Of a response in benchmark illiquidity, at the median indicative spread."""
    return posterior["coefficient"].sel({COEFFICIENT: "illiquidity"})


def summary_of_claims(rows: pd.DataFrame) -> pd.DataFrame:
    """How often each response claims an effect of benchmark illiquidity."""
    return (
        rows.groupby("response", sort=False)
        .agg(
            replications=("seed", "size"),
            claims=("excludes_zero", "sum"),
            mean_slope=("mean", "mean"),
        )
        .reset_index()
    )
