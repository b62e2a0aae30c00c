"""Evaluate and time what nutpie has compiled, exactly as its sampler calls it."""

import ctypes
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from data.arrays import FloatArray

Density = Callable[[FloatArray], tuple[float, FloatArray]]

BLOCK_SECONDS = 0.2
NUM_BLOCKS = 40
"""Eight seconds: the speed of a shared machine changes within them."""

_DOUBLES = ctypes.POINTER(ctypes.c_double)


def compiled_density(compiled: Any) -> Density:
    """Log density and gradient at an unconstrained point, from a compiled model.

    Parameters
    ----------
    compiled : nutpie CompiledModel
        Of the numba or the JAX backend.

    Returns
    -------
    callable
        (parameter,) float -> log density, (parameter,) gradient.
    """
    if hasattr(compiled, "compiled_logp_func"):
        return _from_machine_code(compiled)
    # Bound once, as nutpie binds it once a chain.
    return partial(compiled._make_logp_func(), **compiled._shared_data)


def variable_names(compiled: Any) -> list[str]:
    """Names of a compiled model's variables; parameters in the order of its points."""
    if hasattr(compiled, "compiled_logp_func"):
        return list(compiled.shapes)
    # nutpie's property `shapes` fails for its JAX backend.
    return [variable.name for variable in compiled._variables]


def _from_machine_code(compiled: Any) -> Density:
    function = compiled.compiled_logp_func.ctypes
    n = compiled.n_dim
    point, gradient, value = np.empty(n), np.empty(n), ctypes.c_double()
    # Bound once: nutpie passes pointers, and making them takes Python microseconds.
    arguments = (
        n,
        point.ctypes.data_as(_DOUBLES),
        gradient.ctypes.data_as(_DOUBLES),
        ctypes.byref(value),
        compiled.user_data.ctypes.data,
    )

    def density(x: FloatArray, _alive: Any = compiled) -> tuple[float, FloatArray]:
        # The model, kept alive, owns the data that the arguments point to.
        point[:] = x
        status = function(*arguments)
        if status != 0:
            raise FloatingPointError(f"the log density failed with status {status}")
        return value.value, gradient.copy()

    return density


def microseconds_per_call(density: Density, x: FloatArray) -> dict[str, float]:
    """Median and fastest time of repeated blocks of calls.

    Parameters
    ----------
    density : callable
        Log density and gradient.
    x : (parameter,) float
        Where it is evaluated.

    Returns
    -------
    dict
        ``median_us`` and ``fastest_us`` over the blocks, microseconds a call.
    """
    once = _block(density, x, 3)
    calls = max(1, round(BLOCK_SECONDS / once))
    blocks = [_block(density, x, calls) * 1e6 for _ in range(NUM_BLOCKS)]
    return {"median_us": float(np.median(blocks)), "fastest_us": float(min(blocks))}


def _block(density: Density, x: FloatArray, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        density(x)
    return (time.perf_counter() - start) / calls
