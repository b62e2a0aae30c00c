"""Build the basis panel from a file of arbitrage spreads."""

import re
from pathlib import Path

import pandas as pd

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.cells import date_cells, number_cells, read_cells, require_columns
from data.half_life.basis_panel import basis_column
from data.panel import BuiltPanel

SPREAD_COLUMN = re.compile(r"arb_?(\d+)")
"""TIPS-Treasury arbitrage spread of one tenor (years), basis points, as in the
replication of Fleckenstein, Longstaff and Lustig (2014, doi 10.1111/jofi.12032)."""


def build_basis_panel(
    raw: Path, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None
) -> BuiltPanel:
    """Take the spreads of every tenor, one row a weekday.

    Parameters
    ----------
    raw : Path
        CSV or Parquet with ``date`` and ``arb_2``, ``arb_5`` and so on, basis points.
    start, end : Timestamp, optional
        First and last day; all days where left out.

    Raises
    ------
    DataError
        The file has no spread, or none between `start` and `end`.
    """
    source = str(raw)
    cells = read_cells(raw, "give a CSV or Parquet file with date and arb_2 and so on.")
    require_columns(cells, (DATE_COLUMN,), source)
    dates = date_cells(cells[DATE_COLUMN], source)
    tenors = {
        int(match[1]): str(name)
        for name in cells.columns
        if (match := SPREAD_COLUMN.fullmatch(str(name)))
    }
    if not tenors:
        raise DataError(
            f"{source}: no column arb_2, arb_5 and so on",
            "name the spread of each tenor arb_ and its years.",
        )
    frame = pd.DataFrame(
        {
            basis_column(tenor): number_cells(cells[name], dates, source)
            for tenor, name in sorted(tenors.items())
        },
        index=pd.DatetimeIndex(dates, name=DATE_COLUMN),
    )
    if frame.index.has_duplicates:
        repeated = frame.index[frame.index.duplicated()][0]
        raise DataError(
            f"{source}: {repeated:%Y-%m-%d} appears more than once",
            "keep one row a day.",
        )
    frame = frame.sort_index().loc[start:end].dropna(how="all")
    if frame.empty:
        raise DataError(
            f"{source}: no spread between the first and the last day asked for",
            f"the file covers {dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}.",
        )
    weekdays = pd.bdate_range(frame.index[0], frame.index[-1], name=DATE_COLUMN)
    return BuiltPanel(
        frame.reindex(weekdays).reset_index(), _notes(frame.reindex(weekdays), frame)
    )


def _notes(panel: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    first, last = panel.index[[0, -1]]
    notes = [
        f"weekdays: {len(panel)}, {first:%Y-%m-%d} to {last:%Y-%m-%d}, of which "
        f"{len(panel) - len(frame)} without any spread (holidays and gaps)"
    ]
    for name in frame.columns[frame.isna().any()]:
        days = frame.index[frame[name].isna()]
        notes.append(
            f"{name}: also missing on {len(days)} days, {days[0]:%Y-%m-%d} to "
            f"{days[-1]:%Y-%m-%d}"
        )
    weekends = frame.index[pd.DatetimeIndex(frame.index).day_of_week >= 5]
    if len(weekends):
        notes.append(f"weekend rows left out: {len(weekends)}")
    return notes
