"""Read trades: cleaned ones of the transactions family, or a table of one's own."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.files.cells import (
    number_cells,
    read_cells,
    require_columns,
    text_cells,
    time_cells,
    truth_cells,
)
from data.trading_costs.columns import (
    CUSTOMER,
    IS_ATS,
    IS_RETAIL,
    SECURITY,
    SEGMENT,
    SIDE,
    TIME,
    VOLUME,
)
from data.transactions.measures.trades import open_trades

PRICE = "price"

_CLEANED = """
SELECT execution_date + to_seconds(second) AS time, cusip AS security,
       price, par / 1e6 AS volume_musd,
       CASE side WHEN 'S' THEN 'buy' WHEN 'B' THEN 'sell' ELSE '' END AS side,
       CASE WHEN is_customer THEN 'customer' ELSE 'interdealer' END AS segment,
       COALESCE(is_ats, 0) = 1 AS is_ats,
       price IS NULL AS has_no_price,
       COALESCE(when_issued, '') = 'Y' AS is_when_issued,
       COALESCE(special_price, '') = 'Y' AS is_special
FROM trade
ORDER BY time, row_id
"""

_SET_ASIDE = {
    "has_no_price": "without a price",
    "is_when_issued": "before issue",
    "is_special": "at a special price",
}


class Trades(NamedTuple):
    """Trades, and how many were set aside, by reason.

    Attributes
    ----------
    frame : DataFrame
        Sorted by time: ``time`` datetime64[ns], New York; ``security``; ``price``
        clean, per 100; ``volume_musd``; ``side`` the customer's, or of the dealer that
        did not report; ``segment``; ``is_ats``, ``is_retail``.
    set_aside : dict of str to int
        By reason.
    """

    frame: pd.DataFrame
    set_aside: dict[str, int]


def read_trades(path: Path, retail_below_musd: float) -> Trades:
    """Trades of a folder of ``python -m data clean transactions``, or of a table.

    FINRA's end-of-day file of on-the-run trades is read by ``clean transactions
    --dialect on-the-run``, and so comes as such a folder.

    Parameters
    ----------
    path : Path
        Folder; or CSV or Parquet with ``time``, ``security``, ``price`` (clean, per
        100), ``volume_musd`` and optionally ``side``, ``segment``, ``is_ats``,
        ``is_retail``.
    retail_below_musd : float
        Smaller trades with customers are retail, where the table does not say.
    """
    trades = _cleaned(path) if path.is_dir() else _table(path)
    frame = trades.frame
    if IS_RETAIL not in frame:
        small = frame[VOLUME] < retail_below_musd
        frame[IS_RETAIL] = small & (frame[SEGMENT] == CUSTOMER)
    return trades


def _cleaned(folder: Path) -> Trades:
    with open_trades(folder) as connection:
        frame = connection.execute(_CLEANED).df()
    frame[TIME] = frame[TIME].astype("datetime64[ns]")
    aside = {}
    for column, reason in _SET_ASIDE.items():
        wrong = frame[column].to_numpy(bool)
        if wrong.any():
            aside[reason] = int(wrong.sum())
        frame = frame[~wrong]
    kept = frame.drop(columns=list(_SET_ASIDE)).reset_index(drop=True)
    return Trades(kept, aside)


def _table(path: Path) -> Trades:
    source = str(path)
    raw = read_cells(path, "give a table of trades; data/README.md lists its columns.")
    require_columns(raw, (TIME, SECURITY, PRICE, VOLUME), source)
    times = time_cells(raw[TIME], source)
    frame = pd.DataFrame(
        {
            TIME: times,
            SECURITY: text_cells(raw, SECURITY),
            PRICE: number_cells(raw[PRICE], times, source),
            VOLUME: number_cells(raw[VOLUME], times, source),
            SIDE: text_cells(raw, SIDE),
            SEGMENT: text_cells(raw, SEGMENT),
        }
    )
    frame[SEGMENT] = frame[SEGMENT].replace("", CUSTOMER)
    for name in (IS_ATS, IS_RETAIL):
        if name in raw:
            frame[name] = truth_cells(raw[name], times, source)
    if IS_ATS not in frame:
        frame[IS_ATS] = False
    wrong = ~(np.isfinite(frame[PRICE]) & (frame[PRICE] > 0) & (frame[VOLUME] > 0))
    aside = {"without a price or a volume": int(wrong.sum())} if wrong.any() else {}
    kept = frame[~wrong].sort_values(TIME, kind="stable", ignore_index=True)
    return Trades(kept, aside)
