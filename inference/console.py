"""What the commands of this folder share: consoles, fitting to a file, reporting."""

from pathlib import Path

import pandas as pd
import typer
import xarray as xr
from rich.console import Console
from rich.table import Table

from data.errors import DataError
from inference.diagnostics import NOT_INFORMED, RunDiagnostics
from inference.fitting import check as check_trace
from inference.fitting import fit as fit_prepared
from inference.preparation import PreparedModel
from inference.settings import SamplerSettings
from inference.store import write_trace

EXIT_CHECK_FAILED = 1

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


def fit_and_write(
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
    if report_checks(out, trace):
        raise typer.Exit(EXIT_CHECK_FAILED)


def report_checks(path: Path, trace: xr.DataTree) -> list[str]:
    """Print the diagnostics of a trace; return the checks it fails."""
    parameters, run, found = check_trace(trace)
    console.print(_parameter_table(str(path), parameters))
    console.print(_run_line(run))
    silent = parameters.index[parameters["information"] == NOT_INFORMED]
    if len(silent):
        console.print(f"Not informed by the data: {', '.join(silent)}", markup=False)
    for message in found:
        # One line each, however long the path is: whoever searches a log finds it.
        errors.print(
            f"FAILED {path}: {message}", style="bold red", markup=False, soft_wrap=True
        )
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
