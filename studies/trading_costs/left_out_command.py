"""Command line: quotes of real days that are left out."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.errors import DataError
from data.files.unfinished import beside, unfinished
from data.trading_costs.quote_columns import TIME
from data.trading_costs.quote_panel import read_quote_panel
from studies.console import progress, require_csv, show, write
from studies.study import LEFT_OUT, Study
from studies.trading_costs.left_out import coverage_by_day, left_out_quotes

EXAMPLES = """Example: python -m studies left-out yield-curve
--panel data/clean/quotes.parquet --date 2018-12-31
--out studies/results/yield_curve_left_out.csv
"""


def left_out_yield_curve(
    panel: Annotated[
        list[Path], typer.Option(help="Quote panel, .csv or .parquet; repeatable.")
    ],
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    date: Annotated[
        list[str] | None,
        typer.Option(help="YYYY-MM-DD, repeatable; every day of the panels."),
    ] = None,
) -> None:
    """Place each quote in what all others of its day say of it.

    Writes shares of quotes in the others' intervals by day to OUT, and the maturity and
    place of each quote, without its name, to OUT's name with _quotes.
    """
    require_csv(out)
    days = []
    for path in panel:
        read = read_quote_panel(path)
        known = read.frame[TIME].dt.strftime("%Y-%m-%d").unique()
        days += [(read, day) for day in known if not date or day in date]
    if not days:
        raise DataError(
            f"no quote of {', '.join(map(str, panel))} is of {', '.join(date or ())}",
            "Choose another --date, or none for every day.",
        )
    with (
        unfinished(out, "quotes") as so_far,
        progress("fitting", len(days)) as advance,
    ):

        def keep(rows: pd.DataFrame) -> None:
            quotes = rows.drop(columns="security")
            write(quotes, beside(so_far, "quotes"), is_announced=False)
            write(coverage_by_day(rows), so_far, is_announced=False)
            advance()

        rows = left_out_quotes(days, advance=keep)
    show("Quotes in the intervals of all others", coverage_by_day(rows))


YIELD_CURVE = Study(
    question=LEFT_OUT, model="yield-curve", run=left_out_yield_curve, examples=EXAMPLES
)
