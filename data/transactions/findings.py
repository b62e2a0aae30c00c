"""What the rules find out about a kept trade without removing it (R8 and R10).

Neighbours of a price are up to `NEIGHBOURS` trades of the CUSIP before and after it, of
any day, without itself. A price is flagged against them only where few confirm it, so
that the trades of a bond in default, or after a jump, are left alone.
"""

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from data.market.trading_days import TreasuryHolidays

NEIGHBOURS = 5
"""Trades looked at before and after a price."""

AGREES = 0.05
"""Relative distance within which two prices are of one level."""

CONFIRMS = 0.2
"""Relative distance within which a neighbour confirms a price."""

LEAVES = 0.1
"""Relative distance from both sides at which a price has left its level."""

DAY_OUTLIER = 0.2
"""Relative distance from the median of the day."""

PASS_THROUGH_SECONDS = 60
"""Time between the legs of a trade that an agent passes through to a customer."""

DAY_START = 8 * 3600
"""Opening of the reporting system, seconds after midnight US Eastern."""

DAY_END = 18 * 3600 + 30 * 60
"""Its close; what trades later counts as the next day's."""

CALENDAR = ("2002-01-01", "2050-12-31")
"""First and last day whose openings are known."""


def trading_calendar() -> pd.DataFrame:
    """Every ``day``, whether it ``is_open``, and the ``next_open`` day after it."""
    days = pd.date_range(*CALENDAR)
    at = days.to_numpy().astype("datetime64[D]")
    closed = TreasuryHolidays().holidays(*CALENDAR).to_numpy().astype("datetime64[D]")
    following = np.busday_offset(
        at + np.timedelta64(1, "D"), 0, roll="forward", holidays=closed
    )
    is_open = np.is_busday(at, holidays=closed)
    return pd.DataFrame(
        {"day": days.date, "is_open": is_open, "next_open": following.astype(object)}
    )


def add_calendar(connection: DuckDBPyConnection) -> None:
    """Add the table ``calendar``, with the columns of `trading_calendar`."""
    connection.register("calendar_frame", trading_calendar())
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE calendar AS SELECT CAST(day AS DATE) AS day, "
        "is_open, CAST(next_open AS DATE) AS next_open FROM calendar_frame"
    )
    connection.unregister("calendar_frame")


# Dealer and agency legs of equal par on one day, in order of time: the nearest dealer
# leg before and after each agency leg. Linear in the rows, however many are equal.
PASS_THROUGH = f"""
SELECT row_id FROM (
    SELECT row_id, is_agency, execution_time,
           MAX(CASE WHEN is_agency = 0 THEN execution_time END) OVER (
               PARTITION BY cusip, execution_date, par ORDER BY execution_time, row_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS earlier,
           MIN(CASE WHEN is_agency = 0 THEN execution_time END) OVER (
               PARTITION BY cusip, execution_date, par ORDER BY execution_time, row_id
               ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS later
    FROM (
        SELECT row_id, cusip, execution_date, par, execution_time,
               CASE WHEN contra = 'C' THEN 1 ELSE 0 END AS is_agency
        FROM live
        WHERE contra = 'D' OR (contra = 'C' AND
              CASE side WHEN 'B' THEN buyer_capacity ELSE seller_capacity END = 'A')
    ) leg
) near
WHERE is_agency = 1 AND (execution_time - earlier <= {PASS_THROUGH_SECONDS}
                         OR later - execution_time <= {PASS_THROUGH_SECONDS})
"""
"""Agency trades of a customer with an equal inter-dealer trade within a minute."""

IDENTITY_CLASH = """
SELECT m.row_id FROM live m JOIN (
    SELECT cusip, report_date, sequence, status FROM live
    WHERE sequence IS NOT NULL
    GROUP BY cusip, report_date, sequence, status HAVING COUNT(*) > 1
) c ON m.cusip = c.cusip AND m.report_date = c.report_date
   AND m.sequence = c.sequence AND m.status = c.status
"""
"""Rows of one number, report date and status that are no copies of each other."""

_OFFSETS = ", ".join(f"({k})" for k in range(-NEIGHBOURS, NEIGHBOURS + 1) if k != 0)

