import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from data.half_life.checks import COVARIATES
from data.half_life.event_panel import half_life_panel_from_frame, read_half_life_panel
from models.__main__ import app
from models.half_life.covariates import (
    LOGARITHM,
    TRANSFORMATIONS,
    standardize,
    transform,
)
from models.half_life.simulation import (
    IN_LOGARITHMS,
    TENORS,
    HalfLifeParameters,
    simulate_events_with_truth,
    simulate_half_life_events,
    standardized_covariates,
)

HAZARD = (0.3, 0.2, 0.1)
NO_EFFECTS = HalfLifeParameters(
    coefficient={},
    baseline_log_hazard=tuple(np.log(-np.log1p(-np.array(HAZARD)))),
    event_tenor_sd=0.0,
    date_sd=0.0,
)
NUM_EVENTS = 20_000
# A share of 20,000 events has a standard error below 0.0036; four of them.
SHARE_TOLERANCE = 0.015


def hazards(frame: pd.DataFrame, days: int) -> list[float]:
    """Share that halves on each day, of those that had not before."""
    resolved = frame[~frame["is_censored"]]
    return [
        (resolved["half_life_days"] == day).sum()
        / (frame["half_life_days"] >= day).sum()
        for day in range(1, days + 1)
    ]


def test_events_halve_at_the_baseline_hazard_where_nothing_acts() -> None:
    frame = simulate_half_life_events(1, NUM_EVENTS, NO_EFFECTS)
    np.testing.assert_allclose(hazards(frame, 3), HAZARD, atol=SHARE_TOLERANCE)
    survived = np.prod(1 - np.array(HAZARD))
    assert frame["is_censored"].mean() == pytest.approx(survived, abs=SHARE_TOLERANCE)
    assert (frame.loc[frame["is_censored"], "half_life_days"] == 3).all()


def test_hazard_is_proportional_to_the_effects() -> None:
    parameters = HalfLifeParameters(
        coefficient={"dealer_hhi": -0.8},
        baseline_log_hazard=NO_EFFECTS.baseline_log_hazard,
    )
    truth = simulate_events_with_truth(2, NUM_EVENTS, parameters)
    first = (truth.frame["half_life_days"] == 1) & ~truth.frame["is_censored"]
    expected = -np.expm1(
        -np.exp(parameters.baseline_log_hazard[0] + truth.linear_predictor)
    )
    slow = truth.linear_predictor < np.median(truth.linear_predictor)
    for group in (slow, ~slow):
        assert first[group].mean() == pytest.approx(
            expected[group].mean(), abs=SHARE_TOLERANCE
        )
    hhi = standardized_covariates(truth.frame)[:, COVARIATES.index("dealer_hhi")]
    effects = (
        -0.8 * hhi
        + [
            truth.event_tenor_effect.loc[kind, tenor]
            for kind, tenor in zip(
                truth.frame["event_type"], truth.frame["tenor"], strict=True
            )
        ]
        + truth.date_effect.loc[truth.frame["event_date"]].to_numpy()
    )
    np.testing.assert_allclose(effects, truth.linear_predictor)


def test_effects_have_the_spread_asked_for() -> None:
    truth = simulate_events_with_truth(3, NUM_EVENTS)
    # 4,000 dates give the spread to 1.1 percent, 35 pairs to 12 percent.
    assert truth.date_effect.std() == pytest.approx(0.3, rel=0.05)
    assert truth.event_tenor_effect.to_numpy().std() == pytest.approx(0.3, rel=0.4)


def test_panel_is_valid_and_covariates_are_in_their_ranges() -> None:
    frame = half_life_panel_from_frame(simulate_half_life_events(1, 1003), "x").frame
    assert len(frame) == 1003
    assert frame[list(COVARIATES)].notna().all(axis=None)
    assert (frame["principal_share"] + frame["ats_share"] <= 1).all()
    assert (frame["dealer_hhi"] >= 1 / frame["dealer_count"]).all()
    assert (frame["trade_count"] % 1 == 0).all()
    assert set(frame["tenor"]) == set(TENORS)
    assert (frame["event_date"].dt.day_of_week < 5).all()
    assert 0.1 < frame["is_censored"].mean() < 0.4


def test_controls_are_the_same_within_a_quarter_and_tenor() -> None:
    frame = simulate_half_life_events(1, 1000)
    quarter = frame["event_date"].dt.to_period("Q").rename("quarter")
    counts = frame.groupby([quarter, "tenor"])["bid_ask_spread"].nunique()
    assert (counts == 1).all()


def test_some_events_share_the_date_and_the_outcome_of_another() -> None:
    parameters = HalfLifeParameters(repeated_share=0.3)
    frame = simulate_half_life_events(1, 1000, parameters)
    checked = half_life_panel_from_frame(frame, "twin").frame
    shared = checked.groupby("outcome")["event_type"].nunique()
    assert 0.1 < (shared > 1).mean() < 0.5
    assert shared.max() == 2


def test_seed_makes_the_panel() -> None:
    again = simulate_half_life_events(4, 100)
    assert_frame_equal(simulate_half_life_events(4, 100), again)
    assert not simulate_half_life_events(5, 100).equals(again)


def test_covariates_act_as_the_regression_transforms_them() -> None:
    logged = {name for name in COVARIATES if TRANSFORMATIONS[name] == LOGARITHM}
    assert logged == set(IN_LOGARITHMS)
    frame = simulate_half_life_events(1, 500)
    ours, _, _ = standardize(transform(frame[list(COVARIATES)], "twin"))
    np.testing.assert_allclose(standardized_covariates(frame), ours, atol=1e-12)


def test_command_writes_what_the_function_simulates(tmp_path: object) -> None:
    out = f"{tmp_path}/events.parquet"
    arguments = ["simulate", "half-life", "--seed", "4", "--events", "90", "--out", out]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    expected = half_life_panel_from_frame(simulate_half_life_events(4, 90), "twin")
    assert_frame_equal(read_half_life_panel(out).frame, expected.frame)
