"""Events around which a half-life is measured: policy dates, auctions, flows."""

from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.cells import (
    date_cells,
    read_cells,
    refuse_repeated_rows,
    require_columns,
    whole_number_cells,
)


def read_events(path: Path) -> pd.DataFrame:
    """Read a list of events.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``event_date`` (or ``date``), ``event_type`` and optionally
        ``tenor`` in years. Other columns are ignored.

    Returns
    -------
    DataFrame
        ``event_date``, ``event_type`` and, where the file has it, ``tenor``.

    Raises
    ------
    DataError
        No events, an event without a type, or the same event twice.
    """
    source = str(path)
    cells = read_cells(path, "give a CSV or Parquet file of events.")
    if "event_date" not in cells.columns:
        cells = cells.rename(columns={"date": "event_date"})
    require_columns(cells, ("event_date", "event_type"), source)
    if cells.empty:
        raise DataError(f"{source}: no events", "give at least one row of data.")
    dates = date_cells(cells["event_date"], source)
    kinds = cells["event_type"].astype(object).where(cells["event_type"].notna(), "")
    events = pd.DataFrame({"event_date": dates, "event_type": kinds.str.strip()})
    unnamed = events.index[events["event_type"] == ""]
    if len(unnamed):
        raise DataError(
            f"{source}: column event_type, row {unnamed[0] + 1} "
            f"({dates[unnamed[0]]:%Y-%m-%d}) is empty",
            "name the type of every event.",
        )
    if "tenor" in cells.columns:
        events["tenor"] = whole_number_cells(cells["tenor"], dates, source)
    refuse_repeated_rows(events, tuple(events.columns), source)
    return events
