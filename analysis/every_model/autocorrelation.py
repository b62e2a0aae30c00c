"""Memory of a series from one period to the next."""

import numpy as np

from data.arrays import FloatArray, is_constant


def lag_one_autocorrelation(values: FloatArray) -> float:
    """Coefficient on the lagged value in an AR(1) regression with intercept.

    Parameters
    ----------
    values : (time,) float
        NaN allowed: only pairs of successive observed values are used.

    Returns
    -------
    float
        NaN when fewer than three pairs are observed or they do not vary.
    """
    lagged, current = values[:-1], values[1:]
    both = np.isfinite(lagged) & np.isfinite(current)
    x = lagged[both]
    if both.sum() < 3 or is_constant(x):
        return float("nan")
    return float(np.cov(x, current[both])[0, 1] / np.var(x, ddof=1))
