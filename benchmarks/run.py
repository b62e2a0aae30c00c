"""A whole benchmark, one fresh process a measurement."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.agreement import compute_reference
from benchmarks.implementations import JAX_SCAN, OURS, STATSMODELS
from benchmarks.isolation import in_fresh_process
from benchmarks.measurements import measure_gradient, measure_posterior
from benchmarks.problem import Problem
from benchmarks.results import Keep
from benchmarks.scaling import measure_scaling
from benchmarks.targets import COLD, WARM, Results

TIME_LIMIT_S = 2400.0
"""A peer that has not compiled by then is reported as such."""

NUM_ROUNDS = 3
LONG_COMPILE_S = 60.0


class Run:
    """Measurements of one run, collected under (subject, quantity).

    Parameters
    ----------
    folder : Path
        Scratch folder: panel, reference and compile caches.
    console : rich.console.Console
        Where progress goes.
    keep : callable
        See `benchmarks.results.Keep`.
    """

    def __init__(self, folder: Path, console: Console, keep: Keep) -> None:
        self.folder = folder
        self.console = console
        self.keep = keep
        self.results: Results = {}

    def measure(
        self, subject: str, cache: str, task: Callable[..., Any], *args: Any
    ) -> None:
        """Run a task in a fresh process and keep its numbers under the subject."""
        self.console.print(f"{subject} …")
        try:
            numbers = in_fresh_process(task, self.folder / cache, TIME_LIMIT_S, *args)
        except TimeoutError as error:
            self.console.print(f"  {error}")
            numbers = {"gave_up_after_s": TIME_LIMIT_S}
        for quantity, value in (numbers or {}).items():
            self.results[subject, quantity] = float(value)
            self.console.print(f"  {quantity} {float(value):,.4g}")
        self.keep(self.results)


def run_benchmark(
    problem: Problem,
    names: list[str],
    draws: int,
    lengths: tuple[int, ...],
    console: Console,
    keep: Keep,
) -> Results:
    """Measure every named implementation, then posteriors, fit and scaling.

    Parameters
    ----------
    problem : Problem
        Model, data and peers.
    names : list of str
        Keys of its implementations; ours first.
    draws : int
        Kept draws of each chain, and as many for adaptation.
    lengths : tuple of int
        Numbers of dates at which our gradient is timed.
    console : rich.console.Console
        Where progress goes.
    keep : callable
        See `benchmarks.results.Keep`.

    Returns
    -------
    dict
        (implementation, quantity) -> value.

    Raises
    ------
    DisagreementError
        If an implementation computes another density than ours.
    """
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        run = Run(folder, console, keep)
        about = problem.path, folder
        run.measure("reference values", OURS, compute_reference, *about)
        _measure_gradients(run, about, names)
        for name in (OURS, *_fastest_scan(run.results)):
            for temperature in (COLD, WARM):
                run.measure(
                    f"{name}, {temperature}",
                    f"posterior-{name}",
                    measure_posterior,
                    *about,
                    name,
                    draws,
                )
        run.measure(STATSMODELS, STATSMODELS, problem.measure_fit, folder)
        for length in lengths:
            subject = f"{OURS}, {length} {problem.date}s"
            run.measure(subject, OURS, measure_scaling, *about, length)
        for subject, task, arguments in problem.further_tasks:
            run.measure(subject, OURS, task, *arguments)
        return run.results


def _measure_gradients(run: Run, about: tuple[str, Path], names: list[str]) -> None:
    """Time the gradients in turn and over again; keep the median of each quantity.

    One process a peer would compare minutes in which a shared machine is fast with
    minutes in which it is slow. A peer that takes long to compile is timed once.
    """
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for number in range(NUM_ROUNDS):
        for name in names:
            if number and run.results.get((name, "compile_s"), np.inf) > LONG_COMPILE_S:
                continue
            run.measure(name, name, measure_gradient, *about, name)
            rounds[name].append(
                {
                    quantity: value
                    for (subject, quantity), value in run.results.items()
                    if subject == name
                }
            )
    for name, measured in rounds.items():
        for quantity in measured[0]:
            values = [numbers[quantity] for numbers in measured]
            run.results[name, quantity] = float(np.median(values))


def _fastest_scan(results: Results) -> list[str]:
    """Name the peer (a) that is worth sampling with, where one was measured."""
    seconds = {
        name: value
        for (name, quantity), value in results.items()
        if name.startswith(JAX_SCAN) and quantity == "gradient_us"
    }
    return [min(seconds, key=seconds.__getitem__)] if seconds else []
