"""Who traded around an event: covariates from a panel of TRACE transactions."""

from pathlib import Path

import pandas as pd

from data.files.cells import (
    date_cells,
    number_cells,
    read_cells,
    refuse_repeated_rows,
    require_columns,
    whole_number_cells,
)
from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from data.half_life.event_panel import CLEANING

MATCHED_ON = ("event_date", "event_type", "tenor")

_PRESET = "preset"

_PUBLISHED_NAMES = {"total_volume": "total_volume_usd"}


def read_microstructure(path: Path) -> pd.DataFrame:
    """Read the covariates of each event and tenor.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``event_date``, ``event_type``, ``tenor`` (years),
        ``total_volume`` (USD), ``ats_share``, ``principal_share``, ``dealer_hhi``,
        ``trade_count`` and ``dealer_count``. Empty cells stay missing: a share that
        is not known is not zero.

    Returns
    -------
    DataFrame
        Index :data:`MATCHED_ON`, columns
        `data.half_life.checks.MICROSTRUCTURE_COVARIATES` and, where the file tells in
        ``preset`` by which rules transactions were cleaned, ``cleaning``.

    Raises
    ------
    DataError
        A column is missing, or an event and tenor have two rows.
    """
    source = str(path)
    cells = read_cells(path, "give a CSV or Parquet file of event covariates.")
    cells = cells.rename(columns=_PUBLISHED_NAMES)
    require_columns(cells, (*MATCHED_ON, *MICROSTRUCTURE_COVARIATES), source)
    dates = date_cells(cells["event_date"], source)
    keys = pd.DataFrame(
        {
            "event_date": dates,
            "event_type": cells["event_type"].astype(str).str.strip(),
            "tenor": whole_number_cells(cells["tenor"], dates, source),
        }
    )
    refuse_repeated_rows(keys, MATCHED_ON, source)
    covariates = pd.DataFrame(
        {
            name: number_cells(cells[name], dates, source)
            for name in MICROSTRUCTURE_COVARIATES
        }
    )
    if _PRESET in cells:
        covariates[CLEANING] = cells[_PRESET].fillna("").astype(str)
    return covariates.set_index(pd.MultiIndex.from_frame(keys))
