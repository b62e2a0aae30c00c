"""The command that simulates a liquidity panel."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner, Result

from data.liquidity_regimes.panel import read_liquidity_panel
from models.__main__ import app
from models.liquidity_regimes.simulation import simulate_liquidity_regimes

RUNNER = CliRunner()
DAYS = 300


def simulate(out: Path, *more: str) -> Result:
    arguments = ["simulate", "liquidity-regimes", "--seed", "4", "--out", str(out)]
    return RUNNER.invoke(app, [*arguments, "--days", str(DAYS), *more])


@pytest.mark.parametrize("name", ["twin.csv", "twin.parquet"])
def test_simulate_writes_a_panel_that_can_be_fitted(tmp_path: Path, name: str) -> None:
    out = tmp_path / "clean" / name
    result = simulate(out)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [str(out)]
    panel = read_liquidity_panel(out)
    assert dict(panel.dataset.sizes) == {"day": DAYS, "security": 1, "covariate": 3}


def test_the_file_holds_what_the_function_simulates(tmp_path: Path) -> None:
    simulate(tmp_path / "twin.parquet")
    written = pd.read_parquet(tmp_path / "twin.parquet").drop(columns="simulated")
    expected = simulate_liquidity_regimes(4, DAYS)
    assert_frame_equal(written, expected, check_dtype=False)


def test_the_sample_of_the_paper_is_the_default_length(tmp_path: Path) -> None:
    out = tmp_path / "twin.parquet"
    result = RUNNER.invoke(app, ["simulate", "liquidity-regimes", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert len(pd.read_parquet(out)) == 2_440


def test_several_securities_can_have_states_of_their_own(tmp_path: Path) -> None:
    out = tmp_path / "market.parquet"
    simulate(out, "--securities", "2y, 10y", "--states", "independent")
    dataset = read_liquidity_panel(out).dataset
    assert dataset["security"].to_numpy().tolist() == ["2y", "10y"]
    states = dataset["simulated_state"]
    assert not np.array_equal(states.sel(security="2y"), states.sel(security="10y"))


@pytest.mark.parametrize(
    "option",
    [
        ("--model", "I"),
        ("--transition", "constant"),
        ("--noise", "student-t"),
        ("--missing-share", "0.1"),
    ],
)
def test_every_option_changes_price_impact(
    tmp_path: Path, option: tuple[str, str]
) -> None:
    result = simulate(tmp_path / "twin.parquet", *option)
    assert result.exit_code == 0, result.output
    written = pd.read_parquet(tmp_path / "twin.parquet")["price_impact"]
    default = simulate_liquidity_regimes(4, DAYS)["price_impact"]
    assert not np.allclose(written, default)


@pytest.mark.parametrize(
    ("more", "problem", "remedy"),
    [
        (["--securities", "3y"], "unknown security 3y", "2y, 5y, 10y, 30y"),
        (["--securities", ","], "unknown security (none)", "2y, 5y, 10y, 30y"),
        (["--out", "twin.xlsx"], "extension .xlsx", "twin.csv or twin.parquet"),
    ],
)
def test_bad_input_ends_with_two_a_remedy_and_no_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: list[str],
    problem: str,
    remedy: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = simulate(Path("twin.csv"), *more)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert remedy in result.stderr.partition("Remedy:")[2]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "more",
    [
        ("--days", "0"),
        ("--days", "60001"),
        ("--seed", "-1"),
        ("--model", "V"),
        ("--missing-share", "0.9"),
    ],
)
def test_values_out_of_range_end_with_two_and_name_the_option(
    tmp_path: Path, more: tuple[str, str]
) -> None:
    result = simulate(tmp_path / "twin.csv", *more)
    assert result.exit_code == 2
    assert more[0] in result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())
