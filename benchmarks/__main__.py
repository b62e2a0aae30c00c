"""Command line of the benchmarks: our likelihood and posterior beside the peers."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.half_life_command import EXAMPLES as HALF_LIFE_EXAMPLES
from benchmarks.half_life_command import half_life
from benchmarks.implementations import IMPLEMENTATIONS, OURS
from benchmarks.price_pressure import benchmark_price_pressure
from benchmarks.results import show_results, write_results
from benchmarks.scaling import LENGTHS
from benchmarks.targets import evaluate_targets

app = typer.Typer(
    no_args_is_help=True,
    help=__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_EPILOG = (
    "Examples:\n\n"
    "python -m benchmarks price-pressure --out benchmarks/results/price_pressure.csv"
    "\n\n"
    "python -m benchmarks price-pressure --out quick.csv --peer nutpie-jax-scan "
    "--draws 200 --weeks 1000"
)


@app.callback()
def main() -> None:
    """Keep `price-pressure` a command of its own while it is the only one."""


@app.command(epilog=_EPILOG)
def price_pressure(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
    peer: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(IMPLEMENTATIONS)}; repeatable. All."),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Kept draws a chain, and as many adaptation steps.")
    ] = 1000,
    weeks: Annotated[
        list[int] | None,
        typer.Option(help="Length at which the gradient is timed; repeatable."),
    ] = None,
) -> None:
    """Measure the price-pressure model: gradient, compilation, posterior, scaling.

    Every implementation is first checked to give the same log density and gradient.
    """
    unknown = sorted(set(peer or ()) - set(IMPLEMENTATIONS))
    if unknown:
        raise typer.BadParameter(f"unknown: {', '.join(unknown)}", param_hint="--peer")
    console = Console()
    names = list(dict.fromkeys([OURS, *(peer or IMPLEMENTATIONS)]))
    results = benchmark_price_pressure(names, draws, tuple(weeks or LENGTHS), console)
    targets = evaluate_targets(results)
    write_results(results, targets, out)
    show_results(results, targets, console)
    console.print(f"wrote {out}")


app.command("half-life", epilog=HALF_LIFE_EXAMPLES)(half_life)

if __name__ == "__main__":
    app()
