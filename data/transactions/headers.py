"""Find the columns of the layout in a file, by the names in its header."""

import difflib
import re

from data.errors import DataError
from data.transactions.dialects import DIALECTS, Dialect
from data.transactions.sources import Source


def columns_of(source: Source, dialect: Dialect) -> dict[str, str]:
    """Find the columns of the layout in a source by the names in its header.

    Returns
    -------
    dict
        Column of the layout to the source's name for it.

    Raises
    ------
    DataError
        A column that the dialect cannot do without is missing.
    """
    by_plain_name = {_plain(name): name for name in source.header}
    best: dict[str, str] = {}
    for header in dialect.headers:
        found = {
            ours: by_plain_name[_plain(theirs)]
            for theirs, ours in header.items()
            if ours is not None and _plain(theirs) in by_plain_name
        }
        if len(found) > len(best):
            best = found
    missing = [
        name
        for name in dialect.needed
        if name not in best and name not in dialect.constants
    ]
    if missing:
        raise DataError(
            f"{source.name} has no column for {', '.join(missing)}: "
            f"{_expected(missing, source, dialect)}.",
            _other_dialect(source, dialect)
            or "Check the header, name the right dialect, or give a column map.",
        )
    return best


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


def _expected(missing: list[str], source: Source, dialect: Dialect) -> str:
    parts = []
    for name in missing:
        theirs = [
            their
            for header in dialect.headers
            for their, ours in header.items()
            if ours == name
        ]
        near = difflib.get_close_matches(theirs[0], source.header, 1) if theirs else []
        hint = f" (is it {near[0]!r}?)" if near else ""
        parts.append(f"dialect {dialect.name} calls it {' or '.join(theirs)}{hint}")
    return "; ".join(parts)


def _other_dialect(source: Source, dialect: Dialect) -> str | None:
    names = {_plain(name) for name in source.header}
    for other in DIALECTS.values():
        if other.name != dialect.name and any(
            {_plain(their) for their, ours in header.items() if ours in other.needed}
            <= names
            for header in other.headers
        ):
            return f"The header is that of --dialect {other.name}."
    return None
