"""Machine code of a pass over dates, apart from the graphs that call it.

numba optimises all that a function calls again with each function that calls it. A
filter, called by its Op, by the graph of a model and by the sampler's callback, would
be optimised five times over. A separate pass is compiled once, kept in PyTensor's disk
cache under its own key, and called through a pointer that PyTensor fetches at the first
call.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import overload
from pytensor.link.numba.cache import CACHED_SRC_FUNCTIONS, _call_cached_ptr

from models.likelihoods.compiled.floating_point import FLOATING_POINT
from models.likelihoods.compiled.source_version import source_version

OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "forceinline": True,
    "fastmath": FLOATING_POINT,
}
"""Without checks of divisions; see `models.likelihoods.compiled.floating_point`."""

PART_OF_A_PASS = {
    "error_model": "numpy",
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
"""Options of what Python never calls."""

jit = numba.njit(fastmath=FLOATING_POINT, **PART_OF_A_PASS)
"""Compile a part of a pass."""

CALLED_SOURCE = """
def {name}({entries}):
    inner({arguments})
"""

CALL_SOURCE = """
def call({arguments}):
    function = fetched(address, signature, "{name}")
    function({pointers})
"""

ADDRESS_SOURCE = """
def address():
    with objmode(found="intp"):
        found = address_of({path!r}, {sizes!r})
    return found
"""


@dataclass(frozen=True, kw_only=True)
class SeparatePass:
    """What to compile.

    Parameters
    ----------
    build : callable
        Returns the function: of the lengths, then of the arrays, into some of which it
        writes. Called only where the machine code is not on disk yet, so its source
        must be in the module of its description or what that imports; see
        `models.likelihoods.compiled.source_version`.
    lengths : tuple of str
        Names of its leading arguments, integers.
    arrays : mapping of str to tuple
        Shape of each array, of numbers and of expressions in the lengths; or a named
        tuple of such shapes, for an argument that is a named tuple of arrays. All are
        contiguous double precision, but for those named in `integers`.
    integers : tuple of str
        Arrays of 64-bit integers.
    """

    build: Callable[[], Callable[..., None]]
    lengths: tuple[str, ...]
    arrays: Mapping[str, tuple[Any, ...]]
    integers: tuple[str, ...] = ()

    @property
    def entries(self) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
        """Of each array: where the caller has it, its own name, and its shape."""
        for argument, shape in self.arrays.items():
            if is_named_tuple(shape):
                for field, inner in zip(shape._fields, shape, strict=True):  # type: ignore[attr-defined]
                    yield f"{argument}.{field}", f"{argument}_{field}", inner
            else:
                yield argument, argument, shape


def separate_pass(
    describe: Callable[..., SeparatePass], *sizes: int
) -> Callable[..., None]:
    """Make a pass callable from compiled code.

    Parameters
    ----------
    describe : callable
        Function of a module that maps `sizes` to a `SeparatePass`.
    *sizes : int
        Constants to the compiler.

    Returns
    -------
    callable
        Compiled function of the lengths and the arrays of the pass.
    """
    path = f"{describe.__module__}.{describe.__qualname__}"
    described = _described(path, sizes)
    arguments = [*described.lengths, *described.arrays]
    arrays = (where for where, _, _ in described.entries)
    pointers = [*described.lengths, *(f"{x}.ctypes" for x in arrays)]
    to_address = executed(
        ADDRESS_SOURCE.format(path=path, sizes=sizes),
        "address",
        objmode=numba.objmode,
        address_of=address_of,
    )
    call = executed(
        CALL_SOURCE.format(
            name=_name(path, sizes),
            arguments=", ".join(arguments),
            pointers=", ".join(pointers),
        ),
        "call",
        fetched=_call_cached_ptr,
        address=numba.njit(to_address),
        signature=types.FunctionType(_signature(described)),
    )
    return numba.njit(call)


def address_of(path: str, sizes: tuple[int, ...]) -> int:
    """Address of the machine code of a pass, compiled if it is not on disk.

    Parameters
    ----------
    path : str
        Module and name of the function that describes the pass.
    sizes : tuple of int
        Its arguments.
    """
    return int(_compiled(path, sizes).address)


@cache
def _compiled(path: str, sizes: tuple[int, ...]) -> Any:
    described = _described(path, sizes)
    types_of_tuples = {
        f"{argument}_type": type(shape)
        for argument, shape in described.arrays.items()
        if is_named_tuple(shape)
    }

    def inner(*_: Any) -> None:
        """Stand for the pass until numba asks for its types."""

    # numba calls this only where it has to compile.
    overload(inner, jit_options=OPTIONS, strict=False)(lambda *_: described.build())
    entries = (name for _, name, _ in described.entries)
    function = executed(
        CALLED_SOURCE.format(
            name=_name(path, sizes),
            entries=", ".join([*described.lengths, *entries]),
            arguments=", ".join([*described.lengths, *_as_arrays(described)]),
        ),
        _name(path, sizes),
        carray=numba.carray,
        double=np.float64,
        int64=np.int64,
        inner=inner,
        **types_of_tuples,
    )
    CACHED_SRC_FUNCTIONS[function] = _key(path, sizes)
    with _statements_vectorised():
        return numba.cfunc(_signature(described), cache=True)(function)


@contextmanager
def _statements_vectorised() -> Iterator[None]:
    """Let LLVM join equal scalar statements into vector ones.

    numba leaves that off unless told; for loops written out, it saves a tenth.
    """
    before = numba.config.SLP_VECTORIZE
    numba.config.SLP_VECTORIZE = 1
    try:
        yield
    finally:
        numba.config.SLP_VECTORIZE = before


@cache
def _described(path: str, sizes: tuple[int, ...]) -> SeparatePass:
    module, _, name = path.rpartition(".")
    described: SeparatePass = getattr(importlib.import_module(module), name)(*sizes)
    return described


def is_named_tuple(value: Any) -> bool:
    """Whether a tuple has names."""
    return hasattr(value, "_fields")


def _as_arrays(described: SeparatePass) -> Iterator[str]:
    """Expressions that make the arguments of a pass from pointers."""
    for argument, shape in described.arrays.items():
        if is_named_tuple(shape):
            fields = zip(shape._fields, shape, strict=True)  # type: ignore[attr-defined]
            arrays = (_carray(described, f"{argument}_{x}", y, x) for x, y in fields)
            yield f"{argument}_type({', '.join(arrays)})"
        else:
            yield _carray(described, argument, shape, argument)


def _carray(described: SeparatePass, pointer: str, shape: Any, name: str) -> str:
    dtype = "int64" if name in described.integers else "double"
    return f"carray({pointer}, ({', '.join(map(str, shape))},), {dtype})"


def _signature(described: SeparatePass) -> Any:
    lengths = [types.intp] * len(described.lengths)
    pointers = [types.voidptr for _ in described.entries]
    return types.void(*lengths, *pointers)


def _name(path: str, sizes: tuple[int, ...]) -> str:
    return "_".join([path.rpartition(".")[2], *map(str, sizes)])


def _key(path: str, sizes: tuple[int, ...]) -> str:
    return f"{_name(path, sizes)}-{source_version(path.rpartition('.')[0]):x}"


def executed(source: str, name: str, **scope: Any) -> Callable[..., Any]:
    """Run the source of a function, with what it refers to."""
    # numba imports the module of a function that it finds on disk.
    scope["__name__"] = __name__
    exec(compile(source, f"<{name}>", "exec"), scope)  # noqa: S102
    function: Callable[..., Any] = scope[name]
    return function
