import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import data.commands.ending
from data.commands.ending import SECONDS_TO_STOP, Interrupted, ending_with_status
from data.commands.starting import STOPPED
from data.errors import DataError
from tests.places import ROOT

app = typer.Typer()


@app.command()
@ending_with_status()
def command(fault: str, number: int = 1) -> None:
    """Fail as asked."""
    if fault == "data":
        raise DataError("row 3 is wrong", "mend it.")
    if fault == "file":
        Path("/nowhere/at/all").read_text()
    if fault == "memory":
        raise MemoryError("64 GiB")
    if fault == "bug":
        raise KeyError(fault)
    if fault == "check":
        raise typer.Exit(1)
    typer.echo(f"{fault} {number}")


def test_a_signal_that_a_callback_loses_ends_the_command_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a compiler's callback does, which then misses what it was to be given."""

    @ending_with_status()
    def compile_something() -> None:
        with suppress(Interrupted):
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("no compiled object yet")

    with pytest.raises(typer.Exit) as ended:
        compile_something()
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err.strip() == STOPPED


def test_a_decorated_command_keeps_its_arguments() -> None:
    result = CliRunner().invoke(app, ["fine", "--number", "7"])
    assert (result.exit_code, result.stdout) == (0, "fine 7\n")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("data", "Error: row 3 is wrong\n  Remedy: mend it.\n"),
        ("file", "/nowhere/at/all"),
        ("memory", "Error: too little memory: 64 GiB\n  Remedy: "),
    ],
)
def test_bad_input_and_refused_files_end_with_two(fault: str, message: str) -> None:
    result = CliRunner().invoke(app, [fault])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_a_status_that_a_command_chose_is_left_to_it() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert (result.exit_code, result.output) == (1, "")


def test_a_fault_of_the_program_has_a_status_and_a_report_of_its_own() -> None:
    result = CliRunner().invoke(app, ["bug"])
    assert result.exit_code == 70
    first, remedy = result.stderr.splitlines()
    assert first.startswith("Error: unforeseen KeyError: 'bug' (")
    assert "Traceback" not in result.stderr
    report = Path(remedy.rpartition(" ")[2])
    assert "raise KeyError(fault)" in report.read_text()
    report.unlink()


def test_signals_are_as_before_once_a_command_has_ended() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    CliRunner().invoke(app, ["fine"])
    assert before == [
        signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)
    ]


PROGRAM = textwrap.dedent(
    """
    import hashlib, time
    from concurrent.futures import ProcessPoolExecutor
    from pathlib import Path

    import typer
    from data.commands.ending import ending_with_status
    from data.files.atomic import replacing
    from data.commands.helpers import HELPERS

    def sleep(seconds):
        time.sleep(seconds)

    def command(how: str, out: str):
        with replacing(Path(out)) as temporary:
            temporary.write_text("half")
            print("started", flush=True)
            if how == "swallows":
                try:
                    time.sleep(60)
                except KeyboardInterrupt:
                    return  # as samplers do, which then hand back what they have
            elif how == "helpers":
                with ProcessPoolExecutor(2, HELPERS) as pool:
                    busy, idle = pool.submit(sleep, 60), pool.submit(sleep, 0)
                    idle.result()
                    time.sleep(0.5)  # it goes back to wait for more
                    print(*pool._processes, flush=True)
                    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**6)  # deaf for a second
                    busy.result()
            else:
                hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # deaf, as a compiler

    if __name__ == "__main__":
        app = typer.Typer()
        app.command()(ending_with_status()(command))
        app()
    """
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "stopped.py"
    path.write_text(PROGRAM)
    return path


def started(script: Path, how: str, out: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - runs this very interpreter
        [sys.executable, str(script), how, str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_command_with_130_and_nothing_written(
    script: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out.txt"
    out.write_text("good")
    with started(script, "swallows", out) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == b"Stopped; nothing incomplete was written.\n"
    assert out.read_text() == "good"
    assert {path.name for path in tmp_path.iterdir()} == {"out.txt", "stopped.py"}


def test_what_is_deaf_to_signals_is_cut_off(script: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    with started(script, "deaf", out) as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS_TO_STOP + 15)
    assert process.returncode == 130
    assert said == f"{STOPPED}\n".encode()
    assert not out.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_helpers_end_with_the_process_that_started_them(
    script: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with started(script, "helpers", tmp_path / "out.txt") as process:
        assert process.stdout is not None
        helpers = process.stdout.readline().split()
        process.send_signal(number)
        process.wait(timeout=20)
    assert len(helpers) == 2
    deadline = time.monotonic() + 10
    while helpers and time.monotonic() < deadline:
        helpers = [x for x in helpers if Path(f"/proc/{int(x)}").exists()]
        time.sleep(0.1)
    assert not helpers


def test_ctrl_c_of_a_terminal_makes_one_line_however_many_helpers(
    script: Path, tmp_path: Path
) -> None:
    with started(script, "helpers", tmp_path / "out.txt") as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == f"{STOPPED}\n".encode()


def test_a_signal_that_stops_nothing_ends_no_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(data.commands.ending, "SECONDS_TO_STOP", 0.05)
    monkeypatch.setattr(
        data.commands.ending, "_end_now", lambda *_: ended.append("cut off")
    )
    before = signal.signal(signal.SIGWINCH, lambda *_: None)

    @ending_with_status()
    def resized() -> None:
        os.kill(os.getpid(), signal.SIGWINCH)
        time.sleep(0.5)

    resized()
    signal.signal(signal.SIGWINCH, before)
    assert not ended
