"""Command line: fit a model, check traces, score their predictions."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Annotated, get_args

import numpy as np
import pandas as pd
import typer
import xarray as xr
from rich.console import Console
from rich.table import Table

from data.command_line import ending_on_bad_input
from data.errors import DataError
from data.panels import read_price_pressure_panel
from inference.diagnostics import NOT_INFORMED, RunDiagnostics
from inference.fitting import check as check_trace
from inference.fitting import fit as fit_prepared
from inference.fitting import score as score_trace
from inference.preparation import PreparedModel
from inference.price_pressure import prepare_price_pressure
from inference.settings import SamplerName, SamplerSettings
from inference.store import read_trace, write_trace
from models.price_pressure import SAMPLED_DECAY, PricePressurePriors
from models.price_pressure_variants import VARIANTS

EXIT_CHECK_FAILED = 1

FIT_EXAMPLES = """Examples

python -m inference fit price-pressure --panel data/clean/panel.csv
--variant cash-inventory --out traces/cash.nc

python -m inference fit price-pressure --panel twin.parquet --variant net-order-flow
--draws 2000 --seed 7 --decay sampled --out traces/flow.nc
"""

CHECK_EXAMPLES = "Example: python -m inference check traces/cash.nc traces/net.nc"

SCORE_EXAMPLES = (
    "Example: python -m inference score traces/cash.nc --first-week 2010-01-06"
)

app = typer.Typer(
    help="Fit a model to a panel, check traces, score their predictions.",
    no_args_is_help=True,
    add_completion=False,
)
fit_app = typer.Typer(help="Draw from the posterior of a model.", no_args_is_help=True)
app.add_typer(fit_app, name="fit")

TABLE_COLUMNS = (
    ("R-hat", "r_hat", "{:.3f}"),
    ("bulk", "ess_bulk", "{:.0f}"),
    ("tail", "ess_tail", "{:.0f}"),
    ("contr.", "contraction", "{:.2f}"),
    ("prior", "prior_sensitivity", "{:.2f}"),
    ("data", "likelihood_sensitivity", "{:.2f}"),
    ("what the data say", "information", "{}"),
)
"""Header, column of `inference.diagnostics.diagnose`, format."""

TABLE_CAPTION = (
    "bulk, tail: effective sample sizes; contr.: 1 - posterior variance / prior "
    "variance; prior, data: sensitivity to power-scaling either"
)

WIDTH_IN_A_FILE = 120
"""Columns of output that goes to no terminal, where 80 would break every name."""

errors = Console(stderr=True)
console = Console()
if not console.is_terminal:
    console = Console(width=WIDTH_IN_A_FILE)

Traces = Annotated[list[Path], typer.Argument(help="Trace files (.nc).")]


@app.callback()
def _configure() -> None:
    # PyMC logs every predictive draw; the commands say themselves what they do.
    logging.getLogger("pymc").setLevel(logging.WARNING)


@fit_app.callback()
def _fit_group() -> None:
    """Keep ``fit MODEL`` a group while it has one model."""


@fit_app.command("price-pressure", epilog=FIT_EXAMPLES)
@ending_on_bad_input()
def fit_price_pressure(
    panel: Annotated[Path, typer.Option(help="Panel, .csv or .parquet.")],
    variant: Annotated[str, typer.Option(help=f"One of {', '.join(VARIANTS)}.")],
    out: Annotated[Path, typer.Option(help="Trace to write, traces/NAME.nc.")],
    draws: Annotated[int, typer.Option(help="Kept draws of each chain.")] = 1000,
    tune: Annotated[int, typer.Option(help="Adaptation draws of each chain.")] = 1000,
    chains: Annotated[int, typer.Option(help="Independent chains.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
    sampler: Annotated[
        str, typer.Option(help=f"One of {', '.join(get_args(SamplerName))}.")
    ] = "nutpie",
    target_accept: Annotated[
        float, typer.Option(help="Acceptance rate aimed at; raise on divergences.")
    ] = SamplerSettings.target_accept,
    decay: Annotated[
        str, typer.Option(help="Decay delta per month, or 'sampled'.")
    ] = "0.0609",
) -> None:
    """Price pressure and price discovery (Mixon & Tuzun 2018)."""
    settings = SamplerSettings(
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        sampler=sampler,  # type: ignore[arg-type]  # validated there
        target_accept=target_accept,
    )
    prepared = prepare_price_pressure(
        read_price_pressure_panel(panel), variant, _priors_with_decay(decay)
    )
    _fit_and_write(prepared, settings, out)


@app.command("check", epilog=CHECK_EXAMPLES)
@ending_on_bad_input()
def check(traces: Traces) -> None:
    """Check convergence, and say what the data told about each parameter.

    Ends with status 1 when any trace fails a check.
    """
    found = []
    for path in traces:
        found += _report(path, read_trace(path))
    if found:
        raise typer.Exit(EXIT_CHECK_FAILED)


@app.command("score", epilog=SCORE_EXAMPLES)
@ending_on_bad_input()
def score(
    traces: Traces,
    first_week: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="First date to predict; half way by default."
        ),
    ] = None,
) -> None:
    """Score each week's prediction from the past alone; kept in the trace."""
    for path in traces:
        trace = read_trace(path)
        with console.status(f"Scoring {path}"):
            result = score_trace(
                trace, None if first_week is None else np.datetime64(first_week, "ns")
            )
        trace["leave_future_out"] = result
        write_trace(trace, path)
        console.print(
            f"{path}: log score {result.attrs['elpd_sum']:.1f} over "
            f"{result.sizes['week']} weeks, {result.attrs['num_fits']} fits"
        )


