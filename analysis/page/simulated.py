"""Say of whatever is shown of simulated data that it is simulated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.page.numbering import Item, each_item
from analysis.page.section import Section
from analysis.page.table import Table

SIMULATED = "Simulated data"

WHOLLY = f"{SIMULATED}."
"""What a section says all of whose data are simulated."""

NOT_THE_MARKET = (
    f"{SIMULATED}: what follows is about the simulation, and says nothing of the "
    "market."
)


def mark_simulated(
    section: Section, simulated: Sequence[str], is_simulated: Mapping[str, bool]
) -> Section:
    """Say so of a section, in each of its captions and under each of its figures.

    Parameters
    ----------
    section : Section
    simulated : sequence of str
        Names of the fits, or of what else there is, whose data are simulated.
    is_simulated : mapping of str to bool
        Whose name an item may carry -> whether its data are.
    """
    if not simulated:
        return section
    is_whole = all(is_simulated.values())
    every = WHOLLY if is_whole else f"{SIMULATED}: {', '.join(simulated)}."

    def marked(item: Item) -> Item:
        whose = is_simulated.get(item.fit_name)
        if whose is False:
            return item
        words = WHOLLY if whose else every
        said = replace(item, caption=f"{words} {item.caption}")
        if isinstance(said, Table):
            return said
        return replace(said, footnote=words.rstrip("."))

    return replace(each_item(section, marked), simulated=every)
