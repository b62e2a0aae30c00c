"""Checks of single cells, written once for every panel: pandera finds, we explain."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from data.arrays import is_constant
from data.errors import DataError

RowLabel = Callable[[int], str]
"""How an error names the row at a 0-based position: ``row 7 (2014-04-09)``."""


def refuse_constants(
    frame: pd.DataFrame, columns: Iterable[str], source: str, of: str = ""
) -> None:
    """Raise `DataError` naming the first column that has values and never varies.

    `of` says whose columns they are, where a file holds several of one name.
    """
    for name in columns:
        values = frame[name].dropna()
        if len(values) and is_constant(values):
            raise DataError(
                f"{source}: column {name}{of} is {values.iloc[0]:g} in every row",
                "give the series itself, or drop the column: nothing can be learned "
                "from a constant.",
            )


def finite() -> pa.Check:
    """No infinite cell."""
    return pa.Check(
        lambda cells: ~np.isinf(cells),
        name="is infinite",
        error="leave the cell empty where a value is not known.",
    )


def at_most(bound: float, remedy: str) -> pa.Check:
    """No cell further than ``bound`` from zero; infinite ones are another matter."""
    return pa.Check(
        lambda cells: (cells.abs() <= bound) | np.isinf(cells),
        name=f"is beyond {bound:,.0f}, the largest credible value",
        error=remedy,
    )


def positive(remedy: str) -> pa.Check:
    """No cell at or below zero."""
    return pa.Check(
        lambda cells: (cells > 0) | np.isinf(cells),
        name="is not above zero",
        error=remedy,
    )


def present(remedy: str) -> pa.Check:
    """No empty cell."""
    return pa.Check(
        lambda cells: cells.notna(),
        name="is empty",
        error=remedy,
        ignore_na=False,
    )


def check_cells(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, source: str, label: RowLabel
) -> None:
    """Raise for the first check that a cell fails.

    Parameters
    ----------
    frame : DataFrame
        Columns of the schema.
    schema : DataFrameSchema
        Of checks as this module makes them: ``name`` says what a failing cell is,
        ``error`` what to do.
    source : str
        Names the file in errors.
    label : callable
        Names a row in errors.

    Raises
    ------
    DataError
        Naming source, column, row, value, the number of such cells, and the remedy.
    """
    numbered = frame[list(schema.columns)].reset_index(drop=True)
    try:
        schema.validate(numbered, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        failures = [error for error in errors.schema_errors if error.check is not None]
        raise _cell_error(failures[0], source, label) from None


def _cell_error(
    error: pandera.errors.SchemaError, source: str, label: RowLabel
) -> DataError:
    column = str(error.schema.name)
    cases = error.failure_cases
    if not isinstance(cases, pd.DataFrame) or cases["index"].isna().any():
        return DataError(
            f"{source}: column {column}: {error}", "see data/README.md for the types."
        )
    value = cases["failure_case"].iloc[0]
    shown = f"{value} " if pd.notna(value) else ""
    more = f"; so are {len(cases) - 1} more cells of it" if len(cases) > 1 else ""
    return DataError(
        f"{source}: column {column}, {label(int(cases['index'].iloc[0]))}: {shown}"
        f"{error.check.name}{more}",
        str(error.check.error),
    )
