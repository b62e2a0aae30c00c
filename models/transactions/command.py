"""Command line: simulate transaction messages whose truth is known."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from data.commands.command import Command
from data.commands.memory import require_memory
from data.errors import DataError
from data.files.cells import require_panel_suffix, write_frame
from models.transactions.events import true_microstructure
from models.transactions.files import (
    STYLES,
    WRITABLE,
    default_format,
    require_writable,
)
from models.transactions.rates import ErrorRates
from models.transactions.securities import CORPORATE, MARKETS
from models.transactions.simulation import Scenario
from models.transactions.twin import write_twin

EXAMPLES = """Examples

python -m models simulate transactions --out twin

python -m models simulate transactions --market treasury --from 2018-01-02
--to 2020-12-31 --trades 500000 --securities 400 --buckets 8 --error-rate 3 --out twin
"""

BYTES_A_TRADE = 5000
"""At most, measured: a part is in memory while it is made."""

MOST_BUCKETS = 10_000
"""Each is a file of its own of several kinds."""

MOST_ERRORS = 100.0
"""From here on, no report is right."""

TREASURY_PERIOD = ("2018-01-02", "2020-12-31")


def simulate_transactions(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")],
    market: Annotated[
        str, typer.Option(help=f"One of {', '.join(MARKETS)}.")
    ] = CORPORATE,
    trades: Annotated[
        int, typer.Option(min=1, help="True trades, about 1.5 to 2.2 messages each.")
    ] = Scenario.trades,
    securities: Annotated[
        int, typer.Option(min=1, help="Bonds that trade.")
    ] = Scenario.securities,
    first: Annotated[
        str | None, typer.Option("--from", help="First execution date.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Last execution date.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    error_rate: Annotated[
        float,
        typer.Option(min=0, max=MOST_ERRORS, help="Times the usual rates of errors."),
    ] = 1.0,
    buckets: Annotated[
        int,
        typer.Option(min=1, max=MOST_BUCKETS, help="Parts, one in memory at a time."),
    ] = 1,
    bucket: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Make these parts only; repeatable."),
    ] = None,
    dialect: Annotated[
        str | None, typer.Option(help="File format; by default the market's usual.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="parquet or csv, for wrds.")
    ] = None,
    style: Annotated[str, typer.Option(help=" or ".join(STYLES))] = STYLES[0],
    events_out: Annotated[
        Path | None,
        typer.Option(
            help="Draw events and write them, and who truly traded after each, to "
            "this file: --events of build microstructure, --microstructure of "
            "simulate half-life."
        ),
    ] = None,
) -> None:
    """Simulate trades, and the messages that members send about them.

    DIR gets messages/, truth/ (what became of each row, and why), trades/ (those that
    truly happened) and securities.csv.
    """
    _require(market, MARKETS, "market")
    _require(style, STYLES, "style")
    dialect = dialect or WRITABLE[market][0]
    form = form or default_format(dialect)
    require_writable(market, dialect, form)
    usual = (Scenario.first, Scenario.last) if market == CORPORATE else TREASURY_PERIOD
    scenario = Scenario(
        market=market,
        trades=trades,
        securities=securities,
        first=first or usual[0],
        last=last or usual[1],
        buckets=buckets,
        seed=seed,
        rates=ErrorRates().times(error_rate),
    )
    require_memory(
        BYTES_A_TRADE * (trades / buckets + securities),
        f"a simulation of {trades:,} trades in {securities:,} bonds and {buckets:,} "
        "parts",
        "take more --buckets, fewer --trades or fewer --securities.",
    )
    wanted = list(range(buckets)) if bucket is None else sorted(set(bucket))
    if wanted[-1] >= buckets:
        raise DataError(
            f"there is no bucket {wanted[-1]} of {buckets}", "Count them from 0."
        )
    if events_out is not None:
        require_panel_suffix(events_out)
        if len(wanted) < buckets:
            raise DataError(
                "the trades of some buckets are not all trades",
                "Ask for --events-out with all buckets.",
            )
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("simulating", total=len(wanted))
        paths = write_twin(
            scenario,
            out,
            dialect,
            form,
            style,
            wanted,
            lambda _: progress.advance(task),
        )
    if events_out is not None:
        write_frame(true_microstructure(scenario, out), events_out)
        paths.append(events_out)
    for path in paths:
        typer.echo(path)


def _require(value: str, choices: tuple[str, ...], name: str) -> None:
    if value not in choices:
        raise DataError(
            f"there is no {name} {value!r}", f"Choose one of {', '.join(choices)}."
        )


SIMULATE_TRANSACTIONS = Command(
    name="transactions", run=simulate_transactions, examples=EXAMPLES
)
