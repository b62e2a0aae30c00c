"""Command line: one benchmark of the problem that a family declares."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.implementations import OURS
from benchmarks.problem import Problem
from benchmarks.results import measure_and_write
from benchmarks.run import run_benchmark
from data.commands.command import Command, option, with_options


def problem_command(problem: Problem) -> Command:
    """Command that measures our implementation of a problem and its peers."""
    names = ", ".join(problem.implementations)
    lengths = f"{problem.date}s"

    def run(given: Mapping[str, Any]) -> None:
        _benchmark(problem, given["out"], given["peer"], given["draws"], given[lengths])

    options = (
        option("out", Annotated[Path, typer.Option(help="CSV file for the results.")]),
        option(
            "peer",
            Annotated[
                list[str] | None,
                typer.Option(help=f"One of {names}; repeatable. All."),
            ],
            None,
        ),
        option(
            "draws",
            Annotated[
                int,
                typer.Option(help="Kept draws a chain, and as many adaptation steps."),
            ],
            1000,
        ),
        option(
            lengths,
            Annotated[
                list[int] | None,
                typer.Option(help="Length at which the gradient is timed; repeatable."),
            ],
            None,
        ),
    )
    words = (
        f"Measure {problem.title}: gradient, compilation, posterior, scaling.\n\n"
        "Every implementation is first checked to give the same log density and "
        "gradient."
    )
    return Command(
        name=problem.name,
        run=with_options(run, options, words),
        examples=_examples(problem.name, f"--{lengths} 1000"),
    )


def _examples(command: str, length: str) -> str:
    table = command.replace("-", "_")
    return (
        "Examples:\n\n"
        f"python -m benchmarks {command} --out benchmarks/results/{table}.csv\n\n"
        f"python -m benchmarks {command} --out quick.csv --peer nutpie-jax-scan "
        f"--draws 200 {length}"
    )


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
    names = list(dict.fromkeys([OURS, *(peers or problem.implementations)]))
    measure_and_write(
        partial(
            run_benchmark, problem, names, draws, tuple(lengths or problem.lengths)
        ),
        problem.evaluate_targets,
        out,
    )
