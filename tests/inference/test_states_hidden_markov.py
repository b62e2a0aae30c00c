"""States and predictions at the parameters that made the simulated data."""

from functools import cache

import numpy as np
import pytest
import xarray as xr
from scipy.stats import kstest, norm

from data.liquidity_regimes.panel import LiquidityPanel, liquidity_panel_from_frame
from inference.liquidity_regimes.prepare import (
    OBSERVED,
    derive_liquidity_regimes,
    predict_liquidity_regimes,
    prepare_from_liquidity_regimes_trace,
    prepare_liquidity_regimes,
)
from inference.states.hidden_markov import (
    HiddenMarkovDraw,
    hidden_markov_draws,
    likely_path,
    predict_days,
    summarize_states,
)
from inference.traced.prepared import PreparedModel
from models.liquidity_regimes.parameters import published_parameters
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.priors import LogNormalPrior, StudentTPrior
from tests.liquidity_regimes.models import (
    NUM_DAYS,
    at_jittered_point,
    draws_of,
    twin,
    twin_frame,
)

MISSING_DAY = 100

NUM_PATHS = 400

# Four standard errors of a share of 400 paths.
PATH_TOLERANCE = 4 * np.sqrt(0.25 / NUM_PATHS)

ROUNDING = 1e-12
"""Of the mean of 400 equal numbers."""


def draw_at_truth(freedom: float = np.inf, num_series: int = 1) -> HiddenMarkovDraw:
    """The published Model IV on the data that it made, one day missing."""
    truth, panel = published_parameters("IV"), twin().dataset
    is_observed = np.ones((NUM_DAYS, num_series))
    is_observed[MISSING_DAY] = 0.0
    observation = np.repeat(panel["price_impact"].to_numpy(), num_series, axis=1)
    return HiddenMarkovDraw(
        observation=np.where(is_observed > 0, observation, 0.0),
        is_observed=is_observed,
        covariates=panel["covariate_bp"].to_numpy(),
        slope=np.repeat(truth.price_impact_slope[:, None], num_series, axis=1),
        noise_sd=np.repeat(truth.noise_sd[:, None], num_series, axis=1),
        degrees_of_freedom=np.full(3, freedom),
        initial=truth.initial_probability,
        transition_intercept=truth.transition_intercept,
        transition_slope=truth.transition_depth_slope,
        transition_covariate=panel["depth_musd"].to_numpy()[:, 0],
    )


@cache
def at_truth() -> object:
    draws = [draw_at_truth()] * NUM_PATHS
    return summarize_states(draws, np.random.default_rng(1))


def simulated_states() -> np.ndarray:
    return twin_frame()["simulated_state"].to_numpy().astype(int) - 1


def test_smoothed_probabilities_are_calibrated() -> None:
    """Where a state is given 70%, it is there on 70% of the days."""
    smoothed, truth = at_truth().smoothed, simulated_states()
    for state in range(3):
        said = smoothed[:, state]
        for low in (0.0, 0.2, 0.5, 0.8):
            days = (said >= low) & (said <= low + 0.3)
            share = (truth[days] == state).mean()
            # Days are few and depend on their neighbours.
            tolerance = 5 * np.sqrt(0.25 / max(days.sum(), 1)) + 0.02
            assert share == pytest.approx(said[days].mean(), abs=tolerance)


def test_paths_visit_states_as_often_as_the_smoother_says() -> None:
    for state in range(3):
        share = (at_truth().path == state).mean(axis=0)
        np.testing.assert_allclose(
            share, at_truth().smoothed[:, state], atol=PATH_TOLERANCE
        )


def test_the_most_likely_path_is_near_the_truth() -> None:
    assert (likely_path(draw_at_truth()) == simulated_states()).mean() > 0.85


def test_probabilities_of_what_came_are_uniform_at_the_truth() -> None:
    pit = at_truth().pit[:, 0]
    assert np.isnan(pit[MISSING_DAY])
    assert np.isnan(pit).sum() == 1
    assert kstest(pit[np.isfinite(pit)], "uniform").pvalue > 0.01


def test_a_prediction_is_the_mixture_of_the_predicted_states() -> None:
    draw, summary = draw_at_truth(), at_truth()
    before = summary.filtered[9] @ draw.transition[9]
    mean = draw.slope[:, 0] @ draw.covariates[10]
    sd = draw.noise_sd[:, 0]
    assert summary.mean[10, 0] == pytest.approx(before @ mean)
    second_moment = before @ (mean**2 + sd**2)
    assert summary.sd[10, 0] == pytest.approx(
        np.sqrt(second_moment - summary.mean[10, 0] ** 2)
    )
    expected = before @ norm.cdf(draw.observation[10, 0], mean, sd)
    assert summary.pit[10, 0] == pytest.approx(expected)


def test_predicted_states_know_the_data_of_earlier_days_only() -> None:
    draw, day = draw_at_truth(), 150
    observation = draw.observation.copy()
    observation[day:] = 60.0
    depth = draw.transition_covariate.copy()
    depth[day:] = 1.0
    rng = np.random.default_rng(1)
    before = at_truth().predicted
    for changed in (
        draw._replace(observation=observation),
        draw._replace(transition_covariate=depth),
    ):
        after = summarize_states([changed], rng).predicted
        np.testing.assert_allclose(after[: day + 1], before[: day + 1], atol=ROUNDING)
        assert not np.allclose(after[day + 1], before[day + 1])


