"""The command line that simulates panels."""

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from data.price_pressure.panel import read_price_pressure_panel
from models.__main__ import app
from models.price_pressure.command import LONGEST_PANEL_WEEKS
from models.price_pressure.simulation import simulate_price_pressure

RUNNER = CliRunner()
VARIANT = "net-order-flow"
WEEKS = 60


def simulate(out: Path, *more: str) -> object:
    arguments = ["simulate", "price-pressure", "--variant", VARIANT, "--seed", "4"]
    return RUNNER.invoke(
        app, [*arguments, "--weeks", str(WEEKS), "--out", str(out), *more]
    )


@pytest.mark.parametrize("name", ["twin.csv", "twin.parquet"])
def test_simulate_writes_a_panel_that_can_be_fitted(tmp_path: Path, name: str) -> None:
    out = tmp_path / "clean" / name
    result = simulate(out)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [str(out)]
    assert read_price_pressure_panel(out).dataset.sizes["week"] == WEEKS


def test_the_file_holds_what_the_function_simulates(tmp_path: Path) -> None:
    simulate(tmp_path / "twin.parquet")
    written = pd.read_parquet(tmp_path / "twin.parquet")
    expected = simulate_price_pressure(VARIANT, 4, WEEKS)
    expected["simulated"] = written["simulated"]
    assert_frame_equal(written, expected, check_dtype=False)


def test_the_sample_of_the_paper_is_the_default_length(tmp_path: Path) -> None:
    out = tmp_path / "twin.parquet"
    arguments = ["--variant", "net-inventory", "--out", str(out)]
    result = RUNNER.invoke(app, ["simulate", "price-pressure", *arguments])
    assert result.exit_code == 0, result.output
    assert len(pd.read_parquet(out)) == 872


@pytest.mark.parametrize(
    ("more", "problem", "remedy"),
    [
        (["--variant", "no-such"], "unknown variant 'no-such'", "net-inventory"),
        (["--out", "twin.xlsx"], "extension .xlsx", "twin.csv or twin.parquet"),
        (["--weeks", "51"], "greater than or equal to 52", ""),
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
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_wrong_use_ends_with_two(tmp_path: Path) -> None:
    out = str(tmp_path / "twin.csv")
    missing = RUNNER.invoke(app, ["simulate", "price-pressure", "--out", out])
    assert missing.exit_code == 2
    assert "--variant" in missing.stderr


@pytest.mark.parametrize(
    "more", [("--weeks", "0"), ("--weeks", "14000"), ("--seed", "-1")]
)
def test_numbers_out_of_range_end_with_two_and_name_the_option(
    tmp_path: Path, more: tuple[str, str]
) -> None:
    result = simulate(tmp_path / "twin.csv", *more)
    assert result.exit_code == 2
    assert more[0] in result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_the_longest_panel_can_be_simulated(tmp_path: Path) -> None:
    out = tmp_path / "twin.parquet"
    result = simulate(out, "--weeks", str(LONGEST_PANEL_WEEKS))
    assert result.exit_code == 0, result.output
    assert len(pd.read_parquet(out)) == LONGEST_PANEL_WEEKS


def test_an_existing_file_survives_a_failed_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "twin.csv"
    out.write_text("what stood before")

    def fail_halfway(frame: pd.DataFrame, path: Path, **options: object) -> None:
        Path(path).write_text("half a panel")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fail_halfway)
    result = simulate(out)
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["twin.csv"]
    assert out.read_text() == "what stood before"


def test_an_existing_file_survives_a_run_that_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "twin.parquet"
    out.write_text("what stood before")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_parquet", interrupt)
    assert simulate(out).exit_code != 0
    assert out.read_text() == "what stood before"


def test_help_shows_an_example_and_the_variants() -> None:
    result = RUNNER.invoke(
        app, ["simulate", "price-pressure", "--help"], env={"COLUMNS": "200"}
    )
    assert result.exit_code == 0
    assert "Example: python -m models simulate price-pressure" in result.stdout
    assert "cash-futures-order-flow" in result.stdout
