"""Command line: studies of the half-life models."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.command_line import ending_on_bad_input
from data.errors import DataError
from models.half_life_specification import DISCRETE_WEIBULL, PROPORTIONAL_HAZARD
from studies.console import beside, progress, require_csv, show, write
from studies.coverage import summarize_coverage
from studies.half_life_censoring import censoring, summarize_censoring
from studies.half_life_recovery import NUM_EVENTS, recovery

RECOVERED = (PROPORTIONAL_HAZARD, DISCRETE_WEIBULL)

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
Events = Annotated[int, typer.Option(min=50, help="Events by tenors in each panel.")]


@ending_on_bad_input()
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

    Writes one row a replication and parameter to OUT, after each replication, and the
    shares of intervals that cover to OUT's name with _summary.
    """
    require_csv(out)
    chosen = list(dict.fromkeys(variant or RECOVERED))
    for name in chosen:
        if name not in RECOVERED:
            raise DataError(
                f"the variant {name!r} cannot be recovered",
                f"Choose one of {', '.join(RECOVERED)}.",
            )
    done: list[pd.DataFrame] = []
    with progress("fitting", replications * len(chosen)) as advance:

        def keep(rows: pd.DataFrame) -> None:
            write(pd.concat([*done, rows]), out)
            advance()

        for name in chosen:
            rows = recovery(name, replications, num_events=events, advance=keep)
            done = [*done, rows]
    summary = summarize_coverage(pd.concat(done, ignore_index=True))
    write(summary, beside(out, "summary"))
    show("Share of 95% intervals that cover the truth", summary[SHOWN_COVERAGE])


@ending_on_bad_input()
def censoring_half_life(
    out: Out, replications: Replications = 20, events: Events = NUM_EVENTS
) -> None:
    """Set half-lives estimated without the censored events beside the truth.

    Writes one row a replication, estimator and quantity to OUT, after each replication,
    and errors and coverage to OUT's name with _summary.
    """
    require_csv(out)
    with progress("fitting", replications) as advance:

        def keep(rows: pd.DataFrame) -> None:
            write(rows, out)
            advance()

        rows = censoring(replications, num_events=events, advance=keep)
    summary = summarize_censoring(rows)
    write(summary, beside(out, "summary"))
    show("Errors and coverage", summary)
