"""Volatilities from a file of their own, joined to the days of price impact."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.columns import DATE_COLUMN
from data.errors import DataError
from data.liquidity_columns import (
    PRICE_IMPACT_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
)
from data.panel_files import date_cells, number_cells, read_cells

VOLATILITY_COLUMNS = (VOLATILITY_COLUMN, VOLATILITY_1M_COLUMN, VOLATILITY_3M_COLUMN)

OTHER_NAMES = {"Date": DATE_COLUMN, "MOVE": VOLATILITY_COLUMN}
"""How downloads of the MOVE index call their columns."""

LONGEST_CARRIED_DAYS = 5
"""Rows in a row that may stand without a volatility of their own: a week, as when two
markets keep different holidays."""


class JoinedVolatility(NamedTuple):
    """Daily rows with volatilities, those of earlier days, and what was done."""

    daily: pd.DataFrame
    earlier: pd.DataFrame
    notes: list[str]


def read_volatility_file(path: Path) -> pd.DataFrame:
    """Volatilities by date.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``date`` and ``volatility_bp``, optionally the 1-month and
        3-month volatilities; or with ``Date`` and ``MOVE``.

    Returns
    -------
    DataFrame
        Annualised basis points, index ``date``, days without a volatility left out.

    Raises
    ------
    DataError
        The file or a column is missing, a cell is no number, or a date is repeated.
    """
    source = str(path)
    cells = read_cells(path, "give a CSV or Parquet file with date and volatility_bp.")
    cells = cells.rename(columns=OTHER_NAMES)
    missing = [name for name in (DATE_COLUMN, VOLATILITY_COLUMN) if name not in cells]
    if missing:
        raise DataError(
            f"{source}: missing column {', '.join(missing)}",
            "call the columns date and volatility_bp "
            f"(the file has: {', '.join(map(str, cells.columns))}).",
        )
    dates = date_cells(cells[DATE_COLUMN], source).reset_index(drop=True)
    for row in np.flatnonzero(dates.duplicated())[:1]:
        raise DataError(
            f"{source}: column {DATE_COLUMN}, row {row + 1} repeats the date "
            f"{dates.iloc[row]:%Y-%m-%d}",
            "give one row a day.",
        )
    columns = {
        name: number_cells(cells[name], dates, source)
        for name in VOLATILITY_COLUMNS
        if name in cells
    }
    frame = pd.DataFrame(columns, index=pd.Index(dates, name=DATE_COLUMN))
    return frame.dropna(subset=VOLATILITY_COLUMN).sort_index()


def join_volatility(
    daily: pd.DataFrame, volatilities: pd.DataFrame, source: str
) -> JoinedVolatility:
    """Give every daily row the volatility of its date.

    A date without one keeps that of the day before and loses its price impact, which
    must not be explained by it.

    Parameters
    ----------
    daily : DataFrame
        Raw rows: ``date`` (datetime64[ns]), ``price_impact`` (float64) and others.
    volatilities : DataFrame
        As `read_volatility_file` returns.
    source : str
        How errors name the two files.

    Raises
    ------
    DataError
        Volatility columns in both files, or none of this volatility on the first day
        or for more than `LONGEST_CARRIED_DAYS` days.
    """
    both = [name for name in VOLATILITY_COLUMNS if name in daily]
    if both:
        raise DataError(
            f"{source}: both hold {', '.join(both)}",
            "drop the columns from one of the files.",
        )
    days = pd.DatetimeIndex(daily[DATE_COLUMN].drop_duplicates().sort_values())
    carried = volatilities.reindex(days)
    absent = carried[VOLATILITY_COLUMN].isna()
    longest = absent.groupby((~absent).cumsum()).cumsum()
    if absent.iloc[0] or longest.max() > LONGEST_CARRIED_DAYS:
        first = days[0] if absent.iloc[0] else longest.idxmax()
        before = "" if absent.iloc[0] else f" and {LONGEST_CARRIED_DAYS} days before"
        raise DataError(
            f"{source}: no volatility on {first:%Y-%m-%d}{before}",
            "give volatilities of these days, or choose another --start or --end.",
        )
    joined = daily.join(carried.ffill(), on=DATE_COLUMN)
    stale = joined[DATE_COLUMN].isin(days[absent])
    joined[PRICE_IMPACT_COLUMN] = joined[PRICE_IMPACT_COLUMN].mask(stale)
    notes = []
    if absent.any():
        notes.append(
            f"volatility: none on {absent.sum()} of {len(days)} days, the first "
            f"{days[absent][0]:%Y-%m-%d}; price impact is left out there"
        )
    return JoinedVolatility(joined, volatilities[volatilities.index < days[0]], notes)
