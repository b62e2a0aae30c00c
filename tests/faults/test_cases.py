"""Traps that users met elsewhere, one member of each kind that no other test holds."""

import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.ending import ending_with_status
from data.errors import DataError
from data.half_life.basis_panel import basis_panel_from_frame
from data.half_life.event_panel import read_half_life_panel
from models.half_life.basis_simulation import simulate_basis
from models.half_life.inputs import select_inputs
from models.half_life.model import model_from_inputs
from models.half_life.specification import PROPORTIONAL_HAZARD, HalfLifeSpecification
from tests.half_life.frames import event_frame, event_panel
from tests.places import ROOT

CASES = ROOT.parent / "shared" / "cases"

needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason="the files of cases are not in ../shared"
)


def test_a_path_that_the_terminal_cannot_show_is_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="cp1252"))

    @ending_with_status()
    def command() -> None:
        typer.echo("łódź/panel.csv")

    command()
    sys.stdout.flush()
    assert shown.getvalue().strip() == b"?\xf3d?/panel.csv"


def test_one_half_life_of_years_is_refused_by_its_row(tmp_path: Path) -> None:
    frame = event_frame()
    frame.loc[7, "half_life_days"] = 5000.0
    frame.to_csv(tmp_path / "long.csv", index=False)
    with pytest.raises(DataError, match=r"row 8 .*: 5000\.0 is beyond 500 days"):
        read_half_life_panel(tmp_path / "long.csv")


@pytest.mark.parametrize("rounding", [0.0, 1e-13])
def test_a_tenor_that_never_moves_is_refused(rounding: float) -> None:
    frame = simulate_basis(1, 80)
    noise = np.random.default_rng(1).standard_normal(80)
    frame["basis_5y_bp"] = 20.0 + rounding * noise
    with pytest.raises(DataError, match="basis_5y_bp is 20 in every row"):
        basis_panel_from_frame(frame, "basis.csv")


def test_half_lives_of_one_day_alone_make_a_model() -> None:
    frame = event_frame().assign(half_life_days=1.0, is_censored=False)
    hazard = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD)
    inputs = select_inputs(event_panel(frame), hazard)
    assert inputs.horizon_days == 1
    model = model_from_inputs(inputs, hazard)
    assert all(np.all(np.isfinite(x)) for x in model.initial_point().values())


@needs_cases
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (
            ("stale1m/daily.csv", "--volatility", "stale1m/vol_gap.csv"),
            2,
            "no volatility_1m_bp on 2016-04-01 and 5 days before",
        ),
        (("csnoise/daily.csv",), 0, "persistence_surprise_bp: not made"),
        (("csnoise/daily_const.csv",), 0, "persistence_surprise_bp: not made"),
    ],
)
def test_a_covariate_is_never_made_of_nothing(
    arguments: tuple[str, ...], status: int, said: str, tmp_path: Path
) -> None:
    paths = [str(CASES / x) if x.endswith(".csv") else x for x in arguments]
    out = tmp_path / "panel.csv"
    result = CliRunner().invoke(
        app, ["build", "liquidity-regimes", "--out", str(out), "--daily", *paths]
    )
    assert result.exit_code == status, result.output
    assert said in " ".join(result.output.split())
    if status == 0:
        assert "persistence_surprise_bp" not in pd.read_csv(out).columns
