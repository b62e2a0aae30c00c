"""The fit that compiles gives the numbers of one that finds all compiled."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.families import MODELS
from inference.store import read_trace
from tests.places import ROOT

SHORT = ("--seed", "1", "--draws", "50", "--tune", "50", "--chains", "2")

HALF_LIFE = (
    ("half-life", "--events", "200"),
    ("half-life", "--variant", "proportional-hazard"),
)

OTHERS = {
    "price pressure": (
        ("price-pressure", "--variant", "cash-inventory-persistent-errors"),
        ("price-pressure", "--variant", "cash-inventory-persistent-errors"),
    ),
    "regimes": (("liquidity-regimes",), ("liquidity-regimes", "--covariates", "IV")),
    "basis": (("basis",), ("basis-decomposition",)),
    "basis and events": (("basis-events",), ("basis-events",)),
    "curve": (("quotes",), ("yield-curve",)),
    "trading costs": (
        ("trading-costs", "--securities", "20", "--days", "20"),
        (*("trading-costs", "--formula", "volume-benchmark"), "--response", "joint"),
    ),
}


def _run(folder: Path, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "PYTENSOR_FLAGS": f"base_compiledir={folder / 'compiled'}",
        },
        capture_output=True,
        text=True,
    )
    # So short a fit fails its checks.
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("simulated", "fitted"),
    [
        pytest.param(*HALF_LIFE, id="half-lives"),
        *(
            pytest.param(*arguments, id=name, marks=pytest.mark.long)
            for name, arguments in OTHERS.items()
        ),
    ],
)
def test_a_fit_that_compiles_is_one_that_finds_all_compiled(
    tmp_path: Path, simulated: tuple[str, ...], fitted: tuple[str, ...]
) -> None:
    _run(tmp_path, "models", "simulate", *simulated, "--out", "panel.parquet")
    traces = []
    for name in ("compiles.nc", "finds.nc"):
        fit = ("inference", "fit", *fitted, "--panel", "panel.parquet", *SHORT)
        _run(tmp_path, *fit, "--out", name)
        traces.append(read_trace(tmp_path / name))
    one, other = traces
    assert MODELS[one.attrs["model"]].holds.broken_promises(one) == []
    assert one.children.keys() == other.children.keys()
    for group, tree in one.children.items():
        for variable, values in tree.dataset.data_vars.items():
            np.testing.assert_array_equal(
                values, other[group][variable], err_msg=f"{group}/{variable}"
            )
