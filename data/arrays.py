"""Types of arrays that every layer uses, and when one of them varies."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NOTHING_VARIES = 1e-9
"""Range of a series that is rounding, as a share of its largest value."""


def is_constant(values: ArrayLike, size: float = 0.0) -> bool:
    """Whether a series varies by no more than rounding; missing values aside.

    Parameters
    ----------
    values : array_like
        A series without any value is constant.
    size : float
        Of the numbers that the series was computed from, where they may be larger than
        what is left of them: 1 for differences of logarithms.
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if not known.size:
        return True
    return bool(np.ptp(known) <= NOTHING_VARIES * max(size, np.abs(known).max()))
