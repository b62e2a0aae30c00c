from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from data.command_line import ending_on_bad_input
from data.errors import DataError

app = typer.Typer()


@app.command()
@ending_on_bad_input()
def command(fault: str, number: int = 1) -> None:
    """Fail as asked."""
    if fault == "data":
        raise DataError("row 3 is wrong", "mend it.")
    if fault == "file":
        Path("/nowhere/at/all").read_text()
    if fault == "bug":
        raise KeyError(fault)
    typer.echo(f"{fault} {number}")


def test_decorated_command_keeps_its_arguments() -> None:
    result = CliRunner().invoke(app, ["fine", "--number", "7"])
    assert (result.exit_code, result.stdout) == (0, "fine 7\n")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("data", "Error: row 3 is wrong\n  Remedy: mend it.\n"),
        ("file", "/nowhere/at/all"),
    ],
)
def test_bad_input_and_refused_files_end_with_two(fault: str, message: str) -> None:
    result = CliRunner().invoke(app, [fault])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_error_of_the_program_is_not_hidden() -> None:
    result = CliRunner().invoke(app, ["bug"])
    assert result.exit_code == 1
    assert isinstance(result.exception, KeyError)
