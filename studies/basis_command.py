"""Command line: studies of the basis decomposition."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.command_line import ending_on_bad_input
from models.basis_simulation import NUM_DAYS
from studies.basis_recovery import recovery
from studies.console import beside, progress, require_csv, show, write
from studies.coverage import summarize_coverage

RECOVERY_EXAMPLES = """Examples

python -m studies recovery basis-decomposition
--out studies/results/basis_decomposition_recovery.csv

python -m studies recovery basis-decomposition --replications 2 --days 300
--out quick.csv
"""

SHOWN = [
    "group",
    "intervals",
    "share_covered",
    "lower_95",
    "upper_95",
    "is_consistent",
    "mean_error_sd",
]


@ending_on_bad_input()
def recovery_basis_decomposition(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Simulated panels.")
    ] = 20,
    days: Annotated[
        int, typer.Option(min=60, help="Weekdays in each panel.")
    ] = NUM_DAYS,
) -> None:
    """Decompose series simulated from known components.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    require_csv(out)
    with progress("fitting", replications) as advance:

        def keep(rows: pd.DataFrame) -> None:
            write(rows, out)
            advance()

        rows = recovery(replications, num_days=days, advance=keep)
    summary = summarize_coverage(rows)
    write(summary, beside(out, "summary"))
    show("Share of 95% intervals that cover the truth", summary[SHOWN])
