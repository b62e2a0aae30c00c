"""Score a cleaning against the truth: what it kept and removed, rightly and wrongly.

Two messages of equal content cannot be told apart, so a row counts as rightly kept when
any live row has its content: CUSIP, time, price, par, side and contra party. Trades on
special terms (when-issued, primary market and so on) are trades, and whether to keep
them is a choice: they count neither way.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from data.errors import DataError
from data.files.databases import PARQUET, pattern, refusing_damage
from data.transactions.findings import add_calendar
from data.transactions.measures.tables import add_fair_prices, cusip_days
from data.transactions.measures.trades import open_trades
from data.transactions.reading import UNREADABLE
from models.transactions.twin import TRADES, TRUTH

DAY_END = 18 * 3600 + 1800

_CONTENT = "cusip, execution_date, execution_time, price, par, side, contra"

_SEEN = f"""
CREATE TEMP TABLE seen AS
SELECT row_id, {_CONTENT}, NULL AS reason FROM {PARQUET}
UNION ALL BY NAME
SELECT row_id, {_CONTENT}, reason FROM {PARQUET} WHERE reason <> '{UNREADABLE}'
"""

_JUDGED = f"""
CREATE TEMP TABLE judged AS
WITH known AS (
    SELECT s.*, t.fate, t.cause, t.fate = 'live' AS is_live,
           reason IS NULL AS is_kept
    FROM seen s JOIN {PARQUET} t USING (row_id) WHERE t.terms = ''
),
placed AS (
    SELECT *, SUM(CAST(is_live AS INT)) OVER (PARTITION BY {_CONTENT}) AS live_alike,
           ROW_NUMBER() OVER (
               PARTITION BY {_CONTENT}, is_kept ORDER BY is_live DESC, row_id) AS place,
           SUM(CAST(is_kept AS INT)) OVER (PARTITION BY {_CONTENT}) AS kept_alike
    FROM known
)
SELECT row_id, reason, fate, cause, is_kept, is_live,
       is_kept AND place <= live_alike AS is_rightly_kept,
       NOT is_kept AND place > live_alike - kept_alike AS is_rightly_removed
FROM placed
"""

_BECAUSE = """
SELECT CASE WHEN fate = 'void' THEN 'void: ' || cause
            WHEN fate = 'message' THEN 'message: ' || cause ELSE fate END AS reason,
       COUNT(*) AS rows, COUNT(*) FILTER (is_rightly_removed) AS right_rows
FROM judged WHERE NOT is_live GROUP BY 1 ORDER BY 1
"""

_AS = """
SELECT REPLACE(reason, ' (details)', '') AS reason, COUNT(*) AS rows,
       COUNT(*) FILTER (is_rightly_removed) AS right_rows
FROM judged WHERE NOT is_kept GROUP BY 1 ORDER BY 1
"""

_KEPT = """
SELECT COUNT(*) FILTER (is_kept), COUNT(*) FILTER (is_rightly_kept),
       COUNT(*) FILTER (is_live)
