import numpy as np
import pytest
import xarray as xr

from tests.golden_master import trace_differences


def trace(**changed):
    draws = np.random.default_rng(1).normal(size=(2, 5))
    yields = np.array([1.0, np.nan, 3.0])
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"scale": (("chain", "draw"), draws)}),
            "observed_data": xr.Dataset({"yield_bp": ("week", yields)}),
        }
    )
    tree.attrs = {"model": "toy", "created": "today", "diagnostics": "ok"} | changed
    return tree


@pytest.fixture
def compared(tmp_path):
    def compare(two):
        for name, tree in (("frozen.nc", trace()), ("again.nc", two)):
            tree.to_netcdf(tmp_path / name)
        return trace_differences(tmp_path / "frozen.nc", tmp_path / "again.nc")

    return compare


def test_equal_fits_have_no_differences(compared):
    assert compared(trace(created="tomorrow")) == ([], [])


def test_a_draw_that_moved_is_told_with_its_size(compared):
    two = trace(diagnostics="FAILED")
    two["posterior"]["scale"][1, 2] += 1e-3
    wrong, moved = compared(two)
    assert wrong == []
    assert moved[0] == "attribute diagnostics: ok, now FAILED"
    assert moved[1].startswith("posterior.scale: largest change 0.001 (")


def test_data_and_description_must_not_change(compared):
    two = trace(model="other")
    two["observed_data"]["yield_bp"][0] = 2.0
    wrong, moved = compared(two)
    assert moved == []
    assert wrong[0] == "attribute model: toy, now other"
    assert wrong[1].startswith("observed_data.yield_bp: largest change 1 ")


def test_a_group_that_is_gone_is_a_difference(compared):
    two = trace()
    del two["posterior"]
    assert compared(two) == (["group posterior: in one trace only"], [])