def _priors_with_decay(decay: str) -> PricePressurePriors:
    if decay == "sampled":
        return PricePressurePriors(decay_per_month=SAMPLED_DECAY)
    try:
        value = float(decay)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < float("inf"):
        raise DataError(
            f"--decay is {decay!r}", "Give a positive number per month, or 'sampled'."
        )
    return PricePressurePriors(decay_per_month=value)


def _fit_and_write(
    prepared: PreparedModel, settings: SamplerSettings, out: Path
) -> None:
    """Fit, write and check; a trace that fails its check is written all the same."""
    if out.suffix != ".nc":
        raise DataError(f"--out {out} does not end in .nc", "Name it traces/NAME.nc.")
    console.print(
        f"Compiling and sampling {prepared.description['model']} "
        f"({prepared.description['variant']}) with {settings.sampler} ..."
    )
    trace = fit_prepared(prepared, settings)
    write_trace(trace, out)
    console.print(f"Wrote {out} after {trace.attrs['wall_time_s']:.0f} s")
    if _report(out, trace):
        raise typer.Exit(EXIT_CHECK_FAILED)


def _report(path: Path, trace: xr.DataTree) -> list[str]:
    """Print the diagnostics of a trace; return the checks it fails."""
    parameters, run, found = check_trace(trace)
    console.print(_parameter_table(str(path), parameters))
    console.print(_run_line(run))
    silent = parameters.index[parameters["information"] == NOT_INFORMED]
    if len(silent):
        console.print(f"Not informed by the data: {', '.join(silent)}", markup=False)
    for message in found:
        errors.print(f"FAILED {path}: {message}", style="bold red", markup=False)
    if not found:
        console.print(f"{path}: every check passed", style="green")
    return found


def _parameter_table(title: str, parameters: pd.DataFrame) -> Table:
    table = Table(title=title, caption=TABLE_CAPTION, caption_justify="left")
    table.add_column("parameter", no_wrap=True)
    for header, _, _ in TABLE_COLUMNS:
        table.add_column(header)
    for label, row in parameters.iterrows():
        cells = [form.format(row[name]) for _, name, form in TABLE_COLUMNS]
        table.add_row(str(label).replace("[", r"\["), *cells)
    return table


def _run_line(run: RunDiagnostics) -> str:
    e_bfmi = ", ".join(f"{value:.2f}" for value in run.e_bfmi)
    return (
        f"Divergences {run.divergences}; E-BFMI by chain {e_bfmi}; trajectories at "
        f"the maximum length {run.max_tree_depth_hits}"
    )


if __name__ == "__main__":
    app(prog_name="python -m inference")
