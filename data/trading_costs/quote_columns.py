"""Names and units of the columns of a quote panel."""

from data.files.panel_file import NEEDED, Columns, column_names

TIME = "time"
SECURITY = "security"
KIND = "kind"
MATURITY_DATE = "maturity_date"
COUPON = "coupon_percent"
DATED_DATE = "dated_date"
FIRST_COUPON = "first_coupon_date"
BID = "bid_price"
ASK = "ask_price"
BID_YIELD = "bid_yield_percent"
ASK_YIELD = "ask_yield_percent"
SETTLEMENT_DAYS = "settlement_days"
VINTAGE = "vintage"
IS_BENCHMARK = "is_benchmark"
ILLIQUIDITY = "benchmark_illiquidity"

LAYOUT = (
    Columns(
        (TIME,), "New York, `YYYY-MM-DDTHH:MM:SS`; a day alone is its start", NEEDED
    ),
    Columns((SECURITY,), "a label, its CUSIP", NEEDED),
    Columns((BID, ASK), "per 100, clean, decimal", NEEDED),
    Columns(
        (MATURITY_DATE, COUPON),
        "terms; a coupon of 0 is a bill's. Without them a quote has a spread and no "
        "fair value",
    ),
    Columns(
        (KIND,),
        "`bill`, `note` or `bond`; inflation-indexed, floating and callable securities "
        "are refused by name",
    ),
    Columns(
        (DATED_DATE, FIRST_COUPON),
        "from which interest accrues; first coupon, where the first period is short or "
        "long",
    ),
    Columns((SETTLEMENT_DAYS,), "business days to settlement, 1 is regular"),
    Columns(
        (BID_YIELD, ASK_YIELD),
        "as the source gives them; make the spread where there are no terms",
    ),
    Columns((VINTAGE,), "0 on the run, 1 first off the run, and so on"),
    Columns(
        (IS_BENCHMARK,),
        "True for the firm quotes that move fair values; by default the issues on the "
        "run",
    ),
    Columns(
        (ILLIQUIDITY,),
        "of the on-the-run market at that time, standardised, higher where worse",
    ),
)

REQUIRED_COLUMNS = column_names(LAYOUT, NEEDED)
"""What a table of the user's own has at least; `TERMS` give a quote a fair value."""

TERMS = (MATURITY_DATE, COUPON)
DATE_COLUMNS = (MATURITY_DATE, DATED_DATE, FIRST_COUPON)
NUMBER_COLUMNS = (COUPON, BID, ASK, BID_YIELD, ASK_YIELD, VINTAGE, ILLIQUIDITY)

COLUMNS = (
    TIME,
    SECURITY,
    KIND,
    MATURITY_DATE,
    COUPON,
    DATED_DATE,
    FIRST_COUPON,
    BID,
    ASK,
    BID_YIELD,
    ASK_YIELD,
    SETTLEMENT_DAYS,
    VINTAGE,
    IS_BENCHMARK,
    ILLIQUIDITY,
)
"""In the order of the file."""
