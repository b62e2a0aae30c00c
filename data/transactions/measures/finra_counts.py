"""Count Treasury trades as FINRA does, to set beside its public daily aggregates.

FINRA counts between systems and dealers what an ATS sells and what member firms sell to
each other; with customers whatever is reported against non-members and affiliates, save
by an ATS. Reports to an ATS do not count, nor do when-issued trades up to the close of
the day of their auction. A trading day ends at 18:30 US Eastern. README.md of this
family has the command that keeps the same rows. Source: FINRA, About Treasury Aggregate
Statistics.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from data.errors import DataError
from data.files.cells import date_cells, number_cells, read_cells, require_columns
from data.transactions.findings import add_calendar

PUBLIC_NAMES = {
    "tradeDate": "date",
    "productCategory": "product",
    "yearsToMaturity": "years_to_maturity",
    "benchmark": "benchmark",
    "atsInterdealerCount": "ats_interdealer_count",
    "atsInterdealerVolume": "ats_interdealer_volume_usd",
    "dealerCustomerCount": "dealer_customer_count",
    "dealerCustomerVolume": "dealer_customer_volume_usd",
    "volumeWeightedAveragePrice": "vwap",
}
"""As FINRA's interface names the columns -> as they are called here."""

COUNTS = ("ats_interdealer_count", "dealer_customer_count")
VOLUMES = ("ats_interdealer_volume_usd", "dealer_customer_volume_usd")

WHEN_ISSUED_LEFT_OUT = "when_issued_left_out_count"

_NO_AUCTIONS = pd.DataFrame(
    {
        "security": pd.Series(dtype=object),
        "auctioned": pd.Series(dtype="datetime64[ns]"),
        "issued": pd.Series(dtype="datetime64[ns]"),
    }
)

USD_BILLION = 1e9

LEAST_DAY_USD, MOST_DAY_USD = 1e10, 1e13
"""Trading of a day lies far inside; a unit taken wrongly leads far outside."""

SMALLEST_PRICED_USD = 1000
FURTHEST_FROM_MEAN = 0.5

# A when-issued trade is due after the day of its auction, and settles on the day of
# issue; a reopening has an auction and a day of issue of its own.
_COUNTED = f"""
WITH dated AS (
    SELECT *, COALESCE(when_issued, 'N') = 'Y' AS is_when_issued,
           (SELECT MIN(a.issued) FROM auction a WHERE a.cusip = t.cusip
            AND a.auctioned < t.day AND t.day <= a.issued) AS issued
    FROM trade t WHERE counted_as IS NOT NULL
),
due AS (
    SELECT d.*, CASE WHEN NOT is_when_issued OR issued IS NOT NULL THEN counted_as END
               AS class,
           COALESCE(special_price, 'N') <> 'Y' AND COALESCE(settlement_date <=
               CASE WHEN is_when_issued THEN issued ELSE c.next_open END, TRUE)
               AS is_regular
    FROM dated d LEFT JOIN calendar c ON c.day = d.execution_date
),
priced AS (
    SELECT *, price / AVG(CASE WHEN class IS NOT NULL THEN price END)
                      OVER (PARTITION BY cusip, day) AS of_mean
    FROM due
),
weighted AS (
    SELECT *, CASE WHEN class IS NOT NULL AND price IS NOT NULL AND is_regular
                    AND par >= {SMALLEST_PRICED_USD}
                    AND ABS(of_mean - 1) < {FURTHEST_FROM_MEAN} THEN par END AS weight
    FROM priced
)
SELECT {{keys}},
       COUNT(*) FILTER (class = 'ats-interdealer') AS ats_interdealer_count,
       COALESCE(SUM(par) FILTER (class = 'ats-interdealer'), 0)
           AS ats_interdealer_volume_usd,
       COUNT(*) FILTER (class = 'dealer-customer') AS dealer_customer_count,
       COALESCE(SUM(par) FILTER (class = 'dealer-customer'), 0)
           AS dealer_customer_volume_usd,
       SUM(price * weight) / SUM(weight) AS vwap,
       COUNT(*) FILTER (class IS NULL) AS {WHEN_ISSUED_LEFT_OUT}
FROM weighted GROUP BY {{keys}} ORDER BY {{keys}}
"""


