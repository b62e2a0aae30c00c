"""What a fit uses of a panel, said before it starts."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def used_dates_note(panel: ArrayLike, used: ArrayLike, unit: str, why: str = "") -> str:
    """Say how many dates of a panel a fit uses.

    Parameters
    ----------
    panel, used : (date,) array_like
        Dates of the panel, and those of them that enter.
    unit : str
        One of them in words, singular.
    why : str
        What keeps the others out.

    Returns
    -------
    str
        Such as "fits 68 of 876 weeks, 2017-01-04 to 2018-04-18: no dv01_futures_2y_musd
        before".
    """
    dates, number = pd.DatetimeIndex(np.asarray(used)), np.size(panel)
    span = f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"
    if len(dates) == number:
        return f"fits all {number} {unit}s, {span}"
    reason = f": {why}" if why else ""
    return f"fits {len(dates)} of {number} {unit}s, {span}{reason}"
