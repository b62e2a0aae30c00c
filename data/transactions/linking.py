"""The life cycle of a report: which messages void which records (rules R1 to R6)."""

from data.transactions.layout import (
    CHANGE_OF_SYSTEM,
    MESSAGE_NAMES,
    NEW_STATUSES,
    OLD_STATUSES,
)
from data.transactions.steps import (
    MESSAGE_REASON,
    NEW,
    OLD,
    TIMED_DETAILS,
    UNTIMED_DETAILS,
    Step,
    queue_match,
)

_LAYOUTS = "FINRA historic data file layouts, before and after 2012-02-06"

_IDENTITY = ("cusip", "report_date", "sequence", "status")

# A record without a number has no identity: two such rows in one file may well be two
# trades. The same line of the same file given twice is one.
_SAME_LINE = "CASE WHEN sequence IS NULL THEN row_id % 1099511627776 END"

_CONTENT = ", ".join(name for name in MESSAGE_NAMES if name != "row_id")

DUPLICATES = Step(
    "duplicate-record",
    f"Dick-Nielsen (2009), on every field; {_LAYOUTS}",
    f"""
WITH same_identity AS (
    SELECT {", ".join(_IDENTITY)}, {_SAME_LINE} AS line FROM live
    GROUP BY {", ".join(_IDENTITY)}, {_SAME_LINE} HAVING COUNT(*) > 1
),
candidate AS (
    SELECT l.* FROM live l WHERE EXISTS (
        SELECT 1 FROM same_identity s
        WHERE s.cusip = l.cusip
          AND {" AND ".join(f"s.{c} IS NOT DISTINCT FROM l.{c}" for c in _IDENTITY[1:])}
          AND s.line IS NOT DISTINCT FROM {_SAME_LINE.replace("sequence", "l.sequence")}
    )
),
copy AS (
    SELECT row_id, MIN(row_id) OVER (PARTITION BY {_CONTENT}, {_SAME_LINE}) AS first_id
    FROM candidate
)
SELECT row_id, 'duplicate record' AS reason, first_id AS killed_by
FROM copy WHERE row_id <> first_id
""",
)


def _listed(codes: frozenset[str]) -> str:
    return ", ".join(f"'{code}'" for code in sorted(codes))


UNKNOWN_STATUS = Step(
    "unknown-status",
    _LAYOUTS,
    f"""
SELECT row_id, 'status unknown in its era' AS reason, CAST(NULL AS BIGINT) AS killed_by
FROM live
WHERE ({OLD} AND status NOT IN ({_listed(OLD_STATUSES)}))
   OR ({NEW} AND status NOT IN ({_listed(NEW_STATUSES)}))
""",
)

_REVERSES = "status IN ('T', 'W', 'R') AND as_of IN ('R', 'X')"


_OLD_RECORD = f"{OLD} AND status IN ('T', 'W')"
_NOT_REVERSAL = "COALESCE(as_of, 'A') NOT IN ('R', 'X')"
_NEW_RECORD = f"{NEW} AND status IN ('T', 'R', 'Y', 'W')"
_NEW_TRADE = f"{NEW} AND status IN ('T', 'R', 'W') AND {_NOT_REVERSAL}"
_CANCELS = f"{NEW} AND status IN ('X', 'C')"
_CANCEL_REASON = "CASE status WHEN 'X' THEN 'cancelled' ELSE 'corrected' END"

SAME_DAY_NUMBERS = Step(
    "old-number",
    "FINRA layout before 2012-02-06: C and W name the record of that day they replace",
    f"""
WITH hit AS (
    SELECT t.row_id, k.row_id AS killed_by, k.status,
           ROW_NUMBER() OVER (PARTITION BY t.row_id
               ORDER BY k.report_time, k.sequence, k.row_id) AS nth
    FROM (SELECT * FROM live WHERE {_OLD_RECORD}) t
    JOIN (SELECT * FROM live WHERE {OLD} AND status IN ('C', 'W')) k
      ON t.cusip = k.cusip AND t.report_date = k.report_date
     AND t.sequence = k.prior_sequence AND t.row_id <> k.row_id
)
SELECT row_id, CASE status WHEN 'C' THEN 'cancelled' ELSE 'corrected' END AS reason,
       killed_by
FROM hit WHERE nth = 1
UNION ALL
SELECT DISTINCT killed_by, {MESSAGE_REASON}, CAST(NULL AS BIGINT)
FROM hit WHERE status = 'C' AND nth = 1
""",
)

OLD_CANCEL_DETAILS = Step(
    "old-cancel-details",
    "as old-number, where the number is missing or finds nothing",
    queue_match(
        f"{OLD} AND status = 'C'",
        f"{_OLD_RECORD} AND {_NOT_REVERSAL}",
        (*TIMED_DETAILS, "report_date"),
        "'cancelled (details)'",
    ),
)

