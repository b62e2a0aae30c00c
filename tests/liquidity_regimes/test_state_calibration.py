"""Forecasts of the liquidity state against the states of a simulation."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from analysis.liquidity_regimes.forecast import STATE_CALIBRATION, state_reliability
from analysis.liquidity_regimes.state_calibration import (
    brier_score,
    has_known_states,
    known_first_state,
    num_simulated_states,
    reliability,
    state_forecast_scores,
)
from analysis.liquidity_regimes.transitions import transition_matrices
from analysis.page.exhibit import figure_of
from data.errors import DataError
from tests.liquidity_regimes.traces import random_fit


def test_brier_score_of_certainty_and_of_a_coin() -> None:
    happened = np.array([True, False, True])
    assert brier_score(happened, happened) == 0
    assert brier_score(np.full(3, 0.5), happened) == 0.25


def test_forecast_of_its_own_probability_is_reliable() -> None:
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=4000)
    table = reliability(probability, rng.uniform(size=4000) < probability)
    inside = table["observed"].between(table["lower_95"], table["upper_95"])
    # Ten bins, each outside with 5%: three or more outside has probability 1%.
    assert inside.sum() >= 8
    assert table["num_days"].sum() == 4000


def test_overconfident_forecast_is_not() -> None:
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=4000)
    squeezed = 0.5 + 0.5 * (probability - 0.5)
    table = reliability(probability, rng.uniform(size=4000) < squeezed)
    outer = table.iloc[[0, -1]]
    assert not outer["observed"].between(outer["lower_95"], outer["upper_95"]).any()


def test_forecast_worse_than_the_share_of_days_has_negative_skill() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    regimes = fit.group("regimes")
    wrong = 1 - regimes["filtered_probability"]
    tree["regimes"] = regimes.assign(filtered_probability=wrong)
    frame = state_forecast_scores(replace(fit, tree=tree)).set_index("forecast")
    share = frame.loc["share of days in state 1", "brier_score"]
    row = frame.loc["given data of the day"]
    assert row["skill"] == pytest.approx(1 - row["brier_score"] / share)
    assert row["skill"] < 0


def test_forecast_is_scored_between_ignorance_and_hindsight() -> None:
    frame = state_forecast_scores(random_fit()).set_index("forecast")
    assert frame.loc["share of days in state 1", "skill"] == 0
    assert frame.loc["one day ahead", "skill"] > 0
    assert frame.loc["one day ahead", "skill"] < frame.loc["given all data", "skill"]


def test_trace_without_forecasts_asks_for_another_fit() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    tree["regimes"] = fit.group("regimes").drop_vars("predicted_probability")
    older = replace(fit, tree=tree)
    for read in (state_forecast_scores, state_reliability):
        with pytest.raises(DataError, match=r"(?s)older version.*Fit the model again"):
            read(older)


def test_panel_without_simulated_states_is_recognised() -> None:
    fit = random_fit()
    assert has_known_states(fit)
    tree = fit.tree.copy()
    tree["panel"] = fit.panel.drop_vars("simulated_state")
    assert not has_known_states(replace(fit, tree=tree))


def test_states_that_differ_between_securities_are_no_common_truth() -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    state = fit.panel["simulated_state"].isel(security=0, drop=True)
    both = fit.panel.drop_dims("security").assign(
        simulated_state=xr.concat([state, 4 - state], "security")
    )
    tree["panel"] = both
    assert not has_known_states(replace(fit, tree=tree))


@pytest.mark.parametrize("num_states", [2, 4])
def test_states_of_another_number_are_not_those_of_the_simulation(
    num_states: int,
) -> None:
    fit = random_fit()
    tree = fit.tree.copy()
    labels = [str(state + 1) for state in range(num_states)]
    tree["posterior"] = fit.posterior.reindex(state=labels, fill_value=1.0)
    other = replace(fit, tree=tree)
    assert num_simulated_states(other) == 3
    assert not has_known_states(other)


def test_figure_shows_the_reliability_of_each_bin() -> None:
    fit = random_fit()
    figure = figure_of(STATE_CALIBRATION, fit)
    forecast = fit.group("regimes")["predicted_probability"].sel(state="1")
    table = reliability(forecast, known_first_state(fit))
    dots = figure.axes[0].lines[-1]
    np.testing.assert_allclose(dots.get_ydata(), table["observed"])


def test_matrices_at_each_day_are_those_of_its_depth() -> None:
    fit = random_fit()
    depth = fit.group("constant_data")["depth_musd"].to_numpy()[:3]
    draw = fit.posterior.isel(chain=0, draw=0)
    together = transition_matrices(draw, depth)
    for place, value in enumerate(depth):
        alone = transition_matrices(draw, [value])
        assert together[place].to_numpy() == pytest.approx(alone[0].to_numpy())
