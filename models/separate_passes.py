"""Machine code of a pass over dates, apart from the graphs that call it.

numba optimises all that a function calls again with each function that calls it. A
filter, called by its Op, by the graph of a model and by the sampler's callback, would
be optimised five times over. A separate pass is compiled once, kept in PyTensor's disk
cache under its own key, and called through a pointer that PyTensor fetches at the first
call. Until then another process can be at work on it: `compile_beside` starts one,
while this process goes on with the rest of the graph.
"""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import overload
from pytensor.link.numba.cache import (
    CACHED_SRC_FUNCTIONS,
    NUMBA_CACHE_PATH,
    _call_cached_ptr,
)

FLOATING_POINT = {"contract", "nsz"}
"""Fused multiply-add, and no care for the sign of zero."""

OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": FLOATING_POINT}
"""Without checks of divisions."""

CALLED_SOURCE = """
def {name}({arguments}):
    inner({arrays})
"""

CALL_SOURCE = """
def call({arguments}):
    function = fetched(address, signature, "{name}")
    function({pointers})
"""

CHILD_SOURCE = """
import sys, types
package = types.ModuleType({package!r})
package.__path__ = [{folder!r}]
sys.modules[{package!r}] = package
from {module} import address_of
address_of({path!r}, {sizes!r})
"""
"""Imports the pass without the rest of its package, which would bring in PyMC and take
seconds."""

ADDRESS_SOURCE = """
def address():
    with objmode(found="intp"):
        found = address_of({path!r}, {sizes!r})
    return found
"""

_compiling: dict[tuple[str, tuple[int, ...]], subprocess.Popen[bytes]] = {}
_lock = Lock()


@dataclass(frozen=True, kw_only=True)
class SeparatePass:
    """What to compile.

    Parameters
    ----------
    build : callable
        Returns the function: of the lengths, then of the arrays, into some of which it
        writes. Called only where the machine code is not on disk yet.
    lengths : tuple of str
        Names of its leading arguments, integers.
    arrays : mapping of str to str
        Shape of each array in terms of the lengths and of literal numbers. All are
        contiguous double precision, but for those named in `integers`.
    integers : tuple of str
        Arrays of 64-bit integers.
    version : str
        Changes with the source of the pass.
    """

    build: Callable[[], Callable[..., None]]
    lengths: tuple[str, ...]
    arrays: Mapping[str, str]
    integers: tuple[str, ...] = ()
    version: str


def separate_pass(path: str, *sizes: int) -> Callable[..., None]:
    """Make a pass callable from compiled code.

    Parameters
    ----------
    path : str
        Module and name of the function that maps `sizes` to a `SeparatePass`.
    *sizes : int
        Constants to the compiler.

    Returns
    -------
    callable
        Compiled function of the lengths and the arrays of the pass.
    """
    described = _described(path, sizes)
    arguments = [*described.lengths, *described.arrays]
    pointers = [*described.lengths, *(f"{x}.ctypes" for x in described.arrays)]
    to_address = _executed(
        ADDRESS_SOURCE.format(path=path, sizes=sizes),
        "address",
        objmode=numba.objmode,
        address_of=address_of,
    )
    call = _executed(
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


def compile_beside(path: str, *sizes: int) -> None:
    """Compile a pass in another process, unless it is on disk.

    Parameters
    ----------
    path, *sizes
        As of `separate_pass`.
    """
    with _lock:
        if (path, sizes) in _compiling or any(
            NUMBA_CACHE_PATH.glob(f"*{_key(path, sizes)}*")
        ):
            return
        source = CHILD_SOURCE.format(
            package=__name__.partition(".")[0],
            folder=str(Path(__file__).parent),
            module=__name__,
            path=path,
            sizes=sizes,
        )
        _compiling[path, sizes] = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", source],
            stdout=subprocess.DEVNULL,
            # What is wrong there is wrong here too, and is said here.
            stderr=subprocess.DEVNULL,
        )


def address_of(path: str, sizes: tuple[int, ...]) -> int:
    """Address of the machine code of a pass, compiled if it is not on disk.

    Parameters
    ----------
    path, sizes
        As of `separate_pass`.

    Returns
    -------
    int
    """
    with _lock:
        other = _compiling.get((path, sizes))
    if other is not None:
        other.wait()
    return int(_compiled(path, sizes).address)


@cache
def _compiled(path: str, sizes: tuple[int, ...]) -> Any:
    described = _described(path, sizes)
    arrays = [
        f"carray({x}, {shape}, {'int64' if x in described.integers else 'double'})"
        for x, shape in described.arrays.items()
    ]

    def inner(*_: Any) -> None:
        """Stand for the pass until numba asks for its types."""

    # numba calls this only where it has to compile.
    overload(inner, jit_options=OPTIONS, strict=False)(lambda *_: described.build())
    function = _executed(
        CALLED_SOURCE.format(
            name=_name(path, sizes),
            arguments=", ".join([*described.lengths, *described.arrays]),
            arrays=", ".join([*described.lengths, *arrays]),
        ),
        _name(path, sizes),
        carray=numba.carray,
        double=np.float64,
        int64=np.int64,
        inner=inner,
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


def _signature(described: SeparatePass) -> Any:
    lengths = [types.intp] * len(described.lengths)
    return types.void(*lengths, *[types.voidptr] * len(described.arrays))


def _name(path: str, sizes: tuple[int, ...]) -> str:
    return "_".join([path.rpartition(".")[2], *map(str, sizes)])


def _key(path: str, sizes: tuple[int, ...]) -> str:
    return f"{_name(path, sizes)}-{_described(path, sizes).version}"


def _executed(source: str, name: str, **scope: Any) -> Callable[..., Any]:
    # numba imports the module of a function that it finds on disk.
    scope["__name__"] = __name__
    exec(compile(source, f"<{name}>", "exec"), scope)  # noqa: S102
    function: Callable[..., Any] = scope[name]
    return function
