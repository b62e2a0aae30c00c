"""The whole benchmark of the price-pressure model, one fresh process a measurement."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.agreement import compute_reference
from benchmarks.implementations import (
    IMPLEMENTATIONS,
    JAX_SCAN,
    OURS,
    STATSMODELS,
)
from benchmarks.isolation import in_fresh_process
from benchmarks.measurements import (
    measure_gradient,
    measure_posterior,
    measure_statsmodels_fit,
)
from benchmarks.scaling import measure_scaling
from benchmarks.targets import COLD, WARM, Results

TIME_LIMIT_S = 2400.0
"""A peer that has not compiled by then is reported as such."""


class Run:
    """Measurements of one run, collected under (subject, quantity).

    Parameters
    ----------
    folder : Path
        Scratch folder: panel, reference and compile caches.
    console : rich.console.Console
        Where progress goes.
    """

    def __init__(self, folder: Path, console: Console) -> None:
        self.folder = folder
        self.console = console
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


def benchmark_price_pressure(
    names: list[str], draws: int, lengths: tuple[int, ...], console: Console
) -> Results:
    """Measure every named implementation, then posteriors, fit and scaling.

    Parameters
    ----------
    names : list of str
        Keys of `IMPLEMENTATIONS`; ours first.
    draws : int
        Kept draws of each chain, and as many for adaptation.
    lengths : tuple of int
        Weeks at which our gradient is timed.
    console : rich.console.Console
        Where progress goes.

    Returns
    -------
    dict
        (implementation, quantity) -> value.

    Raises
    ------
    DisagreementError
        If an implementation computes another density than ours.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = Run(folder, console)
        run.measure("reference values", OURS, compute_reference, folder)
        for implementation in names:
            run.measure(
                implementation,
                implementation,
                measure_gradient,
                implementation,
                folder,
            )
        for sampled in (OURS, *_fastest_scan(run.results)):
            for temperature in (COLD, WARM):
                run.measure(
                    f"{sampled}, {temperature}",
                    f"posterior-{sampled}",
                    measure_posterior,
                    sampled,
                    folder,
                    draws,
                )
        run.measure(STATSMODELS, STATSMODELS, measure_statsmodels_fit, folder)
        for weeks in lengths:
            subject = f"{OURS}, {weeks} weeks"
            run.measure(subject, OURS, measure_scaling, folder, weeks)
        return run.results


def _fastest_scan(results: Results) -> list[str]:
    """Name the peer (a) that is worth sampling with, where one was measured."""
    seconds = {
        name: results[name, "gradient_us"]
        for name in IMPLEMENTATIONS
        if name.startswith(JAX_SCAN) and (name, "gradient_us") in results
    }
    return [min(seconds, key=seconds.__getitem__)] if seconds else []
