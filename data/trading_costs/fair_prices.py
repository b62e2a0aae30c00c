"""Fair prices of cleaned transactions, row by row, and the command that writes them.

What `data.transactions.measures.tables.add_fair_prices` takes effective spreads from.
An off-the-run issue has the fair value of the trading-cost panel: its last indicative
quote, moved with the benchmark. A benchmark issue has its own last mid of the day. A
quote of the moment of the trade counts for a benchmark issue alone.
"""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
import typer

from data.arrays import FloatArray, IntArray
from data.commands.command import Command
from data.errors import DataError
from data.files.atomic import require_place
from data.files.cells import require_panel_suffix, write_frame
from data.trading_costs.accrued import accrued_at_settlement
from data.trading_costs.as_of import last_before
from data.trading_costs.benchmark import CurveSettings, benchmark_of
from data.trading_costs.build import LONGEST_GAP_HOURS
from data.trading_costs.fair_value import fair_values, hedges_of
from data.trading_costs.quote_columns import IS_BENCHMARK, SECURITY, TIME
from data.trading_costs.quote_measures import ACCRUED, MID, measured
from data.trading_costs.quote_panel import read_quote_panel
from data.transactions.measures.fair_prices import FAIR_PRICE, ROW
from data.transactions.measures.trades import open_trades

EXAMPLES = (
    "Example: python -m data build fair-prices --quotes data/clean/quotes.parquet "
    "--trades data/clean/transactions --out data/clean/fair-prices.parquet"
)

_TRADES = """
SELECT row_id, execution_date + to_seconds(second) AS time, cusip AS security
FROM trade WHERE price IS NOT NULL ORDER BY time, row_id
"""


class FairPrices(NamedTuple):
    """Fair prices, and how many trades have none.

    Attributes
    ----------
    frame : DataFrame
        ``row_id`` and ``fair_price``, clean, percent of par, of the trades that have
        one, in order of time.
    notes : list of str
    """

    frame: pd.DataFrame
    notes: list[str]


def fair_prices(quotes: Path, trades: Path, settings: CurveSettings) -> FairPrices:
    """Fair price of every cleaned trade of a quoted security, just before it.

    Parameters
    ----------
    quotes : Path
        Panel of ``python -m data build quotes``.
    trades : Path
        Folder of ``python -m data clean transactions``.
    settings : CurveSettings
        Of the benchmark curve.

    Raises
    ------
    DataError
        No trade has a fair price.
    """
    known = measured(read_quote_panel(quotes).frame)
    known = known[known[MID].notna()].reset_index(drop=True)
    with open_trades(trades) as connection:
        rows = connection.execute(_TRADES).df()
    rows[TIME] = rows[TIME].astype("datetime64[ns]")
    clean = _off_the_run(known, rows, settings, str(quotes))
    of_benchmark = _on_the_run(known[known[IS_BENCHMARK]], rows)
    clean = np.where(np.isnan(clean), of_benchmark, clean)
    has_one = np.isfinite(clean) & (clean > 0)
    if not has_one.any():
        raise DataError(
            f"{quotes}: none of {len(rows)} trades in {trades} has a fair price",
            "give quotes of the days and securities of the trades, those of the "
            "benchmark issues among them; securities are named by CUSIP.",
        )
    found = pd.DataFrame({ROW: rows[ROW], FAIR_PRICE: clean})[has_one]
    notes = [
        f"fair prices: {len(found)} of {len(rows)} trades with a price; "
        f"{int((has_one & ~np.isnan(of_benchmark)).sum())} of benchmark issues"
    ]
    return FairPrices(found.reset_index(drop=True), notes)


def _off_the_run(
    known: pd.DataFrame, rows: pd.DataFrame, settings: CurveSettings, source: str
) -> FloatArray:
    quotes = known[~known[IS_BENCHMARK]].reset_index(drop=True)
    clean = np.full(len(rows), np.nan)
    is_quoted = rows[SECURITY].isin(quotes[SECURITY].unique()).to_numpy()
    if not is_quoted.any():
        return clean
    benchmark = benchmark_of(known, settings, source)
    asked = rows[is_quoted].reset_index(drop=True)
    fair = fair_values(
        quotes,
        benchmark,
        hedges_of(quotes, benchmark),
        asked[SECURITY],
        asked[TIME].to_numpy(),
    )
    start = quotes.iloc[np.maximum(fair.quote, 0)]
    is_fresh = (fair.quote >= 0) & (fair.gap_hours <= LONGEST_GAP_HOURS)
    value = np.full(len(asked), np.nan)
    value[is_fresh] = fair.dirty[is_fresh] - accrued_at_settlement(
        asked[is_fresh], start[is_fresh]
    )
    clean[is_quoted] = value
    return clean


def _on_the_run(quotes: pd.DataFrame, rows: pd.DataFrame) -> FloatArray:
    quotes = quotes.reset_index(drop=True)
    clean = np.full(len(rows), np.nan)
    if quotes.empty:
        return clean
    securities = pd.Index(quotes[SECURITY].unique())
    last: IntArray = last_before(
        securities.get_indexer(pd.Index(quotes[SECURITY])),
        quotes[TIME].to_numpy().astype("datetime64[us]"),
        securities.get_indexer(pd.Index(rows[SECURITY])),
        rows[TIME].to_numpy().astype("datetime64[us]"),
        same_moment=True,
    )
    quote = quotes.iloc[np.maximum(last, 0)]
    same_day = quote[TIME].dt.normalize().to_numpy() == rows[TIME].dt.normalize()
    is_known = (last >= 0) & same_day.to_numpy()
    mid = (quote[MID] - quote[ACCRUED]).to_numpy()
    clean[is_known] = mid[is_known]
    return clean


def build_fair_prices(
    quotes: Annotated[Path, typer.Option(help="Panel of python -m data build quotes.")],
    trades: Annotated[
        Path, typer.Option(metavar="DIR", help="Output of clean transactions.")
    ],
    out: Annotated[Path, typer.Option(help="Table to write, .csv or .parquet.")],
    ridge: Annotated[
        float, typer.Option(help="Penalty of the benchmark curve.")
    ] = CurveSettings.ridge,
    alpha: Annotated[
        float, typer.Option(help="Its maturity weight, per year.")
    ] = CurveSettings.alpha,
) -> None:
    """Give each cleaned trade the fair price just before it, for effective spreads."""
    require_panel_suffix(out)
    require_place(out)
    found = fair_prices(quotes, trades, CurveSettings(alpha=alpha, ridge=ridge))
    write_frame(found.frame, out)
    for note in found.notes:
        typer.echo(note)
    typer.echo(out)


FAIR_PRICES = Command(name="fair-prices", run=build_fair_prices, examples=EXAMPLES)
