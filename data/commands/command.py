"""What the command lines of every folder share: groups and options."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import Any

import typer

from data.commands.ending import ending_with_status
from data.commands.simulated import noting_simulations


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command of a group, as the family that it belongs to declares it.

    Attributes
    ----------
    name : str
        As typed.
    run : callable
        Its parameters are the options of the command, annotated as typer reads them;
        the first paragraph of its docstring is the help.
    examples : str
        Below the help; paragraphs are kept.
    """

    name: str
    run: Callable[..., None]
    examples: str = ""


def group(words: str, commands: Iterable[Command]) -> typer.Typer:
    """Commands side by side, each of which ends with a status that says how.

    Parameters
    ----------
    words : str
        Help of the group.
    commands : iterable of Command
        In the order of the help.

    Returns
    -------
    typer.Typer
        Stays a group, whose command has to be named, when it holds one alone.
    """
    app = typer.Typer(
        help=words,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # Typer takes an app of one command for that command, unless it has a callback.
    app.callback()(_no_options)
    for command in commands:
        app.command(command.name, epilog=command.examples, no_args_is_help=True)(
            ending_with_status()(noting_simulations()(command.run))
        )
    return app


def _no_options() -> None:
    """Take none: they belong to the commands."""


def option(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:
    """One option of a command, required where it has no default."""
    return Parameter(
        name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def options_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Keyword-only parameters of a function, which become options of a command."""
    return tuple(
        parameter
        for parameter in signature(function).parameters.values()
        if parameter.kind is Parameter.KEYWORD_ONLY
    )


def with_options(
    run: Callable[[Mapping[str, Any]], None],
    options: Iterable[Parameter],
    words: str | None,
) -> Callable[..., None]:
    """Make a command of a function and of options that several places declare.

    Parameters
    ----------
    run : callable
        Called with the value of every option by its name.
    options : iterable of Parameter
        Of `option` and `options_of`. The help lists the required ones first.
    words : str
        Help of the command.
    """

    def command(**given: Any) -> None:
        run(given)

    in_order = sorted(options, key=lambda one: one.default is not Parameter.empty)
    command.__dict__["__signature__"] = Signature(in_order)
    command.__doc__ = words
    return command
