"""Checks that a liquidity panel passes before anything is estimated from it.

Every failure is a `DataError` that names the file, the column, the row (1-based, the
header not counted, with its date and security) and what to do. What can be used but
has to be known becomes a note that stays with the panel.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.cells import refuse_columns
from data.files.schema import (
    at_most,
    check_cells,
    finite,
    positive,
    present,
    refuse_constants,
)
from data.liquidity_regimes.columns import (
    COVARIATE_COLUMNS,
    DEPTH_COLUMN,
    PERSISTENCE_COLUMN,
    PRICE_IMPACT_COLUMN,
    SECURITY_COLUMN,
    STATE_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_COLUMN,
    VOLATILITY_OF_VOLATILITY_COLUMN,
)
from data.market.trading_days import missing_trading_days

MINIMUM_DAYS = 250
"""Fewest rows of a security: a year. The largest model has 24 parameters, half of them
about transitions that happen a few times a year."""

LONGEST_GAP_DAYS = 10
"""Trading days without a row that the chain may step across as if they were one. Over
two weeks the state is nearly drawn anew, which one step cannot say."""

LARGEST_VOLATILITY_BP = 1_000.0
"""Four times the highest reading of the MOVE index since 1988."""

LARGEST_PERCENT_VOLATILITY = 5.0
"""A median below this is in percent (0.8) or a day's basis points (5): annualised
volatility of US rates never stayed below 25 basis points."""

LARGEST_DEPTH_MUSD = 100_000.0
"""USD 100 billion: more than all resting orders of the market."""

SMALLEST_MEDIAN_DEPTH_MUSD = 0.5
"""Half of the smallest order that inter-dealer platforms accept, USD 1 million."""

SHARED_COLUMNS = (
    VOLATILITY_COLUMN,
    VOLATILITY_1M_COLUMN,
    VOLATILITY_3M_COLUMN,
    VOLATILITY_OF_VOLATILITY_COLUMN,
    PERSISTENCE_COLUMN,
)
"""Of interest rates, not of a security: one value a day."""

REQUIRED_COLUMNS = (DATE_COLUMN, PRICE_IMPACT_COLUMN, DEPTH_COLUMN, VOLATILITY_COLUMN)
KNOWN_COLUMNS = (
    DATE_COLUMN,
    SECURITY_COLUMN,
    PRICE_IMPACT_COLUMN,
    DEPTH_COLUMN,
    *SHARED_COLUMNS,
    STATE_COLUMN,
)
NUMBER_COLUMNS = tuple(
    name for name in KNOWN_COLUMNS if name not in (DATE_COLUMN, SECURITY_COLUMN)
)

_PREFIXES = ("price_impact", "depth", "volatility", "persistence")
_IN_BASIS_POINTS = "give annualised volatility in basis points: 0.8 percent is 80."
_LEAVE_OUT = "fill it, or leave the row out: the days around it are then joined."


def check_column_names(columns: Sequence[str], source: str) -> None:
    """Refuse a panel whose columns are incomplete or nearly a known name.

    Columns of other kinds are allowed and ignored.

    Raises
    ------
    DataError
        A required column is missing, or a column begins like a known one and is none
        (a slip that would otherwise be ignored).
    """
    missing = [name for name in REQUIRED_COLUMNS if name not in columns]
    unknown = [
        name
        for name in columns
        if name.startswith(_PREFIXES) and name not in KNOWN_COLUMNS
    ]
    refuse_columns(missing, unknown, columns, source)


def row_label(frame: pd.DataFrame, position: int) -> str:
    """How an error names a row: 1-based without the header, its date and security."""
    row, number = frame.iloc[position], int(frame.index[position]) + 1
    return f"row {number} ({row[DATE_COLUMN]:%Y-%m-%d}, {row[SECURITY_COLUMN]})"


def liquidity_schema(columns: Iterable[str]) -> pa.DataFrameSchema:
    """Schema of a panel's cells: present, finite, of credible sign and size."""
    volatility = [
        finite(),
        present(_LEAVE_OUT),
        positive(_IN_BASIS_POINTS),
        at_most(LARGEST_VOLATILITY_BP, _IN_BASIS_POINTS),
    ]
    surprise = [
        finite(),
        present("make the panel again: python -m data build liquidity-regimes."),
        at_most(LARGEST_VOLATILITY_BP, _IN_BASIS_POINTS),
    ]
    checks = {
        PRICE_IMPACT_COLUMN: [finite()],
        DEPTH_COLUMN: [
            finite(),
            present(_LEAVE_OUT),
            positive("leave out days without quotes, or correct the cell."),
            at_most(
                LARGEST_DEPTH_MUSD,
                "give depth in USD million: divide dollars by 1,000,000.",
            ),
        ],
        VOLATILITY_COLUMN: volatility,
        VOLATILITY_1M_COLUMN: volatility,
        VOLATILITY_3M_COLUMN: volatility,
        VOLATILITY_OF_VOLATILITY_COLUMN: surprise,
        PERSISTENCE_COLUMN: surprise,
    }
    fields = {
        name: pa.Column("float64", checks[name], nullable=True)
        for name in columns
        if name in checks
    }
    return pa.DataFrameSchema(fields, strict=False)


