"""Command line: liquidity measures of cleaned transactions, by day."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from duckdb import DuckDBPyConnection

from data.commands.command import Command
from data.errors import DataError
from data.files.atomic import require_place
from data.files.cells import require_panel_suffix, write_frame
from data.market.auctions import read_auctions
from data.transactions.measures.fair_prices import take_fair_prices
from data.transactions.measures.finra_counts import (
    WHEN_ISSUED_LEFT_OUT,
    beside_public,
    finra_counts,
    read_public_aggregates,
)
from data.transactions.measures.tables import cusip_days, tenor_days
from data.transactions.measures.trades import add_tenors, open_trades
from data.transactions.securities import read_securities

CUSIP_DAY, TENOR_DAY, FINRA_DAY = "cusip-day", "tenor-day", "finra-day"
GROUPS = (CUSIP_DAY, TENOR_DAY, FINRA_DAY)

EXAMPLES = (
    "Examples:\n\n"
    "python -m data build measures --trades data/clean/transactions --by cusip-day "
    "--out data/clean/cusip-days.parquet\n\n"
    "python -m data build measures --trades data/clean/treasuries --by finra-day "
    "--public daily-aggregates.csv --auctions auctions_query.csv "
    "--out data/clean/beside-finra.csv"
)


def build_measures(
    trades: Annotated[
        Path, typer.Option(metavar="DIR", help="Output of clean transactions.")
    ],
    out: Annotated[Path, typer.Option(help="Table to write, .csv or .parquet.")],
    by: Annotated[
        str, typer.Option(help=f"One of {', '.join(GROUPS)}, as FINRA counts.")
    ] = CUSIP_DAY,
    securities: Annotated[
        Path | None,
        typer.Option(help=f"cusip and maturity_date of the bonds, for {TENOR_DAY}."),
    ] = None,
    fair_prices: Annotated[
        Path | None,
        typer.Option(
            help="row_id and fair_price, of build fair-prices: adds effective spreads."
        ),
    ] = None,
    public: Annotated[
        Path | None,
        typer.Option(
            help=f"FINRA's Treasury daily aggregates to set beside, for {FINRA_DAY}."
        ),
    ] = None,
    auctions: Annotated[
        Path | None,
        typer.Option(
            help="Auction results of Fiscal Data, for when-issued trades of "
            f"{FINRA_DAY}."
        ),
    ] = None,
) -> None:
    """Measure volume, prices, costs and who traded, by bond, tenor or market day."""
    require_panel_suffix(out)
    require_place(out)
    if by not in GROUPS:
        raise DataError(f"there is no --by {by}", f"choose one of {', '.join(GROUPS)}.")
    if by == TENOR_DAY and securities is None:
        raise DataError(
            "nobody knows the tenor of a CUSIP",
            "name a file of cusip and maturity_date with --securities.",
        )
    notes: list[str] = []
    with open_trades(trades) as connection:
        if by == FINRA_DAY:
            table = _counted(connection, public, auctions, notes)
        else:
            if fair_prices is not None:
                notes.append(take_fair_prices(connection, fair_prices))
            of_tenors = securities if by == TENOR_DAY else None
            table = _measured(connection, of_tenors, notes)
    write_frame(table, out)
    for note in notes:
        typer.echo(note)
    typer.echo(out)


def _measured(
    connection: DuckDBPyConnection, securities: Path | None, notes: list[str]
) -> pd.DataFrame:
    if securities is None:
        return cusip_days(connection)
    unknown = add_tenors(connection, read_securities(securities))
    if unknown:
        notes.append(
            f"{unknown} trades are of CUSIPs that {securities} does not hold: they are "
            "of no tenor"
        )
    return tenor_days(connection)


def _counted(
    connection: DuckDBPyConnection,
    public: Path | None,
    auctions: Path | None,
    notes: list[str],
) -> pd.DataFrame:
    known = None if auctions is None else read_auctions(auctions)
    own = finra_counts(connection, auctions=known)
    left_out = int(own[WHEN_ISSUED_LEFT_OUT].sum())
    if left_out:
        notes.append(
            f"{left_out} when-issued trades do not count: "
            + (
                "FINRA counts those after their auction, which --auctions tells"
                if auctions is None
                else f"they are of no auction in {auctions}, or from before its close"
            )
        )
    if public is None:
        return own
    both = beside_public(own, read_public_aggregates(public))
    if both.empty:
        raise DataError(
            f"{public} and the trades have no day in common",
            "download the aggregates of the days of the trades.",
        )
    return both


MEASURES = Command(name="measures", run=build_measures, examples=EXAMPLES)
