r"""Measures of groups of trades: volume, prices, price impact, costs and who trades.

``volume_usd``
    Sum of the par traded.
``vwap``, ``mean_price``, ``median_price``, ``last_price``
    Of trades with a price (not a yield): :math:`\sum_i p_i q_i / \sum_i q_i` with par
    q, the plain mean, the median, and that of the latest trade.
``amihud``
    Mean over CUSIP-days of the absolute change of the log of `vwap` since the CUSIP's
    last priced day over the day's volume in USD million (Amihud 2002, doi
    10.1016/S1386-4181(01)00024-6); ``amihud_days`` are averaged.
``round_trip_cost_bp``
    Mean of 1 - lowest / highest price over imputed round trips: two or three trades of
    a CUSIP and par, each within 15 minutes of the one before (Feldhütter 2012, doi
    10.1093/rfs/hhr093), of different prices; in basis points.
``ats_share``, ``principal_share``, ``pass_through_share``
    Shares of volume: on an alternative trading system; by reporting dealers who act as
    principal, of those whose capacity is known; of customers' volume passed through.
``dealer_hhi``, ``dealer_count``
    Sum of squared shares of the dealers in the volume, where both sides of a trade
    count, and their number.
``effective_spread_bp``
    Par-weighted mean of 2 D (p - v) / v in basis points, with a fair value v; D is 1
    where a customer buys, -1 where one sells; trades between dealers do not count.

A share is missing, never 0, where the trades do not tell.
"""

from collections.abc import Sequence

import pandas as pd
from duckdb import DuckDBPyConnection

ROUND_TRIP_SECONDS = 15 * 60
MOST_TRADES_IN_A_ROUND_TRIP = 3

NO_DEALERS = "'C', 'A'"

_GROUP = """
SELECT {keys}, SUM(par) AS volume_usd, COUNT(*) AS trade_count,
       SUM(price * par) / NULLIF(SUM(CASE WHEN price IS NOT NULL THEN par END), 0)
           AS vwap,
       AVG(price) AS mean_price, MEDIAN(price) AS median_price,
       ARG_MAX(price, (day, second, row_id)) FILTER (price IS NOT NULL) AS last_price,
       SUM(CASE WHEN is_ats = 1 THEN par ELSE 0 END)
           / SUM(CASE WHEN is_ats IS NOT NULL THEN par END) AS ats_share,
       SUM(CASE WHEN capacity = 'P' THEN par ELSE 0 END)
           / SUM(CASE WHEN capacity IN ('P', 'A') THEN par END) AS principal_share,
       SUM(CASE WHEN is_customer AND is_pass_through THEN par ELSE 0 END)
           / SUM(CASE WHEN is_customer AND capacity IS NOT NULL THEN par END)
           AS pass_through_share
FROM {trades} GROUP BY {keys}
"""

_AMIHUD = """
WITH daily AS (
    SELECT cusip, day, SUM(par) / 1e6 AS volume,
           SUM(price * par) / SUM(CASE WHEN price IS NOT NULL THEN par END) AS vwap
    FROM trade GROUP BY cusip, day
),
impact AS (
    SELECT cusip, day, ABS(LN(vwap / LAG(vwap) OVER in_time)) / volume AS impact
    FROM daily WHERE vwap > 0
    WINDOW in_time AS (PARTITION BY cusip ORDER BY day)
),
pair AS (SELECT DISTINCT {keys}, cusip, day FROM {trades})
SELECT {keys}, AVG(impact) AS amihud, COUNT(impact) AS amihud_days
FROM pair JOIN impact USING ({cusip_day}) GROUP BY {keys}
"""

_ROUND_TRIPS = f"""
WITH in_turn AS (
    SELECT *, CASE WHEN second - LAG(second) OVER in_time <= {ROUND_TRIP_SECONDS}
                   THEN 0 ELSE 1 END AS begins
    FROM {{trades}} WHERE price IS NOT NULL
    WINDOW in_time AS (PARTITION BY {{partition}}, par ORDER BY second, row_id)
),
numbered AS (
    SELECT *, SUM(begins) OVER (
        PARTITION BY {{partition}}, par ORDER BY second, row_id) AS trip
    FROM in_turn
),
trip AS (
    SELECT {{partition}}, 1 - MIN(price) / MAX(price) AS cost
    FROM numbered GROUP BY {{partition}}, par, trip
    HAVING COUNT(*) BETWEEN 2 AND {MOST_TRADES_IN_A_ROUND_TRIP}
       AND MIN(price) < MAX(price)
)
SELECT {{keys}}, 1e4 * AVG(cost) AS round_trip_cost_bp, COUNT(*) AS round_trips
FROM trip GROUP BY {{keys}}
"""

