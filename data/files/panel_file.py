"""The file of a panel: what its columns mean, how it is read, checked and written."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from data.files.atomic import sha256_of
from data.files.cells import (
    read_cells,
    require_panel_suffix,
    sha256_of_frame,
    write_frame,
)

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"
"""Of a column of times in a CSV."""

NEEDED = "needed"
OPTIONAL = "optional"


class Columns(NamedTuple):
    """Columns of a panel that mean the like.

    Attributes
    ----------
    names : tuple of str
        As in the file.
    meaning : str
        Unit first.
    use : str
        `NEEDED`, `OPTIONAL`, or by what they are needed.
    """

    names: tuple[str, ...]
    meaning: str
    use: str = OPTIONAL


def column_names(layout: Sequence[Columns], use: str | None = None) -> tuple[str, ...]:
    """Names of all columns of a layout, or of those of one use, in its order."""
    return tuple(name for of in layout if use in (None, of.use) for name in of.names)


def column_table(layout: Sequence[Columns]) -> str:
    """The layout in Markdown, as data/README.md has it."""
    rows = [
        f"| {', '.join(f'`{name}`' for name in of.names)} | {of.meaning} | {of.use} |"
        for of in layout
    ]
    return "\n".join(["| column | unit, meaning | |", "| --- | --- | --- |", *rows])


def words_of(layout: Sequence[Columns], names: Iterable[str]) -> dict[str, str]:
    """What each column holds, in plain text.

    Parameters
    ----------
    layout : sequence of Columns
        With N for a tenor where there is a column for each.
    names : iterable of str
        Columns of a file, in its order.
    """
    said = {
        re.escape(name).replace("_Ny_", r"_\d+y_"): of
        for of in layout
        for name in of.names
    }
    found = {}
    for name in names:
        of = next((x for known, x in said.items() if re.fullmatch(known, name)), None)
        if of is None:
            raise KeyError(name)
        left_out = f"; {OPTIONAL}" if of.use == OPTIONAL else ""
        found[name] = of.meaning.replace("`", "") + left_out
    return found


@dataclass(frozen=True, kw_only=True)
class PanelFile[Panel]:
    """One kind of panel as a CSV or Parquet file, and as a frame in that layout.

    Attributes
    ----------
    build : str
        Its command ``python -m data build NAME``, for errors.
    layout : tuple of Columns
    checked : callable
        (cells, source) -> columns with their types, in the layout of the file; the
        source names the file in the `DataError` of the first check that fails.
    panel : callable
        (checked frame, source, SHA-256) -> what a model takes.
    times : tuple of str
        Columns whose time of day a CSV keeps; of other dates it keeps the day.
    """

    build: str
    layout: tuple[Columns, ...]
    checked: Callable[[pd.DataFrame, str], pd.DataFrame]
    panel: Callable[[pd.DataFrame, str, str], Panel]
    times: tuple[str, ...] = ()

    def frame(self, path: Path) -> pd.DataFrame:
        """Rows of a file, checked.

        Raises
        ------
        DataError
            The file is missing, damaged or fails a check.
        """
        remedy = f"check the path, or make a panel: python -m data build {self.build}"
        return self.checked(read_cells(path, remedy), str(path))

    def read(self, path: Path) -> Panel:
        """Read a file and check it; errors as of `frame`."""
        path = Path(path)
        return self.panel(self.frame(path), str(path), sha256_of(path))

    def of(self, frame: pd.DataFrame, source: str) -> Panel:
        """Check a panel that is already in memory.

        Parameters
        ----------
        frame : DataFrame
            In the layout of the file.
        source : str
            Named in errors, and kept with results.

        Returns
        -------
        Panel
            Its ``sha256`` is that of the panel written as CSV.
        """
        checked = self.checked(frame.reset_index(drop=True), source)
        return self.panel(checked, source, sha256_of_frame(checked))

    def write(self, frame: pd.DataFrame, path: Path) -> None:
        """Check a panel and write it, completely or not at all.

        Raises
        ------
        DataError
            An extension other than .csv and .parquet, or a panel that could not be read
            back.
        """
        path = Path(path)
        require_panel_suffix(path)
        checked = self.checked(frame.reset_index(drop=True), str(path))
        self.panel(checked, str(path), "")
        if path.suffix.lower() == ".csv":
            checked = checked.assign(
                **{name: checked[name].dt.strftime(TIME_FORMAT) for name in self.times}
            )
        write_frame(checked, path)
