"""Inputs come back from a trace as they were selected."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from inference.store import read_trace, write_trace
from models.half_life.inputs import HalfLifeInputs
from models.half_life.model import variant_inputs
from models.half_life.specification import (
    LINEAR,
    PROPORTIONAL_HAZARD,
    HalfLifeSpecification,
)
from models.half_life.stored_inputs import inputs_dataset, inputs_from_dataset
from tests.half_life.frames import (
    event_frame,
    event_panel,
    with_imputations,
    with_shared_outcome,
)


def assert_same(found: HalfLifeInputs, expected: HalfLifeInputs) -> None:
    for field in fields(HalfLifeInputs):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(other, pd.DataFrame):
            pd.testing.assert_frame_equal(
                one[list(other.columns)], other, check_dtype=False
            )
            assert one.shape == other.shape
        elif isinstance(other, list):
            assert one == other
        else:
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("variant", "covariates"),
    [
        (PROPORTIONAL_HAZARD, None),
        (LINEAR, ("trade_count", "dealer_hhi")),
        (PROPORTIONAL_HAZARD, ()),
    ],
    ids=["hazard", "linear", "without covariates"],
)
def test_inputs_survive_a_file(tmp_path, variant, covariates) -> None:
    frame = with_shared_outcome(with_imputations(event_frame(), 3))
    specification = HalfLifeSpecification(variant=variant, covariates=covariates)
    inputs = variant_inputs(event_panel(frame), specification)
    dataset = inputs_dataset(inputs)
    assert_same(inputs_from_dataset(dataset, inputs.notes), inputs)

    tree = xr.DataTree.from_dict({"panel": dataset, "posterior": xr.Dataset()})
    write_trace(tree, tmp_path / "trace.nc")
    stored = read_trace(tmp_path / "trace.nc")["panel"].to_dataset()
    assert_same(inputs_from_dataset(stored, inputs.notes), inputs)
