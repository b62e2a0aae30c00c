"""The command over all commands: what it finds, and what it does not import."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from data.commands.starting import PACKAGES
from inference.store import write_trace
from tests.price_pressure.traces import random_tree
from workbench.command_line import COMMANDS, main
from workbench.fitting import tell_estimates

FLOORS = ("data", "models", "inference", "analysis")

HALF_A_SECOND = 0.5
"""Of processor time for the help, which other programs do not lengthen."""

HEAVY = ("pymc", "pandas", "numpy", "arch", "matplotlib", "typer")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    floor = get_command(import_module(COMMANDS[name][0]).app)
    assert name in floor.commands


def test_no_command_of_a_floor_is_left_out() -> None:
    apps = [import_module(f"{floor}.__main__").app for floor in FLOORS]
    assert {name for app in apps for name in get_command(app).commands} == set(COMMANDS)


def test_the_help_lists_every_command_and_imports_nothing_heavy(tmp_path: Path) -> None:
    told = (
        "import sys; from workbench.command_line import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        f"assert not set({HEAVY}) & set(sys.modules)"
    )
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", told], capture_output=True, text=True, check=True
    )
    assert all(f"  {name} " in run.stdout for name in COMMANDS)


def test_files_of_the_user_stand_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "analysis.py").write_text("raise SystemExit('mine')")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise SystemExit('mine')")
    script = Path(sys.executable).with_name("tlw")
    run = subprocess.run(  # noqa: S603
        [script, "check", "none.nc"], capture_output=True, text=True, cwd=tmp_path
    )
    assert run.returncode == 2
    assert "none.nc is not a file" in run.stderr


@pytest.mark.parametrize(("word", "remedy"), [("fti", "mean fit"), ("xyz", "--help")])
def test_an_unknown_command_ends_with_2(
    word: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([word])
    assert end.value.code == 2
    assert remedy in capsys.readouterr().err


def test_a_fit_ends_with_its_estimates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cash.nc"
    write_trace(random_tree("cash-inventory"), path)
    tell_estimates(path)
    said = capsys.readouterr().out
    assert "10y cash" in said
    assert "95% interval" in said


def test_another_name_of_a_command_is_understood(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["predict", "--help"])
    assert end.value.code == 0
    assert "tlw forecast" in capsys.readouterr().out


def test_the_help_takes_less_than_half_a_second() -> None:
    told = (
        "import time; start = time.process_time()\n"
        "from workbench.command_line import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(time.process_time() - start)"
    )
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", told], capture_output=True, text=True, check=True
    )
    assert float(run.stdout.splitlines()[-1]) < HALF_A_SECOND


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_while_modules_are_imported_ends_with_one_line(number: str) -> None:
    told = (
        "import os, signal, threading\n"
        "from workbench.command_line import main\n"
        f"stop = lambda: os.kill(os.getpid(), signal.{number})\n"
        "threading.Timer(0.2, stop).start()\n"
        "main(['summary', 'none.nc'])"
    )
    start = time.monotonic()
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", told], capture_output=True, text=True
    )
    assert run.returncode == 130, run.stderr
    assert run.stderr == "Stopped; nothing incomplete was written.\n"
    assert time.monotonic() - start < 60


def commands_of(app: typer.Typer) -> Iterator[Callable[..., Any]]:
    for command in app.registered_commands:
        if command.callback is not None:
            yield command.callback
    for part in app.registered_groups:
        if part.typer_instance is not None:
            yield from commands_of(part.typer_instance)


@pytest.mark.parametrize("floor", PACKAGES)
def test_every_command_stops_at_a_signal_with_130(floor: str) -> None:
    """Each runs inside `ending_with_status`, whose behaviour other tests hold."""
    found = list(commands_of(import_module(f"{floor}.__main__").app))
    assert found
    for callback in found:
        assert callback.__code__.co_filename == contextlib.__file__, callback
