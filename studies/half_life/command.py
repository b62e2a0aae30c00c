"""Command line: studies of the half-life models."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.errors import DataError
from models.half_life.specification import DISCRETE_WEIBULL, PROPORTIONAL_HAZARD
from studies.console import run_and_keep, show
from studies.coverage import summarize_coverage
from studies.half_life.censoring import censoring, summarize_censoring
from studies.half_life.missing import missing, summarize_missing
from studies.half_life.recovery import NUM_EVENTS, recovery
from studies.study import RECOVERY, Question, Study

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

SHOWN_COVERAGE = [
    "variant",
    "group",
    "intervals",
    "share_covered",
    "lower_95",
    "upper_95",
    "is_consistent",
]

Out = Annotated[Path, typer.Option(help="Table to write, .csv.")]
Replications = Annotated[
    int, typer.Option(min=1, max=1000, help="Simulated panels (a variant).")
]
# In fewer, some panel lacks a type of event: another shape than what was compiled.
Events = Annotated[int, typer.Option(min=200, help="Events by tenors in each panel.")]


def recovery_half_life(
    out: Out,
    variant: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(RECOVERED)}; repeatable. Both."),
    ] = None,
    replications: Replications = 20,
    events: Events = NUM_EVENTS,
) -> None:
    """Fit panels of events simulated with known effects.

    Writes one row a replication and parameter to OUT, and the shares of intervals that
    cover to OUT's name with _summary; until all are done, to OUT's name with
    _unfinished.
    """
    chosen = list(dict.fromkeys(variant or RECOVERED))
    for name in chosen:
        if name not in RECOVERED:
            raise DataError(
                f"the variant {name!r} cannot be recovered",
                f"Choose one of {', '.join(RECOVERED)}.",
            )

    def every(keep: Callable[[pd.DataFrame], None]) -> pd.DataFrame:
        done: list[pd.DataFrame] = []

        def keep_all(rows: pd.DataFrame) -> None:
            keep(pd.concat([*done, rows], ignore_index=True))

        for name in chosen:
            rows = recovery(name, replications, num_events=events, advance=keep_all)
            done.append(rows)
        return pd.concat(done, ignore_index=True)

    number = replications * len(chosen)
    _, summary = run_and_keep(every, summarize_coverage, number, out)
    show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])


def censoring_half_life(
    out: Out, replications: Replications = 20, events: Events = NUM_EVENTS
) -> None:
    """Set half-lives estimated without the censored events beside the truth.

    Writes one row a replication, estimator and quantity to OUT, and errors and coverage
    to OUT's name with _summary; until all are done, to OUT's name with _unfinished.
    """
    _, summary = run_and_keep(
        lambda keep: censoring(replications, num_events=events, advance=keep),
        summarize_censoring,
        replications,
        out,
    )
    show("Errors and coverage", summary)


def missing_half_life(
    out: Out, replications: Replications = 20, events: Events = NUM_EVENTS
) -> None:
    """Set effects of covariates that some events lack beside the truth.

    Writes one row a replication, estimator and covariate to OUT, and errors and
    coverage to OUT's name with _summary; until all are done, to OUT's name with
    _unfinished.
    """
    _, summary = run_and_keep(
        lambda keep: missing(replications, num_events=events, advance=keep),
        summarize_missing,
        replications,
        out,
    )
    show("Errors and coverage", summary)


HALF_LIFE = (
    Study(
        question=RECOVERY,
        model="half-life",
        run=recovery_half_life,
        examples=RECOVERY_EXAMPLES,
    ),
    Study(
        question=Question("censoring", "What does dropping censored events do?"),
        model="half-life",
        run=censoring_half_life,
        examples=CENSORING_EXAMPLES,
    ),
    Study(
        question=Question("missing", "What do missing covariates do to effects?"),
        model="half-life",
        run=missing_half_life,
        examples=MISSING_EXAMPLES,
    ),
)
