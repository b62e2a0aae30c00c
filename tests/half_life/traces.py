"""Traces of half-life regressions with made-up draws around a known truth."""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from analysis.fit import Fit
from analysis.half_life.description import HALF_LIFE
from data.half_life.event_panel import half_life_panel_from_frame
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.mode_checks import chain_starts
from inference.checks.verdict import Verdict
from inference.half_life.prepare import events_dataset
from inference.sampling.imputation import imputation_variances
from models.half_life.inputs import HalfLifeInputs
from models.half_life.model import variant_inputs
from models.half_life.simulation import HalfLifeParameters, simulate_half_life_events
from models.half_life.specification import IMPUTE, LINEAR, HalfLifeSpecification
from models.half_life.stored_inputs import inputs_dataset
from tests.price_pressure.traces import diagnostics_frame
from tests.traces import sample_statistics

NUM_EVENTS = 300
DRAWS = 60
"""Of each of four chains."""

SAMPLE = ("chain", "draw")
TRUTH = HalfLifeParameters()


def event_frame(imputations: int = 1, *, seed: int = 4) -> pd.DataFrame:
    """Simulated events; two are set aside, and imputations differ by a day."""
    frame = simulate_half_life_events(seed, NUM_EVENTS)
    frame.loc[[3, 8], ["half_life_days", "set_aside"]] = [
        np.nan,
        "deviation under the threshold",
    ]
    frame.loc[[3, 8], "is_censored"] = False
    others = []
    for imputation in range(1, imputations):
        shifted = frame["half_life_days"] + imputation % 2
        longest = frame["half_life_days"].max()
        others.append(
            frame.assign(
                imputation=imputation, half_life_days=shifted.clip(upper=longest)
            )
        )
    return pd.concat([frame, *others], ignore_index=True)


def _linear_draws(
    inputs: HalfLifeInputs, shape: tuple[int, int], rng: np.random.Generator
) -> dict[str, tuple]:
    return {
        "intercept_days": (SAMPLE, rng.normal(5, 0.3, shape)),
        "noise_sd_days": (SAMPLE, np.abs(rng.normal(2.7, 0.1, shape))),
        "event_tenor_sd_days": (SAMPLE, np.abs(rng.normal(0.5, 0.1, shape))),
    }


def _duration_draws(
    inputs: HalfLifeInputs, shape: tuple[int, int], rng: np.random.Generator
) -> dict[str, tuple]:
    baseline = np.asarray(TRUTH.baseline_log_hazard)
    dates = (*shape, len(inputs.dates))
    return {
        "baseline_log_hazard": (
            (*SAMPLE, "day"),
            rng.normal(baseline, 0.1, (*shape, len(baseline))),
        ),
        "event_tenor_sd": (SAMPLE, np.abs(rng.normal(0.3, 0.05, shape))),
        "date_sd": (SAMPLE, np.abs(rng.normal(0.3, 0.05, shape))),
        "date_effect": ((*SAMPLE, "event_date"), rng.normal(0, 0.2, dates)),
    }


def _draws(
    variant: str,
    inputs: HalfLifeInputs,
    shape: tuple[int, int],
    spread: float,
    rng: np.random.Generator,
) -> xr.Dataset:
    make = _linear_draws if variant == LINEAR else _duration_draws
    centre = np.array([TRUTH.coefficient[name] for name in inputs.covariates.index])
    groups = (*shape, len(inputs.event_tenors))
    variables = make(inputs, shape, rng) | {
        "coefficient": (
            (*SAMPLE, "covariate"),
            rng.normal(
                -2 * centre if variant == LINEAR else centre,
                spread * 0.05,
                (*shape, len(centre)),
            ),
        ),
        "event_tenor_effect": ((*SAMPLE, "event_tenor"), rng.normal(0, 0.2, groups)),
    }
    return xr.Dataset(
        variables,
        coords={
            "chain": np.arange(shape[0]),
            "draw": np.arange(shape[1]),
            "covariate": list(inputs.covariates.index),
            "event_tenor": inputs.event_tenors,
            "event_date": inputs.dates,
            "day": np.arange(1, inputs.horizon_days + 1),
        },
    )


