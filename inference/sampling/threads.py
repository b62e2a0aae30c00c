"""Threads of linear algebra beside those of the chains."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let every product of matrices run on the thread that asks for it.

    Chains keep the processors busy by themselves. A BLAS that divides the small
    products of each among threads of its own makes them wait for each other: four times
    the processor time for effects crossed with days, on two processors. What is summed
    does not depend on the number of processors then, either.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
