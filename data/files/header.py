"""What every reader of tables says of lines and headers."""

from collections import Counter
from collections.abc import Iterable

from data.errors import DataError

COPY_AGAIN = "copy or write it again."

COMMENT = "#"
"""How a line begins that is passed over, unless it is Excel's ``#N/A``."""


def is_comment(line: str) -> bool:
    """Whether a line is passed over; one that begins with a missing value is not."""
    return line.startswith(COMMENT) and not line.startswith("#N/A")


def refuse_repeated(columns: Iterable[str], source: str) -> None:
    """Raise `DataError` naming columns that a table holds more than once."""
    times = Counter(name for name in columns if name)
    repeated = sorted(name for name, number in times.items() if number > 1)
    if repeated:
        raise DataError(
            f"{source}: column {', '.join(repeated)} appears more than once",
            "keep one of them.",
        )
