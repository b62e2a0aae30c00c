"""Components at the parameters that made the simulated data, and one short fit."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data.half_life.basis_panel import BasisPanel, basis_panel_from_frame
from inference.fitting import fit
from inference.half_life.basis_decomposition import (
    derive_basis_decomposition,
    predict_basis_decomposition,
    prepare_basis_decomposition,
    prepare_from_basis_decomposition_trace,
)
from inference.half_life.deviations import posterior_deviations
from inference.settings import SamplerSettings
from inference.store import read_trace, write_trace
from models.half_life.basis_decomposition import BasisDecompositionPriors, trading_days
from models.half_life.basis_simulation import (
    BasisParameters,
    SimulatedBasis,
    simulate_basis_with_truth,
)
from models.priors import LogNormalPrior

NUM_DAYS = 300
TRUTH = BasisParameters(
    tenor=(5, 20),
    persistence=(0.713, 0.959),
    level_innovation_sd_bp=(0.6, 0.4),
    deviation_innovation_sd_bp=(1.5, 1.46),
    noise_sd_bp=(0.6, 0.8),
)
NUM_DRAWS = 60
# 300 days and 60 paths; the components are correlated over some tens of days.
COVERAGE_TOLERANCE = 0.15


@cache
def simulated() -> SimulatedBasis:
    return simulate_basis_with_truth(3, NUM_DAYS, TRUTH)


@cache
def panel() -> BasisPanel:
    return basis_panel_from_frame(simulated().frame, "twin")


@cache
def days() -> xr.Dataset:
    """Basis and true components on the days of the model."""
    components = {
        name: (("day", "tenor"), getattr(simulated(), name))
        for name in ("level_bp", "deviation_bp")
    }
    return trading_days(panel().dataset.assign(components))


def truth_as_draws(num_draws: int = NUM_DRAWS) -> xr.Dataset:
    level = np.array(TRUTH.level_innovation_sd_bp)
    deviation = np.array(TRUTH.deviation_innovation_sd_bp)
    values = {
        "half_life_days": -1 / np.log2(TRUTH.persistence),
        "innovation_sd_bp": np.hypot(level, deviation),
        "deviation_innovation_share": deviation**2 / (level**2 + deviation**2),
        "noise_sd_bp": np.array(TRUTH.noise_sd_bp),
    }
    dims = ("chain", "draw", "tenor")
    return xr.Dataset(
        {
            name: (dims, np.broadcast_to(value, (1, num_draws, 2)))
            for name, value in values.items()
        }
    )


@cache
def groups() -> dict[str, xr.Dataset]:
    trace = xr.DataTree.from_dict({"posterior": truth_as_draws()})
    model = prepare_basis_decomposition(panel()).model
    return derive_basis_decomposition(model, trace, NUM_DRAWS, seed=1)


@pytest.mark.parametrize("name", ["level_bp", "deviation_bp"])
def test_drawn_components_cover_the_true_ones(name: str) -> None:
    truth = days()[name].to_numpy()
    low, high = groups()["smoothed"][name].quantile([0.1, 0.9], "sample").to_numpy()
    covered = ((truth >= low) & (truth <= high)).mean()
    assert covered == pytest.approx(0.8, abs=COVERAGE_TOLERANCE)


def test_components_leave_the_noise() -> None:
    smoothed = groups()["smoothed"]
    rest = days()["basis_bp"] - smoothed["level_bp"] - smoothed["deviation_bp"]
    # Noise drawn given the data has its own variance: 300 days give it to 4 percent.
    np.testing.assert_allclose(
        rest.std("day").mean("sample"), TRUTH.noise_sd_bp, rtol=0.2
    )


def test_filtered_means_end_where_smoothed_ones_do_and_ignore_the_future() -> None:
    filtered, smoothed = groups()["filtered"], groups()["smoothed"]
    last = {"day": -1}
    # The mean of 60 paths is known to an eighth of their standard deviation; five.
    error = smoothed["level_bp"].isel(last).mean("sample") - filtered["level_bp"].isel(
        last
    )
    spread = smoothed["level_bp"].isel(last).std("sample")
    assert (np.abs(error) < 5 / np.sqrt(NUM_DRAWS) * spread).all()

    changed = simulated().frame.copy()
    later = changed["date"] >= days()["day"].to_numpy()[200]
    changed.iloc[later.to_numpy(), 1:] += 25.0
    other = basis_panel_from_frame(changed, "changed")
    trace = xr.DataTree.from_dict({"posterior": truth_as_draws(1)})
    model = prepare_basis_decomposition(other).model
    found = derive_basis_decomposition(model, trace, 1, seed=1)["filtered"]
    early = slice(0, 200)
    np.testing.assert_allclose(
        found["deviation_bp"][early], filtered["deviation_bp"][early]
    )
    assert (np.abs(found["level_bp"][200] - filtered["level_bp"][200]) > 1).all()


def test_predictions_are_calibrated_and_missing_without_a_basis() -> None:
    ahead = groups()["one_step_ahead"]
    missing = np.isnan(days()["basis_bp"])
    assert (np.isnan(ahead["pit"]) == missing).all()
    assert np.isfinite(ahead["mean_bp"]).all()
    # Standard error of the sd of 300 standard normal values: 4 percent; four.
    assert ahead["standardized_innovation"].std().item() == pytest.approx(1, abs=0.16)


def test_means_of_what_draws_predict_are_the_predictions() -> None:
    model = prepare_basis_decomposition(panel()).model
    draws = truth_as_draws(NUM_DRAWS)
    found = predict_basis_decomposition(model, draws)["pit"].mean("sample")
    xr.testing.assert_allclose(found, groups()["one_step_ahead"]["pit"])


@pytest.fixture(scope="module")
def trace_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fit to 200 days of one tenor."""
    frame = simulated().frame[["date", "basis_20y_bp"]].iloc[:200]
    priors = BasisDecompositionPriors(
        half_life_days=LogNormalPrior(median=8.0, log_sd=0.7)
    )
    prepared = prepare_basis_decomposition(
        basis_panel_from_frame(frame, "twin"), priors
    )
    settings = SamplerSettings(seed=2, draws=300, tune=300, chains=2)
    trace = fit(prepared, settings, progressbar=False)
    path = tmp_path_factory.mktemp("traces") / "basis.nc"
    write_trace(trace, path)
    return path


