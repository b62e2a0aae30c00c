"""Volatilities from a file of their own, joined to the days of price impact."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.cells import date_cells, number_cells, read_cells
from data.liquidity_regimes.columns import (
    PRICE_IMPACT_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
)

VOLATILITY_COLUMNS = (VOLATILITY_COLUMN, VOLATILITY_1M_COLUMN, VOLATILITY_3M_COLUMN)

OTHER_NAMES = ("MOVE", "^MOVE", "Close", "Price")
"""How downloads of the MOVE index call it: by its name, as Yahoo's history of prices,
as Investing's. The first that a file has is taken."""

DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
"""Dates with slashes, which Investing writes as the reader's country does."""

LAYOUTS = (
    "give date and volatility_bp, optionally volatility_1m_bp and volatility_3m_bp; or "
    "the MOVE index as Date and MOVE, as Yahoo's Date, Open, High, Low, Close or as "
    "Investing's Date, Price"
)

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
        3-month volatilities; or with ``Date`` and one of `OTHER_NAMES`.

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
    cells = _with_our_names(cells)
    missing = [name for name in (DATE_COLUMN, VOLATILITY_COLUMN) if name not in cells]
    if missing:
        raise DataError(
            f"{source}: missing column {', '.join(missing)}",
            f"{LAYOUTS} (the file has: {', '.join(map(str, cells.columns))}).",
        )
    written = _iso_dates(cells[DATE_COLUMN], source)
    dates = date_cells(written, source).reset_index(drop=True)
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
    known = frame.dropna(axis="columns", how="all") if len(frame) else frame
    if VOLATILITY_COLUMN not in known:
        raise DataError(
            f"{source}: column {VOLATILITY_COLUMN} is empty", "fill the column."
        )
    return known.dropna(subset=VOLATILITY_COLUMN).sort_index()


def _with_our_names(cells: pd.DataFrame) -> pd.DataFrame:
    if DATE_COLUMN not in cells:
        cells = cells.rename(columns={"Date": DATE_COLUMN})
    if VOLATILITY_COLUMN in cells:
        return cells
    found = next((name for name in OTHER_NAMES if name in cells), None)
    return cells if found is None else cells.rename(columns={found: VOLATILITY_COLUMN})


def _iso_dates(cells: pd.Series, source: str) -> pd.Series:
    """Dates with slashes in the order that all of them allow; others as they are."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells
    text = cells.astype(str)
    if not len(text) or not text.str.contains("/").all():
        return cells
    read = {
        form: pd.to_datetime(text, format=form, errors="coerce")
        for form in (DAY_FIRST, MONTH_FIRST)
    }
    whole = [dates for dates in read.values() if dates.notna().all()]
    if len(whole) == 2 and not whole[0].equals(whole[1]):
        raise DataError(
            f"{source}: column {cells.name}: {text.iloc[0]!r} may be day or month "
            "first, and no other row decides",
            "write dates as YYYY-MM-DD.",
        )
    return whole[0].rename(str(cells.name)) if whole else cells


def join_volatility(
    daily: pd.DataFrame, volatilities: pd.DataFrame, source: str
) -> JoinedVolatility:
    """Give every daily row the volatility of its date.

    A date without one, of any maturity, keeps that of the day before and loses its
    price impact, which must not be explained by it.

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
        Volatility columns in both files, or a maturity without a quote on the first
        day or for more than `LONGEST_CARRIED_DAYS` days.
    """
    both = [name for name in VOLATILITY_COLUMNS if name in daily]
    if both:
        raise DataError(
            f"{source}: both hold {', '.join(both)}",
            "drop the columns from one of the files.",
        )
    days = pd.DatetimeIndex(daily[DATE_COLUMN].drop_duplicates().sort_values())
    carried = volatilities.reindex(days)
    for name in carried:
        _refuse_long_gap(carried[name], source)
    joined = daily.join(carried.ffill(), on=DATE_COLUMN)
    absent = carried.isna()
    stale = joined[DATE_COLUMN].isin(days[absent.any(axis=1)])
    joined[PRICE_IMPACT_COLUMN] = joined[PRICE_IMPACT_COLUMN].mask(stale)
    notes = [
        f"{name}: none on {gaps.sum()} of {len(days)} days, the first "
        f"{days[gaps][0]:%Y-%m-%d}; price impact is left out there"
        for name, gaps in absent.items()
        if gaps.any()
    ]
    return JoinedVolatility(joined, volatilities[volatilities.index < days[0]], notes)


def _refuse_long_gap(volatility: pd.Series, source: str) -> None:
    """Raise where a quote of some maturity stopped, or had not begun."""
    absent = volatility.isna()
    longest = absent.groupby((~absent).cumsum()).cumsum()
    if not absent.iloc[0] and longest.max() <= LONGEST_CARRIED_DAYS:
        return
    first = absent.index[0] if absent.iloc[0] else longest.idxmax()
    before = "" if absent.iloc[0] else f" and {LONGEST_CARRIED_DAYS} days before"
    other = "" if volatility.name == VOLATILITY_COLUMN else ", leave the column out"
    raise DataError(
        f"{source}: no {volatility.name} on {first:%Y-%m-%d}{before}",
        f"give volatilities of these days{other}, or choose another --start or --end.",
    )
