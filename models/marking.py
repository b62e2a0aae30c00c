"""Let what simulates say so in all that it writes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

from data.commands.command import Command
from data.commands.simulated import note_simulated

SEED = "seed"


def marking(command: Command) -> Command:
    """The same command, whose files carry `data.commands.simulated.SIMULATED`.

    The mark names the command with its seed and all that is not the default.
    """

    @wraps(command.run)
    def run(**given: Any) -> None:
        note_simulated([", ".join(_words(command, given))])
        command.run(**given)

    return replace(command, run=run)


def _words(command: Command, given: Mapping[str, Any]) -> Iterator[str]:
    yield f"simulate {command.name}"
    for name, parameter in signature(command.run).parameters.items():
        value = given.get(name, parameter.default)
        is_told = name == SEED or value != parameter.default
        if is_told and not isinstance(value, Path):
            yield f"{name.replace('_', ' ')} {value}"
