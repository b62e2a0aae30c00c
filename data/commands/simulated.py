"""Whether data are simulated: a mark that goes with them wherever they go.

It is a column of the file, since a table in any format carries one wherever it is
copied. What is made of simulated data is simulated: a command marks all that it writes
once it has met some.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SIMULATED = "simulated"
"""Column of a table, attribute of a trace, entry of an account: what simulated it."""

_open: ContextVar[tuple[set[str], ...]] = ContextVar("open", default=())


@contextmanager
def noting_simulations() -> Iterator[set[str]]:
    """Collect what the block meets of simulated data, in words.

    Every command is such a block, and marks the tables that it writes; blocks inside it
    tell of which of its inputs the mark is.
    """
    met: set[str] = set()
    token = _open.set((*_open.get(), met))
    try:
        yield met
    finally:
        _open.reset(token)


def note_simulated(words: Iterable[str]) -> None:
    """Tell the blocks around that data are simulated, and by what; empty words do not.

    Outside of any block nobody listens: functions take and give frames without a mark.
    """
    for met in _open.get():
        met.update(filter(None, words))


def simulations_met() -> str:
    """What the outermost block has met so far; empty of no simulation, or no block."""
    blocks = _open.get()
    return said_of(blocks[0]) if blocks else ""


def said_of(met: Iterable[str]) -> str:
    """Several simulations in one line."""
    return "; ".join(sorted(met))
