"""Read, check and write the price-pressure panel file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from data.dims import DATE_COLUMN
from data.files.cells import date_cells, number_cells
from data.files.panel_file import PanelFile
from data.price_pressure.checks import (
    check_column_names,
    known_columns,
    validate_panel,
)
from data.price_pressure.columns import (
    FACTORS,
    LAYOUT,
    MARKETS_AND_NET,
    dv01_column,
    exposure_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    tenors_of,
    yield_column,
)
from data.price_pressure.frequency import (
    Frequency,
    frequency_of_dates,
    frequency_of_dims,
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
        market, factor). Coordinates: ``week`` datetime64[ns], in panels of another
        frequency ``day`` or ``month``, see `data.price_pressure.frequency`; ``tenor``
        in years, ``market`` cash, futures and net, ``factor`` level, slope and
        curvature. Net inventory, DV01 and exposure are cash plus futures.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    dataset: xr.Dataset
    source: str
    sha256: str

    @property
    def frequency(self) -> Frequency:
        """A row a week, a trading day or a month."""
        return frequency_of_dims(self.dataset.dims)


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Known columns with their types, in the order of the file, after every check."""
    check_column_names([str(name) for name in raw.columns], source)
    dates = date_cells(raw[DATE_COLUMN], source)
    columns: dict[str, Any] = {DATE_COLUMN: dates}
    known = set(known_columns(str(name) for name in raw.columns))
    for name in raw.columns:
        if name in known and name != DATE_COLUMN:
            columns[name] = number_cells(raw[name], dates, source)
    frame = pd.DataFrame(columns).reset_index(drop=True)
    validate_panel(frame, source)
    return frame


def _as_panel(frame: pd.DataFrame, source: str, sha256: str) -> PricePressurePanel:
    return PricePressurePanel(_as_dataset(frame), source, sha256)


def _as_dataset(frame: pd.DataFrame) -> xr.Dataset:
    tenors, factors = tenors_of(frame.columns), FACTORS
    step = frequency_of_dates(frame[DATE_COLUMN]).dim
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
        "yield_bp": ((step, "tenor"), yields)
    }
    for variable, (name, labels, dimension) in stocks.items():
        cash = _stack(frame, [name("cash", label) for label in labels])
        futures = _stack(frame, [name("futures", label) for label in labels])
        values = np.stack([cash, futures, cash + futures], axis=1)
        variables[variable] = ((step, "market", dimension), values)
    for variable, name in flows.items():
        markets = [
            _stack(frame, [name(market, tenor) for tenor in tenors])
            for market in MARKETS_AND_NET
        ]
        variables[variable] = ((step, "market", "tenor"), np.stack(markets, axis=1))
    coordinates = {
        step: frame[DATE_COLUMN].to_numpy(dtype="datetime64[ns]"),
        "tenor": list(tenors),
        "market": list(MARKETS_AND_NET),
        "factor": list(factors),
    }
    return xr.Dataset(variables, coords=coordinates)


def _stack(frame: pd.DataFrame, names: list[str]) -> NDArray[np.float64]:
    """Columns side by side (week, name); NaN for a column that the file lacks."""
    return frame.reindex(columns=names).to_numpy(dtype=np.float64)


PRICE_PRESSURE_FILE = PanelFile(
    build="price-pressure", layout=LAYOUT, checked=_typed, panel=_as_panel
)

read_price_pressure_panel = PRICE_PRESSURE_FILE.read
panel_from_frame = PRICE_PRESSURE_FILE.of
write_panel = PRICE_PRESSURE_FILE.write
