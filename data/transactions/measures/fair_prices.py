"""Fair prices of trades from a file, whoever made them."""

from pathlib import Path

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from data.errors import DataError
from data.files.cells import read_cells, refuse_repeated_rows, require_columns
from data.transactions.measures.tables import add_fair_prices

ROW, FAIR_PRICE = "row_id", "fair_price"

LARGEST_ID = str(2**63 - 1)

_REMEDY = "make it: python -m data build fair-prices --quotes ... --trades ..."


def take_fair_prices(connection: DuckDBPyConnection, path: Path) -> str:
    """Have effective spreads measured against the fair prices of a file.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of `data.transactions.measures.trades.open_trades`.
    path : Path
        CSV or Parquet with ``row_id`` and ``fair_price``, clean, percent of par.

    Returns
    -------
    str
        How many trades have one.

    Raises
    ------
    DataError
        A price is not positive, a row has two, or none is of a trade here.
    """
    fair = read_fair_prices(path)
    add_fair_prices(connection, fair)
    rows = connection.execute(
        "SELECT COUNT(*), COUNT(fair_price) FROM trade LEFT JOIN fair USING (row_id) "
        "WHERE price IS NOT NULL"
    ).fetchall()
    priced, matched = rows[0]
    if not matched:
        raise DataError(
            f"{path}: none of its {len(fair)} rows is of a trade here",
            "make the fair prices of the same cleaned transactions.",
        )
    return f"fair prices: of {matched} of {priced} trades with a price"


def read_fair_prices(path: Path) -> pd.DataFrame:
    """Read ``row_id`` and ``fair_price``; see `take_fair_prices`."""
    source = str(path)
    cells = read_cells(path, _REMEDY)
    require_columns(cells, (ROW, FAIR_PRICE), source)
    fair = pd.DataFrame(
        {
            ROW: _row_ids(cells[ROW], source),
            FAIR_PRICE: pd.to_numeric(cells[FAIR_PRICE], errors="coerce"),
        }
    )
    price = fair[FAIR_PRICE].to_numpy(np.float64)
    for at in np.flatnonzero(~(np.isfinite(price) & (price > 0)))[:1]:
        raise DataError(
            f"{source}: column {FAIR_PRICE}, row {at + 1}: "
            f"{cells[FAIR_PRICE].iloc[at]!r} is no price",
            "give clean prices in percent of par, and leave out trades without one.",
        )
    refuse_repeated_rows(fair, (ROW,), source)
    return fair


def _row_ids(cells: pd.Series, source: str) -> pd.Series:
    """Whole numbers of up to 63 bits, which no floating-point number holds."""
    text = cells.astype(str).str.strip()
    is_id = text.str.fullmatch(r"[0-9]{1,19}") & (text.str.zfill(19) <= LARGEST_ID)
    for at in np.flatnonzero(~is_id)[:1]:
        raise DataError(
            f"{source}: column {ROW}, row {at + 1}: {text.iloc[at]!r} is no row id",
            "take row_id of the cleaned transactions, as it is.",
        )
    return text.astype("int64")
