"""What the commands of this folder share: consoles, fitting to a file, reporting."""

from pathlib import Path

import pandas as pd
import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from data.files.atomic import require_place
from inference.checks.diagnostics import NOT_INFORMED, RunDiagnostics
from inference.checks.fit_to_data import FamilyChecks
from inference.checks.verdict import Verdict
from inference.checks.verdict import check as check_trace
from inference.fitting import fit as fit_prepared
from inference.sampling.kept import KeptImputations
from inference.sampling.size import require_memory_for
from inference.settings import SamplerSettings
from inference.store import write_trace
from inference.traced.prepared import PreparedModel

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
"""Header, column of `inference.checks.diagnostics.diagnose`, format."""

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
) -> Verdict:
    """Fit, write and check; a trace that fails its check is written all the same."""
    number = len(prepared.imputations)
    expected = require_memory_for(
        prepared.model,
        settings,
        num_imputations=max(number, 1),
        density_draws=prepared.density_draws,
    )
    require_place(out, int(expected))
    for note in prepared.notes:
        console.print(note, markup=False)
    console.print(
        f"Compiling and sampling {prepared.description['model']} "
        f"({prepared.description['variant']}) with {settings.sampler} ...",
        markup=False,
    )
    kept = KeptImputations(out, prepared.description, settings, number)
    trace = fit_prepared(prepared, settings, kept=kept if number else None)
    write_trace(trace, out)
    kept.remove()
    console.print(
        f"Wrote {out} after {trace.attrs['wall_time_s']:.0f} s",
        markup=False,
        soft_wrap=True,
    )
    return report_checks(out, trace, prepared.checks)


def report_checks(path: Path, trace: xr.DataTree, checks: FamilyChecks) -> Verdict:
    """Print the diagnostics of a trace; return what follows from them."""
    parameters, run, _, verdict = check_trace(trace, checks)
    console.print(_parameter_table(str(path), parameters))
    console.print(_run_line(run))
    if run.num_imputations > 1:
        console.print(_imputations_line(parameters, run.num_imputations))
    silent = parameters.index[parameters["information"] == NOT_INFORMED]
    if len(silent):
        console.print(f"Not informed by the data: {', '.join(silent)}", markup=False)
    report_verdict(path, verdict)
    return verdict


def report_verdict(path: Path, verdict: Verdict) -> None:
    """Print all parts of a verdict, what fails with its remedy, and what is off."""
    if verdict.passed:
        console.print(
            f"{path}: every check passed: {verdict.summary}",
            style="green",
            markup=False,
            soft_wrap=True,
        )
    else:
        # One line each, however long the path is: whoever searches a log finds it.
        # The summary names all that does not fit, and few of what else fails.
        for message in (verdict.summary, *verdict.failures_of_the_draws):
            errors.print(
                f"FAILED {path}: {message}",
                style="bold red",
                markup=False,
                soft_wrap=True,
            )
        for remedy in verdict.remedies:
            errors.print(f"Remedy: {remedy}", markup=False, soft_wrap=True)
    for note in verdict.notes:
        console.print(f"{path}: note: {note}", markup=False, soft_wrap=True)


def _parameter_table(title: str, parameters: pd.DataFrame) -> Table:
    table = Table(title=Text(title), caption=TABLE_CAPTION, caption_justify="left")
    table.add_column("parameter", no_wrap=True)
    for header, _, _ in TABLE_COLUMNS:
        table.add_column(header)
    for label, row in parameters.iterrows():
        cells = [form.format(row[name]) for _, name, form in TABLE_COLUMNS]
        table.add_row(Text(str(label)), *cells)
    return table


def _imputations_line(parameters: pd.DataFrame, number: int) -> str:
    missing = parameters["missing_information"]
    return (
        f"{number} imputations: between them is {missing.min():.0%} to "
        f"{missing.max():.0%} of the variance of a parameter (missing information), "
        f"which takes up to {parameters['needed_imputations'].max():.0f} imputations"
    )


def _run_line(run: RunDiagnostics) -> str:
    e_bfmi = ", ".join(f"{value:.2f}" for value in run.e_bfmi)
    return (
        f"Divergences {run.divergences}; E-BFMI by chain {e_bfmi}; trajectories at "
        f"the maximum length {run.max_tree_depth_hits}"
    )
