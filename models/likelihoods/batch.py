"""Parameters of a distribution whose batch is time, as PyMC hands them over."""

from typing import Any


def without_batch(parameters: Any, core_ndim: tuple[int, ...]) -> list[Any]:
    """Undo PyMC's alignment of every parameter with the batch, which here is time.

    A parameter describes all dates at once, so the batch dimension that PyMC puts in
    front of it has length one.

    Parameters
    ----------
    parameters : sequence of arrays or tensors
        As PyMC hands them to a density or a simulator.
    core_ndim : tuple of int
        Number of dimensions that each has without the batch.
    """
    return [
        x[0] if x.ndim > ndim else x
        for x, ndim in zip(parameters, core_ndim, strict=True)
    ]
