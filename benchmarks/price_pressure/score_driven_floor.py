"""Our gradient of score-driven innovations beside the same algorithm in C by hand.

The likelihood of the variants with persistent errors is the filter's, measured in
`benchmarks.price_pressure.filter_floor`, and this one on its standardised innovations.
"""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from numba import njit
from numpy.testing import assert_allclose
from rich.console import Console
from scipy.special import gammaln

from benchmarks.price_pressure.filter_floor import (
    CALLS,
    NUM_BLOCKS,
    NUM_DATES,
    NUM_SERIES,
    OPTIONS,
    WANTED,
    microseconds,
)
from benchmarks.problem import SEED
from benchmarks.results import show_results, write_results
from benchmarks.targets import Target
from data.files.atomic import require_place
from models.likelihoods.score_driven.arrays import Innovations, ScoreDrivenGradient
from models.likelihoods.score_driven.passes import score_driven_passes

SOURCE = Path(__file__).with_name("score_driven_floor.c")
SUBJECT = "four-series"

AGREEMENT = 1e-10
"""Relative; sums of 876 dates in another order."""

DYNAMICS = (0.997, 0.067, 0.95, 0.13, 7.7)
"""Of the size that the public panel has: p, a, phi, kappa, nu."""


def simulated_innovations() -> Innovations:
    """As many dates and series as the public panel has, all observed."""
    rng = np.random.default_rng(SEED)
    n = np.arange(NUM_SERIES + 1.0)
    nu = DYNAMICS[-1]
    constant = gammaln(0.5 * (nu + n)) - gammaln(0.5 * nu)
    constant -= 0.5 * n * np.log(np.pi * nu)
    innovation = rng.standard_t(nu, (NUM_DATES, NUM_SERIES))
    return Innovations(
        innovation, np.ones_like(innovation), np.array(DYNAMICS), constant
    )


class ScoreDrivenFloor:
    """The C source, compiled by the system's ``cc`` and bound to data.

    Parameters
    ----------
    folder : Path
        Where the library is written.
    given : Innovations
        All observed.

    Raises
    ------
    FileNotFoundError
        If there is no ``cc``.
    """

    def __init__(self, folder: Path, given: Innovations) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise FileNotFoundError("the floor needs a C compiler named cc on the path")
        library = folder / "score_driven_floor.so"
        T, N = given.innovation.shape
        command = [compiler, *OPTIONS, f"-DN={N}", "-shared", "-fPIC"]
        subprocess.run(  # noqa: S603
            [*command, str(SOURCE), "-o", str(library), "-lm"], check=True
        )
        self.gradient = ScoreDrivenGradient(
            np.empty((T, N)), np.empty(len(given.dynamics)), np.empty(N + 1)
        )
        self.arrays = [
            given.innovation,
            given.dynamics,
            given.log_constant,
            np.empty(T * (2 * N * N + 2 * N + 3)),
            *self.gradient,
        ]
        self.function = ctypes.CDLL(str(library)).value_and_gradient
        self.function.restype = ctypes.c_double
        self.arguments = [
            ctypes.c_long(T),
            *(x.ctypes.data_as(ctypes.c_void_p) for x in self.arrays),
        ]

    def __call__(self) -> float:
        """Compute the log density, and write its gradient."""
        total: float = self.function(*self.arguments)
        return total


def our_passes(
    given: Innovations,
) -> tuple[Callable[[int], float], Callable[[], tuple[float, ScoreDrivenGradient]]]:
    """Repeat our two passes so many times from compiled code, and run them once."""
    passes = score_driven_passes(given.innovation.shape[1])
    run_forward, run_backward = passes
    weight = np.ones(len(given.innovation))

    @njit
    def repeat(calls, weight, inputs):
        total = 0.0
        for _ in range(calls):
            found = run_forward(*inputs)
            # numba adds no named tuple to another.
            density, scale, matrix, precision, weighted, distance = found
            plain = (density, scale, matrix, precision, weighted, distance)
            gradient = run_backward(weight, *(inputs + plain))
            total += density[0] + gradient[0][0, 0]
        return total

    def repeated(calls: int) -> float:
        return float(repeat(calls, weight, tuple(given)))

    def once() -> tuple[float, ScoreDrivenGradient]:
        found = run_forward(*given)
        gradient = run_backward(weight, *given, *found)
        return float(found[0].sum()), ScoreDrivenGradient(*gradient)

    return repeated, once


def measure(folder: Path) -> dict[str, float]:
    """Time both, after checking that they agree.

    Returns
    -------
    dict
        ``workbench_us``, ``floor_us`` and ``ratio``; of each the fastest of blocks that
        alternate, a call.
    """
    given = simulated_innovations()
    floor = ScoreDrivenFloor(folder, given)
    repeat, once = our_passes(given)
    total, gradient = once()
    assert_allclose(floor(), total, rtol=AGREEMENT)
    for name, ours, theirs in zip(
        gradient._fields, gradient, floor.gradient, strict=True
    ):
        scale = np.abs(ours).max()
        assert_allclose(theirs, ours, atol=AGREEMENT * scale, err_msg=name)
    repeat(1)
    ours_us, floor_us = np.inf, np.inf
    for _ in range(NUM_BLOCKS):
        ours_us = min(ours_us, microseconds(lambda: repeat(CALLS)))
        floor_us = min(floor_us, microseconds(lambda: [floor() for _ in range(CALLS)]))
    return {"workbench_us": ours_us, "floor_us": floor_us, "ratio": ours_us / floor_us}


def score_driven_floor(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
) -> None:
    """Time our gradient of score-driven innovations beside the same in C by hand."""
    require_place(out)
    with TemporaryDirectory() as folder:
        measured = measure(Path(folder))
    results = {(SUBJECT, quantity): value for quantity, value in measured.items()}
    ratio = measured["ratio"]
    targets = [
        Target(f"times the floor, {SUBJECT}", WANTED, ratio, ratio <= WANTED),
    ]
    console = Console()
    write_results(results, targets, out)
    show_results(results, targets, console)
    console.print(f"wrote {out}")
