"""Passes compiled apart, and found on disk by another process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from models.likelihoods.compiled.separate_passes import separate_pass
from tests.likelihoods.doubling_pass import doubling_pass
from tests.places import ROOT

SETUP = """
import functools
import numpy as np
import models.likelihoods.compiled.separate_passes as passes
import tests.likelihoods.doubling_pass as described

def forbidden(*arguments, **options):
    raise AssertionError("not to be called")

def no_compilation():
    original = described.doubling_pass
    @functools.wraps(original)
    def without_source(factor):
        found = original(factor)
        object.__setattr__(found, "build", forbidden)
        return found
    described.doubling_pass = without_source
    passes._described.cache_clear()

def run():
    result, count = np.zeros((2, 2)), np.zeros(1, np.int64)
    double = passes.separate_pass(described.doubling_pass, 2)
    double(2, np.array([3.0, 4.0]), result, count)
    assert result[:, 1].tolist() == [6.0, 8.0]
    assert count[0] == 2
"""


def in_fresh_process(cache: Path, source: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SETUP + source],
        cwd=ROOT,
        env=os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={cache}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("factor", [2, 3])
def test_a_pass_writes_into_the_arrays_it_is_given(factor):
    result, count = np.zeros((3, 2)), np.zeros(1, np.int64)
    separate_pass(doubling_pass, factor)(3, np.arange(3.0), result, count)
    assert_array_equal(result, [[0, 0], [0, factor], [0, 2 * factor]])
    assert count[0] == 3


def test_another_process_finds_it_on_disk(tmp_path):
    in_fresh_process(tmp_path, "run()")
    in_fresh_process(tmp_path, "no_compilation(); run()")


def test_compiling_a_filter_starts_no_other_process(tmp_path):
    in_fresh_process(
        tmp_path,
        """
import subprocess
from pytensor.link.numba.dispatch.basic import numba_funcify
from models.likelihoods.kalman.op import kalman_op

subprocess.Popen = forbidden
numba_funcify(kalman_op(1, 1), node=None)
""",
    )


def test_what_is_wrong_with_a_pass_is_raised_where_it_is_called(tmp_path):
    in_fresh_process(
        tmp_path,
        """
no_compilation()
try:
    run()
except Exception as error:
    assert "not to be called" in str(error), error
else:
    raise AssertionError("nothing was raised")
""",
    )
