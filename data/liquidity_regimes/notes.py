"""What a user has to know about a liquidity panel that can be used all the same."""

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.liquidity_regimes.columns import (
    COVARIATE_COLUMNS,
    DEPTH_COLUMN,
    PRICE_IMPACT_COLUMN,
    SECURITY_COLUMN,
)
from data.market.trading_days import missing_trading_days

FEW_DAYS = 750
"""Three years: below, the rarer transitions may never have happened."""

OUTLYING_DEVIATIONS = 20.0
"""Median absolute deviations from the median beyond which a price impact is named."""


def liquidity_notes(frame: pd.DataFrame) -> tuple[str, ...]:
    """Named warnings about a validated panel, one line each.

    Parameters
    ----------
    frame : DataFrame
        Passed `data.liquidity_regimes.checks.validate_liquidity`.
    """
    notes = [*_day_notes(frame), *_covariate_notes(frame)]
    days = frame[DATE_COLUMN].drop_duplicates()
    for security, rows in frame.groupby(SECURITY_COLUMN, sort=False):
        notes += _security_notes(rows, str(security), days)
    return tuple(notes)


def _day_notes(frame: pd.DataFrame) -> list[str]:
    notes = []
    days = pd.DatetimeIndex(frame[DATE_COLUMN].drop_duplicates().sort_values())
    missing = missing_trading_days(days)
    if missing.any():
        longest = int(missing.argmax())
        notes.append(
            f"gaps: {missing.sum()} trading days have no row, at most "
            f"{missing.max()} in a row ({days[longest]:%Y-%m-%d} to "
            f"{days[longest + 1]:%Y-%m-%d}); the states take one step across each gap"
        )
    weekend = days[~np.is_busday(days.to_numpy().astype("datetime64[D]"))]
    if len(weekend):
        notes.append(
            f"weekends: {len(weekend)} rows fall on a Saturday or Sunday, the first "
            f"on {weekend[0]:%Y-%m-%d}; each counts as a trading day"
        )
    if len(days) < FEW_DAYS:
        notes.append(
            f"short: {len(days)} days, fewer than {FEW_DAYS}: transitions between "
            "states are few, and priors will show"
        )
    return notes


def _covariate_notes(frame: pd.DataFrame) -> list[str]:
    absent = [label for label, name in COVARIATE_COLUMNS.items() if name not in frame]
    if not absent:
        return []
    return [
        f"covariates: {', '.join(absent)} not in the panel "
        f"({', '.join(COVARIATE_COLUMNS[label] for label in absent)}); models that "
        "use them cannot be fitted"
    ]


def _security_notes(rows: pd.DataFrame, security: str, days: pd.Series) -> list[str]:
    notes = []
    impact = rows[PRICE_IMPACT_COLUMN]
    if impact.isna().any():
        notes.append(
            f"price impact of {security}: missing on {impact.isna().sum()} of "
            f"{len(rows)} days"
        )
    spread = (impact - impact.median()).abs()
    outlying = rows[spread > OUTLYING_DEVIATIONS * spread.median()]
    if len(outlying):
        furthest = rows.iloc[int(np.nanargmax(spread))]
        notes.append(
            f"price impact of {security}: {len(outlying)} of {len(rows)} days are more "
            f"than {OUTLYING_DEVIATIONS:g} median absolute deviations from the median, "
            f"furthest on {furthest[DATE_COLUMN]:%Y-%m-%d} "
            f"({furthest[PRICE_IMPACT_COLUMN]:g})"
        )
    first, last = rows[DATE_COLUMN].iloc[[0, -1]]
    inside = days[(days >= first) & (days <= last)]
    if len(inside) > len(rows):
        notes.append(
            f"rows of {security}: none on {len(inside) - len(rows)} of {len(inside)} "
            f"days; price impact is missing there and {DEPTH_COLUMN} is that of the "
            "day before"
        )
    if len(inside) < len(days):
        notes.append(
            f"rows of {security}: from {first:%Y-%m-%d} to {last:%Y-%m-%d} only"
        )
    return notes
