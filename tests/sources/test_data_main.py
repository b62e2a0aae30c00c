from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.price_pressure.panel import read_price_pressure_panel
from tests.price_pressure.raw_folder import WEEKS, write_raw_folder

RUNNER = CliRunner()


@pytest.mark.parametrize("name", ["panel.csv", "panel.parquet"])
def test_build_writes_a_panel_and_says_what_is_in_it(tmp_path: Path, name: str) -> None:
    raw, out = write_raw_folder(tmp_path / "raw"), tmp_path / "clean" / name
    result = RUNNER.invoke(
        app, ["build", "price-pressure", "--raw", str(raw), "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert read_price_pressure_panel(out).dataset.sizes["week"] == len(WEEKS)
    assert f"weeks: {len(WEEKS)}, 2012-06-27 to 2013-12-18" in result.stdout
    assert "report form changes" in result.stdout
    assert result.stdout.splitlines()[-1] == str(out)


def test_build_takes_a_stretch_and_the_treatment_of_form_breaks(tmp_path: Path) -> None:
    raw, out = write_raw_folder(tmp_path / "raw"), tmp_path / "panel.csv"
    result = RUNNER.invoke(
        app,
        [
            *("build", "price-pressure", "--raw", str(raw), "--out", str(out)),
            *("--start", "2012-07-05", "--end", "2013-10-02"),
            *("--form-breaks", "missing"),
        ],
    )
    assert result.exit_code == 0, result.output
    assert "2012-07-11 to 2013-10-02" in result.stdout
    assert "left missing in the order flow" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--raw", "nowhere", "--out", "panel.csv"], "no folder gsw"),
        (["--raw", "nowhere", "--out", "panel.xlsx"], "extension .xlsx"),
        (["--raw", "nowhere", "--out", "panel.csv", "--start", "May"], "--start"),
        (["--raw", "nowhere"], "--out"),
    ],
)
def test_bad_input_ends_with_two_and_one_message_without_a_traceback(
    arguments: list[str], message: str
) -> None:
    result = RUNNER.invoke(app, ["build", "price-pressure", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_unknown_source_ends_with_two_and_lists_the_sources(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["fetch", "bloomberg", "--to", str(tmp_path)])
    assert result.exit_code == 2
    assert "Remedy: Name some of gsw, primary-dealers, cftc-tff, h15" in result.stderr


@pytest.mark.parametrize("command", [["fetch"], ["build", "price-pressure"]])
def test_help_shows_an_example(command: list[str]) -> None:
    result = RUNNER.invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert f"python -m data {' '.join(command)}" in result.output
