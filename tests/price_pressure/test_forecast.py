"""Yields ahead, against the joint normal of the equations, and what they assume."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr

from data.errors import DataError
from data.price_pressure.panel import panel_from_frame, write_panel
from inference.price_pressure.forecast import forecast_price_pressure
from inference.price_pressure.prepare import prepare_price_pressure
from inference.states.kalman import StateSpace
from inference.states.score_driven import (
    one_step_ahead_score_driven,
    score_driven_systems,
)
from inference.traced.forecast import ForecastRequest
from models.price_pressure.variants import VARIANTS
from tests.inference.joint_normals import ahead_by_joint_normal, require_distribution
from tests.liquidity_regimes.models import draws_of
from tests.price_pressure.systems import YIELDS, system_of, truth_point, twin_frame

VARIANT = "cash-futures-order-flow"
DRIVEN = "cash-inventory-persistent-errors"
NUM_AHEAD = 4
NUM_DRAWS = 400


def trace_of(variant: str, frame: pd.DataFrame, draws: xr.Dataset) -> xr.DataTree:
    prepared = prepare_price_pressure(panel_from_frame(frame, "twin"), variant)
    tree = xr.DataTree.from_dict({"posterior": draws, "panel": prepared.used})
    tree.attrs = prepared.description
    return tree


@cache
def trace() -> xr.DataTree:
    draws = draws_of(truth_point(VARIANT), NUM_DRAWS)
    return trace_of(VARIANT, twin_frame(VARIANT)[:-NUM_AHEAD], draws)


def driven_draws(model: pm.Model, number: int) -> xr.Dataset:
    """Where the sampler would start, again and again."""
    names = [variable.name for variable in model.free_RVs]
    start = model.compile_fn(
        model.replace_rvs_by_values([model[name] for name in names]),
        inputs=model.value_vars,
        on_unused_input="ignore",
    )(model.initial_point())
    return draws_of(dict(zip(names, start, strict=True)), number)


def expected_by_joint_normal(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd (ahead, tenor) of the last weeks given the yields of all others."""
    system = StateSpace(**system_of(frame, VARIANTS[VARIANT]))
    return ahead_by_joint_normal(system, NUM_AHEAD)


def test_inputs_that_the_panel_states_give_the_joint_normal(tmp_path: Path) -> None:
    frame = twin_frame(VARIANT)
    mean, sd = expected_by_joint_normal(frame)
    frame.loc[frame.index[-NUM_AHEAD:], YIELDS] = np.nan
    path = tmp_path / "stated.csv"
    write_panel(frame, path)
    found = forecast_price_pressure(trace(), ForecastRequest(panel=path))
    require_distribution(found.draws["yield_bp"], mean, sd)
    expected = frame["date"].to_numpy()[-NUM_AHEAD:]
    assert (found.draws["ahead"].to_numpy() == expected).all()
    assert f"next {NUM_AHEAD} weeks are those of {path}" in " ".join(found.assumptions)


def test_inputs_that_are_held_stay_and_surprise_nobody() -> None:
    frame = twin_frame(VARIANT)
    last = frame.index[-NUM_AHEAD - 1]
    ahead = frame.index[-NUM_AHEAD:]
    inventories = [name for name in frame if name.startswith("dv01")]
    frame.loc[ahead, inventories] = frame.loc[last, inventories].to_numpy()
    frame.loc[ahead, [x for x in frame if "surprise" in x]] = 0.0
    mean, sd = expected_by_joint_normal(frame)
    request = ForecastRequest(horizon=NUM_AHEAD, inputs="held")
    found = forecast_price_pressure(trace(), request)
    require_distribution(found.draws["yield_bp"], mean, sd)
    assert "stay where they are" in " ".join(found.assumptions)
    assert found.past["yield_bp"].sizes["ahead"] == len(trace()["panel"]["week"])


def test_inputs_that_move_widen_the_bands_and_are_reproducible() -> None:
    point = truth_point(VARIANT)
    point["price_pressure"] = 20 * point["price_pressure"]
    pressed = trace_of(VARIANT, twin_frame(VARIANT), draws_of(point, 100))
    moving, again, held = (
        forecast_price_pressure(pressed, ForecastRequest(horizon=12, inputs=inputs))
        for inputs in ("moving", "moving", "held")
    )
    xr.testing.assert_identical(moving.draws, again.draws)
    sd, without = (each.draws["yield_bp"].std("sample") for each in (moving, held))
    # A move of inventory of some USD million presses by a hundred basis points here.
    assert (sd / without).sel(tenor=20).isel(ahead=-1) > 2


def test_a_volatile_variant_goes_on_from_its_own_volatility(tmp_path: Path) -> None:
    frame = twin_frame(VARIANT)
    model = prepare_price_pressure(panel_from_frame(frame, "twin"), DRIVEN).model
    draws = driven_draws(model, 200)
    one = score_driven_systems(model, "yield_bp", draws.isel(draw=[0]))
    expected = one_step_ahead_score_driven(one)
    fitted = trace_of(DRIVEN, frame, draws)
    frame.loc[frame.index[-1], YIELDS] = np.nan
    path = tmp_path / "stated.csv"
    write_panel(frame, path)
    found = forecast_price_pressure(fitted, ForecastRequest(panel=path))
    yields = found.draws["yield_bp"]
    require_distribution(yields, expected.mean[-1:], expected.sd[-1:])


def test_a_panel_of_other_tenors_is_refused(tmp_path: Path) -> None:
    frame = twin_frame(VARIANT).rename(columns={"yield_20y_bp": "yield_30y_bp"})
    path = tmp_path / "other.csv"
    write_panel(frame[["date", *(x for x in frame if x.startswith("yield"))]], path)
    with pytest.raises(DataError, match=r"tenors are \[2, 5, 10, 30\]"):
        forecast_price_pressure(trace(), ForecastRequest(panel=path))
