from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.testing import CliRunner

from data.commands.command import (
    Command,
    group,
    option,
    options_of,
    with_options,
)
from data.errors import DataError


def measure(*, depth: Annotated[int, typer.Option(help="How deep.")] = 3) -> None:
    """Say how deep it is, in as many words."""
    typer.echo(depth)


def test_a_group_of_one_command_still_wants_its_name() -> None:
    alone = group("Measure.", [Command(name="depth", run=measure)])
    result = CliRunner().invoke(alone, ["depth", "--depth", "7"])
    assert (result.exit_code, result.stdout) == (0, "7\n")
    assert CliRunner().invoke(alone, ["--depth", "7"]).exit_code == 2


def test_commands_of_a_group_end_on_bad_input() -> None:
    def fail(*, out: Annotated[Path, typer.Option()]) -> None:
        raise DataError(f"{out} is wrong", "mend it.")

    failing = group("Fail.", [Command(name="fail", run=fail)])
    result = CliRunner().invoke(failing, ["fail", "--out", "x.csv"])
    assert result.exit_code == 2
    assert result.stderr == "Error: x.csv is wrong\n  Remedy: mend it.\n"


def test_options_of_several_places_make_one_command() -> None:
    given: dict[str, Any] = {}

    def run(values: Mapping[str, Any]) -> None:
        given.update(values)

    out = option("out", Annotated[Path, typer.Option(help="Where to.")])
    command = with_options(run, (*options_of(measure), out), measure.__doc__)
    app = group("Measure.", [Command(name="depth", run=command)])
    help_text = CliRunner().invoke(app, ["depth", "--help"]).output
    assert "Say how deep it is" in help_text
    # The one that is required comes first.
    assert help_text.index("--out") < help_text.index("--depth")
    assert CliRunner().invoke(app, ["depth", "--depth", "7"]).exit_code == 2
    assert CliRunner().invoke(app, ["depth", "--out", "x"]).exit_code == 0
    assert given == {"depth": 3, "out": Path("x")}
