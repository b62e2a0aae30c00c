"""What is too large is refused before memory is gone, and what fits is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import data.commands.memory
from data.errors import DataError
from data.half_life.basis_panel import basis_panel_from_frame
from data.liquidity_regimes.panel import (
    liquidity_panel_from_frame,
    read_liquidity_panel,
)
from data.liquidity_regimes.volatility_file import read_volatility_file
from inference.families import MODELS
from inference.sampling.size import COPIES, require_memory_for
from inference.settings import SamplerSettings
from models.__main__ import app
from models.half_life.basis_simulation import simulate_basis
from models.likelihoods.mixed.statistics import Lengths, gather
from models.liquidity_regimes.simulation import simulate_liquidity_regimes
from tests.liquidity_regimes.frames import one_security

GIB = 2**30


@pytest.fixture
def of_24_gib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.commands.memory, "available_memory", lambda: 24.0 * GIB)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trading-costs", "--securities", 10**9), "GiB are available"),
        (("trading-costs", "--trades-a-day", "inf"), "GiB are available"),
        (("quotes", "--days", 60_000, "--securities", 9_000), "GiB are available"),
        (("transactions", "--trades", 10**12), "take more --buckets"),
        (("transactions", "--securities", 10**9), "fewer --securities"),
        (("transactions", "--buckets", 10**6), "--buckets"),
        (("transactions", "--to", "3000-01-01"), "from 2002-01-01 to 2050-12-31"),
        (("transactions", "--from", "soon"), "--from soon is no date"),
        (("liquidity-regimes", "--days", 1), "--days"),
        (("basis", "--days", 1), "--days"),
        (("price-pressure", "--variant", "net-inventory", "--weeks", 1), "--weeks"),
        (("liquidity-regimes", "--days", 250_000), "--days"),
        (("basis", "--days", 250_000), "--days"),
        (("half-life", "--events", 10**9), "--events"),
    ],
)
def test_a_simulation_beyond_memory_or_the_calendar_is_refused(
    arguments: tuple[Any, ...], said: str, tmp_path: Path, of_24_gib: None
) -> None:
    out = ("--out", tmp_path / "twin.parquet")
    result = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["simulate", *map(str, (*arguments, *out))]
    )
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not list(tmp_path.iterdir())


def test_a_regression_of_ten_thousand_columns_is_refused(of_24_gib: None) -> None:
    few = Lengths(fixed=12, groups=400, crossed=1_500, crossed_slopes=2, blocks=60)
    assert gather([], few).fixed.shape == (60, 400, 13, 13)
    with pytest.raises(DataError, match="a regression of 10,000 columns on 400") as it:
        gather([], Lengths(fixed=10_000, groups=400, blocks=60))
    assert "fewer columns" in it.value.remedy


def test_ten_thousand_columns_more_change_nothing(tmp_path: Path) -> None:
    frame = one_security().head(260)
    others = pd.DataFrame(
        np.zeros((260, 10_000)), columns=[f"x{k}" for k in range(10_000)]
    )
    path = tmp_path / "wide.parquet"
    pd.concat([frame, others], axis=1).to_parquet(path)
    wide = read_liquidity_panel(path)
    narrow = liquidity_panel_from_frame(frame, "narrow").dataset
    assert wide.dataset.equals(narrow)


def test_more_days_than_a_calendar_holds_are_refused_by_row(tmp_path: Path) -> None:
    days = np.datetime64("2014-01-01", "D") + np.arange(250_000)
    lines = [f"{day},{62.5}" for day in days]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["date,volatility_bp", *lines]))
    with pytest.raises(DataError, match=r"row 90\d{3}: '2262-.*is not a date"):
        read_volatility_file(path)


def bytes_a_day(name: str, panels: list[Any], lengths: list[int]) -> float:
    """Of a run with default settings, by the days of its panel."""
    model = MODELS[name]
    taken = []
    for panel in panels:
        prepared = model.prepare(panel, **model.specify())
        taken.append(
            require_memory_for(
                prepared.model,
                SamplerSettings(seed=1),
                density_draws=prepared.density_draws,
            )
        )
    return (taken[1] - taken[0]) / (lengths[1] - lengths[0])


def test_what_fits_into_24_gib_is_what_is_documented() -> None:
    regimes = bytes_a_day(
        "liquidity-regimes",
        [
            liquidity_panel_from_frame(simulate_liquidity_regimes(1, days), "twin")
            for days in (300, 400)
        ],
        [300, 400],
    )
    basis = bytes_a_day(
        "basis-decomposition",
        [
            basis_panel_from_frame(simulate_basis(1, days), "twin")
            for days in (100, 200)
        ],
        [100, 200],
    )
    holds = [int(24 * GIB / COPIES / each) for each in (regimes, basis)]
    assert holds[0] == pytest.approx(200_000, rel=0.02)
    assert holds[1] == pytest.approx(50_000, rel=0.05)
