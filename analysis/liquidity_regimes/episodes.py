"""Days on which market depth had fallen furthest: what Figure 3 is drawn around."""

import numpy as np
import pandas as pd

NUM_EPISODES = 6
APART_DAYS = 60
"""Trading days between two troughs: a quarter, so that one episode counts once."""

BEFORE_DAYS = 60
"""Trading days before a day whose median is what depth has fallen from."""


def depth_troughs(depth_musd: pd.Series, count: int = NUM_EPISODES) -> pd.Series:
    """Local troughs of market depth with the largest proportional falls.

    Parameters
    ----------
    depth_musd : (day,) Series
        USD million, indexed by trading day.
    count : int
        At most this many.

    Returns
    -------
    (day,) Series
        Depth over its median of the 60 trading days before, below one, by day of the
        trough in order of time. No two are within 60 trading days of each other, and
        each has the lowest depth within 60 trading days on either side.

    Notes
    -----
    The paper takes named episodes, most of them the troughs of depth that Aronovich,
    Dobrev and Meldrum (2021) found; measured against the depth before, a trough
    stands out whether depth was high or low in those years.
    """
    before = depth_musd.rolling(BEFORE_DAYS, min_periods=BEFORE_DAYS // 2).median()
    ratio = depth_musd / before.shift(1)
    nearby = depth_musd.rolling(2 * APART_DAYS + 1, center=True, min_periods=1).min()
    ratio = ratio[(depth_musd == nearby) & (ratio < 1)].sort_values()
    position = pd.Series(np.arange(len(depth_musd)), index=depth_musd.index)
    chosen: list[pd.Timestamp] = []
    for day in ratio.index:
        gaps = [abs(position[day] - position[other]) for other in chosen]
        if len(chosen) < count and all(gap > APART_DAYS for gap in gaps):
            chosen.append(day)
    return ratio[sorted(chosen)]


def around_trough(
    series: pd.Series, trough: pd.Timestamp, before_days: int, after_days: int
) -> pd.Series:
    """Take a series around a trough, over its median of the quarter before the window.

    Parameters
    ----------
    series : (day,) Series
        Positive, any unit; may hold NaN.
    trough : Timestamp
        A day of the index.
    before_days, after_days : int
        Ends of the window, trading days from the trough.

    Returns
    -------
    (offset,) Series
        Multiples of the median, indexed by trading days from the trough; NaN
        throughout where nothing was observed before the window.
    """
    at = int(series.index.get_indexer(pd.Index([trough]))[0])
    start = max(0, at - before_days)
    stop = min(len(series), at + after_days + 1)
    usual = series.iloc[max(0, start - BEFORE_DAYS) : max(start, 1)].median()
    window = series.iloc[start:stop] / usual
    return window.set_axis(np.arange(start - at, stop - at))