@pytest.mark.long
def test_posterior_covers_what_the_data_were_made_from(trace_path: Path) -> None:
    posterior = read_trace(trace_path)["posterior"].to_dataset()
    truth = {
        "persistence": 0.959,
        "deviation_innovation_sd_bp": 1.46,
        "level_innovation_sd_bp": 0.4,
        "noise_sd_bp": 0.8,
    }
    for name, value in truth.items():
        low, high = np.quantile(posterior[name], [0.005, 0.995])
        assert low < value < high, name


@pytest.mark.long
def test_model_is_built_again_from_its_trace(trace_path: Path) -> None:
    trace = read_trace(trace_path)
    again = prepare_from_basis_decomposition_trace(trace)
    assert again.description["priors"] == trace.attrs["priors"]
    assert again.used.identical(trace["panel"].to_dataset())
    assert trace["log_likelihood"]["basis_bp"].dims == ("chain", "draw", "day")
    assert trace["posterior_predictive"]["basis_bp"].dims[2:] == ("day", "tenor")


@pytest.mark.long
def test_deviations_are_taken_from_the_trace(trace_path: Path) -> None:
    trace, few = read_trace(trace_path), {"source": "t", "allow_failed": True}
    found = posterior_deviations(trace, draws=3, component="autoregressive", **few)
    smoothed = trace["smoothed"]["deviation_bp"].sel(tenor=20)
    assert found.deviation_bp[20].shape == (3, smoothed.sizes["day"])
    np.testing.assert_array_equal(found.deviation_bp[20][0], smoothed[0])
    assert found.days.equals(pd.DatetimeIndex(smoothed["day"].to_numpy()))
    assert posterior_deviations(trace, draws=3, **few).deviation_bp.keys() == (
        found.deviation_bp.keys()
    )
    np.testing.assert_array_equal(
        posterior_deviations(trace, draws=3, **few).deviation_bp[20],
        found.deviation_bp[20],
    )
    transitory = posterior_deviations(
        trace, component="transitory", **few
    ).deviation_bp[20]
    assert np.isfinite(transitory).all()
