"""Command line: what posteriors say, on a page, at the terminal, in single files."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from analysis.console import (
    changes,
    compared,
    exhibits,
    summary,
    write_exhibit,
)
from analysis.every_model.forecast import FORECAST, Foretold
from analysis.every_model.prior_predictive import prior_predictive_command
from analysis.every_model.told import KINDS_OF_FILES, tell
from analysis.families import MODEL_REPORTS
from analysis.page.exhibit import of_subject
from analysis.page.section import ReportFigure, Section
from analysis.page.table import Table
from analysis.page.terminal import print_table, terminal
from analysis.report import Reports, load_fit, load_fits, write_report
from analysis.transactions.cleaning import load_cleanings
from analysis.transactions.section import transactions_section
from data.commands.command import Command, group
from data.errors import DataError
from data.files.atomic import require_place
from inference.families import forecast as forecast_trace
from inference.sampling.progress import working
from inference.traced.forecast import ForecastRequest, Inputs

EXIT_CHECK_FAILED = 1

SUMMARY_EXAMPLE = "Example: python -m analysis summary traces/cash.nc"

COMPARE_EXAMPLE = "Example: python -m analysis compare traces/cash.nc traces/net.nc"

CHANGES_EXAMPLE = "Example: python -m analysis changes traces/cash.nc traces/longer.nc"

FORECAST_EXAMPLES = """Without --panel the forecast begins where the data of the fit
end. With a panel it begins at the last row with an observation; rows behind that state
inputs of the future. Of half-lives, the panel holds new events.

Examples

python -m analysis forecast traces/cash.nc --horizon 12

python -m analysis forecast traces/regimes.nc --inputs held --out ahead.pdf
--out ahead.xlsx

python -m analysis forecast traces/half-life.nc --panel new-events.csv
"""

PLOT_EXAMPLES = """Examples

python -m analysis plot traces/cash.nc

python -m analysis plot traces/cash.nc --name figure_price_pressure__cash --out cash.pdf
"""

TABLE_EXAMPLES = """Examples

python -m analysis table traces/cash.nc