def _replicated(
    inputs: HalfLifeInputs, shape: tuple[int, int], rng: np.random.Generator
) -> xr.Dataset:
    """Half-lives drawn by the truth's baseline alone."""
    cumulative = np.exp(np.asarray(TRUTH.baseline_log_hazard)).cumsum()
    size = (*shape, len(inputs.outcomes))
    days = 1 + np.searchsorted(cumulative, rng.exponential(size=size))
    watched = inputs.days_watched[0]
    return xr.Dataset(
        {"half_life": ((*SAMPLE, "outcome"), np.minimum(days, watched + 1))},
        coords={"outcome": list(inputs.outcomes.index)},
    )


def random_half_life_tree(
    variant: str,
    frame: pd.DataFrame | None = None,
    *,
    draws: int = DRAWS,
    missing: str = IMPUTE,
) -> xr.DataTree:
    """A trace of one variant on simulated events, or on a frame of the test's own."""
    rng = np.random.default_rng(11)
    panel = half_life_panel_from_frame(event_frame() if frame is None else frame, "e")
    specification = HalfLifeSpecification(variant=variant, missing=missing)
    inputs = variant_inputs(panel, specification)
    coords = {"outcome": list(inputs.outcomes.index)}
    scores = rng.normal(-2, 0.1, (4, draws, len(inputs.outcomes)))
    posterior = _draws(variant, inputs, (4, draws), 1.0, rng)
    statistics = sample_statistics(rng.normal(0, 4, (4, draws)))
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "prior": _draws(variant, inputs, (1, 200), 10.0, rng).drop_vars(
                "date_effect", errors="ignore"
            ),
            "sample_stats": statistics,
            "starts": chain_starts(statistics),
            "log_prior": posterior[["event_tenor_effect"]],
            "log_likelihood": xr.Dataset(
                {"half_life": ((*SAMPLE, "outcome"), scores)}, coords=coords
            ),
            "prior_predictive": _replicated(inputs, (1, 50), rng),
            "posterior_predictive": _replicated(inputs, (4, 20), rng),
            "observed_data": xr.Dataset(
                {"half_life": ("outcome", inputs.half_life_days[0])}, coords=coords
            ),
            "constant_data": xr.Dataset(
                {
                    "days_watched": ("outcome", inputs.days_watched[0]),
                    "is_resolved": ("outcome", inputs.is_resolved[0]),
                },
                coords=coords,
            ),
            "panel": inputs_dataset(inputs),
            "events": events_dataset(panel),
        }
    )
    tree.attrs = {
        "model": "half-life",
        "variant": variant,
        "data_sha256": "ef" * 32,
        "data_source": "events.csv",
        "versions": {"pymc": "6.4.0"},
        "settings": {"draws": draws, "chains": 4, "seed": 7},
        "seed": 7,
        "wall_time_s": 12.3,
        "created": "2025-01-02T03:04:05+00:00",
    }
    return tree


def half_life_fit(
    tree: xr.DataTree, name: str = "", failures: tuple[str, ...] = ()
) -> Fit:
    """A fit of a made-up trace whose diagnostics are all good."""
    return Fit(
        name or tree.attrs["variant"],
        tree,
        diagnostics_frame(tree),
        RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0),
        Verdict(sampler=failures),
        HALF_LIFE,
    )


@lru_cache
def _shared_tree(variant: str) -> xr.DataTree:
    return random_half_life_tree(variant)


def random_half_life_fit(variant: str, failures: tuple[str, ...] = ()) -> Fit:
    """A fit of a made-up trace: groups may be replaced, their arrays are shared."""
    return half_life_fit(_shared_tree(variant).copy(), failures=failures)


def imputed_half_life_tree(variant: str) -> xr.DataTree:
    """A trace of four imputations, a chain each."""
    tree = random_half_life_tree(variant, event_frame(4))
    for name in ("posterior", "posterior_predictive", "log_likelihood"):
        group = tree[name].to_dataset().drop_vars("date_effect", errors="ignore")
        tree[name] = group.assign_coords(imputation=("chain", np.arange(4)))
    tree["log_likelihood"] = tree["log_likelihood"].to_dataset().sum("outcome")
    tree["imputation"] = imputation_variances(tree["posterior"].to_dataset())
    return tree


def imputed_half_life_fit(variant: str) -> Fit:
    """Fit of :func:`imputed_half_life_tree`."""
    return half_life_fit(imputed_half_life_tree(variant), "imputed")
