"""Command line of the data step: fetch raw data, build panels from it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from data.basis_command import BUILD_EXAMPLES as BASIS_EXAMPLES
from data.basis_command import build_basis
from data.command_line import ending_on_bad_input
from data.fetch import fetch
from data.half_life_command import BUILD_EXAMPLES as HALF_LIFE_EXAMPLES
from data.half_life_command import build_half_life
from data.liquidity_regimes_command import BUILD_EXAMPLES as LIQUIDITY_REGIMES_EXAMPLES
from data.liquidity_regimes_command import build_liquidity_regimes
from data.price_pressure_command import BUILD_EXAMPLES, build_price_pressure
from data.sources import SOURCES

app = typer.Typer(
    no_args_is_help=True,
    help=__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
)
build = typer.Typer(
    no_args_is_help=True,
    help="Build a panel, the checked table that a model is fitted to.",
)
app.add_typer(build, name="build")

_FETCH_EPILOG = (
    "Example: python -m data fetch gsw primary-dealers cftc-tff h15 --to data/raw"
)


@app.command("fetch", epilog=_FETCH_EPILOG, no_args_is_help=True)
@ending_on_bad_input()
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


build.command("price-pressure", epilog=BUILD_EXAMPLES, no_args_is_help=True)(
    build_price_pressure
)
build.command(
    "liquidity-regimes", epilog=LIQUIDITY_REGIMES_EXAMPLES, no_args_is_help=True
)(build_liquidity_regimes)
build.command("basis", epilog=BASIS_EXAMPLES, no_args_is_help=True)(build_basis)
build.command("half-life", epilog=HALF_LIFE_EXAMPLES, no_args_is_help=True)(
    build_half_life
)


if __name__ == "__main__":
    app(prog_name="python -m data")
