"""Events that have just happened: nothing is known of how long they last."""

from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import DataError
from data.files.cells import (
    optional_number_cells,
    read_cells,
    require_columns,
)
from data.files.schema import check_cells
from data.half_life.checks import COVARIATES, covariate_schema

NEW_EVENT_COLUMNS = ("event_type", "tenor")
"""What a row has at least; covariates that it lacks are averaged over."""


def read_new_events(path: Path) -> pd.DataFrame:
    """Read new events and check them.

    Parameters
    ----------
    path : Path
        Table with the columns of `NEW_EVENT_COLUMNS`, and any of
        `data.half_life.checks.COVARIATES` and ``deviation_bp``.

    Returns
    -------
    DataFrame
        ``event_type`` str, ``tenor`` int, years, and float columns for the covariates
        and ``deviation_bp``, NaN where missing.

    Raises
    ------
    DataError
        If the file is missing or damaged, lacks a column or has a cell out of range.
    """
    source = str(path)
    raw = read_cells(
        path, "check the path, or write a template: python -m data template new-events"
    )
    require_columns(raw, NEW_EVENT_COLUMNS, source)
    # Rows are named by their number: a date is no part of a new event.
    undated = pd.Series(pd.NaT, index=raw.index, dtype="datetime64[ns]")
    frame = pd.DataFrame({"event_type": raw["event_type"].astype(str).str.strip()})
    numbers = {
        name: optional_number_cells(raw, name, undated, source)
        for name in ("tenor", *COVARIATES, "deviation_bp")
    }
    frame = frame.assign(**numbers)
    tenor = frame["tenor"]
    bad = np.flatnonzero(~(tenor > 0) | (tenor != tenor.round()))
    if bad.size or (frame["event_type"] == "").any():
        row = int(bad[0]) if bad.size else int((frame["event_type"] == "").argmax())
        raise DataError(
            f"{source}: row {row + 1} has no event type or no tenor in whole years",
            "give both for every event.",
        )
    check_cells(frame, covariate_schema(), source, lambda row: f"row {row + 1}")
    return frame.astype({"tenor": int})