python -m analysis table traces/cash.nc --name table_diagnostics__cash --out checks.docx
"""

REPORT_EXAMPLES = """DIR gets index.html (images inside, nothing is loaded from
elsewhere), tables/*.csv and *.tex, figures/*.png and *.pdf. Outputs of one trace carry
its name after two underscores. Ends with status 1 when a trace fails its diagnostics:
the page is written, and its results are marked as not to be used.

Examples

python -m analysis report traces/twin.nc --out report

python -m analysis report traces/net.nc traces/cash-futures.nc --out report

python -m analysis report --transactions cleaned/workbench --transactions cleaned/wrds
--out report
"""

Traces = Annotated[
    list[Path],
    typer.Argument(metavar="TRACE...", help="Traces of python -m inference fit."),
]
Name = Annotated[
    str | None, typer.Option(help="Which; their names are listed where left out.")
]


def application(reports: Reports) -> typer.Typer:
    """Commands that show traces of some models.

    Parameters
    ----------
    reports : mapping of str to ModelReport
        By the name of the model.
    """

    def report(
        out: Annotated[
            Path, typer.Option(metavar="DIR", help="Folder to write the report to.")
        ],
        traces: Annotated[
            list[Path] | None,
            typer.Argument(
                metavar="TRACE...", help="Trace files of python -m inference fit."
            ),
        ] = None,
        transactions: Annotated[
            list[Path] | None,
            typer.Option(
                metavar="CLEANED",
                help="Folder of python -m data clean transactions; repeat for several "
                "presets, compared with the first.",
            ),
        ] = None,
        twin: Annotated[
            Path | None,
            typer.Option(
                metavar="TWIN", help="Simulated folder whose messages were cleaned."
            ),
        ] = None,
    ) -> None:
        """Write one self-contained page, its tables and its figures."""
        if not traces and not transactions:
            raise DataError(
                "there is nothing to report", "Name a trace or --transactions."
            )
        require_place(out / "index.html")
        further = []
        if transactions:
            further.append(transactions_section(load_cleanings(transactions, twin)))
        write_and_tell(traces or [], out, reports, further)

    def summarise(traces: Traces) -> None:
        """Print estimate, interval and sign of every parameter, and the verdict.

        Ends with status 1 when any trace fails a check.
        """
        fits = load_fits(traces, reports)
        for fit in fits:
            print_table(summary(fit), terminal())
        if not all(fit.is_usable for fit in fits):
            raise typer.Exit(EXIT_CHECK_FAILED)

    def compare(traces: Traces) -> None:
        """Print log scores of predictions, best first: see inference score.

        Ends with status 1 when any trace fails a check.
        """
        fits = load_fits(traces, reports)
        print_table(compared(fits), terminal())
        if not all(fit.is_usable for fit in fits):
            raise typer.Exit(EXIT_CHECK_FAILED)

    def change(
        old: Annotated[Path, typer.Argument(help="Earlier trace.")],
        new: Annotated[Path, typer.Argument(help="Later trace of the same model.")],
    ) -> None:
        """Print what a later fit says differently: see inference update."""
        print_table(changes(*load_fits([old, new], reports)), terminal())

    def forecast(
        trace: Annotated[
            Path, typer.Argument(help="Trace of python -m inference fit.")
        ],
        horizon: Annotated[
            int | None, typer.Option(help="Dates ahead; by the model where left out.")
        ] = None,
        panel: Annotated[
            Path | None,
            typer.Option(help="Newer data to go on from, or new rows to predict."),
        ] = None,
        inputs: Annotated[
            Inputs,
            typer.Option(
                help="What becomes of the series that the model takes as given."
            ),
        ] = "moving",
        seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
        out: Annotated[
            list[Path] | None,
            typer.Option(help=f"File to write, repeatable: {KINDS_OF_FILES}."),
        ] = None,
    ) -> None:
        """Print what is to come, with bands, and what that assumes.

        Ends with status 1 when the trace fails a check.
        """
        for path in out or []:
            require_place(path)
        request = ForecastRequest(
            horizon=horizon, panel=panel, inputs=inputs, seed=seed
        )
        fit = load_fit(trace, reports)
        models = {name: each.model for name, each in reports.items()}
        with working("looking ahead", shown=True):
            found = forecast_trace(fit.tree, request, models)
        foretold = Foretold(fit, found)
        tell(of_subject(FORECAST, foretold, fit.warning, fit.name), out or [])
        if not fit.is_usable:
            raise typer.Exit(EXIT_CHECK_FAILED)

    def plot(traces: Traces, name: Name = None, out: Path | None = None) -> None:
        """Write one figure of the report, as .png or .pdf, or its numbers as .csv."""
        _write_or_list(exhibits(traces, ReportFigure, reports), name, out)

    def table(traces: Traces, name: Name = None, out: Path | None = None) -> None:
        """Write one table of the report, as .csv, .tex, .html, .xlsx or .docx."""
        _write_or_list(exhibits(traces, Table, reports), name, out)

    commands = group(
        "Tables, figures and the report of sampled posteriors.",
        [
            Command(name="report", run=report, examples=REPORT_EXAMPLES),
            Command(name="summary", run=summarise, examples=SUMMARY_EXAMPLE),
            Command(name="compare", run=compare, examples=COMPARE_EXAMPLE),
            Command(name="changes", run=change, examples=CHANGES_EXAMPLE),
            Command(name="forecast", run=forecast, examples=FORECAST_EXAMPLES),
            Command(name="plot", run=plot, examples=PLOT_EXAMPLES),
            Command(name="table", run=table, examples=TABLE_EXAMPLES),
            *(command for report in reports.values() for command in report.commands),
        ],
    )
    before = [prior_predictive_command(report) for report in reports.values()]
    words = "Say what a model believes before it sees the data of a panel."
    commands.add_typer(group(words, before), name="prior-predictive")
    return commands


def _write_or_list(
    found: Mapping[str, Table | ReportFigure], name: str | None, out: Path | None
) -> None:
    if name is None:
        for stem in found:
            typer.echo(stem)
        return
    if name not in found:
        raise DataError(f"there is no {name}", f"There are: {', '.join(found)}.")
    if out is None:
        raise DataError("--name says what to write and nothing where", "Give --out.")
    write_exhibit(found[name], out)
    typer.echo(out)


def write_and_tell(
    traces: Sequence[Path],
    out: Path,
    reports: Reports,
    further_sections: Sequence[Section] = (),
) -> None:
    """Write the report and end with 1 when a trace must not be used."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print("reading traces, making tables and figures ...")
    with console.status("reading traces") as status:
        fits = load_fits(traces, reports)
        written = write_report(
            fits,
            out,
            lambda stem: status.update(escape(f"making {stem}")),
            os.process_cpu_count() or 1,
            reports,
            further_sections,
        )
    typer.echo(
        f"{written.page} and {len(written.files)} files in {out / 'tables'} and "
        f"{out / 'figures'}"
    )
    for fit in written.failed:
        typer.echo(f"FAILED {fit.name}: {'; '.join(fit.failures)}", err=True)
    if written.failed:
        raise typer.Exit(EXIT_CHECK_FAILED)


app = application(MODEL_REPORTS)

if __name__ == "__main__":
    app(prog_name="python -m analysis")
