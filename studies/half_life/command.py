"""Command line: studies of the half-life models."""

from typing import Annotated

import typer

from data.errors import DataError
from models.half_life.specification import DISCRETE_WEIBULL, PROPORTIONAL_HAZARD
from studies.coverage import COVERED_WORDS, SHOWN_COVERAGE, summarize_coverage
from studies.half_life.censoring import censoring_plan, summarize_censoring
from studies.half_life.missing import missing_plan, summarize_missing
from studies.half_life.recovery import NUM_EVENTS, recovery_plan
from studies.study import RECOVERY, Question
from studies.sweep import Plan, Replications, shown, swept_study

RECOVERED = (PROPORTIONAL_HAZARD, DISCRETE_WEIBULL)

MISSING_EXAMPLES = """Example: python -m studies missing half-life
--out studies/results/half_life_missing.csv
"""

RECOVERY_EXAMPLES = """Examples

python -m studies recovery half-life --out studies/results/half_life_recovery.csv

python -m studies recovery half-life --replications 2 --variant discrete-weibull
--out quick.csv
"""

CENSORING_EXAMPLES = """Example: python -m studies censoring half-life
--out studies/results/half_life_censoring.csv
"""

# In fewer, some panel lacks a type of event: another shape than what was compiled.
Events = Annotated[int, typer.Option(min=200, help="Events by tenors in each panel.")]


def recovery_half_life(
    *,
    variant: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(RECOVERED)}; repeatable. Both."),
    ] = None,
    replications: Replications = 20,
    events: Events = NUM_EVENTS,
) -> Plan:
    """Fit panels of events simulated with known effects.

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    chosen = list(dict.fromkeys(variant or RECOVERED))
    for name in chosen:
        require_recovered(name)
    return recovery_plan(chosen, replications, events)


def require_recovered(variant: str) -> None:
    """Raise `DataError` where no events are simulated of a variant's equations."""
    if variant not in RECOVERED:
        raise DataError(
            f"the variant {variant!r} cannot be recovered",
            f"Choose one of {', '.join(RECOVERED)}.",
        )


def censoring_half_life(
    *, replications: Replications = 20, events: Events = NUM_EVENTS
) -> Plan:
    """Set half-lives estimated without the censored events beside the truth.

    Writes one row a replication, estimator and quantity to OUT, after each replication,
    and errors and coverage to OUT's name with _summary.
    """
    return censoring_plan(replications, events)


def missing_half_life(
    *, replications: Replications = 20, events: Events = NUM_EVENTS
) -> Plan:
    """Set effects of covariates that some events lack beside the truth.

    Writes one row a replication, estimator and covariate to OUT, after each
    replication, and errors and coverage to OUT's name with _summary.
    """
    return missing_plan(replications, events)


HALF_LIFE = (
    swept_study(
        RECOVERY,
        "half-life",
        recovery_half_life,
        summarize_coverage,
        shown(COVERED_WORDS, SHOWN_COVERAGE),
        RECOVERY_EXAMPLES,
    ),
    swept_study(
        Question("censoring", "What does dropping censored events do?"),
        "half-life",
        censoring_half_life,
        summarize_censoring,
        shown("Errors and coverage"),
        CENSORING_EXAMPLES,
    ),
    swept_study(
        Question("missing", "What do missing covariates do to effects?"),
        "half-life",
        missing_half_life,
        summarize_missing,
        shown("Errors and coverage"),
        MISSING_EXAMPLES,
    ),
)
