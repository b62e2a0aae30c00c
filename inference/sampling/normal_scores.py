"""Scales on which nothing depends on how a parameter is expressed.

A half-life and the persistence that it implies order their draws alike, or the other
way round. What goes by the order alone says the same of both.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from inference.sampling import SAMPLE_DIMS


def normal_scores(prior: xr.Dataset, posterior: xr.Dataset) -> xr.Dataset:
    """Posterior draws on the scale on which the prior is standard normal.

    Parameters
    ----------
    prior, posterior : (chain, draw, ...) xr.Dataset
        Draws of the same variables.

    Returns
    -------
    (chain, draw, ...) xr.Dataset
        Quantile of the standard normal distribution at the share of prior draws below
        each posterior draw; draws beyond all prior draws take the outermost quantile.
    """
    renamed = {dim: f"prior_{dim}" for dim in SAMPLE_DIMS}
    return xr.apply_ufunc(
        _normal_score,
        posterior,
        prior.rename(renamed),
        input_core_dims=[SAMPLE_DIMS, list(renamed.values())],
        output_core_dims=[SAMPLE_DIMS],
        vectorize=True,
    )


def _normal_score(
    draws: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    ordered, half = np.sort(prior, axis=None), 0.5 / prior.size
    below = np.searchsorted(ordered, draws) + np.searchsorted(ordered, draws, "right")
    scores = ndtri(np.clip(below * half, half, 1.0 - half))
    return np.where(np.isnan(draws), np.nan, scores)


def ranked_scores(draws: xr.Dataset) -> xr.Dataset:
    """Draws on the scale on which they are themselves standard normal.

    Parameters
    ----------
    draws : (chain, draw, ...) xr.Dataset
        Of any variables.

    Returns
    -------
    (chain, draw, ...) xr.Dataset
        Quantile of the standard normal distribution at the rank of each draw among all.
    """
    return xr.apply_ufunc(
        _ranked_score,
        draws,
        input_core_dims=[SAMPLE_DIMS],
        output_core_dims=[SAMPLE_DIMS],
        vectorize=True,
    )


def _ranked_score(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    ranks = rankdata(draws, axis=None).reshape(draws.shape)
    return ndtri((ranks - 0.5) / draws.size)
