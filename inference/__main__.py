"""Command line: fit a model, check traces, score their predictions."""

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from data.commands.command import group
from data.commands.ending import ending_with_status
from data.errors import DataError
from data.files.atomic import require_place
from inference.checks.verdict import check as check_trace
from inference.commands.console import (
    EXIT_CHECK_FAILED,
    console,
    errors,
    report_checks,
    report_verdict,
)
from inference.commands.fit import (
    Told,
    configuration_commands,
    fit_command,
    say_nothing,
)
from inference.compile_command import EXAMPLE as COMPILE_EXAMPLE
from inference.compile_command import compile_models
from inference.families import MODELS
from inference.families import score as score_trace
from inference.store import read_trace, write_trace
from inference.traced.model import TracedModel
from inference.traced.reading import read_model_trace

CHECK_EXAMPLES = "Example: python -m inference check traces/cash.nc traces/net.nc"

SCORE_EXAMPLES = (
    "Example: python -m inference score traces/cash.nc --first-date 2010-01-06"
)

FIRST_YEAR, LAST_YEAR = 1678, 2261
"""Whole years that a count of nanoseconds in 64 bits reaches."""

Traces = Annotated[list[Path], typer.Argument(help="Trace files (.nc).")]


def _configure() -> None:
    # PyMC logs every predictive draw; the commands say themselves what they do.
    logging.getLogger("pymc").setLevel(logging.WARNING)


def application(
    models: Mapping[str, TracedModel], told: Told = say_nothing
) -> typer.Typer:
    """Commands that fit, export, check and score traces of some models.

    Parameters
    ----------
    models : mapping of str to TracedModel
        By name.
    told : callable
        Called with every trace that a fit has written.
    """
    app = typer.Typer(
        help="Fit a model to a panel, check traces, score their predictions, export.",
        no_args_is_help=True,
        add_completion=False,
    )
    app.callback()(_configure)
    fits = [fit_command(model, told) for model in models.values()]
    app.add_typer(group("Draw from the posterior of a model.", fits), name="fit")
    for command in configuration_commands(models, told):
        app.command(command.name, epilog=command.examples, no_args_is_help=True)(
            ending_with_status()(command.run)
        )
    exports = [command for model in models.values() for command in model.exports]
    app.add_typer(group("Write what a posterior says.", exports), name="export")

    @app.command("check", epilog=CHECK_EXAMPLES)
    @ending_with_status()
    def check(traces: Traces) -> None:
        """Check draws, modes and fit, and say what the data told of each parameter.

        Ends with status 1 when any trace fails a check.
        """
        passed = [_report(path, models) for path in traces]
        if not all(passed):
            raise typer.Exit(EXIT_CHECK_FAILED)

    @app.command("score", epilog=SCORE_EXAMPLES)
    @ending_with_status()
    def score(
        traces: Traces,
        first_date: Annotated[
            datetime | None,
            typer.Option(
                formats=["%Y-%m-%d"], help="First date to predict; half way by default."
            ),
        ] = None,
        force: Annotated[
            bool, typer.Option("--force", help="Replace the score that a trace has.")
        ] = False,
    ) -> None:
        """Score each date's prediction from the past alone; kept in the trace.

        Ends with status 1 when any trace fails a check: its score rests on its draws.
        """
        date = None if first_date is None else _in_nanoseconds(first_date)
        if not force:
            for path in traces:
                _require_unscored(path)
        passed = [_score_and_write(path, date, models) for path in traces]
        if not all(passed):
            raise typer.Exit(EXIT_CHECK_FAILED)

    return app


def _in_nanoseconds(date: datetime) -> np.datetime64:
    """Date as those of traces are kept, which begin in 1678 and end in 2261."""
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise DataError(
            f"--first-date {date:%Y-%m-%d} is beyond the dates of any trace",
            f"Choose one from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return np.datetime64(date, "ns")


def _report(path: Path, models: Mapping[str, TracedModel]) -> bool:
    """Print the verdict on a trace; whether it passes."""
    trace, model = read_model_trace(path, models)
    return report_checks(path, trace, model.checks).passed


def _require_unscored(path: Path) -> None:
    if "leave_future_out" in read_trace(path).children:
        raise DataError(f"{path} has a score", "Replace it with --force.")


def _score_and_write(
    path: Path, first_date: np.datetime64 | None, models: Mapping[str, TracedModel]
) -> bool:
    """Score a trace and keep the score in it; whether the trace passes its checks."""
    trace, model = read_model_trace(path, models)
    require_place(path, path.stat().st_size)
    errors.print(f"Scoring {path} ...", markup=False, soft_wrap=True)
    try:
        result = score_trace(trace, first_date, models, progressbar=True)
    except DataError as error:
        raise DataError(f"{path}: {error.problem}", error.remedy) from error
    trace[result.attrs.get("group", "leave_future_out")] = result
    write_trace(trace, path)
    console.print(
        f"{path}: log score {result.attrs['elpd_sum']:.1f} over "
        f"{result['elpd'].size} {result.attrs.get('of', 'dates')}, "
        f"{result.attrs['num_fits']} fits",
        markup=False,
    )
    verdict = check_trace(trace, model.checks).verdict
    report_verdict(path, verdict)
    return verdict.passed


app = application(MODELS)
app.command("compile", epilog=COMPILE_EXAMPLE)(compile_models)

if __name__ == "__main__":
    app(prog_name="python -m inference")
