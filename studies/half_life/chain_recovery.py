"""Recovery of what shortens half-lives from a basis with the noise of the market.

The same simulated basis, events and covariates are given to the joint model and to the
chain of two steps: a decomposition that knows no events, half-lives measured on draws
of its deviations, and the proportional hazard of all of them.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import binomtest

from data.dims import COVARIATE, DAY, TENOR
from data.half_life.basis_events_panel import basis_events_from_frame
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.build import build_half_life_panel
from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from data.half_life.deviations import Deviations
from data.half_life.event_panel import half_life_panel_from_frame
from data.half_life.rule import HalfLifeRule
from inference.half_life.basis_decomposition import derive_basis_decomposition
from inference.settings import SamplerSettings
from models.half_life.basis_decomposition import basis_decomposition_model, trading_days
from models.half_life.inputs import HalfLifeInputs, select_inputs
from models.half_life.joint_decay import (
    CONSTANT,
    joint_data_variables,
    model_from_joint_inputs,
)
from models.half_life.joint_inputs import JointInputs, joint_inputs
from models.half_life.joint_simulation import SimulatedJointDecay, simulate_joint_decay
from models.half_life.model import (
    data_variables,
    imputation_data,
    model_from_inputs,
)
from models.half_life.specification import PROPORTIONAL_HAZARD, HalfLifeSpecification
from studies.compiled_model import CompiledModel
from studies.half_life.basis_recovery import model_data
from studies.replications import compare_with_truth
from studies.sweep import Plan, seeds

JOINT = "joint model"
COMPONENTS = ("transitory", "autoregressive")
"""What the second step of the chain takes for the deviation."""

NUM_DAYS = 1000
NUM_IMPUTATIONS = 8
NAMES = ("dealer_hhi", "ats_share")

SPECIFICATION = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD, covariates=NAMES)

JOINT_SETTINGS = SamplerSettings(seed=0, draws=500, tune=300, chains=2)
STEP_SETTINGS = SamplerSettings(seed=0, draws=400, tune=400, chains=2)
IMPUTATION_SETTINGS = SamplerSettings(seed=0, draws=150, tune=250, chains=2)
"""Of each fit, with the seed of the replication."""

JOINT_NAMES = (
    "coefficient",
    "median_half_life_days",
    "shape",
    "event_shock_sd_bp",
    "noise_sd_bp",
    "event_tenor_sd",
    "date_sd",
)


_HAZARDS: dict[int, CompiledModel] = {}
"""The second step by the length of the panel. What differs between panels of a length
is data of the model, so that the first one serves all."""


def chain_plan(replications: int, num_days: int, first_seed: int) -> Plan:
    """Estimate effects on half-lives again and again, jointly and in two steps."""
    return Plan(
        chain_replication, seeds(replications, first_seed), {"num_days": num_days}
    )


def chain_replication(seed: int, num_days: int = NUM_DAYS) -> pd.DataFrame:
    """Estimate effects on the half-lives of one simulated panel in every way.

    Returns
    -------
    DataFrame
        One row an estimator and parameter: ``seed``, ``variant`` (the estimator), the
        columns of `studies.replications.compare_with_truth` and ``divergences``. Two
        steps have the coefficients alone.
    """
    twin = simulate_joint_decay(seed, num_days)
    tables = [_joint(twin, num_days, seed), *_two_steps(twin, num_days, seed)]
    return pd.concat(tables, ignore_index=True)


def true_parameters(twin: SimulatedJointDecay, inputs: JointInputs) -> xr.Dataset:
    """Truth under the names of the model's variables.

    The effects of the model sum to 0, so the average of those drawn belongs to the
    median.
    """
    parameters, events = twin.parameters, twin.events
    cells = [label.rsplit(":", 1) for label in inputs.event_tenors]
    effects = events.event_tenor_effect.stack()  # noqa: PD013
    drawn = effects.loc[[(kind, int(tenor)) for kind, tenor in cells]]
    shift = drawn.mean() + events.date_effect.mean()
    basis = parameters.basis
    shock = np.full(len(basis.tenor), parameters.event_shock_sd_bp)
    return xr.Dataset(
        {
            "coefficient": (
                COVARIATE,
                [parameters.effects.coefficient[name] for name in NAMES],
            ),
            "median_half_life_days": parameters.median_half_life_days
            * np.exp(-shift / parameters.shape),
            "shape": parameters.shape,
            "event_shock_sd_bp": (TENOR, shock),
            "noise_sd_bp": (TENOR, np.array(basis.noise_sd_bp)),
            "event_tenor_sd": parameters.effects.event_tenor_sd,
            "date_sd": parameters.effects.date_sd,
        },
        coords={COVARIATE: list(NAMES), TENOR: list(basis.tenor)},
    )


def _inputs(twin: SimulatedJointDecay) -> JointInputs:
    return joint_inputs(basis_events_from_frame(twin.frame, "simulated"), NAMES)


@cache
def _compiled_joint(num_days: int) -> CompiledModel:
    inputs = _inputs(simulate_joint_decay(1, num_days))
    return CompiledModel(model_from_joint_inputs(inputs, CONSTANT), JOINT_NAMES)


@cache
def _compiled_basis(num_days: int) -> CompiledModel:
    frame = simulate_joint_decay(1, num_days).basis.frame
    model = basis_decomposition_model(basis_panel_from_frame(frame, "simulated"))
    return CompiledModel(model, [str(variable.name) for variable in model.free_RVs])


def _joint(twin: SimulatedJointDecay, num_days: int, seed: int) -> pd.DataFrame:
    inputs = _inputs(twin)
    draws = _compiled_joint(num_days).sample(
        joint_data_variables(inputs), replace(JOINT_SETTINGS, seed=seed)
    )
    table = compare_with_truth(
        draws["posterior"].to_dataset(), true_parameters(twin, inputs)
    )
    divergences = int(draws["sample_stats"]["diverging"].sum())
    return table.assign(seed=seed, variant=JOINT, divergences=divergences)


def _two_steps(
    twin: SimulatedJointDecay, num_days: int, seed: int
) -> list[pd.DataFrame]:
    panel = basis_panel_from_frame(twin.basis.frame, f"seed {seed}")
    dataset = trading_days(panel.dataset)
    data = model_data(dataset["basis_bp"].to_numpy())
    draws = _compiled_basis(num_days).sample(data, replace(STEP_SETTINGS, seed=seed))
    states = derive_basis_decomposition(
        basis_decomposition_model(panel), draws, NUM_IMPUTATIONS, seed
    )["smoothed"]
    whole = dataset["basis_bp"] - states["level_bp"]
    deviation = {
        "transitory": whole.fillna(states["deviation_bp"]),
        "autoregressive": states["deviation_bp"],
    }
    return [
        _second_step(twin, deviation[component], component, num_days, seed)
        for component in COMPONENTS
    ]


def _second_step(
    twin: SimulatedJointDecay,
    deviation: xr.DataArray,
    component: str,
    num_days: int,
    seed: int,
) -> pd.DataFrame:
    events = twin.events.frame
    paths = deviation.transpose(TENOR, "sample", DAY)
    by_tenor = {
        int(tenor): np.asarray(path, dtype=np.float64)
        for tenor, path in zip(paths[TENOR].to_numpy(), paths.to_numpy(), strict=True)
    }
    days = pd.DatetimeIndex(deviation[DAY].to_numpy())
    keys = ["event_date", "event_type", "tenor"]
    built = build_half_life_panel(
        Deviations(by_tenor, days, f"seed {seed}"),
        events[keys],
        HalfLifeRule(),
        tenors=tuple(by_tenor),
        microstructure=events.set_index(keys)[list(MICROSTRUCTURE_COVARIATES)],
    )
    inputs = select_inputs(
        half_life_panel_from_frame(built.frame, f"seed {seed}"), SPECIFICATION
    )
    pooled, divergences = _pooled(inputs, num_days, seed)
    truth = xr.Dataset(
        {
            "coefficient": (
                COVARIATE,
                [twin.parameters.effects.coefficient[name] for name in NAMES],
            )
        },
        coords={COVARIATE: list(NAMES)},
    )
    return compare_with_truth(pooled, truth).assign(
        seed=seed, variant=f"two steps, {component}", divergences=divergences
    )


def _pooled(inputs: HalfLifeInputs, num_days: int, seed: int) -> tuple[xr.Dataset, int]:
    """Draws given every imputation, side by side as chains."""
    if num_days not in _HAZARDS:
        model = model_from_inputs(inputs, SPECIFICATION)
        _HAZARDS[num_days] = CompiledModel(model, ["coefficient"])
    hazard = _HAZARDS[num_days]
    chains, divergences = [], 0
    for imputation in range(len(inputs.half_life_days)):
        data = data_variables(inputs) | imputation_data(inputs, imputation)
        draws = hazard.sample(data, replace(IMPUTATION_SETTINGS, seed=seed))
        chains.append(draws["posterior"].to_dataset()[["coefficient"]])
        divergences += int(draws["sample_stats"]["diverging"].sum())
    pooled = xr.concat(chains, "chain")
    pooled = pooled.assign_coords(chain=range(pooled.sizes["chain"]))
    return pooled, divergences


def summarize_chain(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage and shrinkage of every estimator and parameter.

    Parameters
    ----------
    rows : DataFrame
        Rows of `chain_replication`.

    Returns
    -------
    DataFrame
        One row an estimator and parameter: ``intervals``, ``share_covered``, its
        ``standard_error`` with replications as clusters, ``p_value`` of a share of 95%
        if intervals were independent, ``mean_ratio`` of posterior mean to truth and
        ``mean_error_sd`` in posterior standard deviations.
    """
    rows = rows.assign(
        ratio=rows["mean"] / rows["truth"],
        error_sd=(rows["mean"] - rows["truth"]) / rows["sd"],
    )
    grouped = rows.groupby(["variant", "parameter"], sort=False)
    return pd.DataFrame(
        [
            {"variant": variant, "parameter": parameter} | _coverage(part)
            for (variant, parameter), part in grouped
        ]
    )


def _coverage(part: pd.DataFrame) -> dict[str, float]:
    covered = int(part["is_covered"].sum())
    by_replication = part.groupby("seed")["is_covered"].mean()
    number = len(by_replication)
    spread = by_replication.std(ddof=1) / np.sqrt(number) if number > 1 else np.nan
    return {
        "intervals": len(part),
        "share_covered": covered / len(part),
        "standard_error": spread,
        "p_value": binomtest(covered, len(part), 0.95).pvalue,
        "mean_ratio": part["ratio"].mean(),
        "mean_error_sd": part["error_sd"].mean(),
    }
