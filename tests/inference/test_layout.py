"""What a layout says of traces that keep it and of those that do not."""

import numpy as np
import xarray as xr

from inference.traced.layout import TraceLayout, drawn, joined, observed, optional

LAYOUT = TraceLayout(
    always=joined(
        drawn({"slope": ("security",)}),
        {"smoothed": {"level": ("sample", "day", optional("security"))}},
    ),
    sometimes={"posterior": {"shape": ("chain", "draw")}},
)


def along(*dims: str) -> xr.DataArray:
    return xr.DataArray(np.zeros((1,) * len(dims)), dims=dims)


def small_trace(**of_posterior: xr.DataArray) -> xr.DataTree:
    slope = along("chain", "draw", "security")
    return xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"slope": slope, **of_posterior}),
            "prior": xr.Dataset({"slope": slope}),
            "smoothed": xr.Dataset({"level": along("day", "sample")}),
        }
    )


def test_a_trace_as_promised_breaks_none() -> None:
    trace = small_trace(shape=along("chain", "draw"))
    assert LAYOUT.broken_promises(trace) == []
    assert LAYOUT.unpromised(trace) == []


def test_a_renamed_variable_breaks_a_promise_and_was_not_promised() -> None:
    trace = small_trace()
    trace["smoothed"] = trace["smoothed"].to_dataset().rename(level="height")
    assert LAYOUT.broken_promises(trace) == ["smoothed/level (sample, day, [security])"]
    assert LAYOUT.unpromised(trace) == ["smoothed/height"]


def test_a_variable_along_other_dimensions_breaks_a_promise() -> None:
    trace = small_trace(shape=along("chain", "draw", "state"))
    assert LAYOUT.broken_promises(trace) == ["posterior/shape (chain, draw)"]


def test_a_missing_group_is_named_once() -> None:
    trace = small_trace()
    del trace["smoothed"]
    assert LAYOUT.missing_groups(trace) == ["smoothed"]
    assert LAYOUT.broken_promises(trace) == ["smoothed"]


def test_observed_variables_are_promised_wherever_they_are_kept() -> None:
    groups = observed("yield_bp", ("week", "tenor"), ("week",))
    assert groups["log_likelihood"] == {"yield_bp": ("chain", "draw", "week")}
    assert groups["prior_predictive"]["yield_bp"][2:] == ("week", "tenor")
