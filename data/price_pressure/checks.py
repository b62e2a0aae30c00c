"""Checks that a price-pressure panel passes before anything is estimated from it.

Every failure is a `DataError` that names the file, the column, the row (1-based, the
header not counted, with its date) and what to do.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.cells import refuse_columns
from data.files.schema import at_most, check_cells, finite, refuse_constants
from data.market.tenors import TENOR_YEARS
from data.price_pressure.columns import (
    FACTORS,
    MARKETS,
    MARKETS_AND_NET,
    dv01_column,
    exposure_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    tenors_of,
    yield_column,
)
from data.price_pressure.frequency import DAILY, frequency_of_dates

MINIMUM_WEEKS = 52
"""Fewest rows of a panel: below a year of weeks nothing tells a persistence of 0.99
from 1, and the largest variant has about 30 parameters."""

MINIMUM_TENORS = 4
"""Fewest yields: three factors leave a combination of four, and nothing of three."""

FRIDAY = 4

LARGEST_YIELD_BP = 3_000.0
"""No Treasury zero-coupon yield exceeded 17 percent; twice that is a wrong unit."""

LARGEST_PERCENT_YIELD = 25.0
"""When no yield of any tenor and week is further than this from zero, the numbers are
percent. In basis points it would mean that 2- to 20-year yields all stayed within a
quarter of a percentage point of zero, which no government curve has done for a year;
single tenors near or below zero are common and pass."""

LARGEST_DECIMAL_YIELD = 0.25
"""The same bound for yields written as decimals (0.04 for 4 percent)."""

LARGEST_CHANGE_BP = 300.0
"""A step from one row to the next beyond this is a cell in another unit or a slip of
the decimal point: the largest weekly move since 1961 is below half of it."""

UNIT_SWITCH_RATIOS = (80.0, 125.0)
"""A yield above `UNIT_SWITCH_FROM_BP` beside its neighbour in time about a hundred
times as large or small is one column in two units."""

UNIT_SWITCH_FROM_BP = 100.0
"""Yields that cross zero have any ratio to their neighbour, but are small."""

SMALLEST_RELATIVE_MOVE = 1 / 30
"""A tenor near zero whose typical weekly change is below this share of the other
tenors' is in percent while they are in basis points. Pinned at zero in 2011-2014 and
2020-2021 the 2-year yield still moved a tenth as much as the others."""

LARGEST_DV01_MUSD = 1_000.0
"""USD 1 billion a basis point is the risk of USD 1,200 billion of 10-year notes."""

LARGEST_AMOUNT_BUSD = 2_000.0
"""More than the dealers' coupon Treasuries in any bucket: the cell is in millions."""

_Bound = tuple[float, str]
_BOUNDS: dict[str, _Bound] = {
    "yield_": (
        LARGEST_YIELD_BP,
        "give yields in basis points: 4.51 percent is 451.",
    ),
    "dv01_": (
        LARGEST_DV01_MUSD,
        "give DV01 in USD million per basis point: divide dollars by 1,000,000.",
    ),
    "exposure_": (
        LARGEST_DV01_MUSD,
        "give exposures in USD million per basis point: divide dollars by 1,000,000.",
    ),
    "inventory_": (
        LARGEST_AMOUNT_BUSD,
        "give inventories in USD billion: divide USD million by 1,000.",
    ),
    "order_flow_": (
        LARGEST_AMOUNT_BUSD,
        "give order flow in USD billion: divide USD million by 1,000.",
    ),
}

_BY_TENOR = (
    (inventory_column, MARKETS),
    (dv01_column, MARKETS),
    (order_flow_column, MARKETS_AND_NET),
    (order_flow_surprise_column, MARKETS_AND_NET),
)


def column_groups(tenors: Sequence[int]) -> list[list[str]]:
    """Optional columns; of each group a panel of these tenors has all or none."""
    by_tenor = [
        [name(market, tenor) for tenor in tenors]
        for name, markets in _BY_TENOR
        for market in markets
    ]
    by_factor = [
        [exposure_column(market, factor) for factor in FACTORS] for market in MARKETS
    ]
    return by_tenor + by_factor


