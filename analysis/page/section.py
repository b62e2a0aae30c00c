"""What a model contributes to the report: findings, tables and figures in order."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from analysis.page.style import mark_footnote, mark_warning, paper_style
from analysis.page.table import Table


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
        Returns the figure; takes the numbers, where there are any.
    warning : str
        Loud words when the figure must not be used; else empty.
    fit_name : str
        Whose draws these are, when the report holds one such figure per fit.
    label : str
        Its number in a report, as "Figure 5"; empty outside of one.
    footnote : str
        Small words at the foot of the drawing, which may be copied without its caption.
    numbers : callable, optional
        Returns the unrounded numbers that it is drawn from: what its CSV holds.
    """

    stem: str
    caption: str
    draw: Callable[..., Figure]
    warning: str = ""
    fit_name: str = ""
    label: str = ""
    footnote: str = ""
    numbers: Callable[[], pd.DataFrame] | None = None

    @property
    def file_stem(self) -> str:
        """Stem of the files, with the fit's name where several fits share a figure."""
        return f"{self.stem}__{self.fit_name}" if self.fit_name else self.stem

    def drawn(self, frame: pd.DataFrame | None = None) -> Figure:
        """Draw in the common style, with the warning across it and the footnote.

        Parameters
        ----------
        frame : DataFrame, optional
            The numbers, where they have been computed already.
        """
        if frame is None and self.numbers is not None:
            frame = self.numbers()
        with paper_style():
            figure = self.draw() if frame is None else self.draw(frame)
            mark_warning(figure, self.warning)
            mark_footnote(figure, self.footnote)
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
    in_appendix : bool
        Whether it stands behind the sections, as checks do.
    """

    title: str
    text: str
    items: tuple[Table | ReportFigure, ...]
    in_appendix: bool = False


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
class Answer:
    """What one fit, or one comparison, answers: a few sentences with sizes and units.

    Attributes
    ----------
    name : str
        Of the fit.
    sentences : tuple of str
    caveats : tuple of str
        What undoes or limits the sentences, and so stands before them.
    is_warning : bool
        Whether a caveat says that nothing may be concluded.
    """

    name: str
    sentences: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    is_warning: bool = False


@dataclass(frozen=True)
class VerdictLine:
    """All parts of the verdict on one fit.

    Attributes
    ----------
    name : str
        Of the fit.
    summary : str
    is_warning : bool
        Whether anything failed.
    data : str
        What was fitted, in words.
    parts : tuple of (str, str)
        What was looked at ("sampler") and what came of it ("ok").
    """

    name: str
    summary: str
    is_warning: bool
    data: str = ""
    parts: tuple[tuple[str, str], ...] = ()


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
    verdicts : tuple of VerdictLine
        On each fit of the section; they stand above all else.
    answers : tuple of Answer
        What the opening page says of the section, beside the answer of each fit.
    spoken_for : frozenset of str
        Fits whose own answers would only repeat that of another.
    simulated : str
        That the data are simulated, or which of them are; empty where none are.
    """

    title: str
    question: str
    findings: tuple[Findings, ...]
    how_to_read: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    verdicts: tuple[VerdictLine, ...] = ()
    answers: tuple[Answer, ...] = ()
    spoken_for: frozenset[str] = frozenset()
    simulated: str = ""

    @property
    def asked(self) -> str:
        """The question alone, without how it is answered."""
        asked, mark, _ = self.question.partition("?")
        return asked + mark

    @property
    def body(self) -> tuple[Block, ...]:
        """Blocks of the section itself."""
        return tuple(block for block in self.blocks if not block.in_appendix)

    @property
    def appendix(self) -> tuple[Block, ...]:
        """Blocks that stand in the appendix."""
        return tuple(block for block in self.blocks if block.in_appendix)
