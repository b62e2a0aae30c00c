"""How the C library treats memory that a log density frees at every step."""

import numpy as np

LARGEST_THRESHOLD_BYTES = 32 * 2**20
"""Largest block that glibc adapts its thresholds to (mallopt(3), M_MMAP_THRESHOLD)."""


def keep_freed_memory() -> None:
    """Have freed memory kept for the next allocation rather than given back.

    A log density of 100,000 events allocates and frees some megabytes at every step. By
    default glibc returns them to the operating system each time, which then has to map
    and clear the same pages again: up to ten times the cost of the arithmetic. It stops
    for blocks up to the largest that it has seen freed, so one is freed here. Other C
    libraries are not affected.
    """
    block = np.empty(LARGEST_THRESHOLD_BYTES - 2**16, dtype=np.uint8)
    del block
