"""Command line: fit a model, check traces, score their predictions."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from data.command_line import ending_on_bad_input
from inference.basis_decomposition_command import FIT_EXAMPLES as BASIS_EXAMPLES
from inference.basis_decomposition_command import fit_basis_decomposition
from inference.console import EXIT_CHECK_FAILED, console, report_checks
from inference.fitting import score as score_trace
from inference.half_life_command import FIT_EXAMPLES as HALF_LIFE_EXAMPLES
from inference.half_life_command import fit_half_life_command
from inference.liquidity_regimes_command import (
    FIT_EXAMPLES as LIQUIDITY_REGIMES_EXAMPLES,
)
from inference.liquidity_regimes_command import fit_liquidity_regimes
from inference.price_pressure_command import FIT_EXAMPLES, fit_price_pressure
from inference.store import read_trace, write_trace
from inference.threshold_regression_command import (
    FIT_EXAMPLES as THRESHOLD_REGRESSION_EXAMPLES,
)
from inference.threshold_regression_command import fit_threshold_regression

CHECK_EXAMPLES = "Example: python -m inference check traces/cash.nc traces/net.nc"

SCORE_EXAMPLES = (
    "Example: python -m inference score traces/cash.nc --first-date 2010-01-06"
)

app = typer.Typer(
    help="Fit a model to a panel, check traces, score their predictions.",
    no_args_is_help=True,
    add_completion=False,
)
fit_app = typer.Typer(help="Draw from the posterior of a model.", no_args_is_help=True)
app.add_typer(fit_app, name="fit")

Traces = Annotated[list[Path], typer.Argument(help="Trace files (.nc).")]


@app.callback()
def _configure() -> None:
    # PyMC logs every predictive draw; the commands say themselves what they do.
    logging.getLogger("pymc").setLevel(logging.WARNING)


@fit_app.callback()
def _fit_group() -> None:
    """Keep ``fit MODEL`` a group while it has one model."""


fit_app.command("price-pressure", epilog=FIT_EXAMPLES)(fit_price_pressure)
fit_app.command("liquidity-regimes", epilog=LIQUIDITY_REGIMES_EXAMPLES)(
    fit_liquidity_regimes
)
fit_app.command("threshold-regression", epilog=THRESHOLD_REGRESSION_EXAMPLES)(
    fit_threshold_regression
)
fit_app.command("basis-decomposition", epilog=BASIS_EXAMPLES)(fit_basis_decomposition)
fit_app.command("half-life", epilog=HALF_LIFE_EXAMPLES)(fit_half_life_command)


@app.command("check", epilog=CHECK_EXAMPLES)
@ending_on_bad_input()
def check(traces: Traces) -> None:
    """Check convergence, and say what the data told about each parameter.

    Ends with status 1 when any trace fails a check.
    """
    found = []
    for path in traces:
        found += report_checks(path, read_trace(path))
    if found:
        raise typer.Exit(EXIT_CHECK_FAILED)


@app.command("score", epilog=SCORE_EXAMPLES)
@ending_on_bad_input()
def score(
    traces: Traces,
    first_date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="First date to predict; half way by default."
        ),
    ] = None,
) -> None:
    """Score each date's prediction from the past alone; kept in the trace."""
    for path in traces:
        trace = read_trace(path)
        with console.status(f"Scoring {path}"):
            result = score_trace(
                trace, None if first_date is None else np.datetime64(first_date, "ns")
            )
        trace["leave_future_out"] = result
        write_trace(trace, path)
        console.print(
            f"{path}: log score {result.attrs['elpd_sum']:.1f} over "
            f"{result['elpd'].size} dates, {result.attrs['num_fits']} fits"
        )


if __name__ == "__main__":
    app(prog_name="python -m inference")
