"""The joint model against one dense normal, its law of half-lives and its inputs."""

from functools import cache

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest

from data.errors import DataError
from data.half_life.basis_events_panel import basis_events_from_frame
from inference.half_life.joint_decay import (
    prepare_from_joint_decay_trace,
    prepare_joint_decay,
)
from models.half_life.joint_decay import (
    CONSTANT,
    joint_data_variables,
    joint_decay_model,
    model_from_joint_inputs,
)
from models.half_life.joint_inputs import NO_EVENT, joint_inputs
from models.half_life.joint_simulation import (
    JointDecayParameters,
    simulate_joint_decay,
)
from tests.likelihoods.changing_systems import dense_log_density

NAMES = ("dealer_hhi", "ats_share")
NUM_DAYS = 90

PYTHON = "FAST_COMPILE"
"""No compilation of the graph; the passes inside are compiled all the same."""

DENSE = 1e-8
"""Relative. The dense side factorises a matrix whose eigenvalues span five decades."""

TOO_RARE = 1e-3
"""P-value below which a law is refused; seeds are fixed."""


@cache
def panel():
    frame = simulate_joint_decay(1, NUM_DAYS).frame
    is_short = frame["tenor"].isin([2, 5])
    frame = frame[is_short].reset_index(drop=True)
    frame.loc[50:55, "basis_bp"] = np.nan
    return basis_events_from_frame(frame, "twin")


@cache
def inputs():
    return joint_inputs(panel(), NAMES)


@cache
def model():
    return model_from_joint_inputs(inputs(), CONSTANT)


@cache
def point():
    """One draw of everything from the prior, without transformations."""
    with model():
        drawn = pm.sample_prior_predictive(
            1, random_seed=4, compile_kwargs={"mode": PYTHON}
        )
    return drawn["prior"].to_dataset().isel(chain=0, draw=0)


def test_the_density_is_that_of_one_dense_normal():
    """Components written day by day from equation (2), apart from the model's graph."""
    draw, data = point(), joint_data_variables(inputs())
    half_life = draw["event_half_life_days"].to_numpy()
    num_days, num_tenors = data["is_quoted"].shape
    shape = num_days, num_tenors, 3
    persistence, variance = np.ones(shape), np.zeros(shape)
    share = 2.0 ** (-1.0 / draw["half_life_days"].to_numpy())
    persistence[..., 1] = share
    variance[..., 0] = draw["level_innovation_sd_bp"] ** 2
    variance[..., 1] = draw["deviation_innovation_sd_bp"] ** 2
    days = pd.DatetimeIndex(inputs().basis["day"].to_numpy())
    for column, tenor in enumerate(inputs().basis["tenor"].to_numpy()):
        of_tenor = inputs().outcomes.reset_index()
        of_tenor = of_tenor[of_tenor["tenor"] == tenor]
        for row, event in of_tenor.iterrows():
            day = days.get_loc(event["event_date"])
            sd = float(draw["event_shock_sd_bp"].sel(tenor=tenor))
            variance[day, column, 2] = sd**2
            persistence[day + 1 :, column, 2] = 2 ** (-1 / half_life[row])
    stationary = variance[0, :, 1] / (1 - share**2)
    level = np.full(num_tenors, 100.0**2)
    none = np.zeros(num_tenors)
    expected = dense_log_density(
        {
            "observation": data["quoted_basis_bp"],
            "is_observed": data["is_quoted"],
            "persistence": persistence,
            "innovation_variance": variance,
            "noise_variance": draw["noise_sd_bp"].to_numpy() ** 2,
            "initial_mean": np.zeros((num_tenors, 3)),
            "initial_variance": np.stack((level, stationary, none), axis=1),
        }
    )
    untransformed = pm.model.transform.conditioning.remove_value_transforms(model())
    (density,) = untransformed.logp(vars=[untransformed["basis_bp"]], sum=False)
    names = [variable.name for variable in untransformed.value_vars]
    found = untransformed.compile_fn(density, mode=PYTHON, on_unused_input="ignore")(
        {name: draw[name].to_numpy() for name in names}
    )
    assert_allclose(found.sum(), expected, rtol=DENSE)


def test_half_lives_follow_the_proportional_hazard():
    """The cumulative hazard at a half-life is exponential whatever the parameters."""
    with model():
        drawn = pm.sample_prior_predictive(
            40, random_seed=1, compile_kwargs={"mode": PYTHON}
        )
    prior = drawn["prior"].to_dataset().isel(chain=0)
    data = joint_data_variables(inputs())
    ratio = prior["coefficient"].to_numpy() @ inputs().standardized.T
    effects = prior["event_tenor_effect"].to_numpy() @ data["mix_weight"].T
    ratio += effects[:, data["mix"]]
    ratio += prior["date_effect"].to_numpy()[:, data["date"]]
    relative = prior["event_half_life_days"] / prior["median_half_life_days"]
    hazard = np.log(2) * np.exp(ratio) * (relative ** prior["shape"]).to_numpy()
    assert kstest(hazard.ravel(), "expon").pvalue > TOO_RARE