_DEALERS = f"""
WITH side AS (
    SELECT {{keys}}, reporter_id AS dealer, par FROM {{trades}}
    WHERE reporter_id IS NOT NULL AND COALESCE(reporter, 'D') <> 'T'
    UNION ALL
    SELECT {{keys}}, contra_id, par FROM {{trades}}
    WHERE is_dealer AND contra_id IS NOT NULL AND contra_id NOT IN ({NO_DEALERS})
),
of_dealer AS (
    SELECT {{keys}}, dealer, SUM(par) AS par FROM side GROUP BY {{keys}}, dealer
)
SELECT {{keys}}, SUM(par * par) / POWER(SUM(par), 2) AS dealer_hhi,
       COUNT(*) AS dealer_count
FROM of_dealer GROUP BY {{keys}}
"""

_SPREAD = """
SELECT {keys},
       SUM(CASE side WHEN 'S' THEN par ELSE -par END
           * 2e4 * (price - fair_price) / fair_price) / SUM(par)
           AS effective_spread_bp,
       COUNT(*) AS spread_trades
FROM {trades} JOIN fair USING (row_id)
WHERE is_customer AND side IN ('B', 'S') AND price IS NOT NULL AND fair_price > 0
GROUP BY {keys}
"""


def cusip_days(connection: DuckDBPyConnection) -> pd.DataFrame:
    """Measures by ``cusip`` and ``day``; see the module.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of `data.transactions.measures.trades.open_trades`.

    Returns
    -------
    DataFrame
        In order of its keys.
    """
    return measures(connection, ("cusip", "day"), "trade")


def tenor_days(connection: DuckDBPyConnection) -> pd.DataFrame:
    """Measures by ``tenor`` and ``day``, after `add_tenors`."""
    return measures(connection, ("tenor", "day"), "tenor_trade")


def add_fair_prices(connection: DuckDBPyConnection, fair: pd.DataFrame) -> None:
    """Have `measures` take effective spreads from a fair value of each trade.

    Parameters
    ----------
    connection : DuckDBPyConnection
    fair : DataFrame
        ``row_id`` and ``fair_price``, percent of par.
    """
    connection.register("fair_frame", fair)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE fair AS SELECT row_id, fair_price FROM fair_frame"
    )
    connection.unregister("fair_frame")


def measures(
    connection: DuckDBPyConnection, keys: Sequence[str], trades: str
) -> pd.DataFrame:
    """Measures of the trades of each group.

    Parameters
    ----------
    connection : DuckDBPyConnection
    keys : sequence of str
        Columns of `trades`, names of this project.
    trades : str
        A table with the columns of ``trade``.

    Returns
    -------
    DataFrame
        The keys and the columns that the module describes; the effective spread after
        `add_fair_prices` alone.
    """
    listed = ", ".join(keys)
    partition = ", ".join(dict.fromkeys((*keys, "cusip", "day")))
    parts = [_GROUP, _AMIHUD, _ROUND_TRIPS, _DEALERS]
    if _has_fair_prices(connection):
        parts.append(_SPREAD)
    joined = "".join(
        f" LEFT JOIN ({query}) m{at} USING ({listed})"
        for at, query in enumerate(parts)
        if at > 0
    )
    query = f"SELECT * FROM ({parts[0]}) m0{joined} ORDER BY {listed}".format(
        keys=listed, trades=trades, partition=partition, cusip_day="cusip, day"
    )
    frame = connection.execute(query).df()
    for name in ("amihud_days", "round_trips", "spread_trades"):
        if name in frame:
            frame[name] = frame[name].fillna(0).astype("int64")
    frame["dealer_count"] = frame["dealer_count"].astype("float64")
    return frame


def _has_fair_prices(connection: DuckDBPyConnection) -> bool:
    found = connection.execute(
        "SELECT COUNT(*) FROM duckdb_tables() WHERE table_name = 'fair'"
    ).fetchall()
    return bool(found[0][0])
