"""Command line: ``python -m analysis report TRACE... --out DIR``."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.report import load_fits, write_report
from data.command_line import ending_on_bad_input

EXIT_CHECK_FAILED = 1

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Tables, figures and the report of sampled posteriors.",
)

REPORT_HELP = """Write one self-contained page, its tables and its figures.

DIR gets index.html (images inside, nothing is loaded from elsewhere), tables/*.csv and
*.tex, figures/*.png and *.pdf. Outputs of one trace carry its name after two
underscores.

[bold]Examples[/bold]

  python -m analysis report traces/twin.nc --out report

  python -m analysis report traces/net.nc traces/cash-futures.nc --out report

[bold]Exit status[/bold]: 0 written; 1 written, but a trace fails its diagnostics and
its results are marked as not to be used; 2 wrong use or bad input.
"""


@app.callback()
def main() -> None:
    """Tables, figures and the report of sampled posteriors."""


@app.command(help=REPORT_HELP)
@ending_on_bad_input()
def report(
    traces: Annotated[
        list[Path],
        typer.Argument(
            metavar="TRACE...", help="Trace files of python -m inference fit."
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder to write the report to.")
    ],
) -> None:
    """Write the report and end with 1 when a trace must not be used."""
    console = Console(stderr=True)
    with console.status("reading traces") as status:
        fits = load_fits(traces)
        written = write_report(
            fits,
            out,
            lambda stem: status.update(f"making {stem}"),
            os.process_cpu_count() or 1,
        )
    typer.echo(
        f"{written.page} and {len(written.files)} files in {out / 'tables'} and "
        f"{out / 'figures'}"
    )
    for fit in written.failed:
        typer.echo(f"FAILED {fit.name}: {'; '.join(fit.failures)}", err=True)
    if written.failed:
        raise typer.Exit(EXIT_CHECK_FAILED)


if __name__ == "__main__":
    app()
