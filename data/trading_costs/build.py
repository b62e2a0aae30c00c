"""Build the trading-cost panel: trades and next quotes beside their fair values."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.arrays import FloatArray, IntArray
from data.dims import DATE_COLUMN
from data.errors import DataError
from data.trading_costs import columns as panel
from data.trading_costs.accrued import accrued_at_settlement
from data.trading_costs.benchmark import CurveSettings, benchmark_of
from data.trading_costs.checks import LARGEST_DEVIATION_BP
from data.trading_costs.error_variance import ErrorVariance, error_variance
from data.trading_costs.fair_value import FairValues, fair_values, hedges_of
from data.trading_costs.quote_columns import (
    IS_BENCHMARK,
    SECURITY,
    TIME,
)
from data.trading_costs.quote_measures import (
    AGE,
    BP_PER_UNIT,
    DOLLAR_DURATION,
    MATURITY,
    MID,
    SPREAD,
    measured,
)
from data.trading_costs.quote_panel import read_quote_panel
from data.trading_costs.relative_illiquidity import relative_illiquidity
from data.trading_costs.trades import PRICE, Trades, read_trades

LONGEST_GAP_HOURS = 24.0 * 7
"""A fair value from an older quote is none."""


@dataclass(frozen=True)
class BuildSettings:
    """How fair values are made and which are kept.

    Attributes
    ----------
    curve : CurveSettings
        Of the benchmark curve.
    retail_below_musd : float
        Smaller customer trades are retail where the trades do not say.
    filter_half_spreads : float or None
        Keep trades whose quote forecast the next one to within so many of its own
        indicative half-spreads. None: keep all, and weigh by ``error_sd_bp``.
    """

    curve: CurveSettings = field(default_factory=CurveSettings)
    retail_below_musd: float = 1.0
    filter_half_spreads: float | None = None


def build_from_quotes(
    quotes: Path, trades: Path, settings: BuildSettings
) -> tuple[pd.DataFrame, list[str]]:
    """Set trades and quotes beside their fair values.

    Returns
    -------
    frame : DataFrame
        Layout of the trading-cost panel, with `panel.FORECAST_ERROR`.
    notes : list of str
        What was set aside, and the variance of the error.
    """
    source = str(quotes)
    all_quotes = measured(read_quote_panel(quotes).frame)
    benchmark = benchmark_of(all_quotes, settings.curve, source)
    is_indicative = ~all_quotes[IS_BENCHMARK] & all_quotes[MID].notna()
    indicative = all_quotes[is_indicative].reset_index(drop=True)
    hedges = hedges_of(indicative, benchmark)
    indicative["relative"] = relative_illiquidity(indicative)
    at = indicative[TIME].to_numpy()
    forecast = fair_values(indicative, benchmark, hedges, indicative[SECURITY], at)
    durations = indicative[DOLLAR_DURATION].to_numpy()
    errors_bp = BP_PER_UNIT * (indicative[MID].to_numpy() - forecast.dirty) / durations
    variance = error_variance(
        np.where(forecast.gap_hours <= LONGEST_GAP_HOURS, errors_bp, np.nan),
        forecast.gap_hours,
        indicative[MATURITY],
        forecast.hedge_noise,
        forecast.illiquidity,
    )
    quote_rows = _rows(indicative, forecast, errors_bp, variance)
    for name, value in _NO_TRADE.items():
        quote_rows[name] = np.full(len(quote_rows), value)
    quote_rows[SECURITY] = indicative[SECURITY]
    quote_rows[TIME] = at

    read = read_trades(trades, settings.retail_below_musd)
    frame = _quoted(read, indicative)
    when = frame[TIME].to_numpy()
    fair = fair_values(indicative, benchmark, hedges, frame[SECURITY], when)
    start = np.maximum(fair.quote, 0)
    dirty = frame[PRICE].to_numpy() + accrued_at_settlement(
        frame, indicative.iloc[start]
    )
    deviation = BP_PER_UNIT * (dirty - fair.dirty) / durations[start]
    trade_rows = _rows(indicative, fair, deviation, variance)
    trade_rows[panel.OBSERVATION] = panel.TRADE
    trade_rows[panel.FORECAST_ERROR] = _next_error(forecast, errors_bp)[start]
    for name in (TIME, SECURITY, *_OF_TRADES):
        trade_rows[name] = frame[name].to_numpy()
    kept, aside = _sift(trade_rows, settings.filter_half_spreads)
    _refuse_none(kept, source)
    usable = quote_rows[_is_usable(quote_rows)]
    both = pd.concat([kept, usable], ignore_index=True)
    both[DATE_COLUMN] = both[TIME].dt.normalize()
    aside = {**read.set_aside, **_not_quoted(read, frame), **aside}
    notes = [f"set aside: {count} trades, {why}" for why, count in aside.items()]
    ordered = both.sort_values([TIME, SECURITY], kind="stable", ignore_index=True)
    return ordered, [*notes, *_describe(variance, usable)]


_OF_TRADES = (
    panel.VOLUME,
    panel.SIDE,
    panel.SEGMENT,
    panel.IS_ATS,
    panel.IS_RETAIL,
)

_NO_TRADE: dict[str, Any] = {
    panel.OBSERVATION: panel.QUOTE,
    panel.VOLUME: np.nan,
    panel.SIDE: "",
    panel.SEGMENT: "",
    panel.IS_ATS: False,
    panel.IS_RETAIL: False,
    panel.FORECAST_ERROR: np.nan,
}


def _rows(
    quotes: pd.DataFrame,
    fair: FairValues,
    deviation: FloatArray,
    variance: ErrorVariance,
) -> pd.DataFrame:
    """Columns that trades and quotes share, of the quote that a fair value is from."""
    start = quotes.iloc[np.maximum(fair.quote, 0)]
    maturity = start[MATURITY].to_numpy()
    return pd.DataFrame(
        {
            panel.DEVIATION: deviation,
            panel.DEVIATION_PRICE: deviation
            * start[DOLLAR_DURATION].to_numpy()
            / BP_PER_UNIT,
            panel.DOLLAR_DURATION: start[DOLLAR_DURATION].to_numpy(),
            panel.GAP: fair.gap_hours,
            panel.MATURITY: maturity,
            panel.AGE: start[AGE].to_numpy(),
            panel.INDICATIVE_SPREAD: start[SPREAD].to_numpy(),
            panel.BENCHMARK_ILLIQUIDITY: fair.illiquidity,
            panel.RELATIVE_ILLIQUIDITY: start["relative"].to_numpy(),
            panel.ERROR_SD: variance.sd_bp(
                fair.gap_hours, maturity, fair.hedge_noise, fair.illiquidity
            ),
        }
    )


def _quoted(read: Trades, indicative: pd.DataFrame) -> pd.DataFrame:
    """Trades of securities with indicative quotes, which are off the run."""
    frame = read.frame
    return frame[frame[SECURITY].isin(indicative[SECURITY].unique())].reset_index(
        drop=True
    )


def _not_quoted(read: Trades, frame: pd.DataFrame) -> dict[str, int]:
    lost = len(read.frame) - len(frame)
    return {"of securities without indicative quotes and terms": lost} if lost else {}


def _next_error(forecast: FairValues, errors_bp: FloatArray) -> FloatArray:
    """Error of what each quote forecast of the next one."""
    found = np.full(len(errors_bp), np.nan)
    rows: IntArray = np.flatnonzero(forecast.quote >= 0)
    found[forecast.quote[rows]] = errors_bp[rows]
    return found


def _is_usable(rows: pd.DataFrame) -> pd.Series:
    needed = [panel.DEVIATION, panel.GAP, panel.AGE, panel.BENCHMARK_ILLIQUIDITY]
    return (
        rows[needed].notna().all(axis=1)
        & (rows[panel.GAP] <= LONGEST_GAP_HOURS)
        & (rows[panel.INDICATIVE_SPREAD] > 0)
        & (rows[panel.DEVIATION].abs() <= LARGEST_DEVIATION_BP)
    )


def _sift(
    rows: pd.DataFrame, half_spreads: float | None
) -> tuple[pd.DataFrame, dict[str, int]]:
    no_quote = rows[panel.GAP].isna()
    no_benchmark = ~no_quote & rows[panel.DEVIATION].isna()
    reasons = {
        "before the first indicative quote": no_quote,
        "outside the hours or the maturities of the benchmark": no_benchmark,
        f"more than {LONGEST_GAP_HOURS:.0f} hours after the last quote": (
            rows[panel.GAP] > LONGEST_GAP_HOURS
        ),
        "with a locked quote": rows[panel.INDICATIVE_SPREAD] == 0,
        f"more than {LARGEST_DEVIATION_BP:,.0f} bp off the fair value": (
            rows[panel.DEVIATION].abs() > LARGEST_DEVIATION_BP
        ),
        "of securities of unknown age": rows[panel.AGE].isna(),
    }
    if half_spreads is not None:
        largest = half_spreads * rows[panel.INDICATIVE_SPREAD] / 2
        reasons[f"quotes forecast to no better than {half_spreads:g} half-spreads"] = ~(
            rows[panel.FORECAST_ERROR].abs() <= largest
        )
    kept = pd.Series(True, index=rows.index)
    aside = {}
    for reason, wrong in reasons.items():
        count = int((wrong & kept).sum())
        if count:
            aside[reason] = count
        kept &= ~wrong
    return rows[kept], aside


def _refuse_none(kept: pd.DataFrame, source: str) -> None:
    if kept.empty:
        raise DataError(
            f"{source}: no trade has a fair value",
            "give indicative and benchmark quotes of the days of the trades, and "
            "trades of the securities that are quoted.",
        )


def _describe(variance: ErrorVariance, quotes: pd.DataFrame) -> list[str]:
    if quotes.empty:
        return []
    inside = quotes[panel.DEVIATION].abs() <= variance.quantile(0.975) * (
        quotes[panel.ERROR_SD]
        / np.sqrt(variance.degrees_of_freedom / (variance.degrees_of_freedom - 2))
    )
    return [
        f"error of the fair value: median absolute "
        f"{quotes[panel.DEVIATION].abs().median():.2f} bp at the next indicative mid; "
        f"its stated 95% interval covers {inside.mean():.1%} of {len(quotes)}"
    ]
