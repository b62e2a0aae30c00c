"""The simulated twin: it obeys the equations, and looks as the paper describes."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from data.liquidity_regimes.build import volatility_surprises
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from data.liquidity_regimes.swaption_volatility import read_swaption_volatilities
from data.liquidity_regimes.volatility_file import read_volatility_file
from models.liquidity_regimes.parameters import (
    LiquidityRegimesParameters,
    published_parameters,
    spread_parameters,
)
from models.liquidity_regimes.simulation import (
    NUM_DAYS,
    SECURITIES,
    SecurityScale,
    draw_price_impact,
    draw_states,
    scaled_parameters,
    simulate_liquidity_given,
    simulate_liquidity_regimes,
)
from tests.liquidity_regimes.real_volatilities import MOVE, SWAPTIONS, ZERO_CURVE

ROUNDING = 1e-9
STANDARD_ERRORS = 4
"""Of some thirty comparisons one exceeds four standard errors with 0.2 percent."""

NUM_TWINS = 8

COVARIATES = [
    "volatility_bp",
    "volatility_of_volatility_surprise_bp",
    "persistence_surprise_bp",
]


@cache
def twins() -> list[pd.DataFrame]:
    return [simulate_liquidity_regimes(seed) for seed in range(NUM_TWINS)]


def without_noise(parameters: LiquidityRegimesParameters) -> LiquidityRegimesParameters:
    return replace(parameters, noise_sd=np.zeros(parameters.num_states))


def test_twin_has_the_length_of_the_paper_and_is_ready_to_fit() -> None:
    twin = twins()[0]
    assert len(twin) == NUM_DAYS == 2_440
    panel = liquidity_panel_from_frame(twin, "twin")
    assert not np.isnan(panel.dataset["covariate_bp"]).any()
    assert not any(note.startswith(("gaps", "short")) for note in panel.notes)


def test_the_seed_decides_the_panel() -> None:
    assert_frame_equal(simulate_liquidity_regimes(0), twins()[0])
    assert not twins()[0]["price_impact"].equals(twins()[1]["price_impact"])


def test_price_impact_is_the_regression_of_its_state() -> None:
    parameters = without_noise(published_parameters())
    frame = simulate_liquidity_regimes(3, 400, parameters)
    for state in (1, 2, 3):
        rows = frame[frame["simulated_state"] == state]
        expected = rows[COVARIATES] @ parameters.price_impact_slope[state - 1]
        assert_allclose(rows["price_impact"], expected, rtol=ROUNDING)


@pytest.mark.parametrize("degrees_of_freedom", [None, 5.0])
def test_noise_has_the_spread_of_its_state(degrees_of_freedom: float | None) -> None:
    parameters = published_parameters("I", degrees_of_freedom=degrees_of_freedom)
    path = np.repeat([0, 1, 2], 40_000)
    zero = np.zeros((len(path), 1))
    noise = draw_price_impact(zero, path, parameters, np.random.default_rng(1))
    by_state = noise.reshape(3, -1)
    # Quartiles, which exist for any degrees of freedom: normal 0.6745, t(5) 0.7267.
    quartile = 0.6745 if degrees_of_freedom is None else 0.7267
    assert_allclose(
        np.median(np.abs(by_state), axis=1) / parameters.noise_sd, quartile, rtol=0.03
    )
    tails = (np.abs(by_state) > 4 * parameters.noise_sd[:, None]).mean()
    assert tails < 2e-4 if degrees_of_freedom is None else tails > 2e-3


@pytest.mark.parametrize("depth_musd", [20.0, 60.0, 100.0])
def test_depth_of_a_day_moves_the_state_to_the_next(depth_musd: float) -> None:
    """Depth alternates; only what follows the given depth is counted."""
    parameters = published_parameters()
    num_days = 60_000
    depth = np.where(np.arange(num_days) % 2, 80.0, depth_musd)
    path = draw_states(depth, parameters, np.random.default_rng(2))
    (probability,) = parameters.transition_probability(np.array([depth_musd]))
    for origin in range(3):
        left = np.flatnonzero(path[:-1] == origin)
        left = left[left % 2 == 0]
        if len(left) < 200:
            continue
        share = np.bincount(path[left + 1], minlength=3) / len(left)
        error = np.sqrt(probability[origin] * (1 - probability[origin]) / len(left))
        assert_allclose(
            share, probability[origin], atol=STANDARD_ERRORS * error.max() + 1e-4
        )


def test_constant_transitions_have_the_shares_of_table_two() -> None:
    parameters = published_parameters("II", "constant")
    path = draw_states(np.full(80_000, 50.0), parameters, np.random.default_rng(3))
    (probability,) = parameters.transition_probability(np.array([50.0]))
    for origin in range(3):
        left = np.flatnonzero(path[:-1] == origin)
        share = np.bincount(path[left + 1], minlength=3) / len(left)
        error = np.sqrt(probability[origin] * (1 - probability[origin]) / len(left))
        assert_allclose(share, probability[origin], atol=STANDARD_ERRORS * error.max())


def test_the_first_state_follows_the_initial_probability() -> None:
    parameters = replace(
        published_parameters(), initial_probability=np.array([0.2, 0.5, 0.3])
    )
    rng = np.random.default_rng(4)
    first = [draw_states(np.array([90.0]), parameters, rng)[0] for _ in range(4_000)]
    share = np.bincount(first, minlength=3) / len(first)
    assert_allclose(share, [0.2, 0.5, 0.3], atol=STANDARD_ERRORS * 0.5 / 4_000**0.5)


@pytest.mark.parametrize("num_states", [2, 4, 5])
def test_any_number_of_states_is_visited(num_states: int) -> None:
    frame = simulate_liquidity_regimes(5, 2_000, spread_parameters(num_states))
    assert sorted(frame["simulated_state"].unique()) == list(range(1, num_states + 1))


def test_volatility_is_as_large_and_persistent_as_that_of_the_market() -> None:
    for twin in twins():
        volatility = twin["volatility_bp"]
        assert 60 < volatility.mean() < 100
        assert volatility.min() >= 35
        assert volatility.max() <= 220
        assert volatility.autocorr() > 0.95


def test_the_low_liquidity_state_is_rare_and_comes_when_depth_is_low() -> None:
    shares = [(twin["simulated_state"] == 1).mean() for twin in twins()]
    assert 0.01 < np.mean(shares) < 0.10
    assert max(shares) < 0.15
    for twin in twins():
        depth = twin.groupby("simulated_state")["depth_musd"].quantile(0.2)
        assert depth[1] < depth[2] < depth[3]


def test_depth_is_more_persistent_than_price_impact() -> None:
    """Section 2.2 and Figure 2 of the paper."""
    for lag in (5, 20):
        depth = np.mean([twin["depth_musd"].autocorr(lag) for twin in twins()])
        impact = np.mean([twin["price_impact"].autocorr(lag) for twin in twins()])
        assert depth > impact + 0.1


def test_depth_falls_at_once_and_comes_back_slowly() -> None:
    """Of the largest moves within a week, the falls are the larger."""
    for twin in twins():
        weekly = np.log(twin["depth_musd"]).diff(5).dropna()
        assert -weekly.quantile(0.002) > 1.3 * weekly.quantile(0.998)


def test_depth_and_volatility_are_negatively_related() -> None:
    for twin in twins():
        assert twin["depth_musd"].corr(twin["volatility_bp"]) < -0.4
        assert twin["depth_musd"].between(5, 600).all()


def test_price_impact_spikes_in_stress() -> None:
    spikes = [
        twin["price_impact"].max() / twin["price_impact"].median() for twin in twins()
    ]
    assert np.median(spikes) > 4


def test_securities_share_one_state_and_the_covariates() -> None:
    frame = simulate_liquidity_regimes(6, 500, securities=SECURITIES)
    by_day = frame.groupby("date")[["simulated_state", "volatility_bp"]]
    assert_frame_equal(by_day.min(), by_day.max())
    medians = frame.groupby("security")["price_impact"].median()
    assert medians["2y"] < medians["5y"] < medians["10y"] < medians["30y"]


def test_independent_states_differ_between_securities() -> None:
    frame = simulate_liquidity_regimes(
        6, 500, securities=SECURITIES, states="independent"
    )
    states = frame.groupby("date")["simulated_state"]
    assert (states.min() < states.max()).mean() > 0.2


def test_a_security_behaves_alike_in_units_of_its_own() -> None:
    note, scale = published_parameters(), SecurityScale(price_impact=2.5, depth=0.4)
    own = scaled_parameters(note, scale)
    depth = np.array([20.0, 60.0, 120.0])
    assert_allclose(
        own.transition_probability(depth * scale.depth),
        note.transition_probability(depth),
        rtol=ROUNDING,
    )
    assert_allclose(own.price_impact_slope, 2.5 * note.price_impact_slope)
    assert_allclose(own.noise_sd, 2.5 * note.noise_sd)


def test_the_given_share_of_days_is_missing() -> None:
    frame = simulate_liquidity_regimes(7, 2_000, missing_share=0.1)
    missing = frame["price_impact"].isna().mean()
    assert missing == pytest.approx(0.1, abs=STANDARD_ERRORS * (0.09 / 2_000) ** 0.5)
    assert not frame["depth_musd"].isna().any()


@pytest.mark.parametrize("source", ["move", "swaptions"])
def test_price_impact_can_be_simulated_on_real_volatilities(
    shared: Path, source: str
) -> None:
    if source == "move":
        volatilities = read_volatility_file(shared / MOVE)
    else:
        volatilities = read_swaption_volatilities(
            shared / SWAPTIONS, shared / ZERO_CURVE
        )
    days = volatilities.loc["2014-04-01":]  # type: ignore[misc]
    surprises, _ = volatility_surprises(days, source)
    market = days.join(surprises).iloc[1:].reset_index()
    model = "II" if source == "move" else "IV"

    frame = simulate_liquidity_given(market, np.random.default_rng(1), model)

    panel = liquidity_panel_from_frame(frame, "simulated on real volatilities")
    covariates = panel.dataset["covariate_bp"].to_numpy()
    np.testing.assert_array_equal(covariates[:, 0], market["volatility_bp"])
    assert sorted(frame["simulated_state"].unique()) == [1, 2, 3]
    pandemic = frame["date"].between("2020-03-09", "2020-03-31")
    low = frame["simulated_state"] == 1
    assert low[pandemic].mean() > 0.5 > low[~pandemic].mean()
