"""Both dealers report an inter-dealer trade: which of the reports is kept (rule R7)."""

from data.transactions.steps import Step

_TRADE = "cusip, execution_date, price, par"
_IN_TIME = "execution_time, report_date, report_time, sequence, row_id"
_SAME_TRADE = (
    "b.cusip = s.cusip AND b.execution_date = s.execution_date "
    "AND b.price = s.price AND b.par = s.par"
)
_OTHER_SIDE = "other side of an inter-dealer trade"


def _pair_in_time(removed: str, kept: str, reason: str) -> str:
    """Query that removes the k-th report of a kind for the k-th of another."""
    return f"""
WITH report AS (
    SELECT row_id, {_TRADE}, CASE WHEN {removed} THEN 'B' ELSE 'S' END AS role,
           ROW_NUMBER() OVER (
               PARTITION BY {_TRADE}, CASE WHEN {removed} THEN 'B' ELSE 'S' END
               ORDER BY {_IN_TIME}) AS nth
    FROM live WHERE ({removed}) OR ({kept})
)
SELECT b.row_id, '{reason}' AS reason, s.row_id AS killed_by
FROM report b JOIN report s ON {_SAME_TRADE} AND b.nth = s.nth
WHERE b.role = 'B' AND s.role = 'S'
"""


def _ats_counterpart(side: str, other: str) -> Step:
    return Step(
        f"report-to-ats-{'sale' if side == 'S' else 'purchase'}",
        "FINRA counts a trade on an ATS by the report of the ATS",
        _pair_in_time(
            f"contra = 'T' AND side = '{side}' AND COALESCE(reporter, 'D') <> 'T'",
            f"reporter = 'T' AND side = '{other}'",
            "other side of a trade with an ATS",
        ),
    )


PAIR = (
    _ats_counterpart("S", "B"),
    _ats_counterpart("B", "S"),
    Step(
        "purchase-by-ats",
        "FINRA counts a trade on an ATS by its sale, whoever buys",
        _pair_in_time(
            "reporter = 'T' AND side = 'B'",
            "reporter = 'T' AND side = 'S'",
            "purchase of what the ATS sold",
        ),
    ),
    Step(
        "two-sided-pair",
        "one report a trade: the k-th purchase of a day, price and par goes with the "
        "k-th sale; what is left over on either side is a trade reported once",
        _pair_in_time(
            "contra = 'D' AND side = 'B'",
            "contra = 'D' AND side = 'S'",
            _OTHER_SIDE,
        ),
    ),
)

EXISTS = (
    Step(
        "two-sided-exists",
        "WRDS and tidyfinance: a purchase goes when any equal sale exists that day",
        f"""
SELECT b.row_id, '{_OTHER_SIDE}' AS reason, MIN(s.row_id) AS killed_by
FROM live b JOIN live s ON {_SAME_TRADE}
WHERE b.contra = 'D' AND b.side = 'B' AND s.contra = 'D' AND s.side = 'S'
GROUP BY b.row_id
""",
    ),
)

DROP_ALL_BUYS = (
    Step(
        "two-sided-drop-all-buys",
        "Dick-Nielsen (2014): every purchase from a dealer goes",
        """
SELECT row_id, 'purchase from a dealer' AS reason, CAST(NULL AS BIGINT) AS killed_by
FROM live WHERE contra = 'D' AND side = 'B'
""",
    ),
)

# Where both see each other as nearest, no other pairing of the two is closer.
_NEAREST = f"""
WITH near AS (
    SELECT b.row_id, s.row_id AS killed_by,
           ROW_NUMBER() OVER (PARTITION BY b.row_id ORDER BY
               ABS(b.execution_time - s.execution_time), s.execution_time, s.row_id)
               AS of_purchase,
           ROW_NUMBER() OVER (PARTITION BY s.row_id ORDER BY
               ABS(b.execution_time - s.execution_time), b.execution_time, b.row_id)
               AS of_sale
    FROM live b JOIN live s ON {_SAME_TRADE}
     AND b.reporter_id = s.contra_id AND b.contra_id = s.reporter_id
    WHERE b.side = 'B' AND s.side = 'S'
)
SELECT row_id, '{_OTHER_SIDE}' AS reason, killed_by
FROM near WHERE of_purchase = 1 AND of_sale = 1
"""

PARTY_IDS = (
    Step(
        "two-sided-party-ids-nearest",
        "Dick-Nielsen and Poulsen (2019): swapped parties, nearest in time",
        _NEAREST,
    ),
    Step(
        "two-sided-party-ids-rest",
        "as two-sided-party-ids-nearest, for what is left, in order of time",
        f"""
WITH report AS (
    SELECT row_id, cusip, execution_date, price, par, side,
           CASE side WHEN 'B' THEN reporter_id ELSE contra_id END AS buyer,
           CASE side WHEN 'S' THEN reporter_id ELSE contra_id END AS seller
    FROM live WHERE side IN ('B', 'S')
      AND reporter_id IS NOT NULL AND contra_id IS NOT NULL
      AND row_id NOT IN (SELECT killed_by FROM removed
                         WHERE step = 'two-sided-party-ids-nearest'
                           AND killed_by IS NOT NULL)
),
ranked AS (
    SELECT r.*, ROW_NUMBER() OVER (
        PARTITION BY r.cusip, r.execution_date, r.price, r.par, r.buyer, r.seller,
                     r.side
        ORDER BY l.execution_time, r.row_id) AS nth
    FROM report r JOIN live l ON l.row_id = r.row_id
)
SELECT b.row_id, '{_OTHER_SIDE}' AS reason,
       s.row_id AS killed_by
FROM ranked b JOIN ranked s ON {_SAME_TRADE}
 AND b.buyer = s.buyer AND b.seller = s.seller AND b.nth = s.nth
WHERE b.side = 'B' AND s.side = 'S'
""",
    ),
)

FINRA = (
    Step(
        "two-sided-finra",
        "FINRA, Treasury aggregates: sales of an ATS and sales between members count; "
        "members' reports to an ATS and all purchases from members or by an ATS do not",
        """
SELECT row_id,
       CASE WHEN COALESCE(reporter, 'D') <> 'T' AND contra = 'T'
            THEN 'report to an ATS'
            WHEN reporter = 'T' THEN 'purchase by an ATS'
            ELSE 'purchase from a member' END AS reason,
       CAST(NULL AS BIGINT) AS killed_by
FROM live
WHERE (COALESCE(reporter, 'D') <> 'T' AND contra = 'T')
   OR (side = 'B' AND (reporter = 'T' OR contra = 'D'))
""",
    ),
)

TWO_SIDED: dict[str, tuple[Step, ...]] = {
    "pair": PAIR,
    "exists": EXISTS,
    "drop-all-buys": DROP_ALL_BUYS,
    "party-ids": PARTY_IDS,
    "finra": FINRA,
    "none": (),
}
"""By the name that ``--two-sided`` takes."""
