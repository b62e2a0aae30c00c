"""What `python -m inference compile` leaves on disk is all that a later fit needs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from inference.compile_command import FITS
from tests.places import ROOT

NAME = "half-life proportional-hazard"

COMPILE = f"""
from inference.compile_command import _compile_one
_compile_one({NAME!r})
"""


def run(cache: Path, *arguments: str) -> set[str]:
    """Run Python with a cache of its own; return the names of the files in it."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={cache}"},
        capture_output=True,
        text=True,
    )
    # 1: a run as short as this one's fails its checks, and is written all the same.
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return {path.name for path in (cache / "numba").iterdir()}


@pytest.mark.long
def test_a_fit_of_the_makefiles_twin_finds_all_compiled(tmp_path):
    panel, trace = str(tmp_path / "twin.parquet"), str(tmp_path / "twin.nc")
    compiled = run(tmp_path, "-c", COMPILE)
    run(
        tmp_path, "-m", "models", "simulate", "half-life", "--seed", "1", "--out", panel
    )
    sizes = ["--draws", "50", "--tune", "50", "--chains", "2"]
    fit = ["-m", "inference", "fit", *NAME.replace(" ", " --variant ").split()]
    after = run(tmp_path, *fit, "--panel", panel, *sizes, "--out", trace)
    assert Path(trace).exists()
    assert after == compiled


def test_every_fit_of_the_makefile_is_compiled():
    makefile = (ROOT / "Makefile").read_text().replace("$*", "cash-futures-order-flow")
    command = r"inference fit (\S+) --panel \S+(?: --\w+ (\S+))? --seed"
    names = {" ".join(x).strip() for x in re.findall(command, makefile)}
    assert len(names) == 4
    assert names <= set(FITS)
