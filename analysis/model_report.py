"""What a family declares of a model that is reported: section, names and units."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from analysis.description import ModelDescription
from analysis.fit import Fit
from analysis.page.section import Section
from data.commands.command import Command
from inference.traced.model import TracedModel


@dataclass(frozen=True, kw_only=True)
class ModelReport:
    """How traces of one model are reported.

    Attributes
    ----------
    model : TracedModel
        Whose traces; what they promise is what the report may read.
    section : callable
        Makes the section of all fits of the model. Models that name the same section
        share it.
    answers : callable
        What a fit answers in a few sentences, with sizes and units, for the opening
        page; not called where its draws are not the posterior's.
    description : ModelDescription
        Names and units for what is shown of every model alike.
    commands : tuple of Command
        Commands ``python -m analysis`` that answer from one of its traces.
    """

    model: TracedModel
    section: Callable[[Sequence[Fit]], Section]
    answers: Callable[[Fit], Iterable[str]]
    description: ModelDescription
    commands: tuple[Command, ...] = ()
