"""From a panel file to a trace through the command line."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from data.liquidity_regimes.panel import (
    liquidity_panel_from_frame,
    write_liquidity_panel,
)
from inference.__main__ import app
from inference.liquidity_regimes.prepare import prepare_liquidity_regimes
from inference.store import read_trace
from inference.traced.prepared import Past, PreparedModel
from models.liquidity_regimes.data_variables import PRIOR_SCALES
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from tests.liquidity_regimes.models import NUM_DAYS, twin, twin_frame

FEW_DRAWS = ["--draws", "100", "--tune", "200", "--chains", "2", "--seed", "3"]

PAST_DAYS = 400

FARTHEST_NATS = 1.5
"""Of a day's score from its density given all days: ten of 600 days move a posterior
little, where a wrong day or mask moves scores by more than that."""

EXIT_CHECK_FAILED = 1
"""A hundred draws are too few to pass; the trace is written all the same."""


def fitted(model: str, folder: Path) -> xr.DataTree:
    frame = twin_frame().copy()
    frame.loc[[5, 6], "price_impact"] = np.nan
    write_liquidity_panel(frame, folder / "panel.csv")
    out = folder / "trace.nc"
    paths = ["--panel", str(folder / "panel.csv"), "--out", str(out)]
    result = CliRunner().invoke(app, ["fit", model, *paths, *FEW_DRAWS])
    assert result.exit_code in (0, EXIT_CHECK_FAILED), result.output
    return read_trace(out)


@pytest.mark.long
def test_a_panel_becomes_a_scored_trace_with_states_starts_and_predictions(
    tmp_path: Path,
) -> None:
    trace = fitted("liquidity-regimes", tmp_path)
    assert trace.attrs["variant"] == "IV-depth"
    assert trace.attrs["specification"]["num_states"] == 3
    assert trace["posterior"]["price_impact_slope"].dims[2:] == ("state", "covariate")
    slope = trace["posterior"]["price_impact_slope"].sel(covariate="V")
    assert (slope.diff("state") < 0).all()
    assert trace["log_likelihood"]["price_impact"].dims == ("chain", "draw", "day")
    assert trace["regimes"]["state_path"].sizes["day"] == NUM_DAYS
    assert int(np.isnan(trace["one_step_ahead"]["pit"]).sum()) == 2
    starts = trace["starts"]
    assert starts.attrs["num_starts"] == starts.sizes["start"]
    best = starts["log_density"].max()
    assert trace["posterior_mode"].attrs["log_posterior"] == pytest.approx(float(best))
    assert np.isfinite(trace["posterior_predictive"]["price_impact"]).all()

    day = str(trace["panel"]["day"].dt.strftime("%Y-%m-%d").to_numpy()[-10])
    out = tmp_path / "trace.nc"
    result = CliRunner().invoke(app, ["score", str(out), "--first-date", day])
    assert result.exit_code == EXIT_CHECK_FAILED, result.output
    scored = read_trace(out)["leave_future_out"]
    assert scored.sizes["day"] == 10
    # Ten days are few of 600, so parameters are nearly those of the whole sample.
    in_sample = trace["one_step_ahead"]["pit"][-10:]
    assert float(abs(scored["pit"] - in_sample).max()) < 0.2
    probability = scored["predicted_probability"]
    np.testing.assert_allclose(probability.sum("state"), 1.0, atol=1e-5)
    in_sample = trace["regimes"]["predicted_probability"][-10:]
    assert float(abs(probability - in_sample).max()) < 0.2
    fitted_density = trace["log_likelihood"]["price_impact"].mean(("chain", "draw"))
    apart = np.abs(scored["elpd"] - fitted_density[-10:])
    assert float(apart.max()) < FARTHEST_NATS


@pytest.mark.long
def test_a_panel_becomes_a_trace_of_thresholds(tmp_path: Path) -> None:
    trace = fitted("threshold-regression", tmp_path)
    assert trace["posterior"]["volatility_slope"].dims[2:] == ("regime",)
    assert trace["posterior"]["volatility_threshold_bp"].dims[2:] == ("threshold",)
    # Two days without price impact are no part of the regression.
    assert trace["log_likelihood"].sizes["day"] == NUM_DAYS - 2


def past_of(prepared: PreparedModel) -> Past:
    assert prepared.masking is not None
    assert prepared.masking.past is not None
    return prepared.masking.past(PAST_DAYS)


def test_what_the_past_tells_of_priors_and_starts_ignores_later_days() -> None:
    frame = twin_frame().copy()
    frame.loc[PAST_DAYS:, ["price_impact", "depth_musd"]] *= 3.0
    now, later = (
        prepare_liquidity_regimes(
            liquidity_panel_from_frame(one, "twin"), LiquidityRegimesSpecification()
        )
        for one in (twin_frame(), frame)
    )
    known, same = past_of(now), past_of(later)
    assert set(known.data) == set(PRIOR_SCALES)
    for name, values in known.data.items():
        np.testing.assert_array_equal(values, same.data[name])
        assert not np.allclose(values, later.model[name].get_value())
    assert len(known.starts) > 1
    for one, other in zip(known.starts, same.starts, strict=True):
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])


def test_only_scales_that_the_model_has_are_set_anew() -> None:
    specification = LiquidityRegimesSpecification(covariates="I", transition="constant")
    prepared = prepare_liquidity_regimes(twin(), specification)
    assert set(past_of(prepared).data) == {"slope_unit", "noise_unit"}


def test_what_is_no_specification_ends_with_two_and_names_the_choices() -> None:
    arguments = ["fit", "liquidity-regimes", "--panel", "panel.csv", "--out", "x.nc"]
    result = CliRunner().invoke(app, [*arguments, "--covariates", "V"])
    assert result.exit_code == 2
    assert "one of I, II, III, IV" in result.stderr
