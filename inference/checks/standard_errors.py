"""Standard errors of sums over time whose terms are not independent.

Scores of successive dates, and of events whose windows overlap, depend on each other;
a difference of scores does even where one of the two models is the right one, because
the other's errors persist. The root of the number of terms times their standard
deviation is then too small, by half or more.
"""

import numpy as np
import pandas as pd
from arch.covariance.kernel import Bartlett
from numpy.typing import NDArray

from data.arrays import is_constant

SIZE_OF_TERMS = 1.0
"""Of the scores and shares whose differences are summed: what is less by nine orders is
rounding."""

MINIMUM_TERMS = 20
"""Of fewer, the first few autocorrelations are all there are."""

WINDOWS_IN_LARGEST_LAG = 2
"""Largest lag between events in lengths of a window: weights that fell to zero within
one would take away a third of what overlap adds."""


def standard_error_of_sum(terms: NDArray[np.float64]) -> float:
    """Newey-West standard error of the sum of a series.

    Parameters
    ----------
    terms : (time,) float
        In the order of time, none missing.

    Returns
    -------
    float
        Unit of the terms; zero where they are all equal but for rounding, as the
        difference of a model to itself; NaN of fewer terms than autocorrelation can be
        seen in.

    Notes
    -----
    Newey & West (1987, doi 10.2307/1913610): Bartlett's weights. The largest lag is
    that of Newey & West (1994, doi 10.2307/2297912), which follows the autocorrelation.
    """
    if is_constant(terms, size=SIZE_OF_TERMS):
        return 0.0
    if len(terms) < MINIMUM_TERMS:
        return np.nan
    kernel = Bartlett(terms, df_adjust=1)
    return float(np.sqrt(len(terms) * np.asarray(kernel.cov.long_run).item()))


def standard_error_of_event_sum(
    terms: NDArray[np.float64], dates: pd.DatetimeIndex, window_days: int
) -> float:
    """Newey-West standard error of a sum over events that are watched for some days.

    Two events depend on each other when they share days. Covariances count by their
    distance on the calendar of business days rather than from event to event: events
    of one day are added first (Driscoll & Kraay 1998, doi 10.1162/003465398557825), and
    a day without one adds nothing.

    Parameters
    ----------
    terms : (event,) float
        One an event, in any order.
    dates : (event,) DatetimeIndex
        Day on which each begins.
    window_days : int
        Business days that an event is watched for, at most.

    Returns
    -------
    float
        Unit of the terms.
    """
    if is_constant(terms, size=SIZE_OF_TERMS):
        return 0.0
    days = np.busday_count(dates.min().date(), dates.to_numpy().astype("datetime64[D]"))
    by_day = np.bincount(days, weights=terms - terms.mean())
    kernel = Bartlett(
        by_day, bandwidth=WINDOWS_IN_LARGEST_LAG * window_days, center=False
    )
    correction = len(terms) / (len(terms) - 1)
    return float(
        np.sqrt(correction * len(by_day) * np.asarray(kernel.cov.long_run).item())
    )
