"""Commands that are stopped in the middle of their work."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import analysis.report
import inference.__main__
from analysis.__main__ import app as analysis_app
from data.__main__ import app as data_app
from data.commands.starting import PACKAGES, STOPPED
from data.transactions.bucket import clean_bucket
from inference.store import write_trace
from tests.half_life.basis_traces import random_basis_tree
from tests.places import ROOT
from tests.transactions.files import rows_of, write_wrds_parquet
from tests.transactions.test_engine import random_messages

both_signals = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])

MANY_DRAWS = "300000"
"""Which a fit is busy with for a minute, from its first draw to its last density."""

SECONDS = 6.0
"""After the model is built: it is being compiled, sampled or evaluated."""


@pytest.mark.slow
@both_signals
def test_a_fit_that_is_stopped_leaves_the_trace_that_stood(
    number: signal.Signals, tmp_path: Path
) -> None:
    toy = [sys.executable, "-m", "tests.faults.toy_commands"]
    run = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    simulate = [*toy, "models", "toy", "--out", "toy.csv"]
    subprocess.run(simulate, check=True, capture_output=True, **run)  # noqa: S603
    (tmp_path / "toy.nc").write_text("a good trace")
    fit = [*toy, "inference", "fit", "toy", "--panel", "toy.csv", "--out", "toy.nc"]
    options = ["--force", "--draws", MANY_DRAWS, "--tune", "1000", "--chains", "2"]
    with subprocess.Popen(  # noqa: S603
        [*fit, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **run,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Compiling and sampling"):
                break
        time.sleep(SECONDS)
        process.send_signal(number)
        late = threading.Timer(30, process.kill)
        late.start()
        said = process.stdout.read()
        process.wait()
        late.cancel()
    assert process.returncode == 130
    assert STOPPED in said
    assert (tmp_path / "toy.nc").read_text() == "a good trace"
    assert {path.name for path in tmp_path.iterdir()} == {"toy.csv", "toy.nc"}


def stop(number: signal.Signals) -> None:
    """Send this process a signal, and work on until it is heard."""
    os.kill(os.getpid(), number)
    for _ in range(1000):
        time.sleep(0.01)


def run_until_stopped(app: typer.Typer, *arguments: object) -> None:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == 130
    last = result.stderr.rstrip().splitlines()[-1]
    assert last == STOPPED
    assert "Traceback" not in result.output


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "a.nc"
    write_trace(random_basis_tree(draws=20), path)
    return path


@both_signals
def test_a_score_that_is_stopped_leaves_its_trace_unscored(
    number: signal.Signals, trace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(trace.parent)
    score = "score_trace"
    monkeypatch.setattr(inference.__main__, score, lambda *_, **__: stop(number))
    run_until_stopped(inference.__main__.app, "score", trace)
    assert contents(trace.parent) == before


@both_signals
def test_a_report_that_is_stopped_leaves_the_one_that_stood(
    number: signal.Signals,
    trace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "report"
    (out / "tables").mkdir(parents=True)
    (out / "index.html").write_text("a good page")
    (out / "tables" / "table_fits.csv").write_text("a good table")
    before = contents(out)
    monkeypatch.setattr(analysis.report, "write_figures", lambda *_, **__: stop(number))
    run_until_stopped(analysis_app, "report", trace, "--out", out)
    assert contents(out) == before
    run_until_stopped(analysis_app, "report", trace, "--out", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@both_signals
def test_a_cleaning_that_is_stopped_leaves_the_one_that_stood_and_continues(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_wrds_parquet(tmp_path / "a.parquet", random_messages(trades=60))
    out = tmp_path / "out"
    clean = ("clean", "transactions", file, "--out", out)
    first = CliRunner().invoke(data_app, [*map(str, clean), "--preset", "wrds"])
    assert first.exit_code == 0, first.output
    before = contents(out)
    done: list[int] = []

    def stopped_at_the_third(task: Any) -> Any:
        if len(done) == 2:
            stop(number)
        done.append(task.number)
        return clean_bucket(task)

    monkeypatch.setattr("data.transactions.clean.clean_bucket", stopped_at_the_third)
    run_until_stopped(data_app, *clean, "--buckets", 4)
    assert before.items() <= contents(out).items()
    assert {path.name for path in out.iterdir()} == {
        "clean", "rejects", "report.json", ".unfinished",
    }  # fmt: skip
    monkeypatch.undo()
    again = CliRunner().invoke(data_app, [*map(str, clean), "--buckets", "4"])
    assert again.exit_code == 0, again.output
    assert not (out / ".unfinished").exists()
    assert rows_of(out, "clean", "DISTINCT preset") == [("workbench",)]


@both_signals
@pytest.mark.parametrize("package", PACKAGES)
def test_a_signal_while_a_package_is_imported_ends_with_one_line(
    package: str, number: signal.Signals
) -> None:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-X", "importtime", "-m", package, "--help"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.endswith("data.commands.starting\n"):
                break
        process.send_signal(number)
        said = process.stderr.read()
    assert process.returncode == 130
    words = [line for line in said.splitlines() if not line.startswith("import time:")]
    assert words == [STOPPED]