def validate_liquidity(frame: pd.DataFrame, source: str) -> None:
    """Raise unless a panel can be estimated from.

    Parameters
    ----------
    frame : DataFrame
        Columns ``date`` (datetime64[ns]), ``security`` (text) and float64 columns; the
        index counts the rows of the file from 0.
    source : str
        How errors name the panel, usually the file's path.

    Raises
    ------
    DataError
        Naming source, column, row and remedy.
    """
    _check_order(frame, source)
    _check_units(frame, source)
    check_cells(
        frame,
        liquidity_schema(map(str, frame.columns)),
        source,
        lambda position: row_label(frame, position),
    )
    _check_shared(frame, source)
    for security, rows in frame.groupby(SECURITY_COLUMN, sort=False):
        _check_security(rows, str(security), source)
    _check_gaps(frame, source)


def _check_order(frame: pd.DataFrame, source: str) -> None:
    for row in frame.index[frame[SECURITY_COLUMN] == ""][:1]:
        raise DataError(
            f"{source}: column {SECURITY_COLUMN}, row {row + 1} is empty",
            "name the security of every row, or drop the column when there is one.",
        )
    step = frame.groupby(SECURITY_COLUMN, sort=False)[DATE_COLUMN].diff().dt.days
    for position in np.flatnonzero(step <= 0)[:1]:
        security = frame[SECURITY_COLUMN].iloc[position]
        kind = "repeats" if step.iloc[position] == 0 else "is earlier than"
        raise DataError(
            f"{source}: column {DATE_COLUMN}, {row_label(frame, int(position))} "
            f"{kind} the date of the row of {security} before",
            "give one row a day and security, sorted by date.",
        )


def _check_units(frame: pd.DataFrame, source: str) -> None:
    """Whole columns in another unit; single cells are the schema's matter."""
    for name in (VOLATILITY_COLUMN, VOLATILITY_1M_COLUMN, VOLATILITY_3M_COLUMN):
        typical = frame[name].abs().median() if name in frame else np.nan
        if typical < LARGEST_PERCENT_VOLATILITY:
            raise DataError(
                f"{source}: column {name} looks like percent or a day's basis points: "
                f"its median is {typical:.3g}",
                f"{_IN_BASIS_POINTS} A day's basis points times the root of 252.",
            )
    for security, rows in frame.groupby(SECURITY_COLUMN, sort=False):
        typical = rows[DEPTH_COLUMN].abs().median()
        if typical < SMALLEST_MEDIAN_DEPTH_MUSD:
            raise DataError(
                f"{source}: column {DEPTH_COLUMN} of {security} looks like USD "
                f"billion: its median is {typical:.3g}",
                "give depth in USD million: multiply USD billion by 1,000.",
            )


def _check_shared(frame: pd.DataFrame, source: str) -> None:
    for name in SHARED_COLUMNS:
        if name not in frame:
            continue
        first = frame.groupby(DATE_COLUMN)[name].transform("first")
        for position in np.flatnonzero(frame[name] != first)[:1]:
            raise DataError(
                f"{source}: column {name}, {row_label(frame, int(position))}: "
                f"{frame[name].iloc[position]:g}, but {first.iloc[position]:g} for "
                "another security on that day",
                "give all securities the same volatility: it is of interest rates.",
            )


def _check_security(rows: pd.DataFrame, security: str, source: str) -> None:
    if len(rows) < MINIMUM_DAYS:
        raise DataError(
            f"{source}: {len(rows)} rows of {security}, at least {MINIMUM_DAYS} days "
            "are needed",
            "give a longer stretch; days without a price impact count as rows.",
        )
    if rows[PRICE_IMPACT_COLUMN].notna().sum() < MINIMUM_DAYS / 2:
        raise DataError(
            f"{source}: column {PRICE_IMPACT_COLUMN} has "
            f"{rows[PRICE_IMPACT_COLUMN].notna().sum()} values for {security}, at "
            f"least {MINIMUM_DAYS // 2} are needed",
            "fill the column, or leave the security out.",
        )
    series = (PRICE_IMPACT_COLUMN, DEPTH_COLUMN, *COVARIATE_COLUMNS.values())
    held = [name for name in series if name in rows]
    refuse_constants(rows, held, source, f" of {security}")


def _check_gaps(frame: pd.DataFrame, source: str) -> None:
    days = pd.DatetimeIndex(frame[DATE_COLUMN].drop_duplicates().sort_values())
    missing = missing_trading_days(days)
    for place in np.flatnonzero(missing > LONGEST_GAP_DAYS)[:1]:
        raise DataError(
            f"{source}: column {DATE_COLUMN}: {missing[place]} trading days have no "
            f"row between {days[place]:%Y-%m-%d} and {days[place + 1]:%Y-%m-%d}, at "
            f"most {LONGEST_GAP_DAYS} may",
            f"add rows with an empty {PRICE_IMPACT_COLUMN} for them, or give the "
            "longer part alone.",
        )
