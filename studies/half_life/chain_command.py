"""Command line: study of the chain from basis to who closes it."""

from typing import Annotated

import typer

from studies.half_life.chain_recovery import NUM_DAYS, chain_plan, summarize_chain
from studies.study import RECOVERY
from studies.sweep import Plan, Replications, shown, swept_study

EXAMPLES = """Examples

python -m studies recovery basis-events
--out studies/results/basis_events_recovery.csv

python -m studies recovery basis-events --replications 2 --days 300 --out quick.csv
"""


def recovery_basis_events(
    *,
    replications: Replications = 20,
    days: Annotated[
        int, typer.Option(min=200, help="Weekdays in each panel.")
    ] = NUM_DAYS,
    first_seed: Annotated[
        int, typer.Option(min=1, help="Seed of the first panel; others follow.")
    ] = 1,
) -> Plan:
    """Estimate effects on half-lives at the noise of the market, jointly and by steps.

    Writes one row a replication, estimator and parameter to OUT, after each
    replication, and coverage and bias to OUT's name with _summary.
    """
    return chain_plan(replications, days, first_seed)


BASIS_EVENTS = (
    swept_study(
        RECOVERY,
        "basis-events",
        recovery_basis_events,
        summarize_chain,
        shown("Coverage of 95% intervals, and posterior mean over truth"),
        EXAMPLES,
    ),
)
