"""Building the liquidity-regimes panel, and its command."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.errors import DataError
from data.liquidity_regimes.build import build_liquidity_panel
from data.liquidity_regimes.panel import read_liquidity_panel
from data.liquidity_regimes.volatility_surprises import (
    persistence_surprise,
    volatility_of_volatility_surprise,
)
from tests.liquidity_regimes.frames import (
    DAYS,
    daily_frame,
    one_security,
    two_securities,
)

RUNNER = CliRunner()
VV, CS = "volatility_of_volatility_surprise_bp", "persistence_surprise_bp"
RAW = [
    "date",
    "security",
    "price_impact",
    "depth_musd",
    "volatility_bp",
    "volatility_1m_bp",
    "volatility_3m_bp",
]


def raw_file(folder: Path, frame: pd.DataFrame) -> Path:
    path = folder / "daily.csv"
    frame.to_csv(path, index=False)
    return path


def test_surprises_are_those_of_the_volatility_column(tmp_path: Path) -> None:
    frame = one_security()[RAW]
    built = build_liquidity_panel(raw_file(tmp_path, frame)).frame
    surprise, _ = volatility_of_volatility_surprise(frame["volatility_bp"], "memory")
    spread = persistence_surprise(
        frame["volatility_1m_bp"], frame["volatility_3m_bp"], frame["volatility_bp"]
    )
    np.testing.assert_allclose(built[VV], surprise.iloc[1:], rtol=1e-6)
    np.testing.assert_allclose(built[CS], spread.iloc[1:], rtol=1e-6)


def test_the_first_day_is_dropped_with_a_note_when_it_has_no_lag(
    tmp_path: Path,
) -> None:
    built = build_liquidity_panel(raw_file(tmp_path, one_security()[RAW]))
    assert built.frame["date"].iloc[0] == pd.Timestamp("2014-04-02")
    assert any(note.startswith("first day: 2014-04-01") for note in built.notes)


def test_the_day_before_the_start_serves_as_the_lag(tmp_path: Path) -> None:
    frame = one_security()[RAW]
    start = frame["date"].iloc[10]
    built = build_liquidity_panel(raw_file(tmp_path, frame), start=start)
    assert len(built.frame) == DAYS - 10
    surprise, _ = volatility_of_volatility_surprise(
        frame["volatility_bp"].iloc[9:], "memory"
    )
    np.testing.assert_allclose(built.frame[VV], surprise.iloc[1:], rtol=1e-6)


def test_every_security_gets_the_surprise_of_the_day(tmp_path: Path) -> None:
    built = build_liquidity_panel(raw_file(tmp_path, two_securities()[RAW])).frame
    both = built.set_index(["date", "security"])[VV].to_xarray()
    np.testing.assert_array_equal(both.sel(security="10y"), both.sel(security="2y"))
    assert not built[[VV, CS]].isna().any().any()


def test_surprises_follow_the_calendar_whichever_security_stands_first(
    tmp_path: Path,
) -> None:
    frame = two_securities()[RAW]
    late = frame.drop(index=range(20))
    assert late["date"].iloc[0] > late["date"].min()
    built = build_liquidity_panel(raw_file(tmp_path, late)).frame
    complete = build_liquidity_panel(raw_file(tmp_path, frame)).frame
    found, expected = (x.loc[x["security"] == "2y", VV] for x in (built, complete))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("frame", "absent"),
    [
        (daily_frame(), "volatility_1m_bp and volatility_3m_bp"),
        (one_security()[RAW].drop(columns="volatility_1m_bp"), "volatility_1m_bp"),
        (one_security()[RAW].assign(volatility_3m_bp=np.nan), "volatility_3m_bp"),
    ],
)
def test_without_both_maturities_the_persistence_surprise_is_absent_by_name(
    tmp_path: Path, frame: pd.DataFrame, absent: str
) -> None:
    built = build_liquidity_panel(raw_file(tmp_path, frame))
    assert CS not in built.frame
    assert VV in built.frame
    assert f"{CS}: not made without {absent}" in built.notes


@pytest.mark.parametrize(
    ("one_month", "three_months"),
    [
        (lambda v: 0.98 * v, lambda v: 1.02 * v),
        (lambda v: v + 1.0, lambda v: v + 3.0),
    ],
    ids=["multiples", "a constant spread"],
)
def test_a_spread_of_which_nothing_is_left_is_not_made(
    tmp_path: Path,
    one_month: Callable[[pd.Series], pd.Series],
    three_months: Callable[[pd.Series], pd.Series],
) -> None:
    frame = one_security()[RAW]
    frame["volatility_1m_bp"] = one_month(frame["volatility_bp"])
    frame["volatility_3m_bp"] = three_months(frame["volatility_bp"])
    built = build_liquidity_panel(raw_file(tmp_path, frame))
    assert CS not in built.frame
    assert any(f"{CS}: not made" in note for note in built.notes)


def test_a_gap_in_one_maturity_names_its_row(tmp_path: Path) -> None:
    frame = one_security()[RAW]
    frame.loc[6, "volatility_1m_bp"] = np.nan
    with pytest.raises(DataError, match=r"volatility_1m_bp, row 7 \(2014-04-09, 10y\)"):
        build_liquidity_panel(raw_file(tmp_path, frame))


def test_errors_count_the_rows_of_the_file_from_whichever_day_it_starts(
    tmp_path: Path,
) -> None:
    frame = one_security()[RAW]
    frame.loc[20, "depth_musd"] = -1.0
    path = raw_file(tmp_path, frame)
    with pytest.raises(DataError, match=r"row 21 \(2014-04-30, 10y\): -1.0"):
        build_liquidity_panel(path, start=frame["date"].iloc[10])


def test_surprises_already_there_are_computed_anew_and_the_truth_is_kept(
    tmp_path: Path,
) -> None:
    frame = one_security().assign(**{VV: 0.0})
    built = build_liquidity_panel(raw_file(tmp_path, frame))
    assert built.frame[VV].std() > 0
    assert f"{VV}: computed anew" in built.notes
    np.testing.assert_array_equal(
        built.frame["simulated_state"], frame["simulated_state"].iloc[1:]
    )


def test_no_day_between_start_and_end_is_said(tmp_path: Path) -> None:
    path = raw_file(tmp_path, daily_frame())
    with pytest.raises(DataError, match="no row from 2030-01-01 to the last"):
        build_liquidity_panel(path, start=pd.Timestamp("2030-01-01"))


@pytest.mark.parametrize("name", ["panel.csv", "panel.parquet"])
def test_the_command_writes_a_panel_and_tells_what_it_did(
    tmp_path: Path, name: str
) -> None:
    frame = two_securities()[RAW]
    out = tmp_path / "clean" / name
    arguments = ["--daily", str(raw_file(tmp_path, frame)), "--out", str(out)]
    days = ["--start", "2014-04-03", "--end", "2015-05-29"]
    result = RUNNER.invoke(app, ["build", "liquidity-regimes", *arguments, *days])
    assert result.exit_code == 0, result.output
    panel = read_liquidity_panel(out)
    first, last = panel.dataset["day"].to_numpy()[[0, -1]]
    assert [pd.Timestamp(first), pd.Timestamp(last)] == [
        pd.Timestamp("2014-04-03"),
        pd.Timestamp("2015-05-29"),
    ]
    lines = result.stdout.splitlines()
    assert lines[-1] == str(out)
    assert any(line.startswith("volatility of volatility: AR(1)") for line in lines)
    assert set(panel.notes) <= set(lines)


def test_the_command_takes_volatilities_from_another_file(tmp_path: Path) -> None:
    frame = daily_frame()
    volatility = tmp_path / "move.csv"
    renamed = frame.rename(columns={"date": "Date", "volatility_bp": "MOVE"})
    renamed[["Date", "MOVE"]].to_csv(volatility, index=False)
    daily = raw_file(tmp_path, frame.drop(columns="volatility_bp").iloc[5:])
    out = tmp_path / "panel.csv"
    paths = ["--daily", daily, "--volatility", volatility, "--out", out]
    result = RUNNER.invoke(app, ["build", "liquidity-regimes", *map(str, paths)])
    assert result.exit_code == 0, result.output
    covariate = read_liquidity_panel(out).dataset["covariate_bp"].sel(covariate="V")
    np.testing.assert_array_equal(covariate, frame["volatility_bp"].iloc[5:])


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--out", "panel.xlsx"], "extension .xlsx"),
        (["--daily", "no-such.csv"], "no-such.csv: no such file"),
        (["--start", "2016-01-01"], "no row from 2016-01-01"),
        (["--start", "2014-12-01"], "at least 250 days"),
    ],
)
def test_bad_input_ends_with_two_a_remedy_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    raw_file(tmp_path, daily_frame())
    arguments = ["--daily", "daily.csv", "--out", "panel.csv", *more]
    result = RUNNER.invoke(app, ["build", "liquidity-regimes", *arguments])
    assert result.exit_code == 2
    assert problem in result.stderr
    assert "Remedy:" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["daily.csv"]
