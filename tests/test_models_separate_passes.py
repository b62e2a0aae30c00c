"""Passes compiled apart: in this process, in another one, and found on disk."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from models.separate_passes import separate_pass
from tests.doubling_pass import PATH

ROOT = Path(__file__).parents[1]

SETUP = f"""
import numpy as np
import models.separate_passes as passes
import tests.doubling_pass
PATH = {PATH!r}

def forbidden(*arguments, **options):
    raise AssertionError("not to be called")

def no_compilation():
    original = tests.doubling_pass.doubling_pass
    def without_source(factor):
        described = original(factor)
        object.__setattr__(described, "build", forbidden)
        return described
    tests.doubling_pass.doubling_pass = without_source
    passes._described.cache_clear()

def run():
    result, count = np.zeros((2, 2)), np.zeros(1, np.int64)
    passes.separate_pass(PATH, 2)(2, np.array([3.0, 4.0]), result, count)
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
    separate_pass(PATH, factor)(3, np.arange(3.0), result, count)
    assert_array_equal(result, [[0, 0], [0, factor], [0, 2 * factor]])
    assert count[0] == 3


def test_another_process_finds_it_on_disk(tmp_path):
    in_fresh_process(tmp_path, "run()")
    in_fresh_process(tmp_path, "no_compilation(); run()")


def test_a_process_beside_compiles_it_once(tmp_path):
    in_fresh_process(
        tmp_path, "passes.compile_beside(PATH, 2); no_compilation(); run()"
    )
    in_fresh_process(
        tmp_path, "passes.subprocess.Popen = forbidden; passes.compile_beside(PATH, 2)"
    )


def test_where_the_process_beside_fails_this_one_compiles(tmp_path):
    in_fresh_process(
        tmp_path,
        "import sys; sys.executable = '/bin/false'\n"
        "passes.compile_beside(PATH, 2); run()",
    )
