"""How published programs link messages, as far as their rules are documented.

Each is a preset to compare with, not a recommendation. They differ from the life cycle
in which keys they compare, whether missing codes agree, and what becomes of messages
that cross the change of system. A program that copies rows is followed in which rows
survive; no preset keeps a row twice.
"""

from data.transactions.layout import CHANGE_OF_SYSTEM
from data.transactions.linking import UNMATCHED_MESSAGES
from data.transactions.steps import (
    MESSAGE_REASON,
    NEW,
    OLD,
    TIMED_DETAILS,
    UNTIMED_DETAILS,
    Filter,
    Step,
    equal_details,
    set_match,
)

_DN = "Dick-Nielsen (2009, 2014)"
_WRDS = "WRDS (Drechsler)"
_TFI = "tidyfinance 1.0.0"
_DRR = "Dickerson, Robotti and Rossetti, open bond pipeline, stage 0"


def _new_cancels(source: str, targets: str, *, null_safe: bool = True) -> Step:
    return Step(
        "new-cancel-seven-details",
        f"{source}: X and C by number and seven details",
        set_match(
            f"{NEW} AND status IN ('X', 'C')",
            f"{NEW} AND status IN ({targets})",
            equal_details(TIMED_DETAILS, null_safe=null_safe)
            + " AND t.sequence = k.sequence",
            "CASE status WHEN 'X' THEN 'cancelled' ELSE 'corrected' END",
            keep_killers=False,
        ),
    )


def _new_reversals(source: str, *, null_safe: bool = True) -> Step:
    return Step(
        "new-reversal-seven-details",
        f"{source}: Y by the number it refers to and seven details",
        set_match(
            f"{NEW} AND status = 'Y'",
            f"{NEW} AND status IN ('T', 'R')",
            equal_details(TIMED_DETAILS, null_safe=null_safe)
            + " AND t.sequence = k.prior_sequence",
            "'reversed'",
            keep_killers=False,
        ),
    )


def _old_cancels(source: str, key: str) -> Step:
    return Step(
        "old-cancel-key",
        f"{source}: C against trades, not against corrections",
        set_match(
            f"{OLD} AND status = 'C'",
            f"{OLD} AND status = 'T'",
            key + " AND t.sequence = k.prior_sequence",
            "'cancelled'",
            keep_killers=False,
        ),
    )


# A correction counts when its chain of numbers leads to a trade that still stands.
_LOOP = f"""
WITH RECURSIVE standing AS (
    SELECT row_id, cusip, execution_date, sequence FROM live
    WHERE {OLD} AND status = 'T'
    UNION
    SELECT w.row_id, w.cusip, w.execution_date, w.sequence
    FROM live w JOIN standing s
      ON w.cusip = s.cusip AND w.execution_date = s.execution_date
     AND w.prior_sequence = s.sequence AND w.row_id <> s.row_id
    WHERE w.report_date < DATE '{CHANGE_OF_SYSTEM}' AND w.status = 'W'
),
correction AS (
    SELECT w.row_id, w.cusip, w.execution_date, w.prior_sequence
    FROM live w
    WHERE w.status = 'W' AND w.row_id IN (SELECT row_id FROM standing)
)
SELECT s.row_id, 'corrected' AS reason, MIN(c.row_id) AS killed_by
FROM standing s JOIN correction c
  ON s.cusip = c.cusip AND s.execution_date = c.execution_date
 AND s.sequence = c.prior_sequence AND s.row_id <> c.row_id
GROUP BY s.row_id
UNION ALL
SELECT row_id, 'correction of nothing', CAST(NULL AS BIGINT) FROM live
WHERE {OLD} AND status = 'W' AND row_id NOT IN (SELECT row_id FROM standing)
"""

_BY_SECOND = f"""
WITH correction AS (
    SELECT * FROM live WHERE {OLD} AND status = 'W'
),
replaced AS (
    SELECT w.row_id, MIN(k.row_id) AS killed_by
    FROM correction w JOIN correction k
      ON w.cusip = k.cusip AND w.execution_date = k.execution_date
     AND w.execution_time IS NOT DISTINCT FROM k.execution_time
     AND w.sequence = k.prior_sequence AND w.row_id <> k.row_id
    GROUP BY w.row_id
),
hit AS (
    SELECT t.row_id, MIN(k.row_id) AS killed_by
    FROM (SELECT * FROM live WHERE {OLD} AND status = 'T') t
    JOIN correction k
      ON t.cusip = k.cusip AND t.execution_date = k.execution_date
     AND t.sequence = k.prior_sequence
    GROUP BY t.row_id
),
rooted AS (
    SELECT DISTINCT k.cusip, k.execution_date, k.execution_time
    FROM hit JOIN correction k ON hit.killed_by = k.row_id
)
SELECT row_id, 'corrected' AS reason, killed_by FROM replaced
UNION ALL
SELECT row_id, 'corrected', killed_by FROM hit
UNION ALL
SELECT w.row_id, 'correction of nothing', CAST(NULL AS BIGINT)
FROM correction w
WHERE w.row_id NOT IN (SELECT row_id FROM replaced)
  AND NOT EXISTS (
      SELECT 1 FROM rooted r
      WHERE r.cusip = w.cusip AND r.execution_date = w.execution_date
        AND r.execution_time IS NOT DISTINCT FROM w.execution_time)
"""

