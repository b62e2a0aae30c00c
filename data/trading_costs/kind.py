"""The trading-cost panel, and the command that makes one."""

from pathlib import Path
from typing import Annotated

import typer

from data.errors import DataError
from data.files.cells import read_cells
from data.panel import BuiltPanel, PanelKind
from data.trading_costs.benchmark import CurveSettings
from data.trading_costs.build import BuildSettings, build_from_quotes
from data.trading_costs.notes import describe_trading_costs_panel
from data.trading_costs.panel import TRADING_COSTS_FILE, typed_panel
from data.trading_costs.template import trading_costs_example

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build trading-costs --quotes data/clean/quotes.parquet "
    "--trades data/clean/transactions --out data/clean/trading-costs.parquet\n\n"
    "python -m data build trading-costs --deviations deviations.csv "
    "--out data/clean/trading-costs.parquet"
)


def build_trading_costs(
    *,
    quotes: Annotated[
        Path | None, typer.Option(help="Panel of python -m data build quotes.")
    ] = None,
    trades: Annotated[
        Path | None,
        typer.Option(
            help="Folder of python -m data clean transactions, or a table of trades."
        ),
    ] = None,
    deviations: Annotated[
        Path | None,
        typer.Option(
            help="In place of both: deviations from fair values of one's own."
        ),
    ] = None,
    ridge: Annotated[
        float, typer.Option(help="Penalty of the benchmark curve.")
    ] = CurveSettings.ridge,
    alpha: Annotated[
        float, typer.Option(help="Its maturity weight, per year.")
    ] = CurveSettings.alpha,
    retail_below: Annotated[
        float,
        typer.Option(help="USD million: smaller customer trades count as retail."),
    ] = BuildSettings.retail_below_musd,
    filter_half_spreads: Annotated[
        float | None,
        typer.Option(
            help="Keep trades whose quote forecast the next one to within so many of "
            "its half-spreads; by default all, to be weighted by their error."
        ),
    ] = None,
) -> BuiltPanel:
    """Set trades, and the next indicative quotes, beside their fair values."""
    if deviations is not None:
        if quotes is not None or trades is not None:
            raise DataError(
                "--deviations with --quotes or --trades",
                "give either fair values of your own, or quotes and trades.",
            )
        remedy = "give a table with the columns of data/README.md."
        frame = typed_panel(read_cells(deviations, remedy), str(deviations))
        return BuiltPanel(frame, describe_trading_costs_panel(frame))
    if quotes is None or trades is None:
        raise DataError(
            "no quotes or no trades",
            "give --quotes and --trades, or --deviations from fair values of your own.",
        )
    settings = BuildSettings(
        CurveSettings(alpha=alpha, ridge=ridge), retail_below, filter_half_spreads
    )
    built, notes = build_from_quotes(quotes, trades, settings)
    frame = typed_panel(built, f"{quotes} with {trades}")
    return BuiltPanel(frame, [*describe_trading_costs_panel(frame), *notes])


TRADING_COSTS = PanelKind(
    name="trading-costs",
    title="Trading-cost panel",
    file=TRADING_COSTS_FILE,
    example=trading_costs_example,
    build=build_trading_costs,
    examples=BUILD_EXAMPLES,
)
