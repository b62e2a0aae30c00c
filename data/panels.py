"""Read, check and write the price-pressure panel file."""

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import xarray as xr
from numpy.typing import NDArray

from data.columns import (
    DATE_COLUMN,
    FACTORS,
    MARKETS_AND_NET,
    TENOR_YEARS,
    dv01_column,
    exposure_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    yield_column,
)
from data.errors import DataError
from data.files import replacing, sha256_of
from data.panel_validation import (
    KNOWN_COLUMNS,
    check_column_names,
    validate_panel,
)

PANEL_SUFFIXES = (".csv", ".parquet")
"""File formats of a panel, chosen by extension."""

MISSING_MARKERS = frozenset({"", ".", "NA", "N/A", "ND", "NaN", "nan", "null"})
"""Text that stands for a missing number in a CSV file."""

_LISTED_ROWS = 3


@dataclass(frozen=True)
class PricePressurePanel:
    """A checked panel, ready for every variant whose inputs it holds.

    Parameters
    ----------
    dataset : xr.Dataset
        Variables, float64, NaN where not available: ``yield_bp`` (week, tenor);
        ``inventory_busd``, ``dv01_musd``, ``order_flow_busd`` and
        ``order_flow_surprise_busd`` (week, market, tenor); ``exposure_musd`` (week,
        market, factor). Coordinates: ``week`` datetime64[ns], ``tenor`` in years,
        ``market`` cash, futures and net, ``factor`` level, slope and curvature. Net
        inventory, DV01 and exposure are cash plus futures.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    dataset: xr.Dataset
    source: str
    sha256: str


def read_price_pressure_panel(path: Path) -> PricePressurePanel:
    """Read a CSV or Parquet panel and check it.

    Parameters
    ----------
    path : Path
        File with one row a week and the columns of data/README.md. Empty cells are
        missing values.

    Returns
    -------
    PricePressurePanel

    Raises
    ------
    DataError
        The file is missing, damaged or fails a check of `validate_panel`.
    """
    path = Path(path)
    require_panel_suffix(path)
    if not path.is_file():
        raise DataError(
            f"{path}: no such file",
            "check the path, or make a panel: python -m data build price-pressure",
        )
    raw = _read_csv(path) if path.suffix == ".csv" else _read_parquet(path)
    frame = _typed(raw, str(path))
    validate_panel(frame, str(path))
    return PricePressurePanel(_as_dataset(frame), str(path), sha256_of(path))


def panel_from_frame(frame: pd.DataFrame, source: str) -> PricePressurePanel:
    """Check a panel that is already in memory.

    Parameters
    ----------
    frame : DataFrame
        Layout of a panel file, ``date`` as a column.
    source : str
        Name used in errors and kept with results.

    Returns
    -------
    PricePressurePanel
        Its ``sha256`` is that of the panel written as CSV.
    """
    typed = _typed(frame, source)
    validate_panel(typed, source)
    digest = hashlib.sha256(typed.to_csv(index=False).encode()).hexdigest()
    return PricePressurePanel(_as_dataset(typed), source, digest)


def write_panel(frame: pd.DataFrame, path: Path) -> None:
    """Check a panel and write it, completely or not at all.

    Parameters
    ----------
    frame : DataFrame
        Layout of a panel file, ``date`` as a column.
    path : Path
        Ends in ``.csv`` or ``.parquet``.

    Raises
    ------
    DataError
        Another extension, or a panel that could not be read back.
    """
    path = Path(path)
    require_panel_suffix(path)
    typed = _typed(frame, str(path))
    validate_panel(typed, str(path))
    with replacing(path) as temporary:
        if path.suffix == ".csv":
            typed.to_csv(temporary, index=False, date_format="%Y-%m-%d")
        else:
            typed.to_parquet(temporary, index=False)


def require_panel_suffix(path: Path) -> None:
    """Raise `DataError` unless the name ends in ``.csv`` or ``.parquet``."""
    if path.suffix not in PANEL_SUFFIXES:
        raise DataError(
            f"{path}: the extension {path.suffix or '(none)'} is not a panel format",
            f"name the file {path.stem}.csv or {path.stem}.parquet.",
        )


def _read_csv(path: Path) -> pd.DataFrame:
    """All cells as text; pandas would pad a row that was cut off."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [cells for cells in csv.reader(file, strict=True) if cells]
    except (ValueError, csv.Error) as error:
        raise DataError(
            f"{path}: not a readable CSV file ({error})",
            "save it as comma-separated UTF-8 text with one header line.",
        ) from None
    if not lines:
        raise DataError(f"{path}: the file is empty", "copy or write it again.")
    header = [name.strip() for name in lines[0]]
    repeated = {name for name in header if header.count(name) > 1}
    if repeated:
        raise DataError(
            f"{path}: column {', '.join(sorted(repeated))} appears more than once",
            "keep one of them.",
        )
    for row, cells in enumerate(lines[1:], start=1):
        if len(cells) != len(header):
            raise DataError(
                f"{path}: row {row} has {len(cells)} cells, the header {len(header)}",
                "separate cells by commas; when it is the last row, the file may be "
                "cut off: copy it again.",
            )
    return pd.DataFrame(lines[1:], columns=header, dtype=object)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{path}: not a readable Parquet file ({str(error).splitlines()[0]})",
            "the file may be cut off or of another format: copy or write it again.",
        ) from None
    return frame.reset_index() if frame.index.name == DATE_COLUMN else frame


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Known columns with their types, in the order of the file."""
    check_column_names([str(name) for name in raw.columns], source)
    dates = _dates(raw[DATE_COLUMN], source)
    columns: dict[str, Any] = {DATE_COLUMN: dates}
    for name in raw.columns:
        if name in KNOWN_COLUMNS and name != DATE_COLUMN:
            columns[name] = _numbers(raw[name], dates, source)
    return pd.DataFrame(columns).reset_index(drop=True)


def _dates(cells: pd.Series, source: str) -> pd.Series:
    as_text = cells.astype(str).str.strip()
    dates = pd.to_datetime(as_text, format="ISO8601", errors="coerce", utc=True)
    dates = dates.dt.tz_localize(None).astype("datetime64[ns]")
    bad = np.flatnonzero(dates.isna() | (dates != dates.dt.normalize()))
    if bad.size:
        raise DataError(
            f"{source}: column {DATE_COLUMN}, row {bad[0] + 1}: "
            f"{as_text.iloc[bad[0]]!r} is not a date",
            "write dates as YYYY-MM-DD.",
        )
    return dates


def _numbers(cells: pd.Series, dates: pd.Series, source: str) -> NDArray[np.float64]:
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=np.float64, na_value=np.nan)
    text = cells.astype("object").where(cells.notna(), "").astype(str).str.strip()
    text = text.mask(text.isin(MISSING_MARKERS), "nan")
    bad = np.flatnonzero(pd.to_numeric(text, errors="coerce").isna() & (text != "nan"))
    if bad.size:
        shown = ", ".join(
            f"row {row + 1} ({dates.iloc[row]:%Y-%m-%d}): {text.iloc[row]!r}"
            for row in bad[:_LISTED_ROWS]
        )
        more = f" and {bad.size - _LISTED_ROWS} more" if bad.size > _LISTED_ROWS else ""
        raise DataError(
            f"{source}: column {cells.name} holds text: {shown}{more}",
            "write plain numbers with a decimal point and no thousands separators; "
            "leave missing cells empty.",
        )
    return text.to_numpy(dtype=np.float64)


def _as_dataset(frame: pd.DataFrame) -> xr.Dataset:
    tenors, factors = TENOR_YEARS, FACTORS
    yields = _stack(frame, [yield_column(tenor) for tenor in tenors])
    stocks: dict[str, tuple[Callable[[str, Any], str], tuple[Any, ...], str]] = {
        "inventory_busd": (inventory_column, tenors, "tenor"),
        "dv01_musd": (dv01_column, tenors, "tenor"),
        "exposure_musd": (exposure_column, factors, "factor"),
    }
    flows = {
        "order_flow_busd": order_flow_column,
        "order_flow_surprise_busd": order_flow_surprise_column,
    }
    variables: dict[str, tuple[tuple[str, ...], NDArray[np.float64]]] = {
        "yield_bp": (("week", "tenor"), yields)
    }
    for variable, (name, labels, dimension) in stocks.items():
        cash = _stack(frame, [name("cash", label) for label in labels])
        futures = _stack(frame, [name("futures", label) for label in labels])
        values = np.stack([cash, futures, cash + futures], axis=1)
        variables[variable] = (("week", "market", dimension), values)
    for variable, name in flows.items():
        markets = [
            _stack(frame, [name(market, tenor) for tenor in tenors])
            for market in MARKETS_AND_NET
        ]
        variables[variable] = (("week", "market", "tenor"), np.stack(markets, axis=1))
    coordinates = {
        "week": frame[DATE_COLUMN].to_numpy(dtype="datetime64[ns]"),
        "tenor": list(tenors),
        "market": list(MARKETS_AND_NET),
        "factor": list(factors),
    }
    return xr.Dataset(variables, coords=coordinates)


def _stack(frame: pd.DataFrame, names: list[str]) -> NDArray[np.float64]:
    """Columns side by side (week, name); NaN for a column that the file lacks."""
    return frame.reindex(columns=names).to_numpy(dtype=np.float64)
