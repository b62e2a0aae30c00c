"""The basis panel: one row a weekday, one column a tenor, basis points."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pandera.pandas as pa
import xarray as xr

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.cells import date_cells, number_cells, require_columns
from data.files.panel_file import NEEDED, Columns, PanelFile
from data.files.schema import at_most, check_cells, finite, refuse_constants

BASIS_COLUMN = re.compile(r"basis_(\d+)y_bp")

MINIMUM_DAYS = 60
"""Fewest rows: three components of one series need some months of days."""

LARGEST_BASIS_BP = 1_000.0
"""Beyond any basis between two Treasury curves, 2008 included: the cell is in another
unit."""

LARGEST_PERCENT_BASIS = 1.5
"""When no tenor is ever further than this from zero, the numbers are percent."""


def basis_column(tenor: int | str) -> str:
    """Basis of one tenor (years), basis points."""
    return f"basis_{tenor}y_bp"


LAYOUT = (
    Columns((DATE_COLUMN,), "`YYYY-MM-DD`, a weekday", NEEDED),
    Columns(
        (basis_column("N"),),
        "basis points, one column a tenor of N years; empty where missing",
        NEEDED,
    ),
)


@dataclass(frozen=True)
class BasisPanel:
    """A checked basis panel.

    Parameters
    ----------
    dataset : xr.Dataset
        ``basis_bp`` (day, tenor), float64, NaN where missing. Coordinates: ``day``
        datetime64[ns], every weekday from the first to the last of the file; ``tenor``
        int, years.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    dataset: xr.Dataset
    source: str
    sha256: str


def validate_basis_panel(frame: pd.DataFrame, source: str) -> None:
    """Raise unless a basis panel can be estimated from.

    Parameters
    ----------
    frame : DataFrame
        Column ``date`` (datetime64[ns]) and float64 columns ``basis_5y_bp`` and so on.
    source : str
        How errors name the panel.

    Raises
    ------
    DataError
        Dates that are not increasing weekdays, a cell that is no credible number of
        basis points, a tenor without any value or that
        never varies, or fewer than 60 rows.
    """
    _check_dates(frame[DATE_COLUMN], source)
    columns = [name for name in frame.columns if name != DATE_COLUMN]
    schema = pa.DataFrameSchema(
        {
            name: pa.Column(
                "float64",
                [
                    finite(),
                    at_most(LARGEST_BASIS_BP, "give basis points."),
                ],
                nullable=True,
            )
            for name in columns
        }
    )
    check_cells(frame, schema, source, lambda position: _row(frame, position))
    for name in columns:
        if frame[name].isna().all():
            raise DataError(
                f"{source}: column {name} has no value in any row",
                "drop the column or give its values; single days may be empty.",
            )
    largest = frame[columns].abs().max().max()
    if largest < LARGEST_PERCENT_BASIS:
        raise DataError(
            f"{source}: no basis is further than {largest:g} from zero, which looks "
            "like percent",
            "multiply by 100: the model expects basis points.",
        )
    refuse_constants(frame, columns, source)
    if len(frame) < MINIMUM_DAYS:
        raise DataError(
            f"{source}: {len(frame)} rows, at least {MINIMUM_DAYS} days are needed",
            "give a longer stretch.",
        )


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    require_columns(raw, (DATE_COLUMN,), source)
    names = [str(name) for name in raw.columns if BASIS_COLUMN.fullmatch(str(name))]
    slips = [
        str(name)
        for name in raw.columns
        if str(name).startswith("basis") and str(name) not in names
    ]
    if slips or not names:
        raise DataError(
            f"{source}: "
            + (f"unknown column {', '.join(slips)}" if slips else "no basis column"),
            "name the columns basis_2y_bp, basis_5y_bp and so on, in basis points.",
        )
    dates = date_cells(raw[DATE_COLUMN], source)
    columns = {name: number_cells(raw[name], dates, source) for name in names}
    frame = pd.DataFrame({DATE_COLUMN: dates, **columns}).reset_index(drop=True)
    validate_basis_panel(frame, source)
    return frame


def _check_dates(dates: pd.Series, source: str) -> None:
    steps = dates.diff().dt.days.fillna(1.0).to_numpy()
    if (steps <= 0).any():
        position = int(np.flatnonzero(steps <= 0)[0])
        kind = "repeats the date of" if steps[position] == 0 else "is earlier than"
        raise DataError(
            f"{source}: column {DATE_COLUMN}, row {position + 1} "
            f"({dates[position]:%Y-%m-%d}) {kind} the row before",
            "give one row a day, sorted by date.",
        )
    weekend = np.flatnonzero(dates.dt.day_of_week >= 5)
    if weekend.size:
        raise DataError(
            f"{source}: column {DATE_COLUMN}, row {weekend[0] + 1} "
            f"({dates[weekend[0]]:%Y-%m-%d}) is on a weekend",
            "drop weekends: persistence is per business day.",
        )


def _row(frame: pd.DataFrame, position: int) -> str:
    return f"row {position + 1} ({frame[DATE_COLUMN].iloc[position]:%Y-%m-%d})"


def _as_panel(frame: pd.DataFrame, source: str, sha256: str) -> BasisPanel:
    return BasisPanel(_as_dataset(frame), source, sha256)


def _as_dataset(frame: pd.DataFrame) -> xr.Dataset:
    indexed = frame.set_index(DATE_COLUMN)
    days = pd.bdate_range(indexed.index[0], indexed.index[-1])
    tenors = sorted(
        int(match[1])
        for name in indexed
        if (match := BASIS_COLUMN.fullmatch(str(name)))
    )
    names = [basis_column(tenor) for tenor in tenors]
    values = indexed.reindex(days)[names].to_numpy(dtype=np.float64)
    return xr.Dataset(
        {"basis_bp": (("day", "tenor"), values)},
        coords={"day": days.to_numpy(dtype="datetime64[ns]"), "tenor": tenors},
    )


BASIS_FILE = PanelFile(build="basis", layout=LAYOUT, checked=_typed, panel=_as_panel)

read_basis_panel = BASIS_FILE.read
basis_panel_from_frame = BASIS_FILE.of
write_basis_panel = BASIS_FILE.write
