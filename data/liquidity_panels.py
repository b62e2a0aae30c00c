"""Read, check and write the panel of the liquidity-regimes model."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from data.columns import DATE_COLUMN
from data.files import sha256_of
from data.liquidity_columns import (
    COVARIATE_COLUMNS,
    DEPTH_COLUMN,
    ONLY_SECURITY,
    PRICE_IMPACT_COLUMN,
    SECURITY_COLUMN,
    STATE_COLUMN,
)
from data.liquidity_notes import liquidity_notes
from data.liquidity_validation import (
    KNOWN_COLUMNS,
    check_column_names,
    validate_liquidity,
)
from data.panel_files import (
    date_cells,
    number_cells,
    read_cells,
    require_panel_suffix,
    sha256_of_frame,
    write_frame,
)


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


def read_liquidity_panel(path: Path) -> LiquidityPanel:
    """Read a CSV or Parquet panel and check it.

    Parameters
    ----------
    path : Path
        File with one row a day and security and the columns of data/README.md.

    Returns
    -------
    LiquidityPanel

    Raises
    ------
    DataError
        The file is missing, damaged or fails a check of `validate_liquidity`.
    """
    path = Path(path)
    frame = read_liquidity_frame(path)
    return LiquidityPanel(
        _as_dataset(frame), str(path), sha256_of(path), liquidity_notes(frame)
    )


def read_liquidity_frame(path: Path) -> pd.DataFrame:
    """Rows of a panel file or of a raw daily file, checked, known columns only.

    Raises
    ------
    DataError
        As `read_liquidity_panel`.
    """
    raw = read_cells(
        path,
        "check the path, or make a panel: python -m data build liquidity-regimes",
    )
    return checked_liquidity_frame(raw, str(path))


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


def liquidity_panel_from_frame(frame: pd.DataFrame, source: str) -> LiquidityPanel:
    """Check a panel that is already in memory.

    Parameters
    ----------
    frame : DataFrame
        Layout of a panel file, ``date`` as a column.
    source : str
        Name used in errors and kept with results.

    Returns
    -------
    LiquidityPanel
        Its ``sha256`` is that of the panel written as CSV.
    """
    checked = checked_liquidity_frame(frame.reset_index(drop=True), source)
    digest = sha256_of_frame(checked)
    return LiquidityPanel(
        _as_dataset(checked), source, digest, liquidity_notes(checked)
    )


def write_liquidity_panel(frame: pd.DataFrame, path: Path) -> None:
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
    numbered = frame.reset_index(drop=True)
    write_frame(checked_liquidity_frame(numbered, str(path)), path)


def _securities(raw: pd.DataFrame) -> pd.Series:
    if SECURITY_COLUMN not in raw:
        return pd.Series(ONLY_SECURITY, index=raw.index, dtype=object)
    labels = raw[SECURITY_COLUMN].astype(object)
    return labels.where(labels.notna(), "").astype(str).str.strip()


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
