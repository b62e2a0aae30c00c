"""New events against hazards simulated day by day, and the basis against its law."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data.errors import DataError
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.new_events import read_new_events
from inference.half_life.basis_decomposition import (
    prepare_basis_decomposition,
    state_spaces_by_tenor,
)
from inference.half_life.basis_forecast import forecast_basis
from inference.half_life.forecast import forecast_half_life, forecast_joint_decay
from inference.half_life.hazards import thinned_samples
from inference.traced.forecast import Forecast, ForecastRequest
from models.half_life.basis_simulation import simulate_basis
from models.half_life.specification import LINEAR, PROPORTIONAL_HAZARD
from tests.half_life.joint_traces import random_joint_tree
from tests.half_life.traces import random_half_life_tree
from tests.inference.joint_normals import ahead_by_joint_normal, require_distribution
from tests.liquidity_regimes.models import draws_of

NUM_SIMULATED = 6000
SIMULATION_ERROR = 0.035
"""Five standard errors of a share of 6,000."""

KNOWN, UNKNOWN = 0, 1


def events_file(folder: Path, tree: xr.DataTree) -> Path:
    """Two events: one of a kind that was seen, all covariates known, and a new one."""
    kind, tenor = str(tree["posterior"]["event_tenor"].to_numpy()[0]).rsplit(":", 1)
    names = [str(name) for name in tree["panel"]["covariate"].to_numpy()]
    frame = pd.DataFrame({"event_type": [kind, "never seen"], "tenor": [tenor, tenor]})
    for k, name in enumerate(names):
        center, scale = (float(tree["panel"][x][k]) for x in ("center", "scale"))
        logarithm = str(tree["panel"]["transformation"].to_numpy()[k]) == "logarithm"
        value = center + scale
        frame[name] = [np.exp(value) if logarithm else value, np.nan]
    path = folder / "new.csv"
    frame.to_csv(path, index=False)
    return path


def mean_open(found: Forecast) -> np.ndarray:
    """Predictive probability of being open, (day, event)."""
    return found.draws["probability_open"].mean("sample").to_numpy()


def test_new_events_close_as_hazards_simulated_day_by_day(tmp_path: Path) -> None:
    tree = random_half_life_tree(PROPORTIONAL_HAZARD)
    found = forecast_half_life(tree, ForecastRequest(panel=events_file(tmp_path, tree)))
    draws = thinned_samples(tree["posterior"].to_dataset(), 10_000)
    standardized = tree["panel"]["standardized_covariate"].to_numpy()
    hazard = np.exp(draws["baseline_log_hazard"].transpose("sample", "day").to_numpy())
    coefficient = draws["coefficient"].transpose("sample", "covariate").to_numpy()
    effects = draws["event_tenor_effect"].transpose("sample", "event_tenor").to_numpy()
    of_date, of_kind = draws["date_sd"].to_numpy(), draws["event_tenor_sd"].to_numpy()
    rng = np.random.default_rng(21)
    lasted = np.zeros((2, NUM_SIMULATED))
    for event in (KNOWN, UNKNOWN):
        for k in range(NUM_SIMULATED):
            s = rng.integers(len(hazard))
            x = np.ones(len(coefficient[s]))
            kind = effects[s, 0]
            if event == UNKNOWN:
                x = standardized[rng.integers(len(standardized))]
                kind = rng.normal(0, of_kind[s])
            ratio = np.exp(x @ coefficient[s] + kind + rng.normal(0, of_date[s]))
            day = 0
            while day < len(hazard[s]) and rng.random() > 1 - np.exp(
                -ratio * hazard[s, day]
            ):
                day += 1
            lasted[event, k] = day
    days = np.arange(hazard.shape[1] + 1)
    expected = (lasted[:, :, None] >= days).mean(axis=1).T
    np.testing.assert_allclose(mean_open(found), expected, atol=SIMULATION_ERROR)
    said = " ".join(found.assumptions)
    assert "never seen" in said
    assert "Averaged over events of the sample where missing" in said


def test_the_line_foretells_days_around_it(tmp_path: Path) -> None:
    tree = random_half_life_tree(LINEAR)
    found = forecast_half_life(tree, ForecastRequest(panel=events_file(tmp_path, tree)))
    draws = tree["posterior"].to_dataset()
    mean = draws["intercept_days"] + draws["coefficient"].sum("covariate")
    mean = mean + draws["event_tenor_effect"].isel(event_tenor=0)
    noise = np.random.default_rng(2).standard_normal((50, *mean.shape))
    days = mean.to_numpy() + draws["noise_sd_days"].to_numpy() * noise
    expected = (days > 4).mean()
    assert mean_open(found)[4, KNOWN] == pytest.approx(expected, abs=0.02)


def test_half_of_average_events_are_over_by_the_median_of_the_joint_model(
    tmp_path: Path,
) -> None:
    tree = random_joint_tree()
    names = ["coefficient", "event_tenor_effect", "date_sd", "event_tenor_sd"]
    posterior = tree["posterior"].to_dataset()
    still = {
        name: xr.zeros_like(posterior[name]) for name in names if name in posterior
    }
    steady = xr.full_like(posterior["shape"], 1.5)
    median = xr.full_like(posterior["shape"], 6.0)
    tree["posterior"] = posterior.assign(
        still | {"shape": steady, "median_half_life_days": median}
    )
    request = ForecastRequest(panel=events_file(tmp_path, tree), horizon=12)
    found = mean_open(forecast_joint_decay(tree, request))
    np.testing.assert_allclose(found[6], 0.5, atol=1e-9)
    # A Weibull share: the log of the share open grows with the day to the shape.
    np.testing.assert_allclose(
        np.log(found[12]) / np.log(found[6]), 2.0**1.5, rtol=1e-9
    )


def test_events_are_needed_and_days_that_somebody_watched(tmp_path: Path) -> None:
    tree = random_half_life_tree(PROPORTIONAL_HAZARD)
    with pytest.raises(DataError, match="template"):
        forecast_half_life(tree, ForecastRequest())
    path = events_file(tmp_path, tree)
    with pytest.raises(DataError, match="watched"):
        forecast_half_life(tree, ForecastRequest(panel=path, horizon=400))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("event_type,tenor\ncpi,\n", "row 1"),
        ("event_type,tenor\n,10\n", "row 1"),
        ("event_type,tenor,ats_share\ncpi,10,1.5\n", "ats_share"),
        ("event_type\ncpi\n", "tenor"),
    ],
)
def test_new_events_with_faults_are_refused(
    text: str, wrong: str, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=wrong):
        read_new_events(path)


def test_the_basis_ahead_has_the_law_of_its_components() -> None:
    panel = basis_panel_from_frame(simulate_basis(5)[:90], "twin")
    prepared = prepare_basis_decomposition(panel)
    tenors = panel.dataset.sizes["tenor"]
    point = {
        "half_life_days": np.linspace(3, 9, tenors),
        "innovation_sd_bp": np.linspace(1, 2, tenors),
        "deviation_innovation_share": np.linspace(0.3, 0.8, tenors),
        "noise_sd_bp": np.full(tenors, 0.7),
    }
    draws = draws_of(point, 400)
    tree = xr.DataTree.from_dict({"posterior": draws, "panel": prepared.used})
    tree.attrs = prepared.description
    found = forecast_basis(tree, ForecastRequest(horizon=6)).draws["basis_bp"]
    one = draws.isel(draw=[0])
    for k, (system,) in enumerate(state_spaces_by_tenor(prepared.model, one)):
        longer = system._replace(
            **{
                name: np.pad(getattr(system, name), ((0, 6), (0, 0)))
                for name in (
                    "observation",
                    "is_observed",
                    "state_input",
                    "observation_input",
                )
            }
        )
        mean, sd = ahead_by_joint_normal(longer, 6)
        require_distribution(found.isel(tenor=[k]), mean, sd)
