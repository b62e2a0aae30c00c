"""Command that says what a trade will cost."""

from pathlib import Path
from typing import Annotated

import typer

from analysis.estimates import summary_of_one
from analysis.page.table import number, range_text
from analysis.trading_costs.cost import Trade, trading_cost
from data.commands.command import Command
from data.errors import DataError
from inference.store import read_trace
from inference.trading_costs.prepare import MODEL_NAME
from models.trading_costs.specification import ABSOLUTE

EXAMPLE = (
    "Example: python -m analysis trading-cost traces/costs-signed.nc --volume 50 "
    "--indicative-spread 0.9 --age 2 --maturity 8 --dollar-duration 700"
)

DECIMALS = {"effective_spread_bp": 3, "cost_bp": 3, "cost_per_100": 5, "cost_usd": 0}
WORDS = {
    "effective_spread_bp": "effective spread, bp of yield",
    "cost_bp": "cost, half of it, bp of yield",
    "cost_per_100": "cost per 100 of face",
    "cost_usd": "cost of the trade, USD",
}


def print_trading_cost(
    trace: Annotated[Path, typer.Argument(help="Trace of a trading-costs fit.")],
    volume: Annotated[float, typer.Option(help="Face, USD million.")],
    indicative_spread: Annotated[
        float, typer.Option(help="Bid-ask spread of the last quote, bp of yield.")
    ],
    age: Annotated[float, typer.Option(help="Years since issue.")],
    maturity: Annotated[float, typer.Option(help="Years left.")],
    dollar_duration: Annotated[
        float, typer.Option(help="Modified duration (years) times dirty price per 100.")
    ],
    security: Annotated[
        str | None, typer.Option(help="One of the panel's; any other where left out.")
    ] = None,
    benchmark_illiquidity: Annotated[
        float, typer.Option(help="As in the panel; 0 is a usual day, higher is worse.")
    ] = 0.0,
    relative_illiquidity: Annotated[
        float, typer.Option(help="Of the security to its maturity, as in the panel.")
    ] = 0.0,
) -> None:
    """Print what a trade will cost: posterior mean and 95% interval."""
    tree = read_trace(trace)
    if tree.attrs.get("model") != MODEL_NAME:
        raise DataError(
            f"{trace} is of the model {tree.attrs.get('model')!r}",
            "Name a trace of: python -m inference fit trading-costs",
        )
    cost = trading_cost(
        tree,
        Trade(
            volume_musd=volume,
            indicative_spread_bp=indicative_spread,
            age_years=age,
            maturity_years=maturity,
            dollar_duration=dollar_duration,
            benchmark_illiquidity=benchmark_illiquidity,
            relative_illiquidity=relative_illiquidity,
            security=security,
        ),
    )
    for name, draws in cost.data_vars.items():
        summary = summary_of_one(draws)
        places = DECIMALS[str(name)]
        between = range_text(summary["lower_95"], summary["upper_95"], places)
        typer.echo(f"{WORDS[str(name)]}: {number(summary['mean'], places)} ({between})")
    if tree.attrs["variant"] == ABSOLUTE:
        typer.echo("Errors of the fair value are in it: fit signed or joint instead.")
    if tree.attrs.get("diagnostics") != "passed":
        typer.echo(f"FAILED {trace}: conclude nothing from it", err=True)
        raise typer.Exit(1)
    typer.echo("Size is chosen knowing liquidity: this is no schedule of costs.")


TRADING_COST = Command(name="trading-cost", run=print_trading_cost, examples=EXAMPLE)
