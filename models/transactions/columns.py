"""Tables of equally long arrays, taken apart and put together by row."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Columns:
    """Base of a table: every field of a subclass is a (row,) array."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: NDArray[Any]) -> Self:
        """The given rows, by position or by truth."""
        return type(self)(
            **{each.name: getattr(self, each.name)[rows] for each in fields(self)}
        )

    def put(self, rows: NDArray[Any], other: Self) -> Self:
        """The same table with other values in the given rows."""
        changed = {}
        for each in fields(self):
            values = getattr(self, each.name).copy()
            values[rows] = getattr(other, each.name)
            changed[each.name] = values
        return type(self)(**changed)

    @classmethod
    def stacked(cls, parts: Sequence[Self]) -> Self:
        """The rows of several tables, one after the other."""
        return cls(
            **{
                each.name: np.concatenate([getattr(part, each.name) for part in parts])
                for each in fields(cls)
            }
        )
