"""Read, check and write the panel of the liquidity-regimes model."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from data.dims import DATE_COLUMN
from data.files.cells import date_cells, number_cells
from data.files.panel_file import PanelFile
from data.liquidity_regimes.checks import (
    KNOWN_COLUMNS,
    check_column_names,
    validate_liquidity,
)
from data.liquidity_regimes.columns import (
    COVARIATE_COLUMNS,
    DEPTH_COLUMN,
    LAYOUT,
    ONLY_SECURITY,
    PRICE_IMPACT_COLUMN,
    SECURITY_COLUMN,
    STATE_COLUMN,
)
from data.liquidity_regimes.notes import liquidity_notes


@dataclass(frozen=True)
class LiquidityPanel:
    """A checked panel of price impact, depth and volatility.

    Parameters
    ----------
    dataset : xr.Dataset
        Variables, float64: ``price_impact`` (day, security), NaN on a missing day;
        ``depth_musd`` (day, security), NaN only before a security's first row and
        after its last; ``covariate_bp`` (day, covariate), NaN throughout for a
        covariate that the file lacks; in simulations ``simulated_state`` (day,
        security), 1 to K. Coordinates: ``day`` datetime64[ns], ``security`` labels in
        the order of the file, ``covariate`` V (volatility), VV (surprise in the
        volatility of volatility) and CS (surprise in its persistence).
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    notes : tuple of str
        Named warnings: what can be used but has to be known.
    """

    dataset: xr.Dataset
    source: str
    sha256: str
    notes: tuple[str, ...] = ()


def checked_liquidity_frame(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Known columns of a table with their types, after every check.

    Parameters
    ----------
    raw : DataFrame
        Layout of a panel file, ``date`` as a column; its index counts the rows of the
        file from 0, for errors.
    source : str
        How errors name the table.

    Returns
    -------
    DataFrame
        With a column ``security`` in any case; rows in the order given.

    Raises
    ------
    DataError
        Naming source, column, row and remedy.
    """
    check_column_names([str(name) for name in raw.columns], source)
    dates = date_cells(raw[DATE_COLUMN], source)
    columns = {DATE_COLUMN: dates, SECURITY_COLUMN: _securities(raw)}
    for name in KNOWN_COLUMNS:
        if name in raw and name not in columns:
            columns[name] = pd.Series(
                number_cells(raw[name], dates, source), index=raw.index
            )
    frame = pd.DataFrame(columns)
    validate_liquidity(frame, source)
    return frame


def _securities(raw: pd.DataFrame) -> pd.Series:
    if SECURITY_COLUMN not in raw:
        return pd.Series(ONLY_SECURITY, index=raw.index, dtype=object)
    labels = raw[SECURITY_COLUMN].astype(object)
    return labels.where(labels.notna(), "").astype(str).str.strip()


def _as_panel(frame: pd.DataFrame, source: str, sha256: str) -> LiquidityPanel:
    return LiquidityPanel(_as_dataset(frame), source, sha256, liquidity_notes(frame))


def _as_dataset(frame: pd.DataFrame) -> xr.Dataset:
    securities = list(dict.fromkeys(frame[SECURITY_COLUMN]))
    cells = frame.set_index([DATE_COLUMN, SECURITY_COLUMN]).to_xarray()
    cells = cells.rename({DATE_COLUMN: "day", SECURITY_COLUMN: "security"})
    cells = cells.sortby("day").sel(security=securities)
    names = [PRICE_IMPACT_COLUMN, DEPTH_COLUMN, STATE_COLUMN]
    dataset = cells[[name for name in names if name in cells]]
    # Where a security has no row between its first and its last.
    depth = pd.DataFrame(cells[DEPTH_COLUMN].transpose("day", "security").to_numpy())
    filled = depth.ffill().where(depth.bfill().notna())
    by_day = frame.drop_duplicates(DATE_COLUMN).sort_values(DATE_COLUMN)
    covariates = by_day.reindex(columns=list(COVARIATE_COLUMNS.values()))
    return dataset.assign(
        {
            DEPTH_COLUMN: (("day", "security"), filled.to_numpy(np.float64)),
            "covariate_bp": (("day", "covariate"), covariates.to_numpy(np.float64)),
        }
    ).assign_coords(security=securities, covariate=list(COVARIATE_COLUMNS))


LIQUIDITY_FILE = PanelFile(
    build="liquidity-regimes",
    layout=LAYOUT,
    checked=checked_liquidity_frame,
    panel=_as_panel,
)

read_liquidity_panel = LIQUIDITY_FILE.read
read_liquidity_frame = LIQUIDITY_FILE.frame
liquidity_panel_from_frame = LIQUIDITY_FILE.of
write_liquidity_panel = LIQUIDITY_FILE.write
