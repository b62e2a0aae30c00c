"""Our filter's gradient beside the same algorithm written in C by hand.

The floor that compiled Python cannot well go below; `filter_floor.c` leaves out
whatever complete data do not need. Both are timed on a state space of seven states and
four series, the size of a price-pressure model with autoregressive errors, in two
forms:
one whose filter forgets slowly, so that many dates are exact, and one where it forgets
fast.
"""

import ctypes
import math
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from numba import njit
from numpy.testing import assert_allclose
from rich.console import Console

from benchmarks.problem import SEED
from benchmarks.results import show_results, write_results
from benchmarks.targets import Target
from data.arrays import FloatArray
from data.files.atomic import require_place
from models.likelihoods.kalman.arrays import Filtered, FilterGradient, StateSpace
from models.likelihoods.kalman.distribution import simulate_states
from models.likelihoods.kalman.filter import kalman_filter

SOURCE = Path(__file__).with_name("filter_floor.c")
OPTIONS = ("-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno")

NUM_SERIES, NUM_FACTORS, NUM_DATES = 4, 3, 876
NUM_STATES = NUM_FACTORS + NUM_SERIES

AGREEMENT = 1e-7
"""Relative; both forget covariances to a share of 1e-8, in another order of sums."""

WANTED = 1.5
"""Times the floor, at most."""

NUM_BLOCKS = 400
"""Blocks of calls, ours and the floor's in turn; the fastest of each counts."""
CALLS = 5

SYSTEMS = {"seven-states-slow": 0.95, "seven-states-fast": 0.6}
"""Name -> persistence of the errors, which move by about 1 bp a date."""

NOISE_SD_BP = 0.3


def seven_state_system(error_persistence: float) -> StateSpace:
    """Three persistent factors and an autoregressive error a series, simulated.

    Parameters
    ----------
    error_persistence : float
        Of the errors; the closer it is to the factors', the longer the filter takes to
        tell them apart, and to converge.
    """
    rng = np.random.default_rng(SEED)
    maturity = np.array([2.0, 5.0, 10.0, 20.0])
    slope = (1 - np.exp(-0.4 * maturity)) / (0.4 * maturity)
    curvature = slope - np.exp(-0.4 * maturity)
    factors = np.stack([np.ones(NUM_SERIES), slope, curvature], axis=1)
    loading = np.concatenate([factors, np.eye(NUM_SERIES)], axis=1)
    persistence = np.array([0.998, 0.996, 0.99, *[error_persistence] * NUM_SERIES])
    innovation_sd = np.array([9.0, 12.0, 20.0, 1.0, 0.8, 0.6, 1.2])
    variance = innovation_sd**2 / (1 - persistence**2)
    zeros = np.zeros(NUM_STATES)
    states = simulate_states(
        persistence,
        innovation_sd**2,
        zeros,
        variance,
        np.zeros((NUM_DATES, NUM_STATES)),
        rng,
    )
    noise = NOISE_SD_BP * rng.standard_normal((NUM_DATES, NUM_SERIES))
    return StateSpace(
        observation=states @ loading.T + noise,
        is_observed=np.ones((NUM_DATES, NUM_SERIES)),
        loading=loading,
        persistence=persistence,
        state_variance=innovation_sd**2,
        observation_variance=np.full(NUM_SERIES, NOISE_SD_BP**2),
        initial_mean=zeros,
        initial_variance=variance,
        state_input=np.zeros((1, NUM_STATES)),
        observation_input=np.zeros((NUM_DATES, NUM_SERIES)),
    )


class Floor:
    """The C source, compiled by the system's ``cc`` and bound to data.

    Parameters
    ----------
    folder : Path
        Where the library is written.
    system : StateSpace
        All cells observed, one row of state input.

    Raises
    ------
    FileNotFoundError
        If there is no ``cc``.
    """

    def __init__(self, folder: Path, system: StateSpace) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise FileNotFoundError("the floor needs a C compiler named cc on the path")
        library = folder / "filter_floor.so"
        (T, N), K = system.observation.shape, system.loading.shape[1]
        command = [compiler, *OPTIONS, f"-DN={N}", f"-DK={K}", "-shared", "-fPIC"]
        subprocess.run(  # noqa: S603
            [*command, str(SOURCE), "-o", str(library), "-lm"], check=True
        )
        self.shapes = [(N, K), (K,), (K,), (N,), (K,), (K,), (1, K)]
        self.gradient = np.empty(sum(math.prod(x) for x in self.shapes))
        self.of_dates = np.empty((T, N))
        given = [x for name, x in system._asdict().items() if name != "is_observed"]
        # The input to the observations comes after that to the states here as there.
        self.arrays = [
            *(np.ascontiguousarray(x, dtype=np.float64) for x in given),
            np.empty(T * (K + N + K * K + N * K + N)),
            self.gradient,
            self.of_dates,
        ]
        self.function = ctypes.CDLL(str(library)).value_and_gradient
        self.function.restype = ctypes.c_double
        self.arguments = [
            ctypes.c_long(T),
            *(x.ctypes.data_as(ctypes.c_void_p) for x in self.arrays),
        ]

    def __call__(self) -> float:
        """Compute the log likelihood, and write its gradient."""
        total: float = self.function(*self.arguments)
        return total

    def written(self) -> FilterGradient:
        """Gradient that the last call has written."""
        ends = np.cumsum([math.prod(x) for x in self.shapes])[:-1]
        parts = zip(np.split(self.gradient, ends), self.shapes, strict=True)
        return FilterGradient(*(x.reshape(shape) for x, shape in parts), self.of_dates)


