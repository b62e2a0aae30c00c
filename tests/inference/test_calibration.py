from collections.abc import Callable

import arviz as az
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from inference.checks.calibration import relative_ranks, simulation_seeds, uniformity

NUM_REPLICATIONS = 200
NUM_WEEKS = 10


def simulate(seed: int) -> tuple[xr.Dataset, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=2)
    data = rng.normal(truth, 1.0, size=(NUM_WEEKS, 2))
    return xr.Dataset({"mean": ("market", truth)}, {"market": ["a", "b"]}), data


def exact_posterior(
    data: np.ndarray, seed: int, shift: float = 0.0, width: float = 1.0
) -> xr.Dataset:
    """Posterior of a normal mean under a standard normal prior, or one gone wrong."""
    rng = np.random.default_rng([seed, 1])
    mean = data.sum(axis=0) / (NUM_WEEKS + 1)
    sd = (NUM_WEEKS + 1) ** -0.5
    draws = rng.normal(mean + shift * sd, width * sd, size=(2, 50, 2))
    return xr.Dataset(
        {"mean": (("chain", "draw", "market"), draws), "other": 0.0},
        {"market": ["a", "b"]},
    )


def ranks(
    fit: Callable[[np.ndarray, int], xr.Dataset], number: int, seed: int
) -> pd.DataFrame:
    found = []
    for one in simulation_seeds(number, seed):
        truth, data = simulate(one)
        found.append(relative_ranks(truth, fit(data, one), one))
    every = xr.concat(found, "simulation")
    return az.dataset_to_dataframe(every, sample_dims=["simulation"])


def test_exact_posteriors_are_calibrated() -> None:
    table = uniformity(ranks(exact_posterior, NUM_REPLICATIONS, 4))
    assert table.index.tolist() == ["mean[a]", "mean[b]"]
    assert table["is_calibrated"].all()
    # Binomial standard error of 200 intervals at 95% is 0.015; three of them.
    assert table["coverage_95"].between(0.905, 0.995).all()


@pytest.mark.parametrize(
    "fault", [{"shift": 0.5}, {"width": 0.6}, {"width": 1.7}], ids=str
)
def test_shifted_narrow_or_wide_posteriors_are_found_out(
    fault: dict[str, float],
) -> None:
    def fit(data: np.ndarray, seed: int) -> xr.Dataset:
        return exact_posterior(data, seed, **fault)

    table = uniformity(ranks(fit, NUM_REPLICATIONS, 4))
    assert not table["is_calibrated"].any()


def test_one_seed_gives_one_set_of_ranks() -> None:
    first = ranks(exact_posterior, 5, 9)
    pd.testing.assert_frame_equal(first, ranks(exact_posterior, 5, 9))
