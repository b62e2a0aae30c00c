"""Number the tables and figures of a report as a reader meets them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from analysis.page.section import ReportFigure, Section
from analysis.page.table import Table

Item = Table | ReportFigure


def items_of(sections: Sequence[Section]) -> list[Item]:
    """Tables and figures of sections, appendix last."""
    return [
        item
        for part in ("body", "appendix")
        for section in sections
        for block in getattr(section, part)
        for item in block.items
    ]


def each_item(section: Section, change: Callable[[Item], Item]) -> Section:
    """Section with every table and figure changed."""
    blocks = tuple(
        replace(block, items=tuple(map(change, block.items)))
        for block in section.blocks
    )
    return replace(section, blocks=blocks)


def numbered(sections: Sequence[Section]) -> list[Section]:
    """Give each item its label: "Table 3", "Figure 5", in the appendix "Table A1".

    Parameters
    ----------
    sections : sequence of Section
        No two items of one file stem.
    """
    in_appendix = {
        item.file_stem
        for section in sections
        for block in section.appendix
        for item in block.items
    }
    counts: Counter[str] = Counter()
    labels = {}
    for item in items_of(sections):
        kind = "Table " if isinstance(item, Table) else "Figure "
        kind += "A" if item.file_stem in in_appendix else ""
        counts[kind] += 1
        labels[item.file_stem] = f"{kind}{counts[kind]}"
    return [
        each_item(section, lambda item: replace(item, label=labels[item.file_stem]))
        for section in sections
    ]
