"""What a family declares of a simulation study: its question, model and command."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import typer

from data.commands.command import Command, group


@dataclass(frozen=True)
class Question:
    """What studies of several models ask, a group of commands.

    Attributes
    ----------
    name : str
        Command ``python -m studies NAME MODEL``.
    words : str
        The question.
    """

    name: str
    words: str


RECOVERY = Question("recovery", "Do intervals cover the parameters that made the data?")
CALIBRATION = Question(
    "calibration", "Are parameters from the prior spread evenly over their posteriors?"
)
FALSE_POSITIVES = Question("false-positives", "Is something found where nothing is?")
LEFT_OUT = Question("left-out", "Do data that are left out lie where the others say?")


@dataclass(frozen=True, kw_only=True)
class Study:
    """A question asked of a model.

    Attributes
    ----------
    question : Question
        Names the group of the command.
    model : str
        Names the command.
    run : callable
        Its parameters are the options of the command, its docstring the help.
    examples : str
        Of the command.
    """

    question: Question
    model: str
    run: Callable[..., None]
    examples: str


def add_groups(app: typer.Typer, studies: Iterable[Study]) -> None:
    """Add one group of commands a question, in order of appearance."""
    by_question: dict[Question, list[Command]] = {}
    for study in studies:
        command = Command(name=study.model, run=study.run, examples=study.examples)
        by_question.setdefault(study.question, []).append(command)
    for question, commands in by_question.items():
        app.add_typer(group(question.words, commands), name=question.name)
