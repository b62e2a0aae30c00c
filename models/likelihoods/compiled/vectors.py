"""Rows of small matrices in vector registers, for numba to compile.

A row of K numbers is one value of the type `Row`: it is read from an array with `row`,
added, subtracted and multiplied with rows and numbers, summed with `total`, its entries
are taken with constant indices, and it goes back with `write`. LLVM splits or pads it
to what the machine has. Where Python runs the same code a row is an array.
"""

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, overload, register_model

from models.likelihoods.compiled.floating_point import ANY_ORDER, FLOATING_POINT

FLAGS = tuple(sorted(FLOATING_POINT))
IN_ANY_ORDER = tuple(sorted(ANY_ORDER))

OPERATIONS = {
    operator.add: "fadd",
    operator.sub: "fsub",
    operator.mul: "fmul",
    operator.iadd: "fadd",
    operator.isub: "fsub",
    operator.imul: "fmul",
}

OPTIONS: dict[str, Any] = {"strict": False, "jit_options": {"forceinline": True}}

DOUBLE = ir.DoubleType()
BYTES = 8


class Row(types.Type):
    """Type of a row of so many numbers."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Row({width})")


@register_model(Row)
class _RowModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Row) -> None:
        super().__init__(manager, kind, ir.VectorType(DOUBLE, kind.width))


def row(array: Any, index: tuple[int, ...], width: int) -> Any:
    """Read a row.

    Parameters
    ----------
    array : array
        C-contiguous.
    index : tuple of int
        Of the first number; where it lacks the last axis, the first on that.
    width : int
        Constant to the compiler.
    """
    return _of_python(array, index, width).copy()


def write(array: Any, index: tuple[int, ...], values: Any) -> None:
    """Write a row; arguments as of `row`."""
    _of_python(array, index, len(values))[:] = values


def total(values: Any) -> float:
    """Sum of a row, in any order."""
    return float(values.sum())


def exceeds(values: Any, limits: Any) -> bool:
    """Whether any number of a row is above the limit in its place, or either is NaN."""
    return not bool(np.all(values <= limits))


def unit(position: int, width: int) -> Any:
    """Row of zeros with a one; both arguments are constants to the compiler."""
    values = np.zeros(width)
    values[position] = 1.0
    return values


def zeros(width: int) -> Any:
    """Row of zeros; `width` is a constant to the compiler."""
    return np.zeros(width)


def _of_python(array: Any, index: tuple[int, ...], width: int) -> Any:
    *before, first = index if len(index) == array.ndim else (*index, 0)
    return array[(*before, slice(first, first + width))]


def _place(context: Any, builder: Any, kinds: Any, array: Any, index: Any) -> Any:
    """Pointer to the first number of a row."""
    array_kind, index_kind = kinds[:2]
    view = context.make_array(array_kind)(context, builder, array)
    length = [builder.extract_value(view.shape, n) for n in range(array_kind.ndim)]
    offset = ir.Constant(length[0].type, 0)
    for axis in range(array_kind.ndim):
        offset = builder.mul(offset, length[axis])
        if axis < len(index_kind):
            offset = builder.add(offset, builder.extract_value(index, axis))
    vector = ir.VectorType(DOUBLE, kinds[2].width)
    return builder.bitcast(builder.gep(view.data, [offset]), vector.as_pointer())


@intrinsic(prefer_literal=True)
def _row(typing_context: Any, array: Any, index: Any, width: Any) -> Any:
    kind = Row(width.literal_value)

    def read(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, (array, index, kind), *arguments[:2])
        return builder.load(place, align=BYTES)

    return kind(array, _positions(index), width), read


@intrinsic
def _write(typing_context: Any, array: Any, index: Any, values: Any) -> Any:
    def store(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, (array, index, values), *arguments[:2])
        builder.store(arguments[2], place, align=BYTES)
        return context.get_dummy_value()

    return types.void(array, _positions(index), values), store


@intrinsic
def _total(typing_context: Any, values: Any) -> Any:
    def add(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = context.get_value_type(values)
        kind = ir.FunctionType(DOUBLE, [DOUBLE, vector])
        name = f"llvm.vector.reduce.fadd.v{values.width}f64"
        function = builder.module.globals.get(name)
        if function is None:
            function = ir.Function(builder.module, kind, name)
        nothing = ir.Constant(DOUBLE, -0.0)
        return builder.call(function, [nothing, *arguments], fastmath=IN_ANY_ORDER)

    return types.float64(values), add


@intrinsic(prefer_literal=True)
def _unit(typing_context: Any, position: Any, width: Any) -> Any:
    kind = Row(width.literal_value)
    entries = [float(k == position.literal_value) for k in range(kind.width)]

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(context.get_value_type(kind), entries)

    return kind(position, width), make


@intrinsic
def _exceeds(typing_context: Any, values: Any, limits: Any) -> Any:
    def compare(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        above = builder.fcmp_unordered(">", *arguments)
        bits = ir.IntType(values.width)
        found = builder.bitcast(above, bits)
        return builder.icmp_unsigned("!=", found, ir.Constant(bits, 0))

    return types.boolean(values, limits), compare


def _positions(index: Any) -> Any:
    return types.UniTuple(types.intp, len(index))


@overload(row, **OPTIONS, prefer_literal=True)
def _row_overload(array: Any, index: Any, width: Any) -> Any:
    return lambda array, index, width: _row(array, index, width)


@overload(write, **OPTIONS)
def _write_overload(array: Any, index: Any, values: Any) -> Any:
    return lambda array, index, values: _write(array, index, values)


@overload(total, **OPTIONS)
def _total_overload(values: Any) -> Any:
    return lambda values: _total(values)


@overload(unit, **OPTIONS, prefer_literal=True)
def _unit_overload(position: Any, width: Any) -> Any:
    return lambda position, width: _unit(position, width)


@overload(zeros, **OPTIONS, prefer_literal=True)
def _zeros_overload(width: Any) -> Any:
    # No place is the last but one of no places.
    return lambda width: _unit(-1, width)


@overload(exceeds, **OPTIONS)
def _exceeds_overload(values: Any, limits: Any) -> Any:
    return lambda values, limits: _exceeds(values, limits)


def _spread(builder: Any, value: Any, vector: Any) -> Any:
    """Every entry the same number."""
    nothing = ir.Constant(vector, ir.Undefined)
    first = ir.Constant(ir.IntType(32), 0)
    single = builder.insert_element(nothing, value, first)
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None)
    return builder.shuffle_vector(single, nothing, everywhere)


def _add_operator(symbol: Any, name: str) -> None:
    """Of rows with rows, or with numbers, which stand for a row of them."""

    @intrinsic
    def combined(typing_context: Any, x: Any, y: Any) -> Any:
        kind = x if isinstance(x, Row) else y

        def combine(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            vector = context.get_value_type(kind)
            taken = [
                value if isinstance(given, Row) else _spread(builder, value, vector)
                for value, given in zip(arguments, signature.args, strict=True)
            ]
            return getattr(builder, name)(*taken, flags=FLAGS)

        return kind(*(k if k == kind else types.float64 for k in (x, y))), combine

    @overload(symbol, **OPTIONS)
    def choose(x: Any, y: Any) -> Any:
        rows = {k for k in (x, y) if isinstance(k, Row)}
        others = {k for k in (x, y) if not isinstance(k, (Row, types.Number))}
        if len(rows) == 1 and not others:
            return lambda x, y: combined(x, y)
        return None


for _symbol, _name in OPERATIONS.items():
    _add_operator(_symbol, _name)


@overload(operator.getitem, **OPTIONS, prefer_literal=True)
def _entry_overload(values: Any, index: Any) -> Any:
    if isinstance(values, Row):
        return lambda values, index: _entry(values, index)
    return None


@intrinsic(prefer_literal=True)
def _entry(typing_context: Any, values: Any, index: Any) -> Any:
    def take(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        position = ir.Constant(ir.IntType(32), index.literal_value)
        return builder.extract_element(arguments[0], position)

    return types.float64(values, index), take