def known_columns(columns: Iterable[str]) -> list[str]:
    """Names that mean something in a panel with the yields that `columns` hold."""
    tenors = tenors_of(columns)
    yields = [yield_column(tenor) for tenor in tenors]
    groups = column_groups(tenors)
    return [DATE_COLUMN, *yields, *(name for group in groups for name in group)]


VARYING = ("yield", "inventory", "dv01")
"""How the names of series begin that are fitted or press on what is fitted."""


def check_column_names(columns: Sequence[str], source: str) -> None:
    """Refuse a panel whose columns are incomplete or nearly a known name.

    Columns of other kinds are allowed and ignored.

    Raises
    ------
    DataError
        A required column is missing, a group of columns is incomplete, or a column
        begins like a known one and is none (a slip that would otherwise be ignored).
    """
    present = set(columns)
    tenors = tenors_of(columns)
    required = [DATE_COLUMN]
    if len(tenors) < MINIMUM_TENORS:
        # Any other tenors would do as well; these are those of the recipe.
        required += [yield_column(tenor) for tenor in TENOR_YEARS]
    missing = [name for name in required if name not in present]
    for group in column_groups(tenors or TENOR_YEARS):
        if present.intersection(group):
            missing += [name for name in group if name not in present]
    prefixes, known = tuple(_BOUNDS), set(known_columns(columns))
    unknown = [
        name for name in columns if name.startswith(prefixes) and name not in known
    ]
    refuse_columns(
        missing,
        unknown,
        columns,
        source,
        "; net inventories and net DV01 are computed from cash and futures",
    )


def panel_schema(columns: Sequence[str]) -> pa.DataFrameSchema:
    """Build the schema of a panel's cells: types, finite values, magnitudes.

    Parameters
    ----------
    columns : sequence of str
        Known columns present in the file.
    """
    fields = {DATE_COLUMN: pa.Column("datetime64[ns]", nullable=False)}
    for name in columns:
        if name != DATE_COLUMN:
            fields[name] = pa.Column("float64", _cell_checks(name), nullable=True)
    return pa.DataFrameSchema(fields, strict=False)


def _cell_checks(column: str) -> list[pa.Check]:
    bound, remedy = next(
        value for prefix, value in _BOUNDS.items() if column.startswith(prefix)
    )
    return [finite(), at_most(bound, remedy)]


def row_label(frame: pd.DataFrame, position: int | np.integer) -> str:
    """How an error names a row: 1-based position without the header, and its date."""
    return f"row {position + 1} ({frame[DATE_COLUMN].iloc[position]:%Y-%m-%d})"


def validate_panel(frame: pd.DataFrame, source: str) -> None:
    """Raise unless a panel can be estimated from.

    Parameters
    ----------
    frame : DataFrame
        Column ``date`` (datetime64[ns]) and float64 columns, one row a week, trading
        day or month.
    source : str
        How errors name the panel, usually the file's path.

    Raises
    ------
    DataError
        Naming source, column, row and remedy.
    """
    check_column_names([str(name) for name in frame.columns], source)
    _check_dates(frame, source)
    _check_cells(frame, source)
    _check_yield_units(frame, source)
    varying = [name for name in map(str, frame) if name.startswith(VARYING)]
    refuse_constants(frame, varying, source)
    if len(frame) < MINIMUM_WEEKS:
        raise DataError(
            f"{source}: {len(frame)} rows, at least {MINIMUM_WEEKS} "
            f"{frequency_of_dates(frame[DATE_COLUMN]).unit}s are needed",
            "give a longer stretch; rows without a yield count.",
        )


