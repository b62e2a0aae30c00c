"""Command line: the benchmark of the cleaning of transactions."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.results import measure_and_write
from benchmarks.transactions.run import (
    PEERS,
    benchmark_transactions,
    transactions_targets,
)
from data.commands.command import Command

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
    sizes = list(messages or SIZES)
    peers = tuple(peer or ())
    for unknown in set(peers) - set(PEERS):
        raise typer.BadParameter(f"{unknown} is none of {', '.join(PEERS)}")
    measure_and_write(
        partial(benchmark_transactions, sizes, listing, peers, peer_messages),
        partial(transactions_targets, sizes=sizes),
        out,
    )


TRANSACTIONS = Command(name="transactions", run=transactions, examples=EXAMPLES)
