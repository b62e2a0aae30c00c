"""Compile a model for nutpie, and find it compiled the next time.

PyTensor keeps on disk what numba made of a model's graph, but nutpie wraps it in two
callbacks that numba compiles again in every process: about ten seconds, most of them
for the wording of shape errors that cannot happen here. The callbacks of this module do
the same from generated source, which PyTensor's disk cache can keep as well.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numba
import numpy as np
import nutpie
import nutpie.compile_pymc
import pymc as pm
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray
from pytensor.link.numba.cache import (
    CACHED_SRC_FUNCTIONS,
    compile_numba_function_src,
)

from models.likelihoods.compiled.source_version import source_version

Callback = tuple[Callable[..., int], Any]
"""A Python function and the C signature to compile it for."""

CACHE_VERSION = source_version(__name__)

NUTPIE_FACTORIES = ("_make_c_logp_func", "_make_c_expand_func")

BYTES_OF_AN_ADDRESS = 8

LOG_DENSITY_SOURCE = """
def log_density_and_gradient(dim, x_, gradient_, log_density_, user_data_):
    if dim != {n_dim}:
        return -1
    try:
        x = carray(x_, ({n_dim},))
        gradient = carray(gradient_, ({n_dim},))
        user_data = as_integers(user_data_)
{arrays}
        value, found = inner({arguments})
        log_density_[0] = value[()]
        status = 0 if np.isfinite(value[()]) else 4
        for i in range({n_dim}):
            gradient[i] = found[i]
            if not np.isfinite(found[i]):
                status = 3
    except Exception:
        return 1
    return status
"""
"""Status as nutpie reads it: positive where the trajectory may go on elsewhere."""

EXPAND_SOURCE = """
def expand(dim, expanded, x_, values_, user_data_):
    if dim != {n_dim} or expanded != {n_expanded}:
        return -1
    try:
        x = carray(x_, ({n_dim},))
        values = carray(values_, ({n_expanded},))
        user_data = as_integers(user_data_)
{arrays}
        found = inner({arguments})[0]
        for i in range({n_expanded}):
            values[i] = found[i]
    except Exception:
        return -2
    return 0
"""


def compile_for_nutpie(model: pm.Model, **options: Any) -> Any:
    """Compile a model as `nutpie.compile_pymc_model` does, through the disk cache.

    Parameters
    ----------
    model : pm.Model
        Unsampled model.
    **options
        Further options of `nutpie.compile_pymc_model`.

    Returns
    -------
    nutpie CompiledModel
    """
    with cached_callbacks() as cache:
        return nutpie.compile_pymc_model(model, **options, **cache)


@contextmanager
def cached_callbacks() -> Iterator[dict[str, Any]]:
    """Let nutpie compile callbacks that the disk cache can keep.

    Yields
    ------
    dict
        Options that `nutpie.compile_pymc_model` needs for it.
    """
    module = nutpie.compile_pymc
    originals = [getattr(module, name) for name in NUTPIE_FACTORIES]
    ours: tuple[Callable[..., Callback], ...] = (
        _log_density_callback,
        _expand_callback,
    )
    for name, original, factory in zip(NUTPIE_FACTORIES, originals, ours, strict=True):
        setattr(module, name, _where_cached(factory, original))
    try:
        yield {"cache": True}
    finally:
        for name, original in zip(NUTPIE_FACTORIES, originals, strict=True):
            setattr(module, name, original)


def _where_cached(
    factory: Callable[..., Callback], original: Callable[..., Callback]
) -> Callable[..., Callback]:
    """Leave to nutpie a graph that PyTensor itself does not keep on disk."""

    def make(*arguments: Any) -> Callback:
        inner = next(x for x in arguments if hasattr(x, "py_func"))
        is_cached = inner.py_func in CACHED_SRC_FUNCTIONS
        return (factory if is_cached else original)(*arguments)

    return make


def _log_density_callback(
    n_dim: int,
    inner: Any,
    user_data: NDArray[np.void],
    keys: list[str],
    arrays: Mapping[str, NDArray[Any]],
) -> Callback:
    source = LOG_DENSITY_SOURCE.format(
        n_dim=n_dim, **_data_arguments(user_data, keys, arrays)
    )
    number, vector = numba.types.uint64, numba.types.CPointer(numba.types.double)
    signature = numba.types.int64(number, vector, vector, vector, numba.types.voidptr)
    return _compiled_source(source, "log_density_and_gradient", inner), signature


def _expand_callback(
    n_dim: int,
    n_expanded: int,
    inner: Any,
    user_data: NDArray[np.void],
    keys: list[str],
    arrays: Mapping[str, NDArray[Any]],
) -> Callback:
    source = EXPAND_SOURCE.format(
        n_dim=n_dim, n_expanded=n_expanded, **_data_arguments(user_data, keys, arrays)
    )
    number, vector = numba.types.uint64, numba.types.CPointer(numba.types.double)
    signature = numba.types.int64(number, number, vector, vector, numba.types.voidptr)
    return _compiled_source(source, "expand", inner), signature


def _data_arguments(
    user_data: NDArray[np.void], keys: list[str], arrays: Mapping[str, NDArray[Any]]
) -> dict[str, str]:
    """Source that reads the model's data where nutpie's record says they lie.

    The record holds the address and the shape of each array, so that
    ``compiled.with_data`` reaches the callbacks too.
    """
    record = user_data.dtype["shared"]
    lines = []
    for position, key in enumerate(keys):
        array = arrays[key]
        address = _integer_offset(record, "data", key)
        first = _integer_offset(record, "shape", key)
        shape = "".join(f"user_data[{first + axis}], " for axis in range(array.ndim))
        lines.append(
            f"        data_{position} = carray(as_pointer(user_data[{address}]), "
            f"({shape}), np.dtype('{array.dtype.str}'))"
        )
    names = [f"data_{position}" for position in range(len(keys))]
    return {"arrays": "\n".join(lines), "arguments": ", ".join(["x", *names])}


def _integer_offset(record: np.dtype[Any], field: str, key: str) -> int:
    fields, within = record.fields, record[field].fields
    if fields is None or within is None:
        raise TypeError(f"nutpie's record of shared data has no field {field}")
    return int(fields[field][1] + within[key][1]) // BYTES_OF_AN_ADDRESS


def _compiled_source(source: str, name: str, inner: Any) -> Callable[..., int]:
    key = f"{source}{CACHED_SRC_FUNCTIONS[inner.py_func]}{CACHE_VERSION}"
    scope = {
        "__name__": __name__,
        "carray": numba.carray,
        "np": np,
        "inner": inner,
        "as_integers": _as_integers,
        "as_pointer": _as_pointer,
    }
    digest = hashlib.sha256(key.encode()).hexdigest()
    return compile_numba_function_src(source, name, scope, cache_key=digest)


@intrinsic
def _as_integers(typing_context, address):  # type: ignore[no-untyped-def]
    """Read what a pointer points to as 64-bit integers."""
    integers = numba.types.CPointer(numba.types.int64)

    def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], context.get_value_type(integers))

    return integers(address), codegen


@intrinsic
def _as_pointer(typing_context, address):  # type: ignore[no-untyped-def]
    """Turn an integer into a pointer."""

    def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return numba.types.voidptr(address), codegen