_NUMBERS_OF_THE_DAY = f"""
WITH hit AS (
    SELECT t.row_id, k.row_id AS killed_by, k.status,
           ROW_NUMBER() OVER (PARTITION BY t.row_id ORDER BY k.row_id) AS nth
    FROM (SELECT * FROM live WHERE {OLD} AND status IN ('T', 'W')) t
    JOIN (SELECT * FROM live WHERE {OLD} AND status IN ('C', 'W')) k
      ON t.cusip = k.cusip AND t.report_date = k.report_date
     AND t.sequence = k.prior_sequence AND t.row_id <> k.row_id
)
SELECT row_id, CASE status WHEN 'C' THEN 'cancelled' ELSE 'corrected' END AS reason,
       killed_by
FROM hit WHERE nth = 1
UNION ALL
SELECT DISTINCT killed_by, {MESSAGE_REASON}, CAST(NULL AS BIGINT)
FROM hit WHERE status = 'C'
"""


def _ranked_reversals(source: str, *, null_safe: bool) -> Step:
    """The k-th reversal of a key removes its k-th trade, in order of execution."""
    key = f"cusip, {', '.join(UNTIMED_DETAILS)}"
    order = "execution_time, report_date, report_time, row_id"
    return Step(
        "old-reversal-rank",
        f"{source}: six details without time, by rank; as-of X and D dropped",
        f"""
WITH ranked AS (
    SELECT *, CASE WHEN as_of = 'R' THEN 1 ELSE 0 END AS is_reversal,
           ROW_NUMBER() OVER (
               PARTITION BY {key}, CASE WHEN as_of = 'R' THEN 1 ELSE 0 END
               ORDER BY {order}) AS nth
    FROM live
    WHERE {OLD} AND status IN ('T', 'W') AND COALESCE(as_of, 'A') NOT IN ('X', 'D')
),
hit AS (
    SELECT t.row_id, k.row_id AS killed_by, k.status
    FROM (SELECT * FROM ranked WHERE is_reversal = 0) t
    JOIN (SELECT * FROM ranked WHERE is_reversal = 1) k
      ON {equal_details(UNTIMED_DETAILS, null_safe=null_safe)} AND t.nth = k.nth
)
SELECT row_id, 'reversed' AS reason, killed_by FROM hit
UNION ALL
SELECT killed_by, {MESSAGE_REASON}, CAST(NULL AS BIGINT) FROM hit
UNION ALL
SELECT row_id, 'as-of ' || as_of, CAST(NULL AS BIGINT) FROM live
WHERE {OLD} AND as_of IN ('X', 'D')
""",
    )


_DN_DUPLICATES = Step(
    "old-duplicate-number",
    f"{_DN}: one record a bond, execution date and number",
    f"""
WITH copy AS (
    SELECT row_id, FIRST_VALUE(row_id) OVER (
        PARTITION BY cusip, execution_date, sequence
        ORDER BY report_date, report_time, row_id) AS first_id
    FROM live WHERE {OLD} AND status = 'T'
)
SELECT row_id, 'duplicate number' AS reason, first_id AS killed_by
FROM copy WHERE row_id <> first_id
""",
)

_DN_REVERSALS = Step(
    "old-reversal-seven-details",
    f"{_DN}: as-of R and X, one a price and par, void all equal trades",
    f"""
WITH reversal AS (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY cusip, execution_date, execution_time, price, par
        ORDER BY report_date, report_time, row_id) AS nth
    FROM live
    WHERE {OLD} AND as_of IN ('R', 'X') AND execution_date < report_date
),
hit AS (
    SELECT t.row_id, k.row_id AS killed_by, k.status
    FROM (SELECT * FROM live
          WHERE {OLD} AND COALESCE(as_of, 'A') NOT IN ('R', 'X')) t
    JOIN (SELECT * FROM reversal WHERE nth = 1) k
      ON {equal_details(TIMED_DETAILS)}
)
SELECT row_id, 'reversed' AS reason, MIN(killed_by) AS killed_by
FROM hit GROUP BY row_id
UNION ALL
SELECT DISTINCT killed_by, {MESSAGE_REASON}, CAST(NULL AS BIGINT) FROM hit
""",
)

DICK_NIELSEN_LINKING = (
    _DN_DUPLICATES,
    Step(
        "old-number", f"{_DN}: numbers named by C and W that day", _NUMBERS_OF_THE_DAY
    ),
    _DN_REVERSALS,
    _new_cancels(_DN, "'T'"),
    _new_reversals(_DN),
    UNMATCHED_MESSAGES,
)

_DATED_KEY = equal_details(("execution_date", "execution_time", "price", "par"))

WRDS_LINKING = (
    _old_cancels(_WRDS, f"{_DATED_KEY} AND t.report_date = k.report_date"),
    Step("old-correction-second", f"{_WRDS}: chains by execution second", _BY_SECOND),
    _ranked_reversals(_WRDS, null_safe=True),
    _new_cancels(_WRDS, "'T', 'R'"),
    _new_reversals(_WRDS),
    UNMATCHED_MESSAGES,
)

TIDYFINANCE_LINKING = (
    _old_cancels(_TFI, equal_details(TIMED_DETAILS, null_safe=False)),
    Step("old-correction-loop", f"{_TFI}: chains by execution date and number", _LOOP),
    _ranked_reversals(_TFI, null_safe=False),
    _new_cancels(_TFI, "'T', 'R'", null_safe=False),
    _new_reversals(_TFI, null_safe=False),
    UNMATCHED_MESSAGES,
)

DICKERSON_BEFORE = (
    Filter(
        "old-settlement",
        f"{_DRR}: before matching; three days were regular and reported blank",
        f"{OLD} AND settlement_days > 3",
    ),
    Filter("old-locked-in", f"{_DRR}: before matching", f"{OLD} AND locked_in = 'Y'"),
    Filter(
        "old-sale-condition",
        f"{_DRR}: before matching",
        f"{OLD} AND COALESCE(sale_condition, '@') <> '@'",
    ),
)

DICKERSON_LINKING = tuple(
    Step(step.name, step.source.replace(_WRDS, _DRR), step.sql) for step in WRDS_LINKING
)
