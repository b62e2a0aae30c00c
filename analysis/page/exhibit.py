"""Exhibits: what is shown, its numbers computed once for every form they take.

The CSV, the table of a reader, the figure and the sentences get the same frame, so that
none can disagree with another. Exhibits of one subject share it where they name the
same function.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.fit import Fit
from analysis.page.columns import Column, displayed
from analysis.page.section import Block, ReportFigure
from analysis.page.table import Table

Caption = str | Callable[[Any, pd.DataFrame], str]
"""With places such as "{fit.span}"; or made of the subject and its frame."""


Frame = Callable[[Any], pd.DataFrame]
"""Subject -> its numbers."""


def _no_sentences(_: Any, __: pd.DataFrame) -> Iterable[str]:
    return ()


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A table or a figure of a subject: a fit, a panel or several fits.

    Attributes
    ----------
    name : str
        Stem of its files: "table_..." or "figure_...".
    caption : str or callable
        What is shown, with units.
    frame : callable, optional
        Subject -> unrounded numbers; what the CSV holds, which no exhibit may change.
    columns : sequence of Column, or callable
        What a reader sees of the frame; or a function of subject and frame that lays
        out its text.
    figure : callable, optional
        Draws the subject, where the exhibit is no table; of one with a frame, draws
        subject and frame.
    sentences : callable
        (subject, frame) -> what the numbers say; empty ones are left out.
    shown : callable
        Whether there is anything to show of a subject.
    """

    name: str
    caption: Caption
    frame: Frame | None = None
    columns: Sequence[Column] | Callable[[Any, pd.DataFrame], pd.DataFrame] = ()
    figure: Callable[..., Figure] | None = None
    sentences: Callable[[Any, pd.DataFrame], Iterable[str]] = _no_sentences
    shown: Callable[[Any], bool] = _always


@dataclass(frozen=True)
class Shown:
    """An exhibit of one subject.

    Attributes
    ----------
    name : str
        Of the exhibit.
    item : Table or ReportFigure
    frame : DataFrame
        Its numbers; empty where only a drawing needs them, which then computes them.
    sentences : callable
        Makes the sentences, which are not asked for where nothing may be concluded.
    """

    name: str
    item: Table | ReportFigure
    frame: pd.DataFrame
    sentences: Callable[[], Iterable[str]]


def drawn(figure: Callable[..., Figure], caption: Caption, **options: Any) -> Exhibit:
    """Exhibit of a figure, which is named after the function that draws it."""
    return Exhibit(name=figure.__name__, caption=caption, figure=figure, **options)


def of_fit(exhibits: Iterable[Exhibit], fit: Fit) -> list[Shown]:
    """Show what there is of one fit, under its name; figures say whose they are."""
    whose = f" {fit.name}, {fit.span}."
    return _shown(exhibits, fit, warning=fit.warning, name=fit.name, whose=whose)


def of_subject(
    exhibits: Iterable[Exhibit], subject: Any, warning: str = "", name: str = ""
) -> list[Shown]:
    """Show what there is of a panel (a fit to it) or of several fits."""
    return _shown(exhibits, subject, warning=warning, name=name)


def _shown(
    exhibits: Iterable[Exhibit],
    subject: Any,
    *,
    warning: str,
    name: str,
    whose: str = "",
) -> list[Shown]:
    there = [exhibit for exhibit in exhibits if exhibit.shown(subject)]
    computed = {
        frame: frame(subject)
        for frame in dict.fromkeys(
            x.frame for x in there if x.frame and not _is_only_drawn(x)
        )
    }
    shown = []
    for exhibit in there:
        known = computed.get(exhibit.frame) if exhibit.frame else None
        frame = pd.DataFrame() if known is None else known
        said = partial(exhibit.sentences, subject, frame)
        if callable(exhibit.caption):
            caption = exhibit.caption(subject, frame)
        else:
            caption = exhibit.caption.format(fit=subject)
        item: Table | ReportFigure
        if exhibit.figure:
            numbers: Callable[[], pd.DataFrame] | None = None
            if exhibit.frame:
                numbers = (
                    partial(exhibit.frame, subject)
                    if known is None
                    else partial(_as_computed, known)
                )
            draw = partial(exhibit.figure, subject)
            item = ReportFigure(
                exhibit.name, caption + whose, draw, warning, name, numbers=numbers
            )
        else:
            display = _laid_out(exhibit, subject, frame)
            item = Table(exhibit.name, caption, frame, display, warning, name)
        shown.append(Shown(exhibit.name, item, frame, said))
    return shown


def _is_only_drawn(exhibit: Exhibit) -> bool:
    """Whether nothing but a drawing needs the numbers: they can wait for it."""
    return (
        exhibit.figure is not None
        and isinstance(exhibit.caption, str)
        and exhibit.sentences is _no_sentences
    )


def _as_computed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _laid_out(exhibit: Exhibit, subject: Any, frame: pd.DataFrame) -> pd.DataFrame:
    layout = exhibit.columns
    return layout(subject, frame) if callable(layout) else displayed(frame, layout)


def table_of(
    exhibit: Exhibit, subject: Any, warning: str = "", name: str = ""
) -> Table:
    """One table, outside a report."""
    (item,) = items_of(of_subject([exhibit], subject, warning, name))
    if not isinstance(item, Table):
        raise TypeError(f"{exhibit.name} is no table")
    return item


def figure_of(exhibit: Exhibit, subject: Any) -> Figure:
    """One figure, drawn as in a report."""
    (item,) = items_of(of_subject([exhibit], subject))
    if not isinstance(item, ReportFigure):
        raise TypeError(f"{exhibit.name} is no figure")
    return item.drawn()


def estimates_block(fit: Fit, shown: Iterable[Shown]) -> Block:
    """Block of what was estimated in one fit."""
    return Block(f"Estimates: {fit.name}", f"Variant {fit.variant}.", items_of(shown))


def items_of(shown: Iterable[Shown]) -> tuple[Table | ReportFigure, ...]:
    """Tables and figures, in order."""
    return tuple(each.item for each in shown)


def sentences_of(shown: Iterable[Shown]) -> Iterable[str]:
    """Sentences of all, in order."""
    return (sentence for each in shown for sentence in each.sentences())