# Only rows that stand out from a neighbour or a wide day are looked at closely: a
# median over a moving window of every row would cost more than all the linking.
PRICE_QUALITY = f"""
WITH priced AS (
    SELECT *, LAG(p) OVER in_time AS previous, LEAD(p) OVER in_time AS following,
           ROW_NUMBER() OVER in_time AS place,
           MIN(p) OVER (PARTITION BY cusip, execution_date) AS day_low,
           MAX(p) OVER (PARTITION BY cusip, execution_date) AS day_high
    FROM (
        SELECT row_id, cusip, execution_date, execution_time,
               CAST(price AS DOUBLE) AS p
        FROM live WHERE price > 0 AND COALESCE(price_kind, 'P') <> 'Y'
    ) traded
    WINDOW in_time AS (
        PARTITION BY cusip ORDER BY execution_date, execution_time, row_id)
),
suspect AS (
    SELECT * FROM priced
    WHERE ABS(p / previous - 1) > {LEAVES} OR ABS(p / following - 1) > {LEAVES}
       OR day_high / day_low > 1 + {LEAVES}
),
day AS (
    SELECT cusip, execution_date, MEDIAN(p) AS day_level, COUNT(*) AS of_day
    FROM priced WHERE day_high / day_low > 1 + {LEAVES}
    GROUP BY cusip, execution_date
),
compared AS (
    SELECT s.row_id, MEDIAN(o.p) AS around,
           MEDIAN(CASE WHEN k.k < 0 THEN o.p END) AS earlier,
           MEDIAN(CASE WHEN k.k > 0 THEN o.p END) AS later,
           4 * SUM(CASE WHEN ABS(o.p / s.p - 1) <= {CONFIRMS} THEN 1 ELSE 0 END)
               < COUNT(*) AS is_alone
    FROM suspect s CROSS JOIN (VALUES {_OFFSETS}) k (k)
    JOIN priced o ON o.cusip = s.cusip AND o.place = s.place + k.k
    GROUP BY s.row_id
),
judged AS (
    SELECT c.*, s.p, ROUND(LOG10(s.p / c.around)) AS tens,
           COALESCE(d.of_day > 2 AND ABS(s.p / d.day_level - 1) > {DAY_OUTLIER}, FALSE)
               AS is_day_outlier
    FROM suspect s JOIN compared c ON s.row_id = c.row_id
    LEFT JOIN day d ON s.cusip = d.cusip AND s.execution_date = d.execution_date
),
flagged AS (
    SELECT row_id, p, around, tens, is_day_outlier,
           is_alone AND ABS(tens) IN (1, 2)
               AND ABS(p / (around * POWER(10, tens)) - 1) <= {AGREES}
               AS is_decimal_shift,
           COALESCE(is_alone AND ABS(earlier / later - 1) <= {AGREES}
                    AND ABS(p / earlier - 1) > {LEAVES}
                    AND ABS(p / later - 1) > {LEAVES}, FALSE) AS leaves_and_returns
    FROM judged
)
SELECT row_id, is_decimal_shift,
       leaves_and_returns AND NOT is_decimal_shift AS is_bounce_back, is_day_outlier,
       CAST(CASE WHEN is_decimal_shift THEN p / POWER(10, tens)
                 WHEN leaves_and_returns THEN around END AS DECIMAL(18,6))
           AS price_suggested
FROM flagged
WHERE is_decimal_shift OR leaves_and_returns OR is_day_outlier
"""
"""Rows with a suspicious price, what is wrong with it and what it may have been."""

TRADING_DAY = f"""
CASE WHEN c.is_open AND COALESCE(l.execution_time, 0) < {DAY_END}
     THEN l.execution_date ELSE COALESCE(c.next_open, l.execution_date) END"""
"""Of a row ``l`` of ``live`` with its day ``c`` of the calendar."""

COUNTED_AS = """
CASE WHEN l.reporter = 'T' OR l.contra IN ('D', 'T') THEN 'ats-interdealer'
     WHEN l.contra IN ('C', 'A') THEN 'dealer-customer' END"""
"""FINRA's two classes; what an ATS sells to a customer is still of the ATS."""
