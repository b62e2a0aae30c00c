"""Command line: score the ways to clean transactions on simulated messages."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.files.unfinished import beside, unfinished
from models.transactions.securities import MARKETS
from studies.console import progress, require_csv, show, write
from studies.study import RECOVERY, Study
from studies.transactions.recovery import FACTORS, NUM_TRADES, cleanings, recovery

RECOVERY_EXAMPLES = """Examples

python -m studies recovery transactions
--out studies/results/transactions_recovery.csv

python -m studies recovery transactions --trades 5000 --out quick.csv
"""

SHOWN = [
    "cleaning",
    "error_rate",
    "precision",
    "recall",
    "volume_bias_pct",
    "amihud_bias_pct",
]


def recovery_transactions(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    trades: Annotated[
        int, typer.Option(min=1000, help="True trades of each market.")
    ] = NUM_TRADES,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulation.")] = 1,
) -> None:
    """Clean simulated messages in every published way and compare with the truth.

    Writes precision and recall by reason to OUT, and one row a cleaning, with what it
    does to the measures, to OUT's name with _summary; until all is done, to OUT's name
    with _unfinished.
    """
    require_csv(out)
    runs = len(FACTORS) * sum(len(cleanings(market)) for market in MARKETS)
    with (
        unfinished(out, "summary") as so_far,
        progress("cleaning", runs) as advance,
    ):

        def keep(scores: pd.DataFrame, summary: pd.DataFrame) -> None:
            write(scores, so_far, is_announced=False)
            write(summary, beside(so_far, "summary"), is_announced=False)
            advance()

        _, summary = recovery(trades, seed, keep)
    show("Against the truth", summary[SHOWN])


TRANSACTIONS = (
    Study(
        question=RECOVERY,
        model="transactions",
        run=recovery_transactions,
        examples=RECOVERY_EXAMPLES,
    ),
)
