"""Checks that an event panel passes before anything is estimated from it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from data.errors import DataError
from data.files.cells import refuse_repeated_rows
from data.files.schema import check_cells, finite
from data.half_life.rule import LONGEST_HORIZON_DAYS

MICROSTRUCTURE_COVARIATES = (
    "dealer_hhi",
    "principal_share",
    "ats_share",
    "total_volume_usd",
    "trade_count",
    "dealer_count",
)
"""Who traded around the event: concentration and shares in 0..1, USD, counts."""

LIQUIDITY_COVARIATES = (
    "bid_ask_spread",
    "liquidity_hhi",
    "issue_concentration_top5",
    "outstanding",
)
"""Quarterly means of the tenor bucket: spread in price points per 100, concentration
and share in 0..1, publicly held amount outstanding in USD million."""

COVARIATES = MICROSTRUCTURE_COVARIATES + LIQUIDITY_COVARIATES

SHARES = (
    "dealer_hhi",
    "principal_share",
    "ats_share",
    "liquidity_hhi",
    "issue_concentration_top5",
)
"""Covariates that lie in 0..1."""

EVENT_KEYS = ("event_date", "event_type", "tenor", "imputation")


def validate_half_life_panel(frame: pd.DataFrame, source: str) -> None:
    """Raise unless an event panel can be estimated from.

    Parameters
    ----------
    frame : DataFrame
        Columns of `data.half_life.event_panel.HalfLifePanel`, typed.
    source : str
        How errors name the panel, usually the file's path.

    Raises
    ------
    DataError
        There is no event, or all are set aside; a key is repeated; a half-life is no
        whole number of days from 1, or missing without a reason; events of one
        outcome differ in it; a covariate is out of range.
    """
    if frame.empty:
        raise DataError(
            f"{source}: no events", "give at least one row below the header."
        )
    check_cells(
        frame,
        half_life_schema(),
        source,
        lambda row: f"row {row + 1} ({frame['event_date'].iloc[row]:%Y-%m-%d})",
    )
    refuse_repeated_rows(frame, EVENT_KEYS, source)
    _check_set_aside(frame, source)
    _check_outcomes(frame, source)


def half_life_schema() -> pa.DataFrameSchema:
    """Schema of the cells: types and ranges."""
    columns = {
        "event_type": pa.Column(
            checks=_check(
                lambda cells: cells != "", "is empty", "name the type of every event."
            )
        ),
        "tenor": pa.Column(
            "int64",
            _check(
                lambda cells: cells > 0, "is not positive", "give the tenor in years."
            ),
        ),
        "deviation_bp": pa.Column(
            "float64",
            finite(),
            nullable=True,
        ),
        "half_life_days": pa.Column(
            "float64",
            [
                _check(
                    lambda cells: (cells >= 1) & (cells == cells.round()),
                    "is not a whole number of days from 1",
                    "count business days from the event: the day after is 1.",
                ),
                _check(
                    lambda cells: cells <= LONGEST_HORIZON_DAYS,
                    f"is beyond {LONGEST_HORIZON_DAYS} days, the longest horizon",
                    "censor it: give the days watched and True in is_censored.",
                ),
            ],
            nullable=True,
        ),
        "is_censored": pa.Column("bool"),
    }
    return pa.DataFrameSchema(columns | covariate_schema().columns, strict=False)


def covariate_schema() -> pa.DataFrameSchema:
    """Schema of the covariates: numbers in range, or missing."""
    columns = {}
    for name in COVARIATES:
        bound, range_text = (1.0, "0 to 1") if name in SHARES else (np.inf, "0 or more")
        check = _check(
            lambda cells, bound=bound: (
                (cells >= 0) & (cells <= bound) & ~np.isinf(cells)
            ),
            f"is not in {range_text}",
            "leave the cell empty where a value is not known.",
        )
        columns[name] = pa.Column("float64", check, nullable=True)
    return pa.DataFrameSchema(columns, strict=False)


def _check(passes: Callable[..., Any], name: str, remedy: str) -> pa.Check:
    return pa.Check(passes, name=name, error=remedy)


def _check_set_aside(frame: pd.DataFrame, source: str) -> None:
    aside = frame["set_aside"] != ""
    wrong = np.flatnonzero(frame["half_life_days"].isna() != aside)
    if wrong.size:
        row = frame.iloc[wrong[0]]
        problem = (
            "has a half-life and is set aside"
            if row["set_aside"]
            else "has no half-life and no reason in set_aside"
        )
        raise DataError(
            f"{source}: row {wrong[0] + 1} ({row['event_date']:%Y-%m-%d}, "
            f"{row['tenor']}y) {problem}",
            "an event that did not halve is censored: give the days observed in "
            "half_life_days and True in is_censored.",
        )
    if aside.all():
        raise DataError(
            f"{source}: every event is set aside "
            f"({frame['set_aside'].iloc[0]} and so on)",
            "check dates and threshold against the deviations.",
        )


def _check_outcomes(frame: pd.DataFrame, source: str) -> None:
    shared = frame.groupby(["outcome", "imputation"])
    for name in ("tenor", "half_life_days", "is_censored"):
        values = shared[name].nunique(dropna=False)
        if (values > 1).any():
            outcome, imputation = values.index[values > 1][0]
            raise DataError(
                f"{source}: events of the outcome {outcome} (imputation {imputation}) "
                f"differ in {name}",
                "events that share date and tenor have one half-life; give events of "
                "different dates or tenors different labels in outcome.",
            )
