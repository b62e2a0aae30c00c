"""Liquidity-regimes traces with every group and made-up draws, for analysis tests."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import ndtr

from analysis.fit import Fit
from analysis.liquidity_regimes.description import (
    LIQUIDITY_REGIMES,
    THRESHOLD_REGRESSION,
)
from data.liquidity_regimes.columns import COVARIATE_SETS
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.verdict import Verdict
from models.liquidity_regimes.parameters import published_parameters
from tests.dispersed_starts import one_mode, weighed_modes
from tests.price_pressure.traces import diagnostics_frame
from tests.traces import mode_search, sample_statistics

STATES = ["1", "2", "3"]
COVARIATES = ["V", "VV", "CS"]
SAMPLE = ("chain", "draw")
LENGTH_DAYS = 300


def random_panel(
    num_days: int, rng: np.random.Generator, securities: tuple[str, ...] = ("10y",)
) -> xr.Dataset:
    """A panel drawn from the published Table 3, Model IV, its states included."""
    truth = published_parameters("IV")
    depth = np.exp(np.log(70) + 0.8 * np.sin(np.arange(num_days) / 25))
    depth *= np.exp(rng.normal(0, 0.1, num_days))
    covariate = np.column_stack(
        [
            80 + 30 * np.sin(np.arange(num_days) / 40),
            rng.normal(0, 2, num_days),
            rng.normal(0, 5, num_days),
        ]
    )
    transition = truth.transition_probability(depth)
    state = np.full(num_days, 2)
    for t in range(1, num_days):
        state[t] = rng.choice(3, p=transition[t - 1, state[t - 1]])
    mean = (covariate * truth.price_impact_slope[state]).sum(axis=1)
    noise = rng.normal(0, 1, (num_days, len(securities)))
    impact = mean[:, None] + truth.noise_sd[state][:, None] * noise
    impact[5] = np.nan
    by_security = ("day", "security")
    columns = np.ones(len(securities))
    return xr.Dataset(
        {
            "price_impact": (by_security, impact),
            "depth_musd": (by_security, np.outer(depth, columns)),
            "covariate_bp": (("day", "covariate"), covariate),
            "simulated_state": (by_security, np.outer(state + 1, columns)),
        },
        coords={
            "day": pd.bdate_range("2014-04-01", periods=num_days).astype(
                "datetime64[ns]"
            ),
            "security": list(securities),
            "covariate": COVARIATES,
        },
    )


def _transitions(
    transition: str, shape: tuple[int, int], spread: float, rng: np.random.Generator
) -> dict[str, Any]:
    truth = published_parameters("IV", transition)
    if transition == "constant":
        matrix = truth.transition_probability(np.array([70.0]))[0]
        rows = [rng.dirichlet(300 * row / spread, shape) for row in matrix]
        dims = (*SAMPLE, "origin", "arrival")
        return {"transition_probability": (dims, np.stack(rows, axis=2))}
    dims = (*SAMPLE, "origin", "destination")
    delta, gamma = truth.transition_intercept, truth.transition_depth_slope
    # Uncertain where depth is zero, less so where depth is.
    tilt = rng.normal(0, 0.1 * spread, (*shape, *delta.shape))
    return {
        "transition_intercept": (dims, delta * (1 + tilt)),
        "transition_depth_slope": (dims, gamma * (1 + tilt)),
    }


def _draws(
    model: str,
    transition: str,
    shape: tuple[int, int],
    spread: float,
    rng: np.random.Generator,
) -> xr.Dataset:
    truth = published_parameters("IV", transition)
    covariates = list(COVARIATE_SETS[model])
    slope = truth.price_impact_slope[:, [COVARIATES.index(c) for c in covariates]]
    scale = 0.02 * spread * np.abs(slope) + 1e-4
    slopes = slope + scale * rng.normal(0, 1, (*shape, *slope.shape))
    noise = truth.noise_sd * np.exp(rng.normal(0, 0.03 * spread, (*shape, 3)))
    return xr.Dataset(
        {
            "price_impact_slope": ((*SAMPLE, "state", "covariate"), slopes),
            "noise_sd": ((*SAMPLE, "state"), noise),
            "initial_probability": (
                (*SAMPLE, "state"),
                rng.dirichlet([1, 1, 1], shape),
            ),
            **_transitions(transition, shape, spread, rng),
        },
        coords={
            "state": STATES,
            "origin": STATES,
            "arrival": STATES,
            "destination": STATES[1:],
            "covariate": covariates,
            "chain": np.arange(shape[0]),
            "draw": np.arange(shape[1]),
        },
    ).drop_vars("destination" if transition == "constant" else "arrival")


def _regimes(panel: xr.Dataset, rng: np.random.Generator) -> xr.Dataset:
    truth = panel["simulated_state"].isel(security=0).to_numpy().astype(int)
    likely = np.eye(3)[truth - 1]
    probability = 0.9 * likely + 0.1 / 3
    # A state lasts: that of the day before is a forecast, though not a good one.
    forecast = 0.7 * np.roll(likely, 1, axis=0) + 0.3 / 3
    paths = np.where(
        rng.random((40, len(truth))) < 0.97, truth, rng.integers(1, 4, len(truth))
    )
    return xr.Dataset(
        {
            "smoothed_probability": (("day", "state"), probability),
            "filtered_probability": (("day", "state"), probability),
            "predicted_probability": (("day", "state"), forecast),
            "most_likely_path": ("day", truth),
            "state_path": (("sample", "day"), paths.astype(np.int8)),
        },
        coords={"day": panel["day"], "state": STATES},
    )


def _one_step_ahead(panel: xr.Dataset, rng: np.random.Generator) -> xr.Dataset:
    impact = panel["price_impact"].isel(security=0).to_numpy()
    seen = np.isfinite(impact)
    innovation = rng.normal(0, 1, len(impact))
    values = {
        "pit": ndtr(innovation),
        "standardized_innovation": innovation,
        "mean": impact,
        "sd": np.ones(len(impact)),
    }
    return xr.Dataset(
        {name: ("day", np.where(seen, v, np.nan)) for name, v in values.items()},
        coords={"day": panel["day"]},
    )


def _predictive(
    panel: xr.Dataset, shape: tuple[int, int], sd: float, rng: np.random.Generator
) -> xr.Dataset:
    impact = panel["price_impact"].isel(security=0).fillna(9.0).to_numpy()
    draws = impact * np.exp(rng.normal(0, sd, (*shape, len(impact))))
    return xr.Dataset(
        {"price_impact": ((*SAMPLE, "day"), draws)}, coords={"day": panel["day"]}
    )


def _common_groups(
    panel: xr.Dataset, covariates: list[str], draws: int, rng: np.random.Generator
) -> dict[str, xr.Dataset]:
    shape = (4, draws)
    impact = panel["price_impact"].isel(security=0, drop=True)
    day = {"day": panel["day"]}
    num_days = panel.sizes["day"]
    return {
        "sample_stats": sample_statistics(rng.normal(0, 4, shape)),
        "log_likelihood": xr.Dataset(
            {"price_impact": ((*SAMPLE, "day"), rng.normal(-2, 1, (*shape, num_days)))},
            coords=day,
        ),
        "prior_predictive": _predictive(panel, (1, 60), 1.0, rng),
        "posterior_predictive": _predictive(panel, (4, 20), 0.05, rng),
        "observed_data": impact.fillna(0.0).to_dataset(name="price_impact"),
        "constant_data": xr.Dataset(
            {
                "depth_musd": panel["depth_musd"].mean("security"),
                "is_observed": np.isfinite(impact).astype(float),
                "covariates_bp": panel["covariate_bp"].sel(covariate=covariates),
            }
        ),
        "panel": panel,
        "one_step_ahead": _one_step_ahead(panel, rng),
        "leave_future_out": xr.Dataset(
            {
                "elpd": ("day", rng.normal(-2, 1, num_days)),
                "pareto_k": ("day", rng.uniform(0, 0.5, num_days)),
            },
            coords=day,
        ),
    }


def _attributes(model: str, variant: str, **extra: Any) -> dict[str, Any]:
    return {
        "model": model,
        "variant": variant,
        "data_sha256": "ab" * 32,
        "data_source": "liquidity.csv",
        "versions": {"pymc": "6.4.0"},
        "settings": {"draws": 100, "chains": 4, "seed": 7},
        "seed": 7,
        "wall_time_s": 12.3,
        "created": "2025-01-02T03:04:05+00:00",
        **extra,
    }


def random_tree(
    variant: str = "IV-depth", *, num_days: int = LENGTH_DAYS, draws: int = 100
) -> xr.DataTree:
    """A trace of the liquidity-regimes model around the published Model IV."""
    rng = np.random.default_rng(0)
    panel = random_panel(num_days, rng)
    model, transition = variant.split("-")
    groups = _common_groups(panel, list(COVARIATE_SETS[model]), draws, rng)
    posterior = _draws(model, transition, (4, draws), 1.0, rng)
    starts = xr.Dataset(
        {
            "log_density": ("start", np.array([-900.0, -912.0, -900.0])),
            "mode": ("start", [0, 1, 0]),
            "kind": ("start", ["data-driven", "scattered", "scattered"]),
        },
        attrs={"num_starts": 3, "num_at_best": 2},
    )
    noise_sd = published_parameters("IV", transition).noise_sd
    modes = weighed_modes(
        [-900.0, -912.0],
        [1 - 6e-6, 6e-6],
        noise_sd=(("mode", "state"), [noise_sd, 2 * noise_sd]),
    )
    tree = xr.DataTree.from_dict(
        groups
        | {
            "posterior": posterior,
            "log_prior": posterior[["noise_sd"]],
            "prior": _draws(model, transition, (1, 200), 10.0, rng),
            "regimes": _regimes(panel, rng),
            **mode_search(posterior),
            "starts": starts,
            "modes": modes,
        }
    )
    tree.attrs = _attributes(
        "liquidity-regimes",
        variant,
        specification={
            "covariates": model,
            "transition": transition,
            "noise": "normal",
            "num_states": 3,
            "initial": "estimated",
            "security": None,
        },
    )
    return tree


def threshold_tree(*, num_days: int = LENGTH_DAYS, draws: int = 100) -> xr.DataTree:
    """A trace of the threshold regression around the published Table 1."""
    rng = np.random.default_rng(1)
    panel = random_panel(num_days, rng)

    def draw(count: int, spread: float) -> xr.Dataset:
        shape = (4 if count == draws else 1, count)
        values = {
            "volatility_slope": ("regime", [0.097, 0.137, 0.196], 0.003),
            "volatility_threshold_bp": ("threshold", [93.9, 146.8], 0.75),
        }
        posterior = {
            name: (
                (*SAMPLE, dim),
                rng.normal(centre, spread * sd, (*shape, len(centre))),
            )
            for name, (dim, centre, sd) in values.items()
        }
        posterior["noise_sd"] = (SAMPLE, 2 + rng.normal(0, 0.05 * spread, shape))
        coords = {"regime": STATES, "threshold": ["1", "2"]}
        return xr.Dataset(posterior, coords=coords)

    posterior = draw(draws, 1.0)
    groups = _common_groups(panel, ["V"], draws, rng)
    del groups["one_step_ahead"], groups["leave_future_out"]
    seen = groups["constant_data"]["is_observed"] > 0
    groups["observed_data"] = groups["observed_data"].isel(day=seen.to_numpy())
    r_squared = rng.uniform(0.88, 0.9, (4, draws))
    tree = xr.DataTree.from_dict(
        groups
        | {
            "posterior": posterior,
            **one_mode(),
            "goodness_of_fit": xr.Dataset({"r_squared": (SAMPLE, r_squared)}),
            **mode_search(posterior),
            "log_prior": posterior[["noise_sd"]],
            "prior": draw(200, 10.0),
        }
    )
    tree.attrs = _attributes("threshold-regression", "two-thresholds")
    return tree


@lru_cache
def _shared_tree(variant: str) -> xr.DataTree:
    return random_tree(variant)


def random_fit(variant: str = "IV-depth", failures: tuple[str, ...] = ()) -> Fit:
    """A fit of :func:`random_tree`: groups may be replaced, their arrays are shared."""
    tree = _shared_tree(variant).copy()
    run = RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0)
    diagnostics = diagnostics_frame(tree)
    verdict = Verdict(sampler=failures)
    return Fit(variant, tree, diagnostics, run, verdict, LIQUIDITY_REGIMES)


@lru_cache
def _shared_threshold_tree() -> xr.DataTree:
    return threshold_tree()


def threshold_fit(failures: tuple[str, ...] = ()) -> Fit:
    """A fit of :func:`threshold_tree`; its groups may be replaced."""
    tree = _shared_threshold_tree().copy()
    run = RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0)
    diagnostics = diagnostics_frame(tree)
    verdict = Verdict(sampler=failures)
    return Fit("threshold", tree, diagnostics, run, verdict, THRESHOLD_REGRESSION)
