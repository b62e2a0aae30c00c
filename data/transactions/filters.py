"""What a linked trade must be to count: filters in their order (rule R9)."""

from data.transactions.steps import Filter

SETTLEMENT_LIMIT = 7
"""Calendar days: regular settlement took three business days at most."""


DICK_NIELSEN_SETTLEMENT_LIMIT = 6
"""Calendar days. Programs written after Dick-Nielsen drop more than six days, while he
is also quoted with less than six: counted on the calendar, where three trading days
across a weekend and a holiday are six, that would drop a tenth of all regular trades,
which nobody who used his rules reports."""


def settlement(days: int) -> Filter:
    """Filter of trades that settle more than ``days`` calendar days after execution."""
    return Filter(
        "settlement",
        "Dick-Nielsen (2014), special settlement",
        f"COALESCE(settlement_days > {days}, FALSE) "
        f"OR COALESCE(settlement_date > execution_date + INTERVAL '{days}' DAY, FALSE)",
    )


def flag(name: str, column: str, source: str) -> Filter:
    """Filter of rows whose ``column`` says Y."""
    return Filter(name, source, f"{column} = 'Y'")


_TFI = "tidyfinance 1.0.0"
_DRR = "Dickerson, Robotti and Rossetti, open bond pipeline, stage 0"

WHEN_ISSUED = flag("when-issued", "when_issued", "Dick-Nielsen (2014), option")
SPECIAL_PRICE = flag("special-price", "special_price", "Dick-Nielsen (2014), option")
LOCKED_IN = flag("locked-in", "locked_in", "WRDS, option")
SETTLEMENT = settlement(SETTLEMENT_LIMIT)
WEIGHTED_AVERAGE = Filter(
    "weighted-average-price",
    "FINRA sale condition and modifier 4",
    "sale_condition = 'W' OR modifier_4 = 'W'",
)
PRIMARY_MARKET = Filter(
    "primary-market", "FINRA trading market", "market IN ('P1', 'P2', 'S2')"
)
EQUITY_LINKED = Filter("equity-linked", "FINRA sub-product", "product IN ('ELN', 'E')")
PAR = Filter("par", "a trade has a size", "par IS NULL OR par <= 0")
PRICE_RANGE = Filter(
    "price-range",
    _DRR,
    "price IS NULL OR (COALESCE(price_kind, 'P') <> 'Y' "
    "AND (price <= 0 OR price > 1000))",
)
PRICE_IS_YIELD = Filter(
    "price-is-yield",
    _DRR,
    "COALESCE(price_kind, 'P') <> 'Y' AND price = yield_percent",
)
GIVE_UP = Filter(
    "give-up",
    "FINRA automatic give-up: reported by one member on behalf of another",
    "give_up = 'A'",
)
AS_OF = Filter("as-of", _TFI, "as_of IS NOT NULL")
CONTRA_C_D = Filter("contra", _TFI, "COALESCE(contra, '') NOT IN ('C', 'D')")
WHEN_ISSUED_N = Filter("when-issued-not-n", _TFI, "COALESCE(when_issued, '') <> 'N'")
SPECIAL_BLANK = Filter("special-not-blank", _TFI, "special_price IS NOT NULL")
PAR_FLOOR = Filter("par-floor", _DRR, "par < 10000")
AGENCY_CUSTOMER = Filter(
    "agency-customer",
    "Dick-Nielsen (2014): customer leg of an agency trade without commission",
    "contra = 'C' AND remuneration = 'N' AND "
    "CASE side WHEN 'B' THEN buyer_capacity ELSE seller_capacity END = 'A'",
)

AFTER_MATURITY = Filter(
    "after-maturity",
    f"{_DRR}; needs --securities",
    "COALESCE(execution_date > maturity_date, FALSE)",
    needs_securities=True,
)
BEFORE_ISSUE = Filter(
    "before-issue",
    "trades before issue are when-issued, whatever their flag; needs --securities",
    "COALESCE(execution_date < issue_date, FALSE)",
    needs_securities=True,
)

FILTERS = {
    rule.name: rule
    for rule in (
        WHEN_ISSUED,
        SPECIAL_PRICE,
        SETTLEMENT,
        WEIGHTED_AVERAGE,
        PRIMARY_MARKET,
        EQUITY_LINKED,
        PAR,
        PRICE_RANGE,
        PRICE_IS_YIELD,
        LOCKED_IN,
        GIVE_UP,
        AS_OF,
        CONTRA_C_D,
        WHEN_ISSUED_N,
        SPECIAL_BLANK,
        PAR_FLOOR,
        AGENCY_CUSTOMER,
        AFTER_MATURITY,
        BEFORE_ISSUE,
    )
}
"""By the name that ``--with`` and ``--without`` take."""


OF_SECURITIES = (AFTER_MATURITY.name, BEFORE_ISSUE.name)
"""What a reference file of securities adds to every preset."""


def filter_query(filters: tuple[Filter, ...]) -> str:
    """Query that removes each row by the first filter that it fails."""
    cases = " ".join(f"WHEN {rule.predicate} THEN '{rule.name}'" for rule in filters)
    rows = "live"
    if any(rule.needs_securities for rule in filters):
        rows = (
            "(SELECT l.*, s.maturity_date, s.issue_date FROM live l "
            "LEFT JOIN security s ON l.cusip = s.cusip) known"
        )
    return f"""
WITH judged AS (SELECT row_id, CASE {cases} END AS reason FROM {rows})
SELECT row_id, reason, CAST(NULL AS BIGINT) AS killed_by
FROM judged WHERE reason IS NOT NULL
"""
