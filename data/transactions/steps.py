"""What a cleaning step is: one SQL query that names rows to remove, and why.

A step reads ``live``, the messages that no earlier step has removed, and yields
``row_id``, ``reason`` and ``killed_by``. The SQL keeps to what DuckDB and Spark share:
joins, windows, ``IS NOT DISTINCT FROM``. Every key contains the CUSIP, so running a
step on the messages of some CUSIPs is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from data.transactions.layout import CHANGE_OF_SYSTEM

OLD = f"report_date < DATE '{CHANGE_OF_SYSTEM}'"
NEW = f"report_date >= DATE '{CHANGE_OF_SYSTEM}'"

TIMED_DETAILS = (
    "execution_date",
    "execution_time",
    "price",
    "par",
    "side",
    "contra",
)
"""With the CUSIP, the seven details by which messages are matched."""

UNTIMED_DETAILS = tuple(name for name in TIMED_DETAILS if name != "execution_time")

MESSAGE_REASON = (
    "CASE WHEN status IN ('C', 'X') THEN 'cancel message' ELSE 'reversal message' END"
)
"""Of a message that did its work; a message that found nothing is `unmatched`."""

REPORT_ORDER = "report_date, report_time"


@dataclass(frozen=True)
class Step:
    """A cleaning rule as one query.

    Parameters
    ----------
    name : str
        As it stands in ``rejects.step`` and ``report.json``.
    source : str
        Where the rule comes from.
    sql : str
        Query over ``live`` with the columns ``row_id``, ``reason``, ``killed_by``.
    """

    name: str
    source: str
    sql: str


@dataclass(frozen=True)
class Filter:
    """A cleaning rule that looks at one row: removed where ``predicate`` holds.

    Parameters
    ----------
    name, source : str
        As of `Step`.
    predicate : str
        Over the columns of ``live``, and of ``security`` where it `needs_securities`.
    needs_securities : bool
        Whether it asks the reference file when a bond matures or was issued; a bond
        that the file does not hold passes.
    """

    name: str
    source: str
    predicate: str
    needs_securities: bool = False


def equal_details(names: Sequence[str], *, null_safe: bool = True) -> str:
    """Condition that target ``t`` and killer ``k`` agree in CUSIP and details."""
    operator = "IS NOT DISTINCT FROM" if null_safe else "="
    return " AND ".join(
        ["t.cusip = k.cusip", *(f"t.{name} {operator} k.{name}" for name in names)]
    )


def queue_match(
    killers: str,
    targets: str,
    details: Sequence[str],
    reason: str,
    numbers: tuple[tuple[str, str], ...] = (),
) -> str:
    """Query that matches messages to what they void, one to one, in report order.

    Within a key, a message voids the oldest record that still lives and was reported no
    later than itself. Counting records as +1 and messages as -1, a message finds
    nothing exactly when the running balance reaches a new minimum below zero; the n-th
    message that finds something voids the n-th record.

    Parameters
    ----------
    killers, targets : str
        Conditions on rows of ``live``.
    details : sequence of str
        Columns in which both agree, beside the CUSIP; missing agrees with missing.
    reason : str
        SQL text expression over ``status``, for the voided record.
    numbers : tuple of (str, str)
        Further pairs: column of the message, column of the record it equals.

    Returns
    -------
    str
        Voided records with the message that voids them, and those messages.
    """
    of_killer = [
        *(f"k.{name}" for name in details),
        *(f"k.{own}" for own, _ in numbers),
    ]
    of_target = [
        *(f"t.{name}" for name in details),
        *(f"t.{its}" for _, its in numbers),
    ]
    keys = [f"key_{i}" for i in range(len(of_killer))]
    key = ", ".join(["cusip", *keys])
    as_killer = ", ".join(f"{c} AS {k}" for c, k in zip(of_killer, keys, strict=True))
    as_target = ", ".join(f"{c} AS {k}" for c, k in zip(of_target, keys, strict=True))
    same_key = " AND ".join(
        ["t.cusip = k.cusip"]
        + [
            f"{t} IS NOT DISTINCT FROM k.{k}"
            for t, k in zip(of_target, keys, strict=True)
        ]
    )
    numbered = "".join(f" AND k.{own} IS NOT NULL" for own, _ in numbers)
    order = f"PARTITION BY {key} ORDER BY {REPORT_ORDER}, is_killer, sequence, row_id"
    return f"""
WITH killer AS (
    SELECT k.row_id, k.cusip, k.status, k.report_date, k.report_time, k.sequence,
           1 AS is_killer, {as_killer}
    FROM live k WHERE ({killers}){numbered}
),
event AS (
    SELECT * FROM killer
    UNION ALL
    SELECT t.row_id, t.cusip, t.status, t.report_date, t.report_time, t.sequence,
           0 AS is_killer, {as_target}
    FROM live t
    WHERE ({targets}) AND EXISTS (SELECT 1 FROM killer k WHERE {same_key})
),
counted AS (
    SELECT *, SUM(1 - 2 * is_killer) OVER ({order}
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS balance
    FROM event
),
judged AS (
    SELECT *, CASE WHEN is_killer = 1 AND balance >= LEAST(0, COALESCE(
                  MIN(balance) OVER ({order}
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))
              THEN 1 ELSE 0 END AS finds_one
    FROM counted
),
numbered AS (
    SELECT *, SUM(CASE WHEN is_killer = 1 THEN finds_one ELSE 1 END) OVER (
                  PARTITION BY {key}, is_killer
                  ORDER BY {REPORT_ORDER}, sequence, row_id
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nth
    FROM judged WHERE is_killer = 0 OR finds_one = 1
),
matched AS (
    SELECT MAX(CASE WHEN is_killer = 0 THEN row_id END) AS row_id,
           MAX(CASE WHEN is_killer = 1 THEN row_id END) AS killed_by,
           MAX(CASE WHEN is_killer = 1 THEN status END) AS status
    FROM numbered GROUP BY {key}, nth
    HAVING COUNT(*) = 2
)
SELECT row_id, {reason} AS reason, killed_by FROM matched
UNION ALL
SELECT killed_by, {MESSAGE_REASON}, CAST(NULL AS BIGINT) FROM matched
"""


def set_match(
    killers: str, targets: str, condition: str, reason: str, *, keep_killers: bool
) -> str:
    """Query that removes every record that some message matches, however many.

    Parameters
    ----------
    killers, targets : str
        Conditions on rows of ``live``.
    condition : str
        When a message ``k`` voids a record ``t``.
    reason : str
        SQL text expression over the message's ``status``.
    keep_killers : bool
        Whether the message is itself a record that lives on, as a correction is.
    """
    messages = (
        ""
        if keep_killers
        else f"""
UNION ALL
SELECT DISTINCT killed_by, {MESSAGE_REASON}, CAST(NULL AS BIGINT) FROM hit"""
    )
    return f"""
WITH hit AS (
    SELECT t.row_id, k.row_id AS killed_by, k.status,
           ROW_NUMBER() OVER (PARTITION BY t.row_id
               ORDER BY k.report_date, k.report_time, k.sequence, k.row_id) AS nth
    FROM (SELECT * FROM live WHERE {targets}) t
    JOIN (SELECT * FROM live WHERE {killers}) k
      ON {condition} AND t.row_id <> k.row_id
)
SELECT row_id, {reason} AS reason, killed_by FROM hit WHERE nth = 1{messages}
"""
