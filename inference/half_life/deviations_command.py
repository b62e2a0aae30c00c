"""Command line: export deviations of the basis for the events of half-lives."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.command import Command
from data.files.atomic import require_place
from data.files.cells import require_panel_suffix
from data.half_life.deviations import ESTIMATES, write_deviations
from data.half_life.event_panel import FAILED_CHECKS
from inference.commands.console import (
    EXIT_CHECK_FAILED,
    console,
    errors,
    report_verdict,
)
from inference.half_life.basis_decomposition import MODEL_NAME
from inference.half_life.basis_layout import HOLDS
from inference.half_life.deviations import (
    COMPONENTS,
    MARKING,
    FailedDecompositionError,
    posterior_deviations,
)
from inference.sampling.progress import working
from inference.store import read_trace
from inference.traced.reading import require_whole

EXPORT_EXAMPLES = """Examples

python -m inference export deviations traces/basis.nc --draws 100
--out data/clean/deviations.parquet

python -m inference export deviations traces/basis.nc --estimate smoothed
--out data/clean/estimate.csv
"""


def export_deviations(
    trace: Annotated[Path, typer.Argument(help="Trace of fit basis-decomposition.")],
    out: Annotated[Path, typer.Option(help="File to write, .csv or .parquet.")],
    draws: Annotated[
        int, typer.Option(help="Posterior draws of the deviations; 1: the estimate.")
    ] = 1,
    estimate: Annotated[
        str, typer.Option(help=f"The estimate: {' or '.join(ESTIMATES)}.")
    ] = ESTIMATES[0],
    component: Annotated[
        str, typer.Option(help=f"What the deviation is: {' or '.join(COMPONENTS)}.")
    ] = COMPONENTS[0],
    allow_failed: Annotated[
        bool,
        typer.Option("--allow-failed", help="Export a trace that fails a check too."),
    ] = False,
) -> None:
    """Deviations of the basis from its level, for python -m data build half-life.

    A trace that fails a check ends with status 1 and no file, unless told; the file,
    and all that is made from it, then say so.
    """
    require_panel_suffix(out)
    require_place(out)
    tree = read_trace(trace)
    if tree.attrs.get("model") == MODEL_NAME:
        require_whole(tree, trace, HOLDS)
    try:
        with working("judging the decomposition and taking deviations", shown=True):
            found = posterior_deviations(
                tree,
                str(trace),
                draws=draws,
                estimate=estimate,
                component=component,
                allow_failed=allow_failed,
            )
    except FailedDecompositionError as error:
        report_verdict(trace, error.verdict)
        errors.print(f"Nothing was written. {MARKING}", soft_wrap=True)
        raise typer.Exit(EXIT_CHECK_FAILED) from error
    write_deviations(found, out)
    if found.failed_checks:
        errors.print(
            f"{trace} fails {found.failed_checks} of its checks: {out} is marked so in "
            f"{FAILED_CHECKS}",
            style="bold red",
            markup=False,
            soft_wrap=True,
        )
    console.print(
        f"Wrote {out}: {found.num_imputations} imputations of {len(found.days)} days, "
        f"tenors {', '.join(map(str, found.deviation_bp))}",
        markup=False,
        soft_wrap=True,
    )


EXPORT_DEVIATIONS = Command(
    name="deviations", run=export_deviations, examples=EXPORT_EXAMPLES
)