def _check_dates(frame: pd.DataFrame, source: str) -> None:
    frequency = frequency_of_dates(frame[DATE_COLUMN])
    days = frame[DATE_COLUMN].diff().dt.days.to_numpy()
    for position in np.flatnonzero(np.nan_to_num(days, nan=7.0) <= 0):
        kind = "repeats the date of" if days[position] == 0 else "is earlier than"
        raise DataError(
            f"{source}: column {DATE_COLUMN}, {row_label(frame, position)} {kind} the "
            "row before",
            f"give one row a {frequency.unit}, sorted by date.",
        )
    if frequency is DAILY:
        _refuse_weekends(frame, source)
    shortest, longest = frequency.shortest_days, frequency.longest_days
    usual = (days >= shortest) & (days <= longest)
    for position in np.flatnonzero(~usual & ~np.isnan(days)):
        remedy = (
            f"sample one row a {frequency.unit}."
            if days[position] < shortest
            else f"{frequency.gap}."
        )
        raise DataError(
            f"{source}: column {DATE_COLUMN}, {row_label(frame, position)} comes "
            f"{days[position]:.0f} days after the row before, not a {frequency.unit} "
            f"({shortest} to {longest} days)",
            remedy,
        )


def _refuse_weekends(frame: pd.DataFrame, source: str) -> None:
    for position in np.flatnonzero(frame[DATE_COLUMN].dt.day_of_week > FRIDAY):
        day = frame[DATE_COLUMN].iloc[position]
        raise DataError(
            f"{source}: column {DATE_COLUMN}, {row_label(frame, position)} is a "
            f"{day:%A}",
            f"give one row a {DAILY.unit}: five make a week of a half-life.",
        )


def _check_cells(frame: pd.DataFrame, source: str) -> None:
    known = set(known_columns(frame.columns))
    schema = panel_schema([name for name in frame.columns if name in known])
    check_cells(frame, schema, source, lambda position: row_label(frame, position))


def _check_yield_units(frame: pd.DataFrame, source: str) -> None:
    columns = [yield_column(tenor) for tenor in tenors_of(frame.columns)]
    yields = frame[columns]
    for column in yields.columns[yields.isna().all()]:
        raise DataError(
            f"{source}: column {column} has no value in any row",
            "give yields for every tenor; single cells and weeks may be empty.",
        )
    largest = yields.abs().max()
    if largest.max() < LARGEST_PERCENT_YIELD:
        unit, factor = "percent", "100"
        if largest.max() < LARGEST_DECIMAL_YIELD:
            unit, factor = "decimals", "10,000"
        raise DataError(
            f"{source}: columns {columns[0]} to {columns[-1]} look like "
            f"{unit}: the largest yield of all rows is {largest.max():g}, "
            f"{row_label(frame, np.int64(yields.abs().max(axis=1).argmax()))}",
            f"multiply by {factor}: the model expects basis points.",
        )
    _check_yield_moves(frame, yields, largest, source)


def _check_yield_moves(
    frame: pd.DataFrame, yields: pd.DataFrame, largest: pd.Series, source: str
) -> None:
    changes = yields.diff().abs()
    typical = changes.median()
    for column in yields.columns:
        others = typical.drop(column).median()
        small = typical[column] < SMALLEST_RELATIVE_MOVE * others
        if small and largest[column] < LARGEST_PERCENT_YIELD:
            raise DataError(
                f"{source}: column {column} looks like percent: it never exceeds "
                f"{largest[column]:g} and moves {typical[column]:.2g} in a typical "
                f"step, the other tenors {others:.2g}",
                "multiply by 100: the model expects basis points.",
            )
        quoted = yields[column].ffill().to_numpy()
        jumps = (changes[column] > LARGEST_CHANGE_BP).to_numpy()
        for position in np.flatnonzero(jumps | _switches_unit(quoted)):
            raise DataError(
                f"{source}: column {column}, {row_label(frame, position)}: the yield "
                f"goes from {quoted[position - 1]:g} to {quoted[position]:g} bp",
                "look for cells in another unit or a misplaced decimal point.",
            )


def _switches_unit(quoted: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows whose yield is a hundredth or a hundredfold of the one before."""
    size = np.abs(quoted)
    larger, smaller = np.maximum(size[1:], size[:-1]), np.minimum(size[1:], size[:-1])
    low, high = UNIT_SWITCH_RATIOS
    inside = (larger >= low * smaller) & (larger <= high * smaller)
    return np.concatenate([[False], inside & (larger > UNIT_SWITCH_FROM_BP)])
