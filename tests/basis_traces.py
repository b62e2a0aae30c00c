"""Traces of the basis decomposition with made-up draws, for analysis tests."""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from analysis.basis_description import BASIS_DECOMPOSITION
from analysis.fits import Fit
from inference.diagnostics import RunDiagnostics
from tests.price_pressure_traces import diagnostics_frame

TENORS = [2, 5, 10, 20]
DAY_TENOR = ("day", "tenor")

TRUTH = {
    "persistence": [0.9, 0.7, 0.75, 0.96],
    "deviation_innovation_sd_bp": [1.0, 0.8, 0.9, 1.4],
    "level_innovation_sd_bp": [1.9, 0.95, 1.1, 0.4],
    "noise_sd_bp": [1.6, 1.0, 1.1, 0.8],
}


def _components(num_days: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Level, deviation and noise, each (day, tenor), basis points."""
    size = (num_days, len(TENORS))
    level = 40 + (rng.normal(size=size) * TRUTH["level_innovation_sd_bp"]).cumsum(0)
    deviation = rng.normal(size=size) * TRUTH["deviation_innovation_sd_bp"]
    for day in range(1, num_days):
        deviation[day] += np.asarray(TRUTH["persistence"]) * deviation[day - 1]
    return level, deviation, rng.normal(size=size) * TRUTH["noise_sd_bp"]


def _draws(
    shape: tuple[int, int], spread: float, rng: np.random.Generator
) -> xr.Dataset:
    def positive(centre: list[float]) -> np.ndarray:
        noise = rng.normal(0, spread, (*shape, len(centre)))
        return np.asarray(centre) * np.exp(noise)

    dims = ("chain", "draw", "tenor")
    variables = {
        name: (dims, positive(values))
        for name, values in TRUTH.items()
        if name != "persistence"
    }
    persistence = 1 - np.minimum(positive([0.1, 0.3, 0.25, 0.04]), 0.95)
    variables["persistence"] = (dims, persistence)
    variables["half_life_days"] = (dims, -np.log(2) / np.log(persistence))
    coords = {
        "chain": np.arange(shape[0]),
        "draw": np.arange(shape[1]),
        "tenor": TENORS,
    }
    return xr.Dataset(variables, coords=coords)


def _predictive(
    basis: np.ndarray, shape: tuple[int, int], rng: np.random.Generator
) -> xr.Dataset:
    steps = rng.normal(0, 1.5, (*shape, *basis.shape)).cumsum(axis=2)
    return xr.Dataset(
        {"basis_bp": (("chain", "draw", *DAY_TENOR), basis[0] + steps)},
        coords={"tenor": TENORS},
    )


def random_basis_tree(*, num_days: int = 90, draws: int = 100) -> xr.DataTree:
    """A trace of the decomposition around the published estimates; day 7 is missing."""
    rng = np.random.default_rng(3)
    day = pd.bdate_range("2010-01-04", periods=num_days).astype("datetime64[ns]")
    level, deviation, noise = _components(num_days, rng)
    basis = level + deviation + noise
    basis[7, 1] = np.nan
    coords = {"day": day, "tenor": TENORS}
    panel = xr.Dataset({"basis_bp": (DAY_TENOR, basis)}, coords=coords)
    sample, sampled = (40, *basis.shape), ("sample", *DAY_TENOR)
    sample_dims = ("chain", "draw")
    tree = xr.DataTree.from_dict(
        {
            "posterior": _draws((4, draws), 0.1, rng),
            "prior": _draws((1, 200), 1.0, rng),
            "sample_stats": xr.Dataset(
                {
                    name: (sample_dims, np.zeros((4, draws), bool))
                    for name in ("diverging", "reached_max_treedepth")
                }
                | {"energy": (sample_dims, rng.normal(0, 4, (4, draws)))}
            ),
            "prior_predictive": _predictive(basis, (1, 50), rng),
            "posterior_predictive": _predictive(basis, (4, 20), rng),
            "observed_data": panel.fillna(0.0),
            "constant_data": xr.Dataset(
                {"is_quoted": np.isfinite(panel["basis_bp"]).astype(float)}
            ),
            "panel": panel,
            "smoothed": xr.Dataset(
                {
                    "level_bp": (sampled, level + rng.normal(0, 0.5, sample)),
                    "deviation_bp": (sampled, deviation + rng.normal(0, 0.5, sample)),
                },
                coords=coords,
            ),
            "one_step_ahead": xr.Dataset(
                {
                    "pit": (DAY_TENOR, rng.uniform(size=basis.shape)),
                    "standardized_innovation": (
                        DAY_TENOR,
                        rng.normal(size=basis.shape),
                    ),
                },
                coords=coords,
            ),
        }
    )
    tree.attrs = {
        "model": "basis-decomposition",
        "variant": "local-level-ar1",
        "data_sha256": "ba" * 32,
        "data_source": "basis.csv",
        "versions": {"pymc": "6.4.0"},
        "settings": {"draws": draws, "seed": 7},
        "seed": 7,
        "wall_time_s": 12.3,
        "created": "2025-01-02T03:04:05+00:00",
    }
    return tree


@lru_cache
def random_basis_fit(failures: tuple[str, ...] = ()) -> Fit:
    """A fit of :func:`random_basis_tree`, shared between tests: do not change it."""
    tree = random_basis_tree()
    return Fit(
        "basis",
        tree,
        diagnostics_frame(tree),
        RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0),
        failures,
        BASIS_DECOMPOSITION,
    )
