"""What a model contributes to the report: findings, tables and figures in order."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from analysis.style import mark_warning, paper_style
from analysis.tables import Table


@dataclass(frozen=True)
class ReportFigure:
    """A figure that is drawn when the report is written.

    Attributes
    ----------
    stem : str
        Name of the function that draws it, and of its files.
    caption : str
        What is shown, with units.
    draw : callable
        Returns the figure.
    warning : str
        Loud words when the figure must not be used; else empty.
    fit_name : str
        Whose draws these are, when the report holds one such figure per fit.
    """

    stem: str
    caption: str
    draw: Callable[[], Figure]
    warning: str = ""
    fit_name: str = ""

    @property
    def file_stem(self) -> str:
        """Stem of the files, with the fit's name where several fits share a figure."""
        return f"{self.stem}__{self.fit_name}" if self.fit_name else self.stem

    def drawn(self) -> Figure:
        """Draw in the common style, with the warning across it."""
        with paper_style():
            figure = self.draw()
            mark_warning(figure, self.warning)
        return figure


@dataclass(frozen=True)
class Block:
    """A headed part of a section.

    Attributes
    ----------
    title : str
    text : str
        One paragraph of introduction; may be empty.
    items : tuple of Table or ReportFigure
        In reading order.
    """

    title: str
    text: str
    items: tuple[Table | ReportFigure, ...]


@dataclass(frozen=True)
class Findings:
    """What the numbers of one fit, or of a comparison, say in words.

    Attributes
    ----------
    title : str
    sentences : tuple of str
    is_warning : bool
        Whether the sentences say why nothing may be concluded.
    """

    title: str
    sentences: tuple[str, ...]
    is_warning: bool = False


@dataclass(frozen=True)
class Section:
    """Everything the report says about the fits of one model.

    Attributes
    ----------
    title : str
    question : str
        What the model answers, with its source; one paragraph.
    findings : tuple of Findings
    how_to_read : tuple of (str, str)
        Terms of the section and what they mean.
    blocks : tuple of Block
    """

    title: str
    question: str
    findings: tuple[Findings, ...]
    how_to_read: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
