"""Simulation-based calibration: whether intervals are as wide as they say.

Talts, Betancourt, Simpson, Vehtari & Gelman (2018, arXiv:1804.06788): draw parameters
from the prior, simulate data, fit. The rank of the truth among the posterior draws is
uniform when model, simulator and sampler agree. Uniformity is judged by the
simultaneous envelope of the empirical distribution function of Säilynoja, Bürkner &
Vehtari (2022, doi 10.1007/s11222-022-10090-6).
"""

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.ecdf_utils import ecdf_pit

from inference.sampling import SAMPLE_DIMS, thin_evenly

ENVELOPE_PROBABILITY = 0.99
"""Probability that a calibrated parameter stays inside its envelope."""

ENVELOPE_SIMULATIONS = 1000

RANKED_DRAWS = 100
"""Posterior draws that the truth is ranked among; thinned so far, they are nearly
independent, as the uniformity of ranks requires."""


def calibration_ranks(
    simulate: Callable[[int], tuple[xr.Dataset, Any]],
    fit: Callable[[Any, int], xr.Dataset],
    num_replications: int,
    seed: int,
) -> xr.Dataset:
    """Relative rank of the truth among posterior draws, for every replication.

    Parameters
    ----------
    simulate : callable
        Maps a seed to true parameters (drawn from the prior) and data given them.
    fit : callable
        Maps data and a seed to posterior draws (chain, draw, ...) of at least the
        parameters in the truth.
    num_replications : int
        Number of simulated data sets.
    seed : int
        Seed of the whole study.

    Returns
    -------
    (replication, ...) xr.Dataset
        Relative ranks in (0, 1), spread at random within their step so that a
        calibrated parameter is exactly uniform.
    """
    rng = np.random.default_rng(seed)
    ranks = []
    for replication_seed in rng.integers(2**31, size=num_replications).tolist():
        truth, data = simulate(replication_seed)
        draws = thin_evenly(fit(data, replication_seed), RANKED_DRAWS)
        draws = draws[list(truth.data_vars)]
        below = (draws < truth).sum(SAMPLE_DIMS)
        num_draws = draws.sizes["chain"] * draws.sizes["draw"]
        ranks.append(
            below.map(
                lambda count, n=num_draws: (count + rng.random(count.shape)) / (n + 1)
            )
        )
    return xr.concat(ranks, dim="replication")


def uniformity(ranks: xr.Dataset) -> pd.DataFrame:
    """Judge the ranks of every parameter against the simultaneous envelope.

    Parameters
    ----------
    ranks : (replication, ...) xr.Dataset
        Result of `calibration_ranks`.

    Returns
    -------
    DataFrame
        One row an element: ``coverage_95`` (share of central 95% intervals that hold
        the truth), ``largest_deviation`` of the empirical distribution function from
        the uniform one, and ``is_calibrated`` (inside the envelope everywhere).
    """
    elements = az.dataset_to_dataframe(ranks, sample_dims=["replication"])
    return pd.DataFrame.from_dict(
        {name: _judge(column.to_numpy()) for name, column in elements.items()},
        orient="index",
    )


def _judge(ranks: np.ndarray) -> dict[str, float | bool]:
    points, share, lower, upper = ecdf_pit(
        ranks, ENVELOPE_PROBABILITY, ENVELOPE_SIMULATIONS
    )
    return {
        "coverage_95": float(np.mean((ranks > 0.025) & (ranks < 0.975))),
        "largest_deviation": float(np.max(np.abs(share - points))),
        "is_calibrated": bool(np.all((share >= lower) & (share <= upper))),
    }
