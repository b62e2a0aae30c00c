"""Names and units of the columns of a trading-cost panel."""

from data.dims import DATE_COLUMN
from data.files.panel_file import NEEDED, Columns, column_names

OBSERVATION = "observation"
TRADE = "trade"
QUOTE = "quote"
OBSERVATIONS = (TRADE, QUOTE)
"""Of a row: a trade beside its fair value, or the forecast of an indicative mid."""

SIDE = "side"
BUY = "buy"
SELL = "sell"
SIDES = (BUY, SELL, "")
"""The customer's, or in a trade between dealers that of whoever did not report; empty
where it is not known."""

SEGMENT = "segment"
CUSTOMER = "customer"
INTERDEALER = "interdealer"
SEGMENTS = (CUSTOMER, INTERDEALER, "")
"""Between a dealer and a customer, or between dealers; empty of a quote."""

TIME = "time"
SECURITY = "security"
IS_ATS = "is_ats"
IS_RETAIL = "is_retail"
VOLUME = "volume_musd"
DEVIATION = "deviation_bp"
DEVIATION_PRICE = "deviation_price"
DOLLAR_DURATION = "dollar_duration"
GAP = "gap_hours"
MATURITY = "maturity_years"
AGE = "age_years"
INDICATIVE_SPREAD = "indicative_spread_bp"
BENCHMARK_ILLIQUIDITY = "benchmark_illiquidity"
RELATIVE_ILLIQUIDITY = "relative_illiquidity"
ERROR_SD = "error_sd_bp"

OF_A_TRADE = "needed of a trade"

LAYOUT = (
    Columns((OBSERVATION,), "`trade` or `quote`", NEEDED),
    Columns(
        (TIME,),
        "New York, `YYYY-MM-DDTHH:MM:SS`; `date` is made of it",
        NEEDED,
    ),
    Columns((SECURITY,), "a label, its CUSIP", NEEDED),
    Columns((SEGMENT,), "`customer` or `interdealer`", OF_A_TRADE),
    Columns((VOLUME,), "face, USD million, whatever the side", OF_A_TRADE),
    Columns(
        (DEVIATION,),
        "price minus fair value over dollar duration, basis points of yield: positive "
        "where dearer",
        NEEDED,
    ),
    Columns(
        (DOLLAR_DURATION,), "modified duration (years) × dirty price (per 100)", NEEDED
    ),
    Columns(
        (GAP,),
        "hours since the indicative quote that the fair value starts from",
        NEEDED,
    ),
    Columns((MATURITY, AGE), "years left, years since issue", NEEDED),
    Columns(
        (INDICATIVE_SPREAD,),
        "bid-ask spread of that quote, basis points of yield",
        NEEDED,
    ),
    Columns(
        (BENCHMARK_ILLIQUIDITY,),
        "of the on-the-run market at that time, standardised, higher where worse",
        NEEDED,
    ),
    Columns(
        (SIDE,),
        "the customer's, `buy` or `sell`; empty where not known. Between dealers, of "
        "the side that did not report",
    ),
    Columns((IS_ATS, IS_RETAIL), "True or False"),
    Columns((DEVIATION_PRICE,), "the deviation per 100 of face"),
    Columns(
        (RELATIVE_ILLIQUIDITY,),
        "of the security against its maturity, standardised, higher where worse",
    ),
    Columns(
        (ERROR_SD,),
        "standard deviation of the fair value's error, basis points of yield",
    ),
)

REQUIRED_COLUMNS = column_names(LAYOUT, NEEDED)
"""What a panel of the user's own has at least."""

NUMBER_COLUMNS = (
    VOLUME,
    DEVIATION,
    DEVIATION_PRICE,
    DOLLAR_DURATION,
    GAP,
    MATURITY,
    AGE,
    INDICATIVE_SPREAD,
    BENCHMARK_ILLIQUIDITY,
    RELATIVE_ILLIQUIDITY,
    ERROR_SD,
)
TEXT_COLUMNS = (OBSERVATION, SECURITY, SIDE, SEGMENT)
TRUTH_COLUMNS = (IS_ATS, IS_RETAIL)
COLUMNS = (
    OBSERVATION,
    DATE_COLUMN,
    TIME,
    SECURITY,
    SIDE,
    SEGMENT,
    *TRUTH_COLUMNS,
    *NUMBER_COLUMNS,
)
"""In the order of the file; columns of the user's own come behind."""

FORECAST_ERROR = "forecast_error_bp"
"""Column of the user's own: error of the quote's forecast of the security's next
indicative mid. It looks ahead, as a filter on it does."""
