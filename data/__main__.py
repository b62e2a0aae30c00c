"""Command line of the data step: fetch raw data, build panels from it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from data.commands.command import group
from data.commands.ending import ending_with_status
from data.families import CLEANINGS, PANELS, TABLES, TEMPLATES
from data.panel import build_command, template_command
from data.sources.fetch import fetch
from data.sources.sources import SOURCES
from data.transactions.command import EXPLAIN_EXAMPLE, explain_command

app = typer.Typer(
    no_args_is_help=True,
    help=__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(
    group(
        "Build a panel, the checked table that a model is fitted to.",
        [*map(build_command, PANELS), *TABLES],
    ),
    name="build",
)
app.add_typer(
    group("Clean raw records, every removal explained.", CLEANINGS), name="clean"
)

_FETCH_EPILOG = (
    "Example: python -m data fetch gsw primary-dealers cftc-tff h15 --to data/raw"
)


@app.command("fetch", epilog=_FETCH_EPILOG, no_args_is_help=True)
@ending_with_status()
def fetch_sources(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help=f"Any of {', '.join(SOURCES)}."),
    ],
    to: Annotated[Path, typer.Option(help="Folder of the raw data.")] = Path(
        "data/raw"
    ),
    base_url: Annotated[
        str | None,
        typer.Option(help="Mirror that serves the publishers' paths."),
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch again what is already there.")
    ] = False,
) -> None:
    """Fetch public data from its publishers, with checksums, resuming what was cut."""
    console = Console(stderr=True)
    for path in fetch(sources, to, base_url=base_url, refresh=refresh, console=console):
        typer.echo(path)


_TEMPLATE = template_command(TEMPLATES)
app.command(_TEMPLATE.name, epilog=_TEMPLATE.examples, no_args_is_help=True)(
    ending_with_status()(_TEMPLATE.run)
)
app.command("explain", epilog=EXPLAIN_EXAMPLE, no_args_is_help=True)(explain_command)


if __name__ == "__main__":
    app(prog_name="python -m data")
