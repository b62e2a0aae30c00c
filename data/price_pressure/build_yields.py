"""Build a panel of yields alone: any tenors, every trading day, Wednesday or month end.

Dealers' positions are published weekly in four buckets. Whoever has others adds their
columns; without any, variants without inventory can be fitted.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.market.weekly import on_wednesdays, wednesdays
from data.panel import BuiltPanel
from data.price_pressure.columns import yield_column
from data.price_pressure.frequency import MONTHLY, WEEKLY, Frequency
from data.sources.gsw import MATURITIES_YEARS, read_zero_coupon_yields

BP_PER_PERCENT = 100.0


def build_yield_panel(
    raw: Path,
    tenors: Sequence[int],
    frequency: Frequency,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> BuiltPanel:
    """Build a panel of zero-coupon yields.

    Parameters
    ----------
    raw : Path
        Folder with the subfolder gsw.
    tenors : sequence of int
        Years, 1 to 30.
    frequency : Frequency
        Days are those on which any of the yields was published, months are shown by the
        last of these; Wednesdays follow the holiday rule of
        `data.market.weekly.on_wednesdays`.
    start, end : Timestamp, optional
        First and last day; by default as long as every tenor has been published.

    Returns
    -------
    BuiltPanel
        ``frame`` with ``date`` and a column a tenor, basis points.

    Raises
    ------
    DataError
        A tenor that is not published, or no yield from start to end.
    """
    chosen = sorted(set(tenors))
    unknown = [tenor for tenor in chosen if tenor not in MATURITIES_YEARS]
    if unknown:
        raise DataError(
            f"there is no zero-coupon yield of {unknown[0]} years",
            f"Choose tenors from {MATURITIES_YEARS[0]} to {MATURITIES_YEARS[-1]}.",
        )
    published = read_zero_coupon_yields(raw / "gsw")[chosen].dropna(how="all")
    complete = published.dropna().index
    first = start or (complete[0] if len(complete) else None)
    published = published.loc[first:end]
    if published.empty:
        raise DataError(
            f"{raw}: no zero-coupon yields of these tenors and dates",
            "choose --start and --end within what was fetched, start first.",
        )
    yields = BP_PER_PERCENT * _sampled(published, frequency)
    yields = yields.set_axis([yield_column(tenor) for tenor in chosen], axis=1)
    missing = int(yields.isna().any(axis=1).sum())
    days = f"{yields.index[0]:%Y-%m-%d} to {yields.index[-1]:%Y-%m-%d}"
    notes = [
        f"{frequency.unit}s: {len(yields)}, {days}",
        f"yields: {missing} {frequency.unit}s with a missing yield",
        "no dealer positions, which are weekly and of four buckets: add columns of "
        "your own, or fit a variant without inventory",
    ]
    return BuiltPanel(yields.rename_axis(DATE_COLUMN).reset_index(), notes)


def _sampled(published: pd.DataFrame, frequency: Frequency) -> pd.DataFrame:
    if frequency is WEEKLY:
        weeks = wednesdays(published.index[0], published.index[-1])
        return on_wednesdays(published, weeks)
    if frequency is MONTHLY:
        months = pd.DatetimeIndex(published.index).to_period("M")
        return published.loc[~months.duplicated(keep="last")]
    return published
