"""Run one function over many tasks: here, in a pool of processes, or on a cluster."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from data.commands.helpers import HELPERS
from data.errors import DataError

_RETRIES = 3

CONNECT_SECONDS = 20
"""Time that a scheduler has to answer."""


class WorkerLostError(DataError):
    """A worker was killed; what other workers completed is still there."""


def run_all[Task, Result](
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int,
    scheduler: str | None = None,
) -> Iterator[Result]:
    """Yield results as they are done, in any order.

    Parameters
    ----------
    function : callable
        Of the top level of a module, so that another process finds it. It writes its
        results itself, complete or not at all, since it may be run again.
    tasks : sequence
        One argument each.
    workers : int
        Processes on this machine; 1 runs everything here.
    scheduler : str, optional
        Address of a Dask scheduler whose workers see the same files. A task whose
        worker is lost is run again elsewhere.

    Raises
    ------
    WorkerLostError
        A worker process was killed.
    DataError
        Dask is asked for and not installed, or its scheduler does not answer.
    """
    if scheduler is not None:
        yield from _on_cluster(function, tasks, scheduler)
    elif workers == 1 or len(tasks) < 2:
        yield from map(function, tasks)
    else:
        yield from _in_pool(function, tasks, min(workers, len(tasks)))


def _in_pool[Task, Result](
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int
) -> Iterator[Result]:
    with ProcessPoolExecutor(workers, HELPERS) as pool:
        futures = [pool.submit(function, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise WorkerLostError(
                "A worker process was killed, perhaps for want of memory.",
                "Run the same command again, with fewer --workers (or less --memory, "
                "where it takes one): it continues where it stopped.",
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _on_cluster[Task](
    function: Callable[[Task], Any], tasks: Sequence[Task], scheduler: str
) -> Iterator[Any]:
    if importlib.util.find_spec("distributed") is None:
        raise DataError(
            "--scheduler needs Dask, which is not installed.",
            'Install it with `pip install "treasury-liquidity-workbench[cluster]"`.',
        )
    import distributed  # an optional package

    try:
        client = distributed.Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise DataError(
            f"No Dask scheduler answers at {scheduler}: {error}",
            "Start one with `dask scheduler`, and workers that see the same files.",
        ) from error
    with client:
        futures = client.map(function, tasks, pure=False, retries=_RETRIES)
        for future in distributed.as_completed(futures):
            yield future.result()
