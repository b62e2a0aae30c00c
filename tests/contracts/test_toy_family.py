"""A new family is one line in each of four lists: the same commands then serve it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from analysis.__main__ import application as analysis_application
from analysis.families import MODEL_REPORTS
from data.commands.command import group
from data.families import PANELS
from data.panel import build_command
from inference.__main__ import application as inference_application
from inference.families import MODELS
from inference.store import read_trace
from models.families import SIMULATIONS
from models.marking import marking
from tests.contracts import toy_family as toy

DATA = group("Build.", map(build_command, (*PANELS, toy.PANEL)))
SIMULATE = group("Simulate.", map(marking, (*SIMULATIONS, toy.SIMULATION)))
INFERENCE = inference_application({**MODELS, toy.NAME: toy.MODEL})
ANALYSIS = analysis_application({**MODEL_REPORTS, toy.NAME: toy.REPORT})

NAME = toy.NAME


def run(app: typer.Typer, *arguments: object) -> tuple[int, str]:
    # Wide, so that no message is broken by a line end.
    result = CliRunner(env={"COLUMNS": "400"}).invoke(app, [str(x) for x in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    simulated, built = folder / "simulated.csv", folder / "toy.parquet"
    assert run(SIMULATE, NAME, "--out", simulated)[0] == 0
    status, output = run(DATA, NAME, "--raw", simulated, "--unit", "2", "--out", built)
    assert (status, output.splitlines()) == (0, ["60 days", str(built)])
    return built


@pytest.fixture(scope="module")
def trace(panel: Path) -> Path:
    """Fitted, checked and scored."""
    path = panel.parent / "toy.nc"
    options = ("--mean-sd", 5, "--draws", 600, "--tune", 300, "--chains", 2)
    status, output = run(
        INFERENCE, "fit", NAME, "--panel", panel, "--out", path, *options
    )
    assert status == 0, output
    assert output.startswith("a toy\nCompiling and sampling toy (normal)")
    assert run(INFERENCE, "check", path)[0] == 0
    status, output = run(INFERENCE, "score", path, "--first-date", "2020-03-18")
    assert status == 0, output
    return path


@pytest.mark.slow
def test_a_trace_of_the_family_keeps_what_it_promises(trace: Path) -> None:
    tree = read_trace(trace)
    assert toy.MODEL.holds.broken_promises(tree) == []
    assert toy.MODEL.holds.unpromised(tree) == []
    assert tree["leave_future_out"].sizes["day"] == 5
    assert tree.attrs["simulated"] == "simulate toy, seed 1"
    # Half of 3, since the values were built in units of 2.
    assert float(tree["posterior"]["mean"].mean()) == pytest.approx(1.5, abs=0.5)


@pytest.mark.slow
def test_the_family_has_a_section_of_the_report(trace: Path, tmp_path: Path) -> None:
    status, output = run(ANALYSIS, "report", trace, "--out", tmp_path)
    assert status == 0, output
    page = (tmp_path / "index.html").read_text()
    assert "How large is the number?" in page
    assert page.count("The mean is 1.") == 2, "on the opening page and in the section"
    assert "SIMULATED DATA" in page
    assert (tmp_path / "tables" / "table_predictive_check__toy.csv").is_file()
    assert (tmp_path / "figures" / "figure_trace__toy.png").is_file()


def test_bad_input_of_the_family_ends_with_two(panel: Path, tmp_path: Path) -> None:
    required = ("--panel", panel, "--out", tmp_path / "toy.nc")
    for options, message in (
        (("--mean-sd", -1), "--mean-sd is -1.0"),
        (("--draws", 1), "draws is 1"),
    ):
        status, output = run(INFERENCE, "fit", NAME, *required, *options)
        assert status == 2
        assert message in output


@pytest.mark.parametrize(
    ("app", "command"),
    [(DATA, (NAME,)), (SIMULATE, (NAME,)), (INFERENCE, ("fit", NAME))],
    ids=["data", "models", "inference"],
)
def test_the_family_has_its_own_help(
    app: typer.Typer, command: tuple[str, ...]
) -> None:
    status, output = run(app, *command, "--help")
    assert status == 0
    assert "--out" in output


@pytest.mark.parametrize("model", ["price-pressure", "half-life"])
def test_the_other_families_stand_beside_it(model: str) -> None:
    assert run(INFERENCE, "fit", model, "--help")[0] == 0


def test_without_its_line_the_family_is_unknown(tmp_path: Path) -> None:
    status, _ = run(inference_application(MODELS), "fit", NAME, "--help")
    assert status == 2
