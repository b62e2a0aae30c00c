"""Command line: study of the chain from basis to who closes it."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.files.unfinished import beside
from studies.console import progress, read_earlier, require_csv, show, write
from studies.half_life.chain_recovery import NUM_DAYS, chain_recovery, summarize_chain
from studies.study import RECOVERY, Study

EXAMPLES = """Examples

python -m studies recovery basis-events
--out studies/results/basis_events_recovery.csv

python -m studies recovery basis-events --replications 2 --days 300 --out quick.csv
"""


def recovery_basis_events(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated panels.")
    ] = 20,
    days: Annotated[
        int, typer.Option(min=200, help="Weekdays in each panel.")
    ] = NUM_DAYS,
    first_seed: Annotated[
        int, typer.Option(min=1, help="Seed of the first panel; others follow.")
    ] = 1,
) -> None:
    """Estimate effects on half-lives at the noise of the market, jointly and by steps.

    Writes one row a replication, estimator and parameter to OUT, after each
    replication, and coverage and bias to OUT's name with _summary. Replications that
    OUT holds are kept and not run again.
    """
    require_csv(out)
    kept = _earlier(out) if out.is_file() else pd.DataFrame()
    done = set(kept["seed"]) if len(kept) else set()
    seeds = [x for x in range(first_seed, first_seed + replications) if x not in done]
    with progress("fitting", len(seeds)) as advance:

        def keep(rows: pd.DataFrame) -> None:
            write(pd.concat([kept, rows], ignore_index=True), out)
            advance()

        if seeds:
            chain_recovery(seeds, days, keep)
    rows = _earlier(out)
    summary = summarize_chain(rows)
    write(summary, beside(out, "summary"))
    show("Coverage of 95% intervals, and posterior mean over truth", summary)


def _earlier(out: Path) -> pd.DataFrame:
    return read_earlier(out, ("seed", "parameter"), keep_default_na=False)


BASIS_EVENTS = (
    Study(
        question=RECOVERY,
        model="basis-events",
        run=recovery_basis_events,
        examples=EXAMPLES,
    ),
)
