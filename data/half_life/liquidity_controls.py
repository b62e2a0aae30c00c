"""Liquidity of a tenor bucket by quarter: spread, concentration, amount outstanding."""

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
from data.half_life.checks import LIQUIDITY_COVARIATES

_PUBLISHED_NAMES = {
    "qdate": "date",
    "tenor_bucket": "tenor",
    "liq_hhi": "liquidity_hhi",
    "issue_conc_top5": "issue_concentration_top5",
    "pubout": "outstanding",
}


def read_liquidity_controls(path: Path) -> pd.DataFrame:
    """Mean of each control over the dates of a quarter.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``qdate`` and ``tenor_bucket`` (years), ``bid_ask_spread``,
        ``liq_hhi``, ``issue_conc_top5`` and ``pubout`` (USD million); or ``date``,
        ``tenor`` and the names of `data.half_life.checks.LIQUIDITY_COVARIATES`.

    Returns
    -------
    DataFrame
        Index ``quarter`` (quarterly period) and ``tenor``, columns
        `data.half_life.checks.LIQUIDITY_COVARIATES`.

    Raises
    ------
    DataError
        A column is missing, or a date and tenor have two rows.
    """
    source = str(path)
    cells = read_cells(path, "give a CSV or Parquet file of liquidity controls.")
    cells = cells.rename(columns=_PUBLISHED_NAMES)
    require_columns(cells, ("date", "tenor", *LIQUIDITY_COVARIATES), source)
    dates = date_cells(cells["date"], source)
    frame = pd.DataFrame(
        {
            "date": dates,
            "tenor": whole_number_cells(cells["tenor"], dates, source),
            **{
                name: number_cells(cells[name], dates, source)
                for name in LIQUIDITY_COVARIATES
            },
        }
    )
    refuse_repeated_rows(frame, ("date", "tenor"), source)
    quarters = frame["date"].dt.to_period("Q").rename("quarter")
    return frame.groupby([quarters, "tenor"])[list(LIQUIDITY_COVARIATES)].mean()
