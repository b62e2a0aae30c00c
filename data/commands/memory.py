"""How much memory there is, asked before it is gone."""

import os
from collections.abc import Iterator
from pathlib import Path

from data.errors import DataError

_GIB = 2**30

_MEMORY_INFORMATION = Path("/proc/meminfo")

_CONTROL_GROUP = Path("/sys/fs/cgroup")


def require_memory(num_bytes: float, what: str, remedy: str) -> None:
    """Raise `DataError` where something takes more memory than is available.

    Parameters
    ----------
    num_bytes : float
        What it takes.
    what : str
        Subject of the sentence.
    remedy : str
        What to do.
    """
    available = available_memory()
    if num_bytes > available:
        raise DataError(
            f"{what} takes {num_bytes / _GIB:,.1f} GiB of memory, and "
            f"{available / _GIB:,.1f} GiB are available",
            remedy,
        )


def available_memory() -> float:
    """Bytes that this process can have without swapping; infinite where unknown."""
    return min(_limits(), default=float("inf"))


def _limits() -> Iterator[float]:
    try:
        lines = _MEMORY_INFORMATION.read_text().splitlines()
        (line,) = (line for line in lines if line.startswith("MemAvailable:"))
        yield float(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            yield float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    try:
        limit = float((_CONTROL_GROUP / "memory.max").read_text())
        yield limit - float((_CONTROL_GROUP / "memory.current").read_text())
    except (OSError, ValueError):
        # No control group limits this process.
        return
