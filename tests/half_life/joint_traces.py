"""Traces of the joint model with made-up draws, for analysis tests."""

from functools import lru_cache

import numpy as np
import xarray as xr

from analysis.fit import Fit
from analysis.half_life.joint_description import JOINT_DECAY
from data.half_life.basis_events_panel import basis_events_from_frame
from data.half_life.placebo import PLACEBO
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.mode_checks import chain_starts
from inference.checks.verdict import Verdict
from models.half_life.joint_inputs import JointInputs, joint_inputs
from models.half_life.joint_simulation import simulate_joint_decay
from models.half_life.stored_joint_inputs import joint_inputs_dataset
from tests.price_pressure.traces import diagnostics_frame
from tests.traces import sample_statistics

NAMES = ("dealer_hhi", "ats_share")
NUM_DAYS = 200

BY_TENOR = {
    "persistence": 0.87,
    "half_life_days": 5.0,
    "level_innovation_sd_bp": 1.0,
    "deviation_innovation_sd_bp": 0.5,
    "noise_sd_bp": 1.1,
    "event_shock_sd_bp": 11.0,
}
SCALARS = {
    "median_half_life_days": 4.0,
    "shape": 1.1,
    "event_tenor_sd": 0.3,
    "date_sd": 0.2,
    "covariance_half_life_days": 60.0,
    "covariance_reaction": 0.1,
    "scale_half_life_days": 20.0,
    "scale_reaction": 0.1,
    "degrees_of_freedom": 8.0,
}


def _draws(
    inputs: JointInputs, shape: tuple[int, int], spread: float, rng: np.random.Generator
) -> xr.Dataset:
    tenors = [int(x) for x in inputs.basis["tenor"].to_numpy()]
    dims = ("chain", "draw")

    def positive(*size: int) -> np.ndarray:
        return np.exp(rng.normal(0, spread, (*shape, *size)))

    effects = rng.normal(0, spread, (*shape, len(inputs.event_tenors)))
    coefficient = np.array([-0.5, 0.6]) + rng.normal(0, spread, (*shape, 2))
    variables = {
        **{
            name: ((*dims, "tenor"), value * positive(len(tenors)))
            for name, value in BY_TENOR.items()
        },
        **{name: (dims, value * positive()) for name, value in SCALARS.items()},
        "event_tenor_effect": ((*dims, "event_tenor"), effects),
        "coefficient": ((*dims, "covariate"), coefficient),
    }
    coords = {
        "chain": np.arange(shape[0]),
        "draw": np.arange(shape[1]),
        "tenor": tenors,
        "covariate": list(inputs.covariates.index),
        "event_tenor": inputs.event_tenors,
    }
    return xr.Dataset(variables, coords=coords)


def random_joint_tree(*, placebo: bool = False, draws: int = 100) -> xr.DataTree:
    """A trace around the truth of a twin of 200 weekdays."""
    rng = np.random.default_rng(5)
    frame = simulate_joint_decay(1, NUM_DAYS).frame
    if placebo:
        is_event = frame["event_types"] != ""
        frame["event_types"] = (PLACEBO + frame["event_types"]).where(is_event, "")
    panel = basis_events_from_frame(frame, "twin")
    inputs = joint_inputs(panel, NAMES)
    used = joint_inputs_dataset(panel, inputs)
    basis = used[["basis_bp"]]
    by_tenor = ("day", "tenor")
    innovation = rng.normal(size=basis["basis_bp"].shape)
    posterior = _draws(inputs, (4, draws), 0.1, rng)

    def replicated(*shape: int) -> xr.Dataset:
        steps = rng.normal(0, 2, (*shape, *basis["basis_bp"].shape))
        dims = ("chain", "draw", *by_tenor)
        return xr.Dataset({"basis_bp": (dims, steps.cumsum(-2))}, coords=basis.coords)

    def of_days(**values: np.ndarray) -> xr.Dataset:
        return xr.Dataset({k: (by_tenor, v) for k, v in values.items()}, basis.coords)

    half_life = 4.0 * np.exp(rng.normal(0, 1, len(inputs.outcomes)))
    level = basis["basis_bp"].to_numpy()
    statistics = sample_statistics(rng.normal(0, 4, (4, draws)))
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "prior": _draws(inputs, (1, 200), 0.6, rng),
            "sample_stats": statistics,
            "log_likelihood": xr.Dataset(
                {
                    "basis_bp": (
                        ("chain", "draw", "day"),
                        np.zeros((4, draws, basis.sizes["day"])),
                    )
                }
            ),
            "log_prior": posterior[["shape"]],
            "starts": chain_starts(statistics),
            "prior_predictive": replicated(1, 50),
            "posterior_predictive": replicated(4, 50),
            "observed_data": basis.fillna(0.0),
            "constant_data": xr.Dataset(
                {"is_quoted": np.isfinite(basis["basis_bp"]).astype(float)}
            ),
            "panel": used,
            "filtered": of_days(
                level_bp=level, deviation_bp=0 * level, event_bp=0 * level
            ),
            "one_step_ahead": of_days(
                mean_bp=level,
                sd_bp=np.full_like(level, 1.5),
                pit=rng.uniform(size=level.shape),
                standardized_innovation=innovation,
            ),
            "event_half_lives": xr.Dataset(
                {
                    name: ("outcome", factor * half_life)
                    for name, factor in (
                        ("lower_95", 0.5),
                        ("median", 1.0),
                        ("upper_95", 2.0),
                    )
                },
                coords={"outcome": list(inputs.outcomes.index)},
            ),
        }
    )
    tree.attrs = {
        "model": "basis-events",
        "variant": "score-driven",
        "data_sha256": "be" * 32,
        "data_source": "basis-events.csv",
        "notes": inputs.notes,
        "versions": {"pymc": "6.4.0"},
        "settings": {"draws": draws, "chains": 4, "seed": 7},
        "seed": 7,
        "wall_time_s": 12.3,
        "created": "2025-01-02T03:04:05+00:00",
    }
    return tree


@lru_cache
def random_joint_fit(*, placebo: bool = False, failures: tuple[str, ...] = ()) -> Fit:
    """A fit of :func:`random_joint_tree`, shared between tests: do not change it."""
    tree = random_joint_tree(placebo=placebo)
    return Fit(
        "placebo" if placebo else "joint",
        tree,
        diagnostics_frame(tree),
        RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0),
        Verdict(sampler=failures),
        JOINT_DECAY,
    )
