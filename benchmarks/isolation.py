"""Run one measurement in a fresh process with its own compile caches."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def in_fresh_process[**P](
    task: Callable[P, Any],
    cache: Path,
    timeout_s: float,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Any:
    """Call a function in a new interpreter whose compile caches lie in a folder.

    Parameters
    ----------
    task : callable
        Module-level function; arguments and result must be picklable.
    cache : Path
        Empty for a cold compilation; one that an equal task has used, for a warm one.
    timeout_s : float
        The process is ended when it takes longer.
    *args, **kwargs
        Passed on.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    TimeoutError
        If the time ran out.
    """
    context = multiprocessing.get_context("spawn")
    with _caches_in(cache), context.Pool(1) as pool:
        try:
            return pool.apply_async(task, args, kwargs).get(timeout_s)
        except multiprocessing.TimeoutError:
            raise TimeoutError(f"not done in {timeout_s:.0f} s") from None


@contextmanager
def _caches_in(folder: Path) -> Iterator[None]:
    """Point PyTensor's, numba's and JAX's caches at a folder, for new processes."""
    settings = {
        "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "JAX_COMPILATION_CACHE_DIR": str(folder / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
