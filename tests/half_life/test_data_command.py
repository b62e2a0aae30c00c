from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.half_life.basis_panel import read_basis_panel
from data.half_life.event_panel import read_half_life_panel

RUNNER = CliRunner()


def write_inputs(folder: Path) -> list[str]:
    days = pd.bdate_range("2020-03-02", periods=30)
    pd.DataFrame(
        {
            "date": np.tile(days, 2),
            "tenor": np.repeat([5, 10], 30),
            "epsilon_filtered": np.tile(8.0 * 2.0 ** (-np.arange(30) / 3), 2),
        }
    ).to_csv(folder / "states.csv", index=False)
    (folder / "events.csv").write_text(
        "date,event_type\n2020-03-03,cpi\n2020-03-10,fomc\n2020-05-29,late\n"
    )
    return [
        *("build", "half-life", "--deviations", str(folder / "states.csv")),
        *("--events", str(folder / "events.csv"), "--out", str(folder / "out.csv")),
    ]


def test_build_half_life_writes_a_panel_and_says_what_it_set_aside(
    tmp_path: Path,
) -> None:
    command = [*write_inputs(tmp_path), "--tenor", "5", "--tenor", "7"]
    result = RUNNER.invoke(app, command)
    assert result.exit_code == 0, result.output
    frame = read_half_life_panel(tmp_path / "out.csv").frame
    assert frame["half_life_days"].dropna().tolist() == [3.0] * 4
    assert "set aside, after the last deviation: 2" in result.stdout
    assert result.stdout.splitlines()[-1] == str(tmp_path / "out.csv")


def test_rule_is_the_users(tmp_path: Path) -> None:
    command = [*write_inputs(tmp_path), "--tenor", "5"]
    result = RUNNER.invoke(app, [*command, "--threshold-bp", "3", "--horizon", "2"])
    assert result.exit_code == 0, result.output
    frame = read_half_life_panel(tmp_path / "out.csv").frame
    assert frame["is_censored"].tolist() == [True, False, False]
    assert "under the threshold: 1 (3 bp)" in result.stdout


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "no deviation of tenor 2, 20"),
        (["--tenor", "5", "--horizon", "0"], "horizon is 0"),
        (["--tenor", "5", "--deviations", "basis.nc"], "inference export deviations"),
        (["--tenor", "5", "--liquidity", "no.csv"], "no.csv: no such file"),
        (["--tenor", "5", "--out", "panel.xlsx"], "extension .xlsx"),
    ],
)
def test_bad_input_ends_with_two_and_leaves_no_file(
    tmp_path: Path, more: list[str], message: str
) -> None:
    result = RUNNER.invoke(app, [*write_inputs(tmp_path), *more])
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out.csv").exists()


def test_build_basis_writes_a_panel_and_counts_what_is_missing(tmp_path: Path) -> None:
    days = pd.bdate_range("2020-01-06", periods=80).delete(40)
    spread = pd.DataFrame({"date": days, "arb_2": np.linspace(20, 30, 79)})
    spread.to_csv(tmp_path / "raw.csv", index=False)
    out = tmp_path / "basis.parquet"
    command = ["build", "basis", "--raw", str(tmp_path / "raw.csv"), "--out", str(out)]
    result = RUNNER.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert read_basis_panel(out).dataset.sizes["day"] == 80
    assert "1 without any spread" in result.stdout


@pytest.mark.parametrize("command", ["basis", "half-life"])
def test_help_shows_an_example(command: str) -> None:
    result = RUNNER.invoke(app, ["build", command, "--help"])
    assert result.exit_code == 0
    assert f"python -m data build {command}" in result.output
