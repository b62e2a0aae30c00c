"""Compiled functions of arrays of any layout, that see contiguous ones of known shape.

A pass is called through pointers: an array of another shape would be read, or written,
beyond its end.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numba
import numpy as np

from models.likelihoods.compiled.separate_passes import executed

Shape = tuple[str | int, ...]
"""Of an array: a name stands for a length that is known when the pass runs."""

SOURCE = """
def {name}({arguments}):
    if {differs}:
        raise ValueError({message!r})
    return inner({contiguous})
"""


def checked(
    function: Callable[..., Any], shapes: Mapping[str, Shape], name: str
) -> Callable[..., Any]:
    """Compile a function that looks at its arrays before another one runs on them.

    What is not contiguous is copied.

    Parameters
    ----------
    function : callable
        Compiled function of arrays, which it takes by position.
    shapes : mapping of str to Shape
        Of every argument. The arguments are written out: numba's own ``*arguments``
        would give a tuple, over which it cannot map.
    name : str
        Of the result, for messages.

    Returns
    -------
    callable
        Raises ValueError where a shape is another, or two arrays differ in a length
        that they share.
    """
    arguments = [f"x{i}" for i in range(len(shapes))]
    expected = ", ".join(f"{x} {_written(shape)}" for x, shape in shapes.items())
    source = SOURCE.format(
        name=name,
        arguments=", ".join(arguments),
        differs=" or ".join(_differences(arguments, shapes)) or "False",
        message=f"{name}: the shapes of the arrays must be {expected}",
        contiguous=", ".join(f"np.ascontiguousarray({x})" for x in arguments),
    )
    return numba.njit(executed(source, name, np=np, inner=function))


def _differences(arguments: list[str], shapes: Mapping[str, Shape]) -> Iterator[str]:
    """Conditions under which a shape is not the expected one."""
    known: dict[str | int, str] = {}
    for argument, shape in zip(arguments, shapes.values(), strict=True):
        for axis, length in enumerate(shape):
            found = f"{argument}.shape[{axis}]"
            other = known.setdefault(length, found) if isinstance(length, str) else None
            if other != found:
                yield f"{found} != {other or length}"


def _written(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def require_shapes(shapes: Mapping[str, Shape], found: Mapping[str, Any]) -> None:
    """Raise ValueError where the static shapes of tensors cannot be the expected ones.

    Parameters
    ----------
    shapes : mapping of str to Shape
        Expected.
    found : mapping of str to tuple
        Of the same arrays; None stands for a length that is not known yet.
    """
    known: dict[str, int] = {}
    for name, shape in shapes.items():
        lengths = found[name]
        fits = len(lengths) == len(shape) and all(
            length is None
            or length == (x if isinstance(x, int) else known.setdefault(x, length))
            for x, length in zip(shape, lengths, strict=True)
        )
        if not fits:
            others = ", ".join(f"{x} = {length}" for x, length in known.items())
            where = f" with {others}" * bool(others)
            raise ValueError(
                f"{name} must have shape {_written(shape)}{where}; got {lengths}"
            )
