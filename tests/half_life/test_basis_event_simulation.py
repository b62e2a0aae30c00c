import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from data.half_life.events import read_events
from data.half_life.microstructure import read_microstructure
from data.half_life.rule import HalfLifeRule, half_lives
from models.__main__ import app
from models.half_life.basis_event_simulation import (
    DAYS_BETWEEN_EVENTS,
    EFFECTS,
    simulate_eventful_basis,
)
from models.half_life.basis_simulation import BasisParameters, simulate_basis_with_truth

DAYS = 1500
STILL = BasisParameters(
    level_innovation_sd_bp=(0.25,) * 4,
    deviation_innovation_sd_bp=(1e-9,) * 4,
    noise_sd_bp=(1e-9,) * 4,
)
"""Nothing but events moves the deviation."""


@pytest.fixture(scope="module")
def still():
    return simulate_eventful_basis(3, DAYS, STILL)


def measured(twin):
    """Half-lives by the rule on the true deviation, in the order of the events."""
    frame = twin.basis.frame
    is_open = frame.drop(columns="date").notna().any(axis=1)
    days = pd.DatetimeIndex(frame["date"][is_open])
    events = twin.events.frame
    found = pd.Series(np.nan, index=events.index)
    for column, tenor in enumerate(twin.basis.parameters.tenor):
        rows = events["tenor"] == tenor
        deviation = twin.basis.deviation_bp[is_open.to_numpy(), column]
        dates = pd.DatetimeIndex(events["event_date"][rows])
        rule = half_lives(deviation, days, dates, HalfLifeRule())
        days_open = rule["half_life_days"].where(~rule["is_censored"], np.inf)
        found[rows] = days_open.to_numpy()
    return found


def test_every_event_halves_on_the_day_drawn_for_it_where_nothing_else_moves(still):
    events = still.events.frame

    expected = events["half_life_days"].where(~events["is_censored"], np.inf)

    np.testing.assert_array_equal(measured(still), expected)
    assert events["is_censored"].mean() == pytest.approx(0.25, abs=0.08)


def test_no_event_meets_the_ten_days_of_another(still):
    frame = still.basis.frame
    is_open = frame.drop(columns="date").notna().any(axis=1)
    trading_days = pd.DatetimeIndex(frame["date"][is_open])

    position = trading_days.get_indexer(still.events.frame["event_date"].unique())

    steps = np.diff(position)
    shortest, longest = DAYS_BETWEEN_EVENTS
    assert (position >= 0).all()
    assert ((steps >= shortest) & (steps <= longest)).all()


def test_covariates_with_a_positive_effect_shorten_half_lives():
    events = simulate_eventful_basis(1, 20_000).events.frame

    days = events["half_life_days"]

    for name in MICROSTRUCTURE_COVARIATES:
        correlation = np.corrcoef(events[name], days)[0, 1]
        effect = EFFECTS.coefficient.get(name, 0.0)
        # Covariates go with each other, so one without an effect correlates a little.
        if effect:
            assert np.sign(correlation) == -np.sign(effect)
            assert abs(correlation) > 0.1


def test_without_its_events_the_basis_is_the_quiet_one(still):
    quiet = simulate_basis_with_truth(3, DAYS, STILL)

    before_first = still.basis.frame["date"] < still.events.frame["event_date"].min()

    assert_frame_equal(still.basis.frame[before_first], quiet.frame[before_first])
    np.testing.assert_array_equal(still.basis.level_bp, quiet.level_bp)
    moved = still.basis.deviation_bp - quiet.deviation_bp
    assert np.abs(moved).max() > 10


def test_seed_makes_basis_and_events():
    one, same, other = (simulate_eventful_basis(seed, 200) for seed in (4, 4, 5))

    assert_frame_equal(one.basis.frame, same.basis.frame)
    assert_frame_equal(one.event_frame, same.event_frame)
    assert not one.event_frame.equals(other.event_frame)


def test_the_command_writes_events_that_the_panel_builder_reads(tmp_path):
    events = tmp_path / "events.csv"
    base = ["simulate", "basis", "--seed", "4", "--out", str(tmp_path / "basis.csv")]

    result = CliRunner().invoke(
        app, [*base, "--days", "200", "--events-out", str(events)]
    )

    assert result.exit_code == 0, result.output
    expected = simulate_eventful_basis(4, 200).event_frame
    assert len(read_events(events)) == len(expected)
    covariates = read_microstructure(events)
    np.testing.assert_allclose(covariates["ats_share"], expected["ats_share"])


def test_too_few_days_for_events_are_refused(tmp_path):
    command = ["simulate", "basis", "--out", str(tmp_path / "basis.csv")]

    result = CliRunner().invoke(
        app, [*command, "--days", "60", "--events-out", str(tmp_path / "events.csv")]
    )

    assert result.exit_code == 2
    assert "60 days are too few for events" in result.stderr
    assert not (tmp_path / "basis.csv").exists()
