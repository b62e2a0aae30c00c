"""Who traded in the days after an event: covariates of the half-life regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from data.market.trading_days import TreasuryHolidays
from data.transactions.measures.tables import measures

EVENT_TENORS = (5, 7, 10)
WINDOW_DAYS = 15
"""Trading days of a window, the event's own (or the next) included."""

SHARES = ("ats_share", "principal_share", "dealer_hhi")
KEYS = ("event_date", "event_type", "tenor")

NAMES = {"volume_usd": "total_volume"}
"""As the half-life panel reads them."""


@dataclass(frozen=True)
class MicrostructurePanel:
    """Covariates of events, and what a reader has to know.

    Parameters
    ----------
    frame : DataFrame
        One row an event and tenor: ``event_date``, ``event_type``, ``tenor``,
        ``total_volume`` (USD), ``trade_count``, ``dealer_count``, ``ats_share``,
        ``principal_share``, ``dealer_hhi``; after each of these three whether it
        ``_is_missing``; further measures of `data.transactions.measures.tables`; and
        the ``preset`` of the cleaning. All empty where nothing was traded.
    notes : tuple of str
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


def microstructure_panel(
    connection: DuckDBPyConnection,
    events: pd.DataFrame,
    tenors: Sequence[int] = EVENT_TENORS,
    window_days: int = WINDOW_DAYS,
) -> MicrostructurePanel:
    """Take the measures of the trades after each event.

    Parameters
    ----------
    connection : DuckDBPyConnection
        After `data.transactions.measures.trades.add_tenors`.
    events : DataFrame
        ``event_date``, ``event_type`` and optionally ``tenor``, as
        `data.half_life.events.read_events` gives them.
    tenors : sequence of int
        For events that name none.
    window_days : int

    Returns
    -------
    MicrostructurePanel
    """
    windows = _windows(events, tenors, window_days)
    connection.register("window_frame", windows)
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE window_trade AS
        SELECT w.event_date, w.event_type, t.*
        FROM tenor_trade t JOIN window_frame w
          ON t.tenor = w.tenor AND t.day >= w.first_day AND t.day < w.end_day"""
    )
    found = measures(connection, KEYS, "window_trade")
    connection.unregister("window_frame")
    panel = windows[list(KEYS)].merge(found, on=list(KEYS), how="left")
    panel = panel.rename(columns=NAMES)
    for name in SHARES:
        at = list(panel.columns).index(name)
        panel.insert(at + 1, f"{name}_is_missing", panel[name].isna())
    panel["preset"] = _preset(connection)
    return MicrostructurePanel(panel, tuple(_notes(panel)))


def _windows(
    events: pd.DataFrame, tenors: Sequence[int], window_days: int
) -> pd.DataFrame:
    if "tenor" not in events:
        events = events.merge(pd.DataFrame({"tenor": list(tenors)}), how="cross")
    dates = events["event_date"].to_numpy().astype("datetime64[D]")
    last = dates.max() + np.timedelta64(2 * window_days + 10, "D")
    closed = TreasuryHolidays().holidays(pd.Timestamp(dates.min()), pd.Timestamp(last))
    holidays = closed.to_numpy().astype("datetime64[D]")
    first = np.busday_offset(dates, 0, roll="forward", holidays=holidays)
    end = np.busday_offset(first, window_days, holidays=holidays)
    return events.assign(
        first_day=first.astype("datetime64[ns]"), end_day=end.astype("datetime64[ns]")
    )


def _preset(connection: DuckDBPyConnection) -> str:
    rows = connection.execute("SELECT ANY_VALUE(preset) FROM trade").fetchall()
    return str(rows[0][0] or "")


def _notes(panel: pd.DataFrame) -> list[str]:
    notes = []
    empty = panel["trade_count"].isna()
    if empty.any():
        notes.append(
            f"{int(empty.sum())} of {len(panel)} events by tenors have no trade: "
            "their measures are empty"
        )
    for name in SHARES:
        lacking = panel[f"{name}_is_missing"] & ~empty
        if lacking.any():
            notes.append(
                f"{name} is missing for {int(lacking.sum())} of {len(panel)} events by "
                "tenors: the transactions do not tell"
            )
    return notes