def test_the_first_state_is_predicted_from_the_prior_alone() -> None:
    predicted = at_truth().predicted
    np.testing.assert_allclose(predicted[0], draw_at_truth().initial)
    np.testing.assert_allclose(predicted.sum(axis=1), 1.0)


def test_heavy_tails_widen_predictions() -> None:
    normal, heavy = (
        summarize_states([draw_at_truth(nu)], np.random.default_rng(1))
        for nu in (np.inf, 4.0)
    )
    # The variance of a Student t with four degrees of freedom is two.
    assert (heavy.sd > normal.sd).mean() > 0.99
    without = summarize_states([draw_at_truth(1.5)], np.random.default_rng(1))
    assert np.isinf(without.sd).all()
    assert np.isfinite(without.pit[10]).all()


def test_two_securities_say_more_about_the_state_than_one() -> None:
    one, two = (
        summarize_states([draw_at_truth(num_series=n)], np.random.default_rng(1))
        for n in (1, 2)
    )
    assert two.pit.shape == (NUM_DAYS, 2)
    assert two.smoothed.max(axis=1).mean() > one.smoothed.max(axis=1).mean()


def with_a_missing_day(num_securities: int) -> LiquidityPanel:
    frame = twin_frame(num_securities).copy()
    frame.loc[MISSING_DAY, "price_impact"] = np.nan
    return liquidity_panel_from_frame(frame, "gaps")


def prepared_of(security: str | None) -> PreparedModel:
    specification = LiquidityRegimesSpecification(security=security)
    panel = with_a_missing_day(1 if security is None else 2)
    return prepare_liquidity_regimes(panel, specification)


@cache
def groups(security: str | None) -> dict[str, xr.Dataset]:
    prepared = prepared_of(security)
    posterior = draws_of(dict(prepared.starts[0]), 6)
    trace = xr.DataTree.from_dict({"posterior": posterior})
    return derive_liquidity_regimes(prepared.model, trace, num_draws=6, seed=1)


def test_states_in_the_trace_are_numbered_from_the_least_liquid() -> None:
    regimes = groups(None)["regimes"]
    assert regimes["state"].values.tolist() == ["1", "2", "3"]
    assert regimes["state_path"].dtype == np.int8
    assert set(np.unique(regimes["state_path"])) == {1, 2, 3}
    likely = regimes["most_likely_path"].to_numpy()
    impact = twin_frame()["price_impact"].abs()
    assert impact.groupby(likely).mean().is_monotonic_decreasing
    total = regimes["smoothed_probability"].sum("state")
    np.testing.assert_allclose(total, 1.0)


@pytest.mark.parametrize(
    ("security", "dims"), [(None, ("day",)), ("market-wide", ("day", "security"))]
)
def test_predictions_have_the_dimensions_of_price_impact(
    security: str | None, dims: tuple[str, ...]
) -> None:
    ahead = groups(security)["one_step_ahead"]
    for name in ("mean", "sd", "pit", "standardized_innovation"):
        assert ahead[name].dims == dims
    assert int(np.isnan(ahead["pit"]).sum()) == 1
    assert np.isfinite(ahead["mean"]).all()
    np.testing.assert_array_equal(
        np.isnan(ahead["standardized_innovation"]), np.isnan(ahead["pit"])
    )


@pytest.mark.parametrize("security", [None, "market-wide"])
def test_means_of_what_draws_predict_are_the_predictions(security: str | None) -> None:
    prepared = prepared_of(security)
    draws = draws_of(dict(prepared.starts[0]), 6)
    found = predict_liquidity_regimes(prepared.model, draws).mean("sample")
    expected = groups(security)
    xr.testing.assert_allclose(found["pit"], expected["one_step_ahead"]["pit"])
    probability = expected["regimes"]["predicted_probability"]
    xr.testing.assert_allclose(found["predicted_probability"], probability)


def test_a_draw_that_rules_the_data_out_predicts_nothing() -> None:
    prepared = prepared_of(None)
    (draw,) = hidden_markov_draws(
        prepared.model, OBSERVED, draws_of(dict(prepared.starts[0]), 1)
    )
    assert np.isfinite(predict_days(draw).probability).all()
    observation = draw.observation.copy()
    observation[-1] = np.inf
    found = predict_days(draw._replace(observation=observation))
    assert np.isnan(found.pit).all()
    assert np.isnan(found.probability).all()


def test_a_model_is_built_again_from_its_trace_alone() -> None:
    specification = LiquidityRegimesSpecification(num_states=2, noise="student-t")
    priors = LiquidityRegimesPriors(
        departure_depth_slope=StudentTPrior(
            centre=0.0, scale=5.0, degrees_of_freedom=4.0
        ),
        noise_sd=LogNormalPrior(median=1.0, log_sd=0.3),
    )
    prepared = prepare_liquidity_regimes(with_a_missing_day(1), specification, priors)
    trace = xr.DataTree.from_dict({"panel": prepared.used})
    trace.attrs = prepared.description
    again = prepare_from_liquidity_regimes_trace(trace)
    assert again.description == prepared.description
    densities = [
        float(at_jittered_point(model, [model.logp()])[0])
        for model in (prepared.model, again.model)
    ]
    assert densities[0] == densities[1]
