"""Read, check and write the price-pressure panel file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
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
from data.files import sha256_of
from data.panel_files import (
    date_cells,
    number_cells,
    read_cells,
    require_panel_suffix,
    sha256_of_frame,
    write_frame,
)
from data.panel_validation import (
    KNOWN_COLUMNS,
    check_column_names,
    validate_panel,
)


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
    raw = read_cells(
        path, "check the path, or make a panel: python -m data build price-pressure"
    )
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
    digest = sha256_of_frame(typed)
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
    write_frame(typed, path)


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Known columns with their types, in the order of the file."""
    check_column_names([str(name) for name in raw.columns], source)
    dates = date_cells(raw[DATE_COLUMN], source)
    columns: dict[str, Any] = {DATE_COLUMN: dates}
    for name in raw.columns:
        if name in KNOWN_COLUMNS and name != DATE_COLUMN:
            columns[name] = number_cells(raw[name], dates, source)
    return pd.DataFrame(columns).reset_index(drop=True)


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
