"""Data-driven starting points of the basis decomposition.

Moves of the basis that are undone may be noise of a day or a deviation of some days,
and moves that last a level or a slow deviation: modes of a posterior may differ in
which of them they are. A search for the highest one starts at both ends.
"""

import numpy as np
import xarray as xr

from data.arrays import FloatArray
from data.dims import DAY, TENOR

FAST_HALF_LIFE_DAYS = 1.0
SLOW_HALF_LIFE_DAYS = 60.0
"""Of the deviation at the start: nearly noise, and nearly a level."""

SMALLEST_SHARE = 0.05
"""Of the variance of daily changes that noise or innovations have at the start."""


def starting_points(dataset: xr.Dataset) -> list[dict[str, FloatArray]]:
    """Values of the free parameters with fast and with slow deviations.

    Parameters
    ----------
    dataset : xr.Dataset
        Panel of `models.half_life.basis_decomposition.trading_days`.

    Returns
    -------
    list of dict of str to array
        By the name of the free variable, (tenor,); none where a tenor has no three
        days in a row.

    Notes
    -----
    Noise makes successive changes negatively correlated: minus their covariance is its
    variance, and what is left of the variance of changes is that of the innovations.
    """
    basis = dataset["basis_bp"].transpose(DAY, TENOR).to_numpy()
    change = np.diff(basis, axis=0)
    with np.errstate(invalid="ignore"):
        product = change[1:] * change[:-1]
    if not np.isfinite(product).any(axis=0).all():
        return []
    variance = np.nanmean(change**2, axis=0)
    smallest = SMALLEST_SHARE * variance
    noise = np.maximum(-np.nanmean(product, axis=0), smallest)
    innovation = np.maximum(variance - 2 * noise, smallest)
    return [
        {
            "half_life_days": np.full(len(variance), half_life),
            "innovation_sd_bp": np.sqrt(innovation),
            "deviation_innovation_share": np.full(len(variance), 0.5),
            "noise_sd_bp": np.sqrt(noise),
        }
        for half_life in (FAST_HALF_LIFE_DAYS, SLOW_HALF_LIFE_DAYS)
    ]
