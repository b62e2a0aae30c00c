"""Columns of a table as data: a heading, and the text of its cells from a frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.page.table import NOT_AVAILABLE, number, probability, without_repeats

Decimals = int | Callable[[pd.DataFrame], pd.Series]
"""Of every row alike, or of each."""

Source = str | Callable[[pd.DataFrame], Any]
"""Name of a column of the frame, or what makes one of it."""


@dataclass(frozen=True)
class Column:
    """One column for a reader.

    Attributes
    ----------
    heading : str
    text : callable
        Frame -> the cells.
    only_with : str
        Column of the frame; one without any value leaves this one out.
    """

    heading: str
    text: Callable[[pd.DataFrame], Any]
    only_with: str = ""


def displayed(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Text of every column that has something to say."""
    shown = (
        column
        for column in columns
        if not column.only_with or frame[column.only_with].notna().any()
    )
    return pd.DataFrame({column.heading: column.text(frame) for column in shown})


def only_with(name: str, *columns: Column) -> tuple[Column, ...]:
    """Columns that are left out where no row of the frame has a value of one."""
    return tuple(replace(column, only_with=name) for column in columns)


def _taken(frame: pd.DataFrame, source: Source) -> pd.Series:
    found = frame[source] if isinstance(source, str) else source(frame)
    return pd.Series(found, index=frame.index)


def _rounded(frame: pd.DataFrame, source: Source, decimals: Decimals) -> list[str]:
    places = decimals(frame) if callable(decimals) else [decimals] * len(frame)
    pairs = zip(_taken(frame, source), places, strict=True)
    return [number(float(value), int(count)) for value, count in pairs]


def words(heading: str, source: Source) -> Column:
    """Words as they are."""
    return Column(heading, lambda frame: _taken(frame, source).astype(str))


def once(heading: str, source: Source) -> Column:
    """Words, where they differ from those of the row above."""
    return Column(heading, lambda frame: without_repeats(_taken(frame, source)))


def rounded(heading: str, source: Source, decimals: Decimals) -> Column:
    """Numbers to some decimals."""
    return Column(heading, lambda frame: _rounded(frame, source, decimals))


def counted(heading: str, source: Source) -> Column:
    """Whole numbers, thousands apart."""
    return Column(heading, lambda frame: _taken(frame, source).map("{:,}".format))


def bounds(decimals: Decimals, heading: str = "95% interval") -> Column:
    """Interval from the columns lower_95 and upper_95."""

    def text(frame: pd.DataFrame) -> list[str]:
        ends = (_rounded(frame, x, decimals) for x in ("lower_95", "upper_95"))
        return [f"[{low}, {high}]" for low, high in zip(*ends, strict=True)]

    return Column(heading, text)


def chance(heading: str, source: Source) -> Column:
    """Probabilities, none of them rounded to a certainty."""
    return Column(heading, lambda frame: probability(_taken(frame, source)))


def answer(heading: str, source: Source) -> Column:
    """Yes or no; "n/a" where the question does not arise."""
    said = {True: "yes", False: "no"}
    return Column(
        heading, lambda frame: _taken(frame, source).map(said).fillna(NOT_AVAILABLE)
    )
