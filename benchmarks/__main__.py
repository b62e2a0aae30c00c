"""Command line of the benchmarks: our likelihood and posterior beside the peers."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.half_life_command import EXAMPLES as HALF_LIFE_EXAMPLES
from benchmarks.half_life_command import half_life
from benchmarks.implementations import OURS
from benchmarks.liquidity_regimes import LIQUIDITY_REGIMES
from benchmarks.price_pressure import PRICE_PRESSURE
from benchmarks.problem import Problem
from benchmarks.results import show_results, write_results
from benchmarks.run import run_benchmark

app = typer.Typer(
    no_args_is_help=True,
    help=__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Out = Annotated[Path, typer.Option(help="CSV file for the results.")]
Draws = Annotated[
    int, typer.Option(help="Kept draws a chain, and as many adaptation steps.")
]
Lengths = Annotated[
    list[int] | None,
    typer.Option(help="Length at which the gradient is timed; repeatable."),
]


def _peers(problem: Problem) -> typer.models.OptionInfo:
    names = ", ".join(problem.implementations)
    return typer.Option(help=f"One of {names}; repeatable. All.")


def _epilog(command: str, length: str) -> str:
    table = command.replace("-", "_")
    return (
        "Examples:\n\n"
        f"python -m benchmarks {command} --out benchmarks/results/{table}.csv\n\n"
        f"python -m benchmarks {command} --out quick.csv --peer nutpie-jax-scan "
        f"--draws 200 {length}"
    )


@app.command(epilog=_epilog("price-pressure", "--weeks 1000"))
def price_pressure(
    out: Out,
    peer: Annotated[list[str] | None, _peers(PRICE_PRESSURE)] = None,
    draws: Draws = 1000,
    weeks: Lengths = None,
) -> None:
    """Measure the price-pressure model: gradient, compilation, posterior, scaling.

    Every implementation is first checked to give the same log density and gradient.
    """
    _benchmark(PRICE_PRESSURE, out, peer, draws, weeks)


@app.command(epilog=_epilog("liquidity-regimes", "--days 1000"))
def liquidity_regimes(
    out: Out,
    peer: Annotated[list[str] | None, _peers(LIQUIDITY_REGIMES)] = None,
    draws: Draws = 1000,
    days: Lengths = None,
) -> None:
    """Measure the liquidity regimes: gradient, compilation, posterior, scaling.

    Every implementation is first checked to give the same log density and gradient.
    """
    _benchmark(LIQUIDITY_REGIMES, out, peer, draws, days)


def _benchmark(
    problem: Problem,
    out: Path,
    peers: list[str] | None,
    draws: int,
    lengths: list[int] | None,
) -> None:
    unknown = sorted(set(peers or ()) - set(problem.implementations))
    if unknown:
        raise typer.BadParameter(f"unknown: {', '.join(unknown)}", param_hint="--peer")
    console = Console()
    names = list(dict.fromkeys([OURS, *(peers or problem.implementations)]))
    results = run_benchmark(
        problem, names, draws, tuple(lengths or problem.lengths), console
    )
    targets = problem.evaluate_targets(results)
    write_results(results, targets, out)
    show_results(results, targets, console)
    console.print(f"wrote {out}")


app.command("half-life", epilog=HALF_LIFE_EXAMPLES)(half_life)

if __name__ == "__main__":
    app()
