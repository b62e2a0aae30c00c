"""Names and units of the columns of a liquidity panel.

One row a trading day and security; the column name carries the unit.
"""

from data.dims import DATE_COLUMN
from data.files.panel_file import NEEDED, Columns

SECURITY_COLUMN = "security"
"""Label such as ``10y``; a file without it holds one security."""

ONLY_SECURITY = "security"
"""How the security of a file without labels is called."""

PRICE_IMPACT_COLUMN = "price_impact"
"""Price move per net traded amount, in any unit; a missing day is an empty cell."""

DEPTH_COLUMN = "depth_musd"
"""Average market depth of the day, USD million."""

VOLATILITY_COLUMN = "volatility_bp"
"""Implied volatility of interest rates, annualised basis points."""

VOLATILITY_1M_COLUMN = "volatility_1m_bp"
VOLATILITY_3M_COLUMN = "volatility_3m_bp"
"""The same for options that expire in one and in three months."""

VOLATILITY_OF_VOLATILITY_COLUMN = "volatility_of_volatility_surprise_bp"
PERSISTENCE_COLUMN = "persistence_surprise_bp"
"""What `volatility_surprises` makes of the volatilities, basis points."""

STATE_COLUMN = "simulated_state"
"""Liquidity state behind a simulated day, 1 the least liquid; only in simulations."""

COVARIATE_COLUMNS = {
    "V": VOLATILITY_COLUMN,
    "VV": VOLATILITY_OF_VOLATILITY_COLUMN,
    "CS": PERSISTENCE_COLUMN,
}
"""Covariates by the symbols of Meldrum and Sokolinskiy (2025)."""

COVARIATE_SETS = {
    "I": ("V",),
    "II": ("V", "VV"),
    "III": ("V", "CS"),
    "IV": ("V", "VV", "CS"),
}
"""Covariates of the paper's Models I to IV."""

MADE = "made by `build`"

LAYOUT = (
    Columns((DATE_COLUMN,), "`YYYY-MM-DD`, a trading day", NEEDED),
    Columns(
        (SECURITY_COLUMN,),
        "a label, `10y`; leave the column out with one security. The report sets the "
        "published estimates, which are of the 10-year note, only beside `10y`, "
        "`10-year` and the like, or beside no label",
    ),
    Columns(
        (PRICE_IMPACT_COLUMN,),
        "price move per net traded amount, any unit; slopes come in this unit per "
        "basis point. Empty on a missing day",
        NEEDED,
    ),
    Columns(
        (DEPTH_COLUMN,),
        "USD million, average of the day. How many levels and sides of the book count "
        "is up to you; slopes on depth, and the published ones beside them, scale with "
        "it",
        NEEDED,
    ),
    Columns(
        (VOLATILITY_COLUMN,),
        "swaption-implied volatility of rates, annualised basis points, the same for "
        "all securities of a day",
        "needed, here or in `--volatility`",
    ),
    Columns(
        (VOLATILITY_1M_COLUMN, VOLATILITY_3M_COLUMN),
        "the same, of options that expire in one and three months",
        "for CS (Models III and IV)",
    ),
    Columns(
        (VOLATILITY_OF_VOLATILITY_COLUMN,),
        "VV, basis points: an AR(1)-GARCH(1,1) with Student-t innovations (library "
        "`arch`) fitted to volatility over the days of the panel; residual of its "
        "conditional volatility regressed on volatility. Two starts of the optimiser "
        "must find the same maximum: from one it may end thousands of log units below "
        "when volatility jumps",
        MADE,
    ),
    Columns(
        (PERSISTENCE_COLUMN,),
        "CS, basis points: 3-month minus 1-month volatility; residual of a regression "
        "on volatility. Absent, with a note, without both maturities",
        MADE,
    ),
    Columns(
        (STATE_COLUMN,), "state behind a simulated day, 1 the least liquid", "of twins"
    ),
)
