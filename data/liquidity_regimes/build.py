"""Build the liquidity-regimes panel: daily rows with the paper's covariates.

Meldrum & Sokolinskiy (2025), section 3.2.
"""

from pathlib import Path

import pandas as pd

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.cells import date_cells, number_cells, read_cells, require_columns
from data.liquidity_regimes.checks import NUMBER_COLUMNS
from data.liquidity_regimes.columns import (
    PERSISTENCE_COLUMN,
    PRICE_IMPACT_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
    VOLATILITY_OF_VOLATILITY_COLUMN,
)
from data.liquidity_regimes.notes import liquidity_notes
from data.liquidity_regimes.panel import checked_liquidity_frame
from data.liquidity_regimes.volatility_file import (
    VOLATILITY_COLUMNS,
    join_volatility,
    read_volatility_file,
)
from data.liquidity_regimes.volatility_surprises import (
    persistence_surprise,
    volatility_of_volatility_surprise,
)
from data.panel import BuiltPanel

_SURPRISES = [VOLATILITY_OF_VOLATILITY_COLUMN, PERSISTENCE_COLUMN]
_CALENDAR_SPREAD = [VOLATILITY_1M_COLUMN, VOLATILITY_3M_COLUMN]


def build_liquidity_panel(
    daily: Path,
    volatility: Path | None = None,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> BuiltPanel:
    """Add the surprises in the volatility of volatility and in its persistence.

    Both regressions, and the GARCH model behind the first, are fitted to the days of
    the panel, once each, whatever the number of securities. The day before the first,
    where a file has it, serves as the first lag; otherwise the first day is dropped.

    Parameters
    ----------
    daily : Path
        File with one row a day and security: price impact, depth and, unless
        ``volatility`` is given, volatilities.
    volatility : Path, optional
        File with one row a day of volatilities.
    start, end : Timestamp, optional
        First and last day; all days by default.

    Returns
    -------
    BuiltPanel
        ``frame`` with every column of `data.liquidity_regimes.columns` that the input
        allows; ``notes``, one line each.

    Raises
    ------
    DataError
        A file is missing or unusable, no day lies between start and end, or the GARCH
        model cannot be estimated.
    """
    source = str(daily) if volatility is None else f"{daily} with {volatility}"
    rows = _read_daily(daily)
    notes = [f"{name}: computed anew" for name in _SURPRISES if name in rows]
    rows = rows.drop(columns=_SURPRISES, errors="ignore")
    before = rows[rows[DATE_COLUMN] < (start or rows[DATE_COLUMN].min())]
    chosen = _between(rows, start, end, source)
    if volatility is None:
        earlier = before.drop_duplicates(DATE_COLUMN).set_index(DATE_COLUMN)
    else:
        joined = join_volatility(chosen, read_volatility_file(volatility), source)
        chosen, earlier = joined.daily, joined.earlier
        notes += joined.notes
    checked = checked_liquidity_frame(_without_empty_maturities(chosen), source)
    built, made = _with_surprises(checked, earlier, source)
    return BuiltPanel(built, [*notes, *made, *liquidity_notes(built)])


def volatility_surprises(
    volatilities: pd.DataFrame, source: str
) -> tuple[pd.DataFrame, list[str]]:
    """Surprises in the volatility of volatility and in its persistence.

    Parameters
    ----------
    volatilities : DataFrame
        One row a trading day: volatility and, where known, the 1-month and 3-month
        volatilities, named as in a panel file; annualised basis points.
    source : str
        How an error names the data.

    Returns
    -------
    surprises : DataFrame
        Columns of VV, which the first day lacks, and, with both maturities, of CS.
    notes : list of str
        What was estimated and what could not be made.

    Raises
    ------
    DataError
        The GARCH model cannot be estimated.
    """
    volatility = volatilities[VOLATILITY_COLUMN]
    surprise, fit = volatility_of_volatility_surprise(volatility, source)
    made = {VOLATILITY_OF_VOLATILITY_COLUMN: surprise}
    notes = [f"volatility of volatility: {fit}"]
    absent = [name for name in _CALENDAR_SPREAD if name not in volatilities]
    if absent:
        notes.append(f"{PERSISTENCE_COLUMN}: not made without {' and '.join(absent)}")
    else:
        one_month, three_months = (volatilities[name] for name in _CALENDAR_SPREAD)
        surprise = persistence_surprise(one_month, three_months, volatility)
        if surprise.isna().all():
            notes.append(
                f"{PERSISTENCE_COLUMN}: not made, the calendar spread is a straight "
                "line in volatility"
            )
        else:
            made[PERSISTENCE_COLUMN] = surprise
    return pd.DataFrame(made), notes


def _read_daily(path: Path) -> pd.DataFrame:
    """Rows with typed dates and numbers, not yet checked."""
    source = str(path)
    cells = read_cells(path, "give a CSV or Parquet file as data/README.md describes.")
    require_columns(cells, (DATE_COLUMN, PRICE_IMPACT_COLUMN), source)
    dates = date_cells(cells[DATE_COLUMN], source)
    numbers = {
        name: number_cells(cells[name], dates, source)
        for name in NUMBER_COLUMNS
        if name in cells
    }
    return cells.assign(**{DATE_COLUMN: dates}).assign(**numbers)


def _between(
    rows: pd.DataFrame,
    start: pd.Timestamp | None,
    end: pd.Timestamp | None,
    source: str,
) -> pd.DataFrame:
    dates = rows[DATE_COLUMN]
    chosen = rows[(dates >= (start or dates.min())) & (dates <= (end or dates.max()))]
    if chosen.empty:
        raise DataError(
            f"{source}: no row from {_day(start, 'the first')} to "
            f"{_day(end, 'the last')}",
            "choose start and end within the file, start first.",
        )
    return chosen


def _without_empty_maturities(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out a 1- or 3-month volatility that has a header and no number."""
    empty = [
        name for name in _CALENDAR_SPREAD if name in rows and rows[name].isna().all()
    ]
    return rows.drop(columns=empty)


def _with_surprises(
    rows: pd.DataFrame, earlier: pd.DataFrame, source: str
) -> tuple[pd.DataFrame, list[str]]:
    """Add the surprises of a day to every row of it."""
    by_day = rows.drop_duplicates(DATE_COLUMN).set_index(DATE_COLUMN).sort_index()
    lag = earlier.reindex(columns=[VOLATILITY_COLUMN]).dropna().iloc[-1:]
    volatilities = pd.concat([lag, by_day.filter(VOLATILITY_COLUMNS)])
    surprises, notes = volatility_surprises(volatilities, source)
    built = rows.join(surprises, on=DATE_COLUMN)
    if lag.empty:
        first = by_day.index[0]
        built = built[built[DATE_COLUMN] > first]
        notes.append(f"first day: {first:%Y-%m-%d} only serves as the lag of the next")
    return built, notes


def _day(date: pd.Timestamp | None, otherwise: str) -> str:
    return otherwise if date is None else f"{date:%Y-%m-%d}"