def our_passes(
    system: StateSpace,
) -> tuple[Callable[[int], float], Callable[[], tuple[float, FilterGradient]]]:
    """Repeat our two passes so many times from compiled code, and run them once."""
    run_forward, run_backward = kalman_filter(*system.loading.shape)
    weight = np.ones(len(system.observation))
    of_innovations = np.empty((len(weight), 0))

    @njit
    def repeat(calls, weight, of_innovations, inputs):
        total = 0.0
        for _ in range(calls):
            found = run_forward(*inputs)
            gradient = run_backward(weight, of_innovations, *(inputs + found))
            total += found[0][0] + gradient[0][0, 0]
        return total

    def once() -> tuple[float, FilterGradient]:
        found = run_forward(*system)
        gradient = run_backward(weight, of_innovations, *system, *found)
        return float(found[0].sum()), FilterGradient(*gradient)

    return partial(_repeated, repeat, weight, of_innovations, tuple(system)), once


def _repeated(
    repeat: Callable[..., float],
    weight: FloatArray,
    of_innovations: FloatArray,
    inputs: tuple[FloatArray, ...],
    calls: int,
) -> float:
    return repeat(calls, weight, of_innovations, inputs)


def measure(folder: Path, error_persistence: float) -> dict[str, float]:
    """Time both on one system, after checking that they agree.

    Parameters
    ----------
    folder : Path
        For the compiled floor.
    error_persistence : float
        Of `seven_state_system`.

    Returns
    -------
    dict
        ``exact_dates``, ``workbench_us``, ``floor_us`` and ``ratio``; of each the
        fastest of blocks that alternate, a call.
    """
    system = seven_state_system(error_persistence)
    floor = Floor(folder, system)
    repeat, once = our_passes(system)
    total, gradient = once()
    assert_allclose(floor(), total, rtol=AGREEMENT)
    for name, ours, theirs in zip(
        gradient._fields, gradient, floor.written(), strict=True
    ):
        scale = np.abs(ours).max()
        assert_allclose(theirs, ours, atol=AGREEMENT * scale, err_msg=name)
    repeat(1)
    ours_us, floor_us = np.inf, np.inf
    for _ in range(NUM_BLOCKS):
        ours_us = min(ours_us, microseconds(lambda: repeat(CALLS)))
        floor_us = min(floor_us, microseconds(lambda: [floor() for _ in range(CALLS)]))
    dates = kalman_filter(*system.loading.shape).forward(*system)
    return {
        "exact_dates": len(np.unique(Filtered(*dates).covariance_date)),
        "workbench_us": ours_us,
        "floor_us": floor_us,
        "ratio": ours_us / floor_us,
    }


def microseconds(calls: Callable[[], object]) -> float:
    """Of one of `CALLS` calls."""
    # Of this process alone: others take turns on the machine.
    start = time.process_time()
    calls()
    return (time.process_time() - start) / CALLS * 1e6


def filter_floor(
    out: Annotated[Path, typer.Option(help="CSV file for the results.")],
) -> None:
    """Time our filter's gradient beside the same algorithm written in C by hand."""
    require_place(out)
    with TemporaryDirectory() as folder:
        results = {
            (name, quantity): value
            for name, persistence in SYSTEMS.items()
            for quantity, value in measure(Path(folder), persistence).items()
        }
    targets = [
        Target(f"times the floor, {x}", WANTED, ratio, ratio <= WANTED)
        for x, ratio in ((x, results[x, "ratio"]) for x in SYSTEMS)
    ]
    console = Console()
    write_results(results, targets, out)
    show_results(results, targets, console)
    console.print(f"wrote {out}")