FROM judged
"""

RECALL, PRECISION = "recall", "precision"
EVERYTHING = "trades kept"


@dataclass(frozen=True)
class Twin:
    """Folder of `models.transactions.twin.write_twin`, its truth found."""

    folder: Path

    def files(self, kind: str) -> str:
        """Pattern of the Parquet files of a kind.

        Raises
        ------
        DataError
            There are none.
        """
        if not any((self.folder / kind).glob("*.parquet")):
            raise DataError(
                f"{self.folder} holds no {kind}/ of a simulation",
                f"make it: python -m models simulate transactions --out {self.folder}",
            )
        return pattern(self.folder / kind, "*.parquet")


def _refusing_damage(twin: Path) -> AbstractContextManager[None]:
    remedy = f"simulate again: python -m models simulate transactions --out {twin}"
    return refusing_damage(twin, remedy)


def score_cleaning(twin: Path, cleaned: Path) -> pd.DataFrame:
    """Precision and recall of a cleaning, in all and by reason.

    Parameters
    ----------
    twin : Path
        Simulated folder, all of whose messages were cleaned.
    cleaned : Path
        Output of ``python -m data clean transactions``.

    Returns
    -------
    DataFrame
        ``measure``, ``reason``, ``rows``, ``right_rows``, ``share``. Recall by what
        truly became of a row; precision by the reason that the cleaning gives; both of
        the trades kept.

    Raises
    ------
    DataError
        A folder is not of its kind, or the rows of the cleaning are not the twin's.
    """
    with _judged(twin, cleaned) as connection:
        because = connection.execute(_BECAUSE).df().assign(measure=RECALL)
        given = connection.execute(_AS).df().assign(measure=PRECISION)
        kept, right, live = connection.execute(_KEPT).fetchall()[0]
    whole = pd.DataFrame(
        {
            "reason": EVERYTHING,
            "rows": [live, kept],
            "right_rows": right,
            "measure": [RECALL, PRECISION],
        }
    )
    scores = pd.concat([whole, because, given], ignore_index=True)
    scores["share"] = scores["right_rows"] / scores["rows"]
    return scores[["measure", "reason", "rows", "right_rows", "share"]]


@contextmanager
def _judged(twin: Path, cleaned: Path) -> Iterator[DuckDBPyConnection]:
    truth = Twin(twin).files(TRUTH)
    with open_trades(cleaned) as connection, _refusing_damage(twin):
        folders = [
            pattern(cleaned / kind, "*.parquet") for kind in ("clean", "rejects")
        ]
        connection.execute(_SEEN, folders)
        matched = connection.execute(
            f"SELECT COUNT(*) FROM {PARQUET} ANTI JOIN seen USING (row_id)",
            [truth],
        ).fetchall()
        if matched[0][0]:
            raise DataError(
                f"{cleaned} lacks {matched[0][0]} rows of {twin}",
                f"clean all of {twin}/messages, without --from and --to.",
            )
        connection.execute(_JUDGED, [truth])
        yield connection


TRUE_TRADES = "truth"
"""Stands where cleaned trades have the name of their preset."""

_TRUE_TRADE = f"""
CREATE TEMP TABLE trade AS
SELECT trade_id AS row_id, cusip, CAST(par AS DOUBLE) AS par,
       CASE WHEN c.is_open AND execution_time < {DAY_END} THEN execution_date
            ELSE c.next_open END AS day,
       execution_time AS second, CAST(price AS DOUBLE) AS price,
       CASE kind WHEN 'customer buys' THEN 'S' ELSE 'B' END AS side,
       kind <> 'between dealers' AS is_customer, CAST(is_ats AS INT) AS is_ats,
       CASE WHEN is_agency THEN 'A' ELSE 'P' END AS capacity,
       is_agency AS is_pass_through,
       CAST(dealer AS VARCHAR) AS reporter_id,
       CAST(other_dealer AS VARCHAR) AS contra_id,
       kind = 'between dealers' AS is_dealer, 'D' AS reporter,
       '{TRUE_TRADES}' AS preset
