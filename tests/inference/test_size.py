"""Runs that memory cannot hold, refused before they start."""

import pytest

import data.commands.memory
from data.errors import DataError
from inference.sampling.size import COPIES, require_memory_for
from inference.settings import SamplerSettings
from tests.inference.toy import NUM_WEEKS, toy_model

GIB = 2**30


def settings(draws: int) -> SamplerSettings:
    return SamplerSettings(seed=1, draws=draws, chains=4)


def test_a_run_is_measured_by_its_draws_and_observations() -> None:
    draws = 4 * 1000
    # mean, sd, two of `unrelated`, a fitted value a week; a log density a week.
    numbers = draws * (4 + NUM_WEEKS + NUM_WEEKS) + 1400 * NUM_WEEKS
    assert require_memory_for(toy_model(), settings(1000)) == 8 * numbers


def test_densities_of_fewer_draws_and_several_imputations_count() -> None:
    few = require_memory_for(toy_model(), settings(1000), density_draws=100)
    several = require_memory_for(toy_model(), settings(1000), num_imputations=5)
    whole = require_memory_for(toy_model(), settings(1000))
    assert few == whole - 8 * 3900 * NUM_WEEKS
    assert several == pytest.approx(5 * whole, rel=0.3)


def test_a_run_beyond_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.commands.memory, "available_memory", lambda: 24.0 * GIB)
    per_draw = 8 * COPIES * (4 + 2 * NUM_WEEKS)
    fits = int(24 * GIB / per_draw / 4 * 0.99)
    require_memory_for(toy_model(), settings(fits))
    with pytest.raises(DataError, match=r"and 24\.0 GiB are available") as caught:
        require_memory_for(toy_model(), settings(int(fits * 1.03)))
    assert "--draws" in caught.value.remedy


def test_available_memory_is_known_here() -> None:
    assert GIB / 100 < data.commands.memory.available_memory() < 10**6 * GIB


@pytest.mark.parametrize(
    ("name", "value"),
    [("seed", 2**63), ("chains", 10**6), ("draws", 10**9), ("tune", 10**9)],
)
def test_settings_beyond_reason_are_refused(name: str, value: int) -> None:
    with pytest.raises(DataError, match=f"{name} is {value}"):
        SamplerSettings(**({"seed": 1} | {name: value}))
