"""Command line: studies of the basis decomposition."""

from pathlib import Path
from typing import Annotated

import typer

from models.half_life.basis_simulation import NUM_DAYS
from studies.console import run_and_keep, show
from studies.coverage import summarize_coverage
from studies.half_life.basis_recovery import recovery
from studies.study import RECOVERY, Study

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

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; until all are done, to OUT's name with
    _unfinished.
    """
    _, summary = run_and_keep(
        lambda keep: recovery(replications, num_days=days, advance=keep),
        summarize_coverage,
        replications,
        out,
    )
    show("Share of 95% intervals that cover the truth", summary[SHOWN])


BASIS_DECOMPOSITION = (
    Study(
        question=RECOVERY,
        model="basis-decomposition",
        run=recovery_basis_decomposition,
        examples=RECOVERY_EXAMPLES,
    ),
)
