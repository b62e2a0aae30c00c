"""What differs between two folders of reports: tables cell by cell, pages as text."""

import csv
import difflib
import math
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

RELATIVE_TOLERANCE = 1e-9
"""Of a number in a CSV file. Sums taken in another order differ by some 1e-15 of their
largest term, and differences of sums by a few digits more; a mistake by far more."""

INLINE = frozenset(
    {"a", "abbr", "b", "code", "em", "i", "span", "strong", "sub", "sup"}
)


class _PageText(HTMLParser):
    """Text of a page: one line a block or a row of a table, alt texts of images."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag in ("style", "script")
        if tag in ("td", "th"):
            self.pieces.append(" | ")
        elif tag not in INLINE:
            self.pieces.append("\n")
        alt = dict(attrs).get("alt")
        if tag == "img" and alt is not None:
            self.pieces.append(f"[image: {' '.join(alt.split())}]")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False
        if tag not in INLINE | {"td", "th"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            # A line of the source may break anywhere; a no-break space is a word.
            self.pieces.append(data.replace("\n", " "))


def page_text(page: str) -> str:
    """Text of an HTML page without tags, styles and images."""
    parser = _PageText()
    parser.feed(page)
    parser.close()
    lines = "".join(parser.pieces).split("\n")
    stripped = (" ".join(filter(None, line.split(" "))) for line in lines)
    return "\n".join(filter(None, stripped)) + "\n"


def write_page_text(page: Path, out: Path) -> None:
    """Write the text of an HTML file."""
    out.write_text(page_text(page.read_text(encoding="utf-8")), encoding="utf-8")


def differences(frozen: Path, now: Path) -> Iterator[str]:
    """List what differs between two folders.

    Parameters
    ----------
    frozen, now : Path
        Folders with the same layout. Of figures and HTML files only the names are
        compared.

    Yields
    ------
    str
        One difference, named by its file.
    """
    names = {
        str(file.relative_to(folder))
        for folder in (frozen, now)
        for file in folder.rglob("*")
        if file.is_file()
    }
    for name in sorted(names):
        one, two = frozen / name, now / name
        if not one.is_file() or not two.is_file():
            yield f"{name}: {'only frozen' if one.is_file() else 'only now'}"
        elif one.suffix == ".csv":
            yield from (f"{name}: {text}" for text in csv_differences(one, two))
        elif one.suffix in (".tex", ".txt"):
            yield from (f"{name}: {text}" for text in text_differences(one, two))


def csv_differences(frozen: Path, now: Path) -> Iterator[str]:
    """Cells that differ: numbers by more than the tolerance, text at all."""
    (was_columns, *was), (is_columns, *rows) = map(_rows, (frozen, now))
    if was_columns != is_columns or len(was) != len(rows):
        yield f"{len(was)} rows of {was_columns}, now {len(rows)} rows of {is_columns}"
        return
    for number, (before, after) in enumerate(zip(was, rows, strict=True), start=1):
        for column, one, two in zip(was_columns, before, after, strict=True):
            if not _same(one, two):
                yield f"row {number}, {column}: {one}, now {two}"


def _rows(file: Path) -> list[list[str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def _same(one: str, two: str) -> bool:
    if one == two:
        return True
    try:
        return math.isclose(float(one), float(two), rel_tol=RELATIVE_TOLERANCE)
    except ValueError:
        return False


def text_differences(frozen: Path, now: Path) -> Iterator[str]:
    """Lines taken away and added."""
    one, two = (file.read_text(encoding="utf-8").splitlines() for file in (frozen, now))
    marked = list(difflib.unified_diff(one, two, n=0, lineterm=""))
    yield from (line for line in marked[2:] if not line.startswith("@@"))
