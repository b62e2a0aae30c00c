"""The page of private names holds what the code takes, and where that would be seen."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.places import ROOT

ROOM = ROOT / "models" / "likelihoods" / "compiled"
TESTS = ROOT / "tests" / "likelihoods" / "compiled"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOM / "README.md").read_text().splitlines()
    if line.startswith("| `")
]
INSIDE = re.compile(r"numba\.(core|cpython)\b|pytensor\.link\.numba\b|nutpie\..")
"""Modules that are no interface, whatever their names look like."""


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def names_of(row):
    first, *others = quoted(row[0])
    return [first, *(first.rpartition(".")[0] + other for other in others)]


def placed(path, *folders):
    (found,) = {(x / path) for x in folders if (x / path).exists()}
    return found


def resolved(name):
    """What a dotted name stands for, through modules and then attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_name_of_the_page_is_taken_where_it_says(row):
    for name in names_of(row):
        assert resolved(name) is not None
        for path in quoted(row[2]):
            place = placed(path, ROOM, ROOM.parent, ROOT)
            sources = [place] if place.is_file() else place.glob("*.py")
            last = name.rpartition(".")[2]
            assert any(last in source.read_text() for source in sources), path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_test_that_would_notice_exists(row):
    found = [x.partition("::") for x in quoted(row[4])]
    tests = [(path, name) for path, _, name in found if path.endswith(".py")]
    assert tests
    for path, name in tests:
        assert f"def {name}" in placed(path, TESTS, ROOT).read_text(), path


def taken_from_inside(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and INSIDE.match(node.module or ""):
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def test_whatever_is_taken_from_inside_is_on_the_page():
    listed = [name for row in ROWS for name in names_of(row)]
    taken = {
        name
        for folder in ("data", "models", "inference", "analysis")
        for path in (ROOT / folder).rglob("*.py")
        for name in taken_from_inside(path)
    }
    assert len(taken) > 5
    for name in sorted(taken):
        assert any(x == name or x.startswith(f"{name}.") for x in listed), name
