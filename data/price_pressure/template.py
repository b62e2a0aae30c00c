"""Rows to begin with: a price-pressure panel, and positions to build one from."""

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.files.panel_file import Columns
from data.market.tenors import TENOR_YEARS
from data.panel import Template
from data.price_pressure.checks import known_columns
from data.price_pressure.columns import LAYOUT, inventory_column, yield_column
from data.price_pressure.own_positions import build_own_positions, duration_column

NUM_WEEKS = 60

OF_POSITIONS = Columns(
    (duration_column("cash", "N"),), "modified duration of the position, years"
)

YIELDS = [yield_column(tenor) for tenor in TENOR_YEARS]

PANEL_COLUMNS = known_columns(YIELDS)

POSITION_COLUMNS = [
    DATE_COLUMN,
    *YIELDS,
    *(inventory_column("cash", tenor) for tenor in TENOR_YEARS),
    *(duration_column("cash", tenor) for tenor in TENOR_YEARS),
]

SIZE = {"yield_": 300.0, "duration_": 5.0}
MOVE = {"yield_": 8.0, "duration_": 0.05}
"""Level and typical step of made-up series, where not zero and one."""


def _rows(columns: list[str]) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    dates = pd.date_range("2020-01-08", periods=NUM_WEEKS, freq="7D")
    frame = pd.DataFrame({DATE_COLUMN: dates})
    for name in columns[1:]:
        start = f"{name.split('_')[0]}_"
        steps = rng.normal(0.0, MOVE.get(start, 1.0), NUM_WEEKS)
        frame[name] = SIZE.get(start, 0.0) + steps.cumsum()
    return frame


def price_pressure_example() -> pd.DataFrame:
    """Made-up yields, positions and order flow of every kind that a panel may hold."""
    return _rows(PANEL_COLUMNS)


POSITIONS_TEMPLATE = Template(
    name="positions",
    layout=(*LAYOUT, OF_POSITIONS),
    rows=lambda: _rows(POSITION_COLUMNS),
    read=build_own_positions,
)
