"""Rows in vector registers do what the same code does with arrays."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from numba import types

from models.likelihoods.compiled.vectors import (
    Row,
    exceeds,
    row,
    total,
    unit,
    write,
    zeros,
)

# Sums of a handful of numbers near one, in another order or fused.
EXACT = 1e-14

WIDTHS = (1, 3, 4, 7, 9)


def cube(width: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(3, 4, width))


def both(function: Callable[..., Any], *arguments: Any) -> tuple[Any, Any]:
    return function(*arguments), numba.njit(function)(*arguments)


@pytest.mark.parametrize("width", WIDTHS)
def test_arithmetic_is_that_of_arrays(width: int) -> None:
    last = width - 1

    def combine(values, out):
        x = row(values, (1, 2), width)
        y = row(values, (0, 3), width)
        z = 2.0 * x - y * x[0] + 1.5
        z += x * y
        z -= unit(last, width)
        z *= y
        write(out, (1,), z + zeros(width))
        return total(z)

    compiled = numba.njit(combine)
    by_row, by_array = np.zeros((2, width)), np.zeros((2, width))
    summed = compiled(cube(width), by_row)
    assert summed == pytest.approx(combine(cube(width), by_array), abs=EXACT)
    np.testing.assert_allclose(by_row, by_array, atol=EXACT)
    assert (by_row[0] == 0).all()
    assert abs(by_row[1]).min() > 0


@pytest.mark.parametrize("index", [(), (2,)])
def test_a_row_of_a_vector_starts_where_it_is_told_to(index: tuple[int, ...]) -> None:
    def move(values, out):
        write(out, (1,), row(values, index, 3))

    values, out = np.arange(6.0), np.zeros(6)
    numba.njit(move)(values, out)
    start = index[0] if index else 0
    assert out.tolist() == [0, start, start + 1, start + 2, 0, 0]
    again = np.zeros(6)
    move(values, again)
    np.testing.assert_array_equal(out, again)


def test_a_row_may_start_and_end_within_an_axis() -> None:
    def move(values, out):
        write(out, (1, 2, 3), row(values, (2, 1, 2), 4))

    values, out = cube(8), np.zeros((3, 4, 8))
    numba.njit(move)(values, out)
    np.testing.assert_array_equal(out[1, 2, 3:7], values[2, 1, 2:6])
    assert (out != 0).sum() == 4


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0, 3.0], False),
        ([1.0, 2.0, 3.1], True),
        ([1.0, np.nan, 3.0], True),
        ([-np.inf, 0.0, 0.0], False),
        ([np.inf, 0.0, 0.0], True),
    ],
)
def test_any_number_above_its_limit_is_seen(
    values: list[float],
    expected: bool,
) -> None:
    def compare(x, y):
        return exceeds(row(x, (), 3), row(y, (), 3))

    limits = np.array([1.0, 2.0, 3.0])
    assert both(compare, np.array(values), limits) == (expected, expected)


def test_rows_of_different_widths_do_not_add_up() -> None:
    def mixed(values):
        return total(row(values, (), 2) + row(values, (), 3))

    with pytest.raises(numba.core.errors.NumbaError):
        numba.njit(mixed)(np.zeros(4))


def test_a_row_has_a_type_of_its_width() -> None:
    assert Row(3) == Row(3)
    assert Row(3) != Row(4)
    assert isinstance(Row(3), types.Type)


def test_rows_compile_to_vector_instructions() -> None:
    def add(values, out):
        write(out, (), row(values, (), 4) + row(values, (4,), 4))

    compiled = numba.njit(add)
    compiled(np.arange(8.0), np.zeros(4))
    (code,) = compiled.inspect_llvm().values()
    assert "fadd" in code and "<4 x double>" in code