def test_simulated_half_lives_follow_it_too():
    parameters = JointDecayParameters(shape=1.5)
    twin = simulate_joint_decay(2, 1500, parameters)
    relative = twin.half_life_days / parameters.median_half_life_days
    hazard = np.exp(twin.events.linear_predictor) * relative**parameters.shape
    assert kstest(np.log(2) * hazard, "expon").pvalue > TOO_RARE
    assert not kstest(np.log(2) * relative**parameters.shape, "expon").pvalue > TOO_RARE


def test_an_event_shakes_its_day_and_rules_the_decay_from_the_next():
    latest, is_event = inputs().latest_event, inputs().is_event_day
    first = int(np.flatnonzero(is_event[:, 0])[0])
    assert (latest[: first + 1] == NO_EVENT).all()
    outcome = inputs().outcomes.iloc[latest[first + 1, 1]]
    assert outcome["tenor"] == 5
    day = inputs().basis["day"].to_numpy()[first]
    assert outcome["event_date"] == day
    assert_array_equal(is_event.sum(axis=0), inputs().outcomes["tenor"].value_counts())


@pytest.mark.parametrize(
    ("shock_sd_bp", "lowest", "highest"), [(12.0, 0.9, 1.0), (1e-3, 0.0, 0.25)]
)
def test_events_that_move_nothing_have_no_share_in_the_changes_of_their_days(
    shock_sd_bp: float, lowest: float, highest: float
) -> None:
    """Medians of some 75 squared changes, whose ratio chance moves by a quarter."""
    parameters = JointDecayParameters(event_shock_sd_bp=shock_sd_bp)
    frame = simulate_joint_decay(1, 800, parameters).frame
    found = joint_inputs(basis_events_from_frame(frame, "twin"), NAMES)
    assert lowest <= found.event_share <= highest
    assert found.resolved_outcomes == 0.3 * found.event_share * len(found.outcomes)


@pytest.mark.parametrize("shock_sd_bp", [12.0, 1e-3])
def test_the_law_of_half_lives_is_one_in_whatever_coordinates(shock_sd_bp) -> None:
    parameters = JointDecayParameters(event_shock_sd_bp=shock_sd_bp)
    frame = simulate_joint_decay(1, 300, parameters).frame
    model = joint_decay_model(basis_events_from_frame(frame, "twin"), NAMES)
    given = {"shape": 1.4, "median_half_life_days": 6.0}
    fixed = pm.do(model, {**given, "event_tenor_sd": 1e-9, "date_sd": 1e-9})
    fixed = pm.do(fixed, {"coefficient": np.zeros(len(NAMES))})
    days = pm.draw(fixed["event_half_life_days"], 40, random_seed=3, mode=PYTHON)

    def below(x):
        return 1 - np.exp(-np.log(2) * (x / 6.0) ** 1.4)

    assert kstest(days.ravel(), below).pvalue > TOO_RARE


def test_an_event_without_a_covariate_shakes_all_the_same():
    frame = simulate_joint_decay(1, NUM_DAYS).frame
    lacking = frame.index[frame["event_types"] != ""][0]
    frame.loc[lacking, "ats_share"] = np.nan
    found = joint_inputs(basis_events_from_frame(frame, "twin"), NAMES)
    whole = joint_inputs(
        basis_events_from_frame(simulate_joint_decay(1, NUM_DAYS).frame, "twin"), NAMES
    )
    assert_array_equal(found.is_event_day, whole.is_event_day)
    assert_array_equal(found.standardized[0], [0.0, 0.0])
    assert any("1 of them lack a covariate" in note for note in found.notes)


def test_a_model_without_covariates_has_no_coefficients():
    frame = simulate_joint_decay(1, NUM_DAYS).frame.drop(columns=list(NAMES))
    built = joint_decay_model(basis_events_from_frame(frame[frame.columns[:4]], "twin"))
    assert "coefficient" not in built.named_vars


def test_an_unknown_volatility_is_refused():
    with pytest.raises(DataError, match="no volatility 'wild'"):
        joint_decay_model(panel(), volatility="wild")


def test_an_event_on_a_day_without_basis_is_refused():
    frame = simulate_joint_decay(1, NUM_DAYS).frame
    day = frame.loc[frame["event_types"] != "", "date"].iloc[0]
    frame.loc[frame["date"] == day, "basis_bp"] = np.nan
    with pytest.raises(DataError, match="falls on a day without any basis"):
        joint_inputs(basis_events_from_frame(frame, "twin"), NAMES)


def test_a_constant_covariate_is_refused_where_asked_for_and_kept_in_a_trace():
    frame = simulate_joint_decay(1, NUM_DAYS).frame
    is_event = frame["event_types"] != ""
    frame["ats_share"] = frame["ats_share"].mask(is_event, 0.3)
    flat = basis_events_from_frame(frame, "flat")
    with pytest.raises(DataError, match=r"flat: column ats_share is 0\.3 in every row"):
        prepare_joint_decay(flat, ("ats_share",))
    prepared = prepare_joint_decay(flat)
    trace = xr.DataTree.from_dict({"panel": prepared.used})
    trace.attrs = prepared.description
    again = prepare_from_joint_decay_trace(trace)
    assert again.description["covariates"] == prepared.description["covariates"]
    assert "ats_share" in again.description["covariates"]
