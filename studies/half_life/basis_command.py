"""Command line: studies of the basis decomposition."""

from typing import Annotated

import typer

from models.half_life.basis_simulation import NUM_DAYS
from studies.coverage import COVERED_WORDS, SHOWN_COVERAGE, summarize_coverage
from studies.half_life.basis_recovery import recovery_plan
from studies.study import RECOVERY
from studies.sweep import Plan, Replications, shown, swept_study

RECOVERY_EXAMPLES = """Examples

python -m studies recovery basis-decomposition
--out studies/results/basis_decomposition_recovery.csv

python -m studies recovery basis-decomposition --replications 2 --days 300
--out quick.csv
"""


def recovery_basis_decomposition(
    *,
    replications: Replications = 20,
    days: Annotated[
        int, typer.Option(min=60, help="Weekdays in each panel.")
    ] = NUM_DAYS,
) -> Plan:
    """Decompose series simulated from known components.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    return recovery_plan(replications, days)


BASIS_DECOMPOSITION = (
    swept_study(
        RECOVERY,
        "basis-decomposition",
        recovery_basis_decomposition,
        summarize_coverage,
        shown(COVERED_WORDS, SHOWN_COVERAGE),
        RECOVERY_EXAMPLES,
    ),
)