NEW_NUMBERED_CORRECTION = Step(
    "new-corrected-number",
    "FINRA end-of-day files: a correction names the message it replaces",
    f"""
SELECT t.row_id, 'corrected' AS reason, MIN(k.row_id) AS killed_by
FROM (SELECT * FROM live WHERE {NEW} AND status IN ('T', 'W')) t
JOIN (SELECT * FROM live WHERE {NEW} AND status = 'W') k
  ON t.cusip = k.cusip AND t.report_date = k.prior_report_date
 AND t.sequence = k.prior_sequence AND t.row_id <> k.row_id
GROUP BY t.row_id
""",
)

NEW_CANCEL_NUMBER = Step(
    "new-cancel-number",
    "FINRA layout after 2012-02-06: X and C carry the number of the record they void",
    queue_match(
        _CANCELS,
        "status IN ('T', 'R', 'Y', 'W')",
        TIMED_DETAILS,
        _CANCEL_REASON,
        (("sequence", "sequence"),),
    ),
)

NEW_CANCEL_POINTER = Step(
    "new-cancel-pointer",
    "FINRA layout after 2012-02-06: prior report date and number",
    queue_match(
        _CANCELS,
        _NEW_RECORD,
        (),
        _CANCEL_REASON,
        (("prior_report_date", "report_date"), ("prior_sequence", "sequence")),
    ),
)

NEW_CANCEL_DETAILS = Step(
    "new-cancel-details",
    "Dick-Nielsen (2014), the seven details alone, for messages without their number",
    queue_match(
        _CANCELS,
        _NEW_RECORD,
        TIMED_DETAILS,
        f"({_CANCEL_REASON}) || ' (details)'",
    ),
)

NEW_REVERSAL_POINTER = Step(
    "new-reversal-pointer",
    "FINRA layout after 2012-02-06: Y names report date and number of what it reverses",
    queue_match(
        f"{NEW} AND status = 'Y'",
        _NEW_TRADE,
        (),
        "'reversed'",
        (("prior_report_date", "report_date"), ("prior_sequence", "sequence")),
    ),
)

NEW_REVERSAL_NUMBER = Step(
    "new-reversal-number",
    "Dick-Nielsen (2014): seven details and the number that Y refers to",
    queue_match(
        f"{NEW} AND status = 'Y'",
        "status IN ('T', 'R', 'W') AND " + _NOT_REVERSAL,
        TIMED_DETAILS,
        "'reversed'",
        (("prior_sequence", "sequence"),),
    ),
)

NEW_REVERSAL_DETAILS = Step(
    "new-reversal-details",
    "Dick-Nielsen (2014), the seven details alone, for reversals without their number",
    queue_match(
        f"{NEW} AND status = 'Y'",
        _NEW_TRADE,
        TIMED_DETAILS,
        "'reversed (details)'",
    ),
)

# After the change of system its messages also void trades from before, whose numbers
# they do not carry: those join the old reversals.
_LATE_MESSAGE = (
    f"({_REVERSES}) OR ({NEW} AND status IN ('X', 'C', 'Y') "
    f"AND execution_date < DATE '{CHANGE_OF_SYSTEM}')"
)
_EARLIER_RECORD = f"status IN ('T', 'W', 'R') AND {_NOT_REVERSAL}"

LATE_WITH_TIME = Step(
    "late-details-with-time",
    "Dick-Nielsen (2009) reversals, one to one in report order; also across 2012-02-06",
    queue_match(
        _LATE_MESSAGE,
        _EARLIER_RECORD,
        TIMED_DETAILS,
        "'reversed'",
    ),
)

LATE_WITHOUT_TIME = Step(
    "late-details-without-time",
    "as late-details-with-time, where the reversal repeats another time",
    queue_match(
        _LATE_MESSAGE,
        _EARLIER_RECORD,
        UNTIMED_DETAILS,
        "'reversed (without time)'",
    ),
)

UNMATCHED_MESSAGES = Step(
    "unmatched-message",
    "a message that voids nothing in the input is no trade",
    f"""
SELECT row_id,
       CASE WHEN status IN ('C', 'X', 'Y') THEN 'unmatched ' || status
            ELSE 'unmatched as-of ' || as_of END AS reason,
       CAST(NULL AS BIGINT) AS killed_by
FROM live
WHERE status IN ('C', 'X', 'Y') OR ({_REVERSES})
""",
)

WORKBENCH_LINKING = (
    DUPLICATES,
    UNKNOWN_STATUS,
    SAME_DAY_NUMBERS,
    OLD_CANCEL_DETAILS,
    NEW_NUMBERED_CORRECTION,
    NEW_CANCEL_NUMBER,
    NEW_CANCEL_POINTER,
    NEW_CANCEL_DETAILS,
    NEW_REVERSAL_POINTER,
    NEW_REVERSAL_NUMBER,
    NEW_REVERSAL_DETAILS,
    LATE_WITH_TIME,
    LATE_WITHOUT_TIME,
    UNMATCHED_MESSAGES,
)
"""In this order: numbers before details, exact details before details without time."""
