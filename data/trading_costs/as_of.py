"""Join each moment to the last one before it, and never to a later one."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data.arrays import IntArray

Times = NDArray[np.datetime64]

_UNIT = "datetime64[us]"


def last_before(
    groups: IntArray,
    times: Times,
    of_groups: IntArray,
    of_times: Times,
    *,
    same_moment: bool,
) -> IntArray:
    """Row of the last observation of a group up to each moment.

    Parameters
    ----------
    groups : (row,) int
        Of the observations, from 0.
    times : (row,) datetime64
        Of the observations, in any order.
    of_groups, of_times : (moment,)
        Of the moments asked for.
    same_moment : bool
        Whether an observation at the very moment counts.

    Returns
    -------
    (moment,) int
        Row, -1 where there is none. Of rows at the same time the last.
    """
    observed, asked = (
        each.astype(_UNIT).astype(np.int64) for each in (times, of_times)
    )
    if not observed.size or not asked.size:
        return np.full(asked.size, -1)
    first = min(observed.min(), asked.min())
    span = max(observed.max(), asked.max()) - first + 1
    # Group and time as one number: one search serves all groups.
    keys = groups * span + (observed - first)
    order = np.argsort(keys, kind="stable")
    side: Literal["left", "right"] = "right" if same_moment else "left"
    asked_keys = of_groups * span + (asked - first)
    place = np.searchsorted(keys[order], asked_keys, side=side) - 1
    found = order[np.maximum(place, 0)]
    is_own = (place >= 0) & (groups[found] == of_groups) & (of_groups >= 0)
    return np.where(is_own, found, -1)