FROM {PARQUET} t JOIN calendar c ON c.day = t.execution_date
WHERE terms = ''
"""

FAR_OFF = 0.01
TRIMMED = 0.01


@contextmanager
def open_true_trades(twin: Path) -> Iterator[DuckDBPyConnection]:
    """Connection whose table ``trade`` holds the true trades on regular terms.

    Parameters
    ----------
    twin : Path
        Simulated folder.

    Yields
    ------
    DuckDBPyConnection
        For the measures, as `data.transactions.measures.trades.open_trades`.
    """
    files = Twin(twin).files(TRADES)
    with _refusing_damage(twin), duckdb.connect() as connection:
        add_calendar(connection)
        connection.execute(_TRUE_TRADE, [files])
        yield connection


COMPARED = ("volume_usd", "trade_count", "vwap", "amihud", "effective_spread_bp")


def compare_measures(twin: Path, cleaned: Path) -> pd.DataFrame:
    """Set measures of the cleaned trades beside those of the true ones, by CUSIP-day.

    Parameters
    ----------
    twin, cleaned : Path
        As of `score_cleaning`.

    Returns
    -------
    DataFrame
        Index ``cusip``, ``day``; of each of `COMPARED` ``_true`` and ``_cleaned``,
        missing on days on which one of them has no trade.
    """
    own = Twin(twin)
    with open_true_trades(twin) as connection:
        fair = connection.execute(
            f"SELECT trade_id AS row_id, fair_price FROM {PARQUET}",
            [own.files(TRADES)],
        ).df()
        add_fair_prices(connection, fair)
        true = cusip_days(connection)
    with open_trades(cleaned) as connection:
        truth = connection.execute(
            f"SELECT row_id, fair_price, terms FROM {PARQUET}",
            [own.files(TRUTH)],
        ).df()
        add_fair_prices(connection, truth)
        connection.register("special", truth.loc[truth["terms"] != "", ["row_id"]])
        connection.execute(
            "DELETE FROM trade WHERE row_id IN (SELECT row_id FROM special)"
        )
        found = cusip_days(connection)
    keys = ["cusip", "day"]
    names = list(COMPARED)
    true, found = (frame.set_index(keys)[names] for frame in (true, found))
    return true.add_suffix("_true").join(found.add_suffix("_cleaned"), how="outer")


def biases(compared: pd.DataFrame) -> dict[str, float]:
    """What a cleaning does to the measures, in one number each.

    Parameters
    ----------
    compared : DataFrame
        Of `compare_measures`.

    Returns
    -------
    dict of str to float
        ``volume_bias_pct`` and ``trade_count_bias_pct``: of the totals.
        ``volume_error_pct``: mean over CUSIP-days of the absolute error over the true
        volume. ``days_lost_pct``: CUSIP-days without a trade left. Of days that both
        have: ``vwap_off_pct``, those on which the price is more than
        `FAR_OFF` from the true one, ``vwap_error_bp``, the mean absolute error of the
        others, and the bias of the means of Amihud's measure, ``amihud_bias_pct``, and
        of the effective spread, ``spread_bias_pct``, without the hundredth at either
        end that a single price decides.
    """
    true, found = (
        {name: compared[f"{name}_{kind}"] for name in COMPARED}
        for kind in ("true", "cleaned")
    )
    real = true["volume_usd"].notna()
    volume = found["volume_usd"].fillna(0.0)
    error = (volume[real] - true["volume_usd"][real]).abs() / true["volume_usd"][real]
    vwap = (found["vwap"] / true["vwap"] - 1).abs().dropna()
    amihud, spread = (
        _percent(*_trimmed_means(found[name], true[name]))
        for name in ("amihud", "effective_spread_bp")
    )
    return {
        "volume_bias_pct": _percent(volume.sum(), true["volume_usd"].sum()),
        "trade_count_bias_pct": _percent(
            found["trade_count"].sum(), true["trade_count"].sum()
        ),
        "volume_error_pct": 100 * float(error.mean()),
        "days_lost_pct": 100 * float(found["volume_usd"][real].isna().mean()),
        "vwap_off_pct": 100 * float((vwap > FAR_OFF).mean()),
        "vwap_error_bp": 1e4 * float(vwap[vwap <= FAR_OFF].mean()),
        "amihud_bias_pct": amihud,
        "spread_bias_pct": spread,
    }


def _trimmed_means(found: pd.Series, true: pd.Series) -> tuple[float, float]:
    """Means of the days that both have, without those at the ends of either."""
    both = found.notna() & true.notna()
    for each in (found, true):
        ends = each[found.notna() & true.notna()].quantile([TRIMMED, 1 - TRIMMED])
        both &= each.between(*ends)
    return float(found[both].mean()), float(true[both].mean())


def _percent(found: float, true: float) -> float:
    return 100 * (float(found) / float(true) - 1)
