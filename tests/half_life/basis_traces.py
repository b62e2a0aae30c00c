"""Traces of the basis decomposition with made-up draws, for analysis tests."""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import ndtr

from analysis.fit import Fit
from analysis.half_life.basis_description import BASIS_DECOMPOSITION
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.verdict import Verdict
from tests.dispersed_starts import one_mode
from tests.price_pressure.traces import diagnostics_frame
from tests.traces import mode_search, sample_statistics

TENORS = [2, 5, 10, 20]
DAY_TENOR = ("day", "tenor")

TRUTH = {
    "persistence": [0.9, 0.7, 0.75, 0.96],
    "deviation_innovation_sd_bp": [1.0, 0.8, 0.9, 1.4],
    "level_innovation_sd_bp": [1.9, 0.95, 1.1, 0.4],
    "noise_sd_bp": [1.6, 1.0, 1.1, 0.8],
}


def _components(
    shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Level, deviation and noise, each (..., day, tenor), basis points."""
    size = (*shape, len(TENORS))
    level = 40 + (rng.normal(size=size) * TRUTH["level_innovation_sd_bp"]).cumsum(-2)
    deviation = rng.normal(size=size) * TRUTH["deviation_innovation_sd_bp"]
    for day in range(1, shape[-1]):
        before = deviation[..., day - 1, :]
        deviation[..., day, :] += np.asarray(TRUTH["persistence"]) * before
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


def _predictive(shape: tuple[int, ...], rng: np.random.Generator) -> xr.Dataset:
    return xr.Dataset(
        {"basis_bp": (("chain", "draw", *DAY_TENOR), sum(_components(shape, rng)))},
        coords={"tenor": TENORS},
    )


def random_basis_tree(*, num_days: int = 90, draws: int = 100) -> xr.DataTree:
    """A trace of the decomposition around the published estimates; day 7 is missing."""
    rng = np.random.default_rng(3)
    day = pd.bdate_range("2010-01-04", periods=num_days).astype("datetime64[ns]")
    level, deviation, noise = _components((num_days,), rng)
    basis = level + deviation + noise
    basis[7, 1] = np.nan
    coords = {"day": day, "tenor": TENORS}
    panel = xr.Dataset({"basis_bp": (DAY_TENOR, basis)}, coords=coords)
    innovation = rng.normal(size=basis.shape)
    sample, sampled = (40, *basis.shape), ("sample", *DAY_TENOR)
    posterior = _draws((4, draws), 0.1, rng)
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "prior": _draws((1, 200), 1.0, rng),
            "sample_stats": sample_statistics(rng.normal(0, 4, (4, draws))),
            "log_likelihood": xr.Dataset(
                {"basis_bp": (("chain", "draw", "day"), np.zeros((4, draws, num_days)))}
            ),
            "log_prior": posterior[["persistence"]],
            **mode_search(posterior),
            **one_mode(),
            "prior_predictive": _predictive((1, 50, num_days), rng),
            "posterior_predictive": _predictive((4, 100, num_days), rng),
            "observed_data": panel.fillna(0.0),
            "constant_data": xr.Dataset(
                {"is_quoted": np.isfinite(panel["basis_bp"]).astype(float)}
            ),
            "panel": panel,
            **one_mode(),
            "smoothed": xr.Dataset(
                {
                    "level_bp": (sampled, level + rng.normal(0, 0.5, sample)),
                    "deviation_bp": (sampled, deviation + rng.normal(0, 0.5, sample)),
                },
                coords=coords,
            ),
            "filtered": xr.Dataset(
                {
                    "level_bp": (DAY_TENOR, level),
                    "deviation_bp": (DAY_TENOR, deviation),
                },
                coords=coords,
            ),
            "one_step_ahead": xr.Dataset(
                {
                    "mean_bp": (DAY_TENOR, level + deviation),
                    "sd_bp": (DAY_TENOR, np.full_like(level, 1.5)),
                    "pit": (DAY_TENOR, ndtr(innovation)),
                    "standardized_innovation": (DAY_TENOR, innovation),
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
        "settings": {"draws": draws, "chains": 4, "seed": 7},
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
        Verdict(sampler=failures),
        BASIS_DECOMPOSITION,
    )
