"""Shocks of past dates drawn anew: the step that every bootstrap of a path takes."""

import numpy as np

from data.arrays import FloatArray, IntArray


def draw_dates(
    probability: FloatArray, shape: tuple[int, int], rng: np.random.Generator
) -> IntArray:
    """Draw past dates by their probabilities.

    Parameters
    ----------
    probability : (sample, date) float
        Of each date, at each draw.
    shape : tuple of int
        Dates to come, and paths.
    rng : numpy.random.Generator

    Returns
    -------
    (date to come, sample, path) int
        Positions of past dates.
    """
    num_dates, num_paths = shape
    found = np.empty((num_dates, len(probability), num_paths), dtype=np.int64)
    for s, row in enumerate(probability.cumsum(axis=1)):
        uniform = rng.random((num_dates, num_paths)) * row[-1]
        found[:, s] = np.searchsorted(row, uniform, side="right")
    return np.minimum(found, probability.shape[1] - 1)
