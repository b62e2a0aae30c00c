"""Run one measurement in a fresh process with its own compile caches."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from data.commands.helpers import HELPERS


def in_fresh_process(
    task: Callable[..., Any], cache: Path, timeout_s: float, *args: Any
) -> Any:
    """Call a function in a new interpreter whose compile caches lie in a folder.

    Parameters
    ----------
    task : callable
        Module-level function; arguments, result and exceptions must be picklable.
    cache : Path
        Empty for a cold compilation; one that an equal task has used, for a warm one.
    timeout_s : float
        The process is killed when it takes longer.
    *args
        Passed on.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    TimeoutError
        If the time ran out.
    RuntimeError
        If the process ended without an answer.
    """
    receiver, sender = HELPERS.Pipe(duplex=False)
    process = HELPERS.Process(target=_answer, args=(sender, task, args))
    with _caches_in(cache):
        process.start()
    # Ours has to be closed, or a dead process would never read as the end of the pipe.
    sender.close()
    try:
        if not receiver.poll(timeout_s):
            raise TimeoutError(f"not done in {timeout_s:.0f} s")
        try:
            answer = receiver.recv()
        except EOFError:
            process.join()
            raise RuntimeError(
                f"{task.__name__} ended with exit status {process.exitcode}"
            ) from None
    finally:
        receiver.close()
        process.kill()
        process.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answer(sender: Connection, task: Callable[..., Any], args: Any) -> None:
    try:
        answer = task(*args)
    except Exception as error:
        answer = error
    sender.send(answer)
    sender.close()


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