def finra_counts(
    connection: DuckDBPyConnection,
    keys: tuple[str, ...] = ("day",),
    auctions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Counts and volumes by FINRA's rule.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of `data.transactions.measures.trades.open_trades`.
    keys : tuple of str
        ``day``, or ``cusip`` and ``day``: a `vwap` over several CUSIPs says little.
    auctions : DataFrame, optional
        Of `data.market.auctions.read_auctions`: when-issued trades count after the day
        of their auction. Without it, none does.

    Returns
    -------
    DataFrame
        The keys; `COUNTS`; `VOLUMES`; ``vwap``, which leaves out small trades, yields,
        special prices, late settlement and prices half away from the mean; and
        `WHEN_ISSUED_LEFT_OUT`, when-issued trades that do not count: before the close
        of their auction's day, or of an auction that is not known.
    """
    add_calendar(connection)
    known = _NO_AUCTIONS if auctions is None else auctions
    connection.register("auction_frame", known[["security", "auctioned", "issued"]])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE auction AS SELECT UPPER(security) AS cusip, "
        "CAST(auctioned AS DATE) AS auctioned, CAST(issued AS DATE) AS issued "
        "FROM auction_frame"
    )
    connection.unregister("auction_frame")
    return connection.execute(_COUNTED.format(keys=", ".join(keys))).df()


def read_public_aggregates(path: Path, unit_usd: float = USD_BILLION) -> pd.DataFrame:
    """Read FINRA's Treasury daily aggregates as downloaded.

    Parameters
    ----------
    path : Path
        CSV or Parquet with the columns of `PUBLIC_NAMES`.
    unit_usd : float
        USD in a unit of volume; the page and the interface give billions.

    Returns
    -------
    DataFrame
        Columns of `PUBLIC_NAMES`, volumes in USD, ``vwap`` missing where not published.

    Raises
    ------
    DataError
        A column is missing, or a day's volume cannot be in that unit.
    """
    source = str(path)
    cells = read_cells(path, "download the daily aggregates from FINRA.")
    require_columns(cells, tuple(PUBLIC_NAMES), source)
    cells = cells.rename(columns=PUBLIC_NAMES)
    dates = date_cells(cells["date"], source)
    public = pd.DataFrame({"date": dates})
    for name in ("product", "years_to_maturity", "benchmark"):
        public[name] = cells[name].fillna("").astype(str).str.strip()
    for name in (*COUNTS, *VOLUMES, "vwap"):
        public[name] = number_cells(cells[name], dates, source)
    public[list(VOLUMES)] *= unit_usd
    typical = public.groupby("date")[list(VOLUMES)].sum().sum(axis=1).median()
    if not LEAST_DAY_USD <= typical <= MOST_DAY_USD:
        raise DataError(
            f"{source}: a typical day's volume would be {typical:.3g} USD",
            "say how many USD a unit of volume is (unit_usd).",
        )
    return public


def beside_public(own: pd.DataFrame, public: pd.DataFrame) -> pd.DataFrame:
    """Set own counts by day beside the published sums of all products.

    Parameters
    ----------
    own : DataFrame
        Of `finra_counts` by day.
    public : DataFrame
        Of `read_public_aggregates`.

    Returns
    -------
    DataFrame
        One row a day that both have: ``date``, `WHEN_ISSUED_LEFT_OUT`, and of each
        count and volume ``_own``, ``_public`` and their ``_ratio``.
    """
    names = [*COUNTS, *VOLUMES]
    days = own.assign(date=pd.to_datetime(own["day"]).astype("datetime64[ns]"))
    published = public.groupby("date", as_index=False)[names].sum()
    both = days[["date", WHEN_ISSUED_LEFT_OUT, *names]].merge(
        published, on="date", suffixes=("_own", "_public")
    )
    for name in names:
        reference = both[f"{name}_public"].replace(0.0, np.nan)
        both[f"{name}_ratio"] = both[f"{name}_own"] / reference
    return both
