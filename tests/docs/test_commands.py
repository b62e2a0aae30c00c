"""Every command on a page exists, with the options that the page gives it."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tests.places import ROOT
from workbench.command_line import COMMANDS

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / folder / "README.md" for folder in ("data", "data/transactions")),
    ROOT / "studies" / "README.md",
]
PREFIX = re.compile(r"(?:tlw|python -m (?:data|models|inference|analysis|studies)) ")


@cache
def layer(name: str) -> Any:
    return get_command(import_module(f"{name}.__main__").app)


def commands_on(page: Path) -> Iterator[list[str]]:
    """Arguments of every command of a page, lines that go on joined."""
    lines = page.read_text().replace("\\\n", " ").splitlines()
    for number, line in enumerate(lines):
        if PREFIX.match(line.strip()) and line.startswith("    "):
            whole = line.strip()
            for more in lines[number + 1 :]:
                if not re.match(r" {5,}(--|<)", more):
                    break
                whole += f" {more.strip()}"
            yield shlex.split(whole.partition("  #")[0])


def start(arguments: list[str]) -> tuple[Any, list[str]]:
    if arguments[0] != "tlw":
        return layer(arguments[2]), arguments[3:]
    module = COMMANDS[arguments[1]][0].partition(".")[0]
    return layer("inference" if module == "workbench" else module), arguments[1:]


def options_of(arguments: list[str]) -> tuple[Any, list[str]]:
    """The command that arguments name, and what they leave to it."""
    command, rest = start(arguments)
    while hasattr(command, "commands"):
        assert rest, f"no whole command: {' '.join(arguments)}"
        assert rest[0] in command.commands, " ".join(arguments)
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda x: x.relative_to(ROOT).as_posix())
def test_commands_of_a_page_exist_with_their_options(page: Path) -> None:
    for arguments in commands_on(page):
        command, rest = options_of(arguments)
        known = {name for one in command.params for name in one.opts}
        known |= {name for one in command.params for name in one.secondary_opts}
        given = {x.partition("=")[0] for x in rest if x.startswith("--")}
        assert given <= known | {"--help"}, " ".join(arguments)
        required = {
            x.opts[0] for x in command.params if x.required and x.opts[0][:1] == "-"
        }
        assert required <= given, " ".join(arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_commands_has_every_one(name: str) -> None:
    assert re.search(rf"`(tlw )?{name}\b", (ROOT / "docs" / "commands.md").read_text())


def test_pages_have_commands() -> None:
    assert sum(1 for page in PAGES for _ in commands_on(page)) > 60
