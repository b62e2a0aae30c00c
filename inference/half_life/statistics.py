"""What replicated half-lives are compared with observed ones by.

Half-lives are whole days, cut off at the horizon, so two curves say all: how many are
seen open after a day, and how many of those still open halve on it.
"""

import pandas as pd
import xarray as xr

from inference.checks.predictive_checks import PredictiveCheck, Statistic

SHOWN_DAYS = (1, 2, 3, 5, 7, 10)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def _by_day(shares: list[xr.DataArray]) -> xr.DataArray:
    index = pd.Index([f"day {day}" for day in SHOWN_DAYS], name="label")
    return 100 * xr.concat(shares, index)


def open_share_pct(half_life: xr.DataArray) -> xr.DataArray:
    """Per cent of outcomes that were seen open after a day.

    Parameters
    ----------
    half_life : (..., outcome) DataArray
        Days; one more than the days watched where it lasted longer. NaN where it was
        not watched at all.

    Returns
    -------
    (..., label) DataArray
    """
    known = xr.ufuncs.isfinite(half_life)
    return _by_day(
        [(half_life > day).where(known).mean("outcome") for day in SHOWN_DAYS]
    )


def daily_hazard_pct(half_life: xr.DataArray) -> xr.DataArray:
    """Per cent of the outcomes open after the day before that halved on a day.

    Parameters
    ----------
    half_life : (..., outcome) DataArray
        As of :func:`open_share_pct`.

    Returns
    -------
    (..., label) DataArray
        Zero where none was left.
    """
    shares = []
    for day in SHOWN_DAYS:
        at_risk = (half_life >= day).sum("outcome")
        halved = (half_life == day).sum("outcome")
        shares.append(halved / at_risk.clip(min=1))
    return _by_day(shares)


STATISTICS: dict[str, Statistic] = {
    "seen open after the day (%)": open_share_pct,
    "halved on the day, of those open (%)": daily_hazard_pct,
}
"""Title with unit -> statistic of (..., outcome) half-lives in days."""

RELEVANT_DIFFERENCE_PCT = 5.0
"""Points: kept up over the ten days watched, they are half a day of the half-life,
which is measured in whole ones."""

HALF_LIFE_CHECK = PredictiveCheck(
    variable="half_life",
    subject="half-lives",
    statistics=STATISTICS,
    scale_statistics=[],
    relevant_difference=dict.fromkeys(STATISTICS, RELEVANT_DIFFERENCE_PCT),
    observed_mask="days_watched",
)


def resolved_quantiles_days(half_life: xr.DataArray) -> xr.DataArray:
    """Quantiles of the half-lives that were seen, days."""
    found = half_life.quantile(list(QUANTILES), "outcome", skipna=True)
    labels = [f"{100 * quantile:g}%" for quantile in QUANTILES]
    return found.rename(quantile="label").assign_coords(label=labels)


RESOLVED_TITLE = "quantiles of half-lives that were seen (days)"

RESOLVED_HALF_LIFE_CHECK = PredictiveCheck(
    variable="half_life",
    subject="half-lives",
    statistics={RESOLVED_TITLE: resolved_quantiles_days},
    scale_statistics=[],
    # Half-lives are counted in whole days.
    relevant_difference={RESOLVED_TITLE: 1.0},
    observed_mask="is_resolved",
)
"""Of the linear variant, which leaves out what was still open."""
