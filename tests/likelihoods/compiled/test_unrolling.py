"""Loops written out for the compiler give what the function as written gives."""

import inspect

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from models.likelihoods.compiled.unrolling import unroll


def triangle_product(A, x, result, K):
    """Multiply by the lower triangle, twice, in place."""
    y = np.empty(K)
    sums = np.zeros((2, K))
    for turn in range(2):
        for k in range(K):
            y[k] = x[k]
        for k in range(K):
            for j in range(K):
                if j <= k:
                    sums[turn, k] += A[max(j, k), min(j, k)] * y[j]
        for k in range(K):
            x[k] = sums[turn, k]
    t = 0
    while t < len(result):
        for row in range(t, t + 1):
            result[row] = sums[1, K - 1] if row > 0 else sums[0, K - 1]
        t += 1


def dated(x, N):
    """A local array indexed by what only the data tell."""
    y = np.empty(N)
    for t in range(len(x)):
        y[t] = x[t]


def branching(x, N):
    """A condition on the data round one on the size."""
    total = 0.0
    for i in range(N):
        if x[i] > 0:
            if i > 0:
                total += x[i]
            else:
                total -= x[i]
        else:
            total += 100.0
    return total


def test_the_numbers_are_those_of_the_function_as_written():
    rng = np.random.default_rng(1)
    A = rng.normal(size=(3, 3))
    written, unrolled = np.empty(4), np.empty(4)
    x = rng.normal(size=3)
    x_written, x_unrolled = x.copy(), x.copy()
    triangle_product(A, x_written, written, 3)
    unroll(triangle_product, K=3)(A, x_unrolled, unrolled)
    assert_array_equal(x_unrolled, x_written)
    assert_array_equal(unrolled, written)


@pytest.mark.parametrize("x", [[1.0, 2.0], [-1.0, 2.0], [3.0, -1.0]])
def test_conditions_on_data_are_kept(x):
    assert unroll(branching, N=2)(x) == branching(x, 2)


def test_sizes_are_no_longer_arguments():
    assert list(inspect.signature(unroll(branching, N=2)).parameters) == ["x"]


def test_no_loop_over_sizes_and_no_local_array_is_left():
    names = unroll(triangle_product, K=3).__code__.co_names
    assert "empty" not in names
    assert "zeros" not in names
    assert unroll(branching, N=2).__code__.co_varnames == ("x", "total")


def test_an_index_that_the_sizes_do_not_tell_is_refused():
    with pytest.raises(ValueError, match=r"y\[t\]"):
        unroll(dated, N=3)
