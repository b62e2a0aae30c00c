"""Open cleaned transactions as tables that measures are taken of.

Only embedded DuckDB sees single trades; what comes back is one row a group.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from data.commands.simulated import SIMULATED, note_simulated
from data.errors import DataError
from data.files.databases import PARQUET, pattern, refusing_damage
from data.transactions.layout import REPORT, UNFINISHED
from data.transactions.report import read_account

ATS_MARKED_FROM = "2016-07-18"
"""First report date on which corporate reports say whether a trading system was used;
before, a blank says nothing."""

TENORS = (2, 3, 5, 7, 10, 20, 30)
"""Years; a trade is of the tenor nearest to the time its bond still has to run."""

SHORTEST_YEARS, LONGEST_YEARS = 1.5, 31.0
"""Outside, a bond is of no tenor: bills and notes about to be paid back."""

_TRADE = f"""
CREATE TEMP TABLE trade AS
SELECT row_id, cusip, CAST(par AS DOUBLE) AS par,
       COALESCE(trading_day, execution_date) AS day, execution_time AS second,
       CASE WHEN COALESCE(price_kind, 'P') <> 'Y' AND par > 0 AND price_used > 0
            THEN CAST(price_used AS DOUBLE) END AS price,
       side,
       contra IN ('C', 'A') AND COALESCE(reporter, 'D') <> 'T' AS is_customer,
       CASE WHEN ats = 'Y' OR contra = 'T' OR reporter = 'T' THEN 1
            WHEN report_date >= DATE '{ATS_MARKED_FROM}' THEN 0 END AS is_ats,
       CASE WHEN reporter = 'T' THEN NULL
            ELSE CASE side WHEN 'B' THEN buyer_capacity WHEN 'S' THEN seller_capacity
            END END AS capacity,
       is_pass_through, counted_as, reporter_id, contra_id, contra = 'D' AS is_dealer,
       when_issued, special_price, settlement_days, settlement_date, execution_date,
       reporter, price_kind, preset
FROM {PARQUET}
"""

_RUNNING = "date_diff('day', t.day, s.maturity_date) / 365.25"


@contextmanager
def open_trades(folder: Path) -> Iterator[DuckDBPyConnection]:
    """Connection with the table ``trade`` of a cleaned folder.

    Parameters
    ----------
    folder : Path
        Output of ``python -m data clean transactions``.

    Yields
    ------
    DuckDBPyConnection

    Raises
    ------
    DataError
        The folder holds no cleaned transactions, damaged ones, or those of a run that
        was cut short.
    """
    if (folder / UNFINISHED).exists() and not (folder / REPORT).exists():
        raise DataError(
            f"{folder} holds a cleaning that was cut short",
            "give its python -m data clean transactions again: it continues.",
        )
    remedy = f"make them: python -m data clean transactions FILE... --out {folder}"
    if not any(folder.glob("clean/*.parquet")):
        raise DataError(f"{folder} holds no cleaned transactions", remedy)
    note_simulated([_simulation_of(folder)])
    with refusing_damage(folder, remedy), duckdb.connect() as connection:
        connection.execute(_TRADE, [pattern(folder / "clean", "*.parquet")])
        yield connection


def _simulation_of(folder: Path) -> str:
    """What simulated the messages behind a cleaned folder, as its account says."""
    if not (folder / REPORT).is_file():
        return ""
    return str(read_account(folder).get(SIMULATED, ""))


def add_tenors(
    connection: DuckDBPyConnection,
    securities: pd.DataFrame,
    tenors: Sequence[int] = TENORS,
) -> int:
    """Give every trade of a known bond its ``tenor``, in the view ``tenor_trade``.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of `open_trades`.
    securities : DataFrame
        Of `data.transactions.securities.read_securities`.
    tenors : sequence of int
        Years to choose among, nearest first; the shorter of two as near.

    Returns
    -------
    int
        Trades of bonds that `securities` does not hold: they are of no tenor.
    """
    connection.register("security_frame", securities)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE security AS SELECT cusip, "
        "CAST(maturity_date AS DATE) AS maturity_date FROM security_frame"
    )
    connection.unregister("security_frame")
    listed = ", ".join(f"({int(tenor)})" for tenor in tenors)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE tenor_trade AS
        SELECT t.*, (SELECT MIN_BY(y.tenor, ABS(y.tenor - {_RUNNING}) + y.tenor * 1e-9)
                     FROM (VALUES {listed}) y (tenor)) AS tenor
        FROM trade t JOIN security s USING (cusip)
        WHERE {_RUNNING} BETWEEN {SHORTEST_YEARS} AND {LONGEST_YEARS}"""
    )
    unknown = connection.execute(
        "SELECT COUNT(*) FROM trade ANTI JOIN security USING (cusip)"
    ).fetchall()
    return int(unknown[0][0])
