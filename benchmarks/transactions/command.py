"""Command line: the benchmark of the cleaning of transactions."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.results import show_results, write_results
from benchmarks.targets import Results
from benchmarks.transactions.run import (
    PEERS,
    benchmark_transactions,
    transactions_targets,
)
from data.commands.command import Command
from data.files.atomic import require_place
from data.files.unfinished import unfinished

EXAMPLES = (
    "Examples:\n\n"
    "python -m benchmarks transactions --out benchmarks/results/transactions.csv\n\n"
    "python -m benchmarks transactions --messages 100000000 --out full.csv"
)

SIZES = (1_000_000, 10_000_000)


def transactions(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
    messages: Annotated[
        list[int] | None,
        typer.Option(min=1000, help=f"Size; repeatable. {', '.join(map(str, SIZES))}."),
    ] = None,
    listing: Annotated[
        Path | None,
        typer.Option(help="Page that prints the source listing, to run beside."),
    ] = None,
    peer: Annotated[
        list[str] | None,
        typer.Option(
            help=f"To run beside, repeatable: {', '.join(PEERS)}; see "
            "benchmarks/requirements.txt."
        ),
    ] = None,
    peer_messages: Annotated[
        int, typer.Option(help="Largest size at which listing and peers run.")
    ] = 1_000_000,
) -> None:
    """Measure cleaning by size: processor time, peak memory, disk; one worker."""
    console = Console()
    sizes = list(messages or SIZES)

    peers = tuple(peer or ())
    for unknown in set(peers) - set(PEERS):
        raise typer.BadParameter(f"{unknown} is none of {', '.join(PEERS)}")
    require_place(out)
    with unfinished(out) as so_far:

        def keep(results: Results) -> None:
            write_results(results, transactions_targets(results, sizes), so_far)

        results = benchmark_transactions(
            sizes, listing, peers, peer_messages, console, keep
        )
    show_results(results, transactions_targets(results, sizes), console)


TRANSACTIONS = Command(name="transactions", run=transactions, examples=EXAMPLES)
