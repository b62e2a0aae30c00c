"""Simulation-based calibration: whether intervals are as wide as they say.

Talts, Betancourt, Simpson, Vehtari & Gelman (2018, arXiv:1804.06788): draw parameters
from the prior, simulate data, fit. The rank of the truth among the posterior draws is
uniform when model, simulator and sampler agree. Uniformity is judged by the
simultaneous envelope of the empirical distribution function of Säilynoja, Bürkner &
Vehtari (2022, doi 10.1007/s11222-022-10090-6).
"""

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


def simulation_seeds(num_simulations: int, seed: int) -> list[int]:
    """Seeds of the simulations of a study that has one seed."""
    return np.random.default_rng(seed).integers(2**31, size=num_simulations).tolist()


def relative_ranks(truth: xr.Dataset, posterior: xr.Dataset, seed: int) -> xr.Dataset:
    """Relative rank of the truth among posterior draws.

    Parameters
    ----------
    truth : xr.Dataset
        Parameters drawn from the prior.
    posterior : (chain, draw, ...) xr.Dataset
        Draws of at least the parameters in `truth`, given data simulated from them.
    seed : int
        Of the simulation.

    Returns
    -------
    xr.Dataset
        Ranks of the variables of `truth` in (0, 1), spread at random within their step
        so that a calibrated parameter is exactly uniform.
    """
    rng = np.random.default_rng([seed, 1])
    draws = thin_evenly(posterior, RANKED_DRAWS)[list(truth.data_vars)]
    num_draws = draws.sizes["chain"] * draws.sizes["draw"]
    below = (draws < truth).sum(SAMPLE_DIMS)
    return below.map(lambda count: (count + rng.random(count.shape)) / (num_draws + 1))


def uniformity(ranks: pd.DataFrame) -> pd.DataFrame:
    """Judge the ranks of every parameter against the simultaneous envelope.

    Parameters
    ----------
    ranks : (simulation, element) DataFrame
        Results of `relative_ranks`.

    Returns
    -------
    DataFrame
        One row an element: ``coverage_95`` (share of central 95% intervals that hold
        the truth), ``largest_deviation`` of the empirical distribution function from
        the uniform one, and ``is_calibrated`` (inside the envelope everywhere).
    """
    return pd.DataFrame.from_dict(
        {name: _judge(column.to_numpy()) for name, column in ranks.items()},
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
