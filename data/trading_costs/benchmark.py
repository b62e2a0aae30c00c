"""Quotes of the on-the-run issues through the day, and the curve of each day.

The curve of a day is fitted once, to the first moment at which all of its benchmark
issues are quoted. Prices on it are linear in theirs, and the weights move by less than
0.005 bp of yield in a day, so they stay.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray, IntArray, is_constant
from data.errors import DataError
from data.market.kernel_ridge.curve import (
    KernelRidgeCurve,
    duration_weights,
    kernel_ridge_curve,
)
from data.market.treasury_terms import Dates, cash_flow_table
from data.trading_costs.quote_columns import (
    ILLIQUIDITY,
    IS_BENCHMARK,
    SECURITY,
    TIME,
)
from data.trading_costs.quote_measures import (
    DOLLAR_DURATION,
    DURATION,
    MID,
    SPREAD,
    payments_of,
)

FEWEST_ISSUES = 3
"""Benchmark issues that make a curve."""

SMALLEST_SPREAD_BP = 0.01
"""What a locked quote counts for in the logarithm."""


@dataclass(frozen=True)
class CurveSettings:
    """Kernel ridge of the benchmark curve, see `kernel_ridge_curve`."""

    alpha: float = 0.05
    delta: float = 0.0
    ridge: float = 1.0


@dataclass(frozen=True)
class Benchmark:
    """Benchmark quotes of all days.

    Attributes
    ----------
    times : (snapshot,) datetime64[us]
        Increasing: whenever one issue is quoted anew and all have been.
    days : (day,) datetime64[D]
        With a curve.
    day : (snapshot,) int
        Place in ``days``.
    mids : (snapshot, issue) float
        Dirty, the last of each issue; 0 beyond the issues of the day.
    curves : tuple of KernelRidgeCurve
        One a day.
    dollar_durations : (day, issue) float
        Of the issues at the first snapshot.
    illiquidity : (snapshot,) float
        The panel's own measure, or the mean logarithm of the issues' spreads in yield;
        standardised over snapshots.
    """

    times: Dates
    days: Dates
    day: IntArray
    mids: FloatArray
    curves: tuple[KernelRidgeCurve, ...]
    dollar_durations: FloatArray
    illiquidity: FloatArray


def benchmark_of(
    quotes: pd.DataFrame, settings: CurveSettings, source: str
) -> Benchmark:
    """Fit the curve of each day's benchmark issues.

    Parameters
    ----------
    quotes : DataFrame
        Of `data.trading_costs.quote_measures.measured`, sorted by time.
    settings : CurveSettings
        Of the curve.
    source : str
        Names the panel in errors.

    Raises
    ------
    DataError
        No day has `FEWEST_ISSUES` benchmark issues with terms.
    """
    firm = quotes[quotes[IS_BENCHMARK] & quotes[MID].notna()]
    days, parts = [], []
    for day, rows in firm.groupby(firm[TIME].dt.normalize()):
        issues = rows[SECURITY].drop_duplicates().sort_values()
        if len(issues) >= FEWEST_ISSUES:
            days.append(np.datetime64(day, "D"))
            parts.append(_day(rows, list(issues), settings))
    if not parts:
        raise DataError(
            f"{source}: no day has quotes of {FEWEST_ISSUES} benchmark issues with "
            "terms",
            "mark the on-the-run issues in is_benchmark, and give their maturity and "
            "coupon.",
        )
    width = max(part.mids.shape[1] for part in parts)
    counts = [len(part.times) for part in parts]
    raw = np.concatenate([part.illiquidity for part in parts])
    spread = 1.0 if is_constant(raw, size=1.0) else np.nanstd(raw)
    return Benchmark(
        times=np.concatenate([part.times for part in parts]),
        days=np.array(days),
        day=np.repeat(np.arange(len(parts)), counts),
        mids=np.concatenate([_widened(part.mids, width) for part in parts]),
        curves=tuple(part.curve for part in parts),
        dollar_durations=np.stack(
            [_widened(part.dollar_durations[None], width)[0] for part in parts]
        ),
        illiquidity=(raw - np.nanmean(raw)) / spread,
    )


@dataclass(frozen=True)
class _Day:
    times: Dates
    mids: FloatArray
    illiquidity: FloatArray
    curve: KernelRidgeCurve
    dollar_durations: FloatArray


def _day(rows: pd.DataFrame, issues: list[str], settings: CurveSettings) -> _Day:
    mids = _filled(rows, issues, MID)
    complete = mids.notna().all(axis=1)
    mids = mids[complete]
    first = rows.drop_duplicates(SECURITY).set_index(SECURITY).loc[issues]
    paid, settled = payments_of(first.reset_index())
    table, days = cash_flow_table(paid, settled)
    opening = mids.iloc[0].to_numpy()
    curve = kernel_ridge_curve(
        table,
        days,
        opening,
        duration_weights(opening, first[DURATION].to_numpy()),
        settings.alpha,
        settings.delta,
        settings.ridge,
    )
    own = rows[ILLIQUIDITY].notna().any()
    if own:
        measure = rows.groupby(TIME)[ILLIQUIDITY].mean().reindex(mids.index).ffill()
        illiquidity = measure.to_numpy()
    else:
        spreads = _filled(rows, issues, SPREAD)[complete].clip(lower=SMALLEST_SPREAD_BP)
        illiquidity = np.log(spreads.to_numpy()).mean(axis=1)
    return _Day(
        mids.index.to_numpy().astype("datetime64[us]"),
        mids.to_numpy(),
        illiquidity,
        curve,
        first[DOLLAR_DURATION].to_numpy(),
    )


def _filled(rows: pd.DataFrame, issues: list[str], name: str) -> pd.DataFrame:
    """Last value of each issue at each moment of the day."""
    return rows.set_index([TIME, SECURITY])[name].unstack()[issues].ffill()  # noqa: PD010


def _widened(table: FloatArray, width: int) -> FloatArray:
    return np.pad(table, ((0, 0), (0, width - table.shape[1])))
