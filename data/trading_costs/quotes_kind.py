"""The quote panel, and the command that makes one of a publisher's file."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from data.market.auctions import read_auctions
from data.market.on_the_run import original_years, vintages
from data.panel import BuiltPanel, PanelKind
from data.trading_costs.quote_columns import (
    ASK,
    BID,
    DATED_DATE,
    IS_BENCHMARK,
    KIND,
    MATURITY_DATE,
    SECURITY,
    TIME,
    VINTAGE,
)
from data.trading_costs.quote_measures import SPREAD, measured
from data.trading_costs.quote_panel import QUOTE_FILE, typed_quotes
from data.trading_costs.quote_sources import SOURCES
from data.trading_costs.template import quotes_example

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build quotes --quotes crsp.parquet --layout crsp "
    "--out data/clean/quotes.parquet\n\n"
    "python -m data build quotes --quotes quotes.csv --auctions auctions_query.csv "
    "--out data/clean/quotes.parquet"
)

AUCTIONED_KINDS = ("Note", "Bond")
"""Kinds of which the latest issue is on the run."""


def build_quotes(
    *,
    quotes: Annotated[Path, typer.Option(help="File of quotes, .csv or .parquet.")],
    layout: Annotated[
        Literal["crsp", "tradeweb", "table"],
        typer.Option(help="How the file is laid out: data/README.md"),
    ] = "table",
    auctions: Annotated[
        Path | None,
        typer.Option(
            help="Auction results, for which issue is on the run when; by default from "
            "the dated dates of the quotes themselves."
        ),
    ] = None,
) -> BuiltPanel:
    """Bring quotes to one layout, and say which issue is on the run."""
    read = SOURCES[layout](quotes)
    frame = read.frame.sort_values([TIME, SECURITY], ignore_index=True)
    if MATURITY_DATE in frame and VINTAGE not in frame:
        issues = _issues(frame) if auctions is None else auctioned_issues(auctions)
        frame[VINTAGE] = vintages(issues, frame[SECURITY], frame[TIME])
        frame[IS_BENCHMARK] = frame[VINTAGE] == 0
    typed = typed_quotes(frame, str(quotes))
    aside = [
        f"set aside: {count} quotes, {why}" for why, count in read.set_aside.items()
    ]
    return BuiltPanel(typed, [*describe_quotes(typed), *aside])


def describe_quotes(frame: pd.DataFrame) -> list[str]:
    """Counts, spreads and what the quotes cannot tell, one line each."""
    spread = measured(frame)[SPREAD]
    days = frame[TIME].dt.normalize().nunique()
    lines = [
        f"quotes: {len(frame)} of {frame[SECURITY].nunique()} securities, {days} days, "
        f"{frame[TIME].min():%Y-%m-%d} to {frame[TIME].max():%Y-%m-%d}",
        f"spread, bp of yield: median {spread.median():.2f}, 95% quantile "
        f"{spread.quantile(0.95):.2f}",
    ]
    unknown = int(frame[MATURITY_DATE].isna().sum())
    if unknown:
        lines.append(f"no terms, hence no fair value: {unknown} quotes")
    on_the_run = frame[frame[IS_BENCHMARK]]
    lines.append(
        f"benchmark: {len(on_the_run)} quotes"
        if len(on_the_run)
        else "no benchmark quotes: fair values cannot follow the market between quotes"
    )
    locked = int((frame[ASK] == frame[BID]).sum())
    if locked:
        lines.append(f"locked, bid equal to ask: {locked} quotes")
    return lines


def auctioned_issues(auctions: Path) -> pd.DataFrame:
    """Issues of the auctions of a file, for `vintages`: a reopening is none."""
    rows = read_auctions(auctions)
    rows = rows[rows["kind"].isin(AUCTIONED_KINDS)]
    years = original_years(rows["issued"], rows["matures"])
    issues = rows[["security", "issued"]].assign(years=years)
    return issues.sort_values("issued", kind="stable").drop_duplicates("security")


def _issues(frame: pd.DataFrame) -> pd.DataFrame:
    """Issues among the quotes: the latest that is quoted counts as on the run."""
    issues = frame.drop_duplicates(SECURITY)
    issued = issues.get(DATED_DATE, pd.Series(pd.NaT, index=issues.index))
    issued = pd.to_datetime(issued)
    years = original_years(issued, pd.to_datetime(issues[MATURITY_DATE]))
    if KIND in issues:
        years = np.where(issues[KIND] == "bill", np.nan, years)
    return pd.DataFrame(
        {"security": issues[SECURITY], "issued": issued, "years": years}
    )


QUOTES = PanelKind(
    name="quotes",
    title="Quote panel",
    file=QUOTE_FILE,
    example=quotes_example,
    build=build_quotes,
    examples=BUILD_EXAMPLES,
)
