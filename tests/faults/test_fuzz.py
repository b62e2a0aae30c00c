"""Files that nobody would write, to every reader: a table, or one clear refusal.

More of them, for as long as they last::

    pytest tests/faults/test_fuzz.py --hypothesis-profile=long
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import typer
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from data.errors import DataError
from data.sources.cftc import read_dealer_positions
from inference.__main__ import application
from inference.families import MODELS
from inference.store import write_trace
from tests.faults.sound_files import TABLES
from tests.half_life.basis_traces import random_basis_tree
from tests.sources.publisher_files import (
    tff_csv,
    zipped,
)

HOSTILE = (
    "",
    " ",
    '"',
    "NaN",
    "-999.99",
    "1e308",
    "-inf",
    "0x10",
    "1_000",
    "1,5",
    "١٢",
    "=1+1",
    "1000-01-01",
    "9999-12-31",
    "2014-02-30",
    "[/b]",
    "\ud7ff",
    "\u2028",
    "\x1a",
    "True",
    "a" * 2000,
)

cells = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8))


@st.composite
def damaged(draw: st.DrawFn, sound: str) -> bytes:
    """Content of a file in which something is wrong, or nothing."""
    lines = sound.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(("cell", "drop", "double", "blank", "column")))
        split = lines[row].split(",")
        column = draw(st.integers(0, len(split) - 1))
        if kind == "cell":
            split[column] = draw(cells)
        elif kind == "column":
            del split[column]
        lines[row] = ",".join(split)
        if kind == "drop" and len(lines) > 1:
            del lines[row]
        if kind == "double":
            lines.insert(row, lines[row])
        if kind == "blank":
            lines.insert(row, ",,")
    encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")))
    content = "\n".join(lines).encode(encoding, "replace")
    if draw(st.booleans()):
        cut = draw(st.integers(0, len(content)))
        content = content[:cut] + draw(st.binary(max_size=6)) + content[cut:]
    if draw(st.booleans()):
        content = content[: draw(st.integers(0, len(content)))]
    return content


@cache
def sound(name: str) -> str:
    return TABLES[name][2]()


@pytest.mark.parametrize("name", TABLES)
def test_a_sound_file_is_read(name: str, tmp_path: Path) -> None:
    read, file, _ = TABLES[name]
    path = tmp_path / file
    path.write_text(sound(name), encoding="utf-8")
    assert read(path) is not None


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    read, file, _ = TABLES[name]
    content = data.draw(damaged(sound(name)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_bytes(content)
        try:
            read(path)
        except DataError as error:
            assert file in error.problem
            assert error.remedy


@given(content=st.binary(max_size=200), at=st.integers(0, 400))
def test_a_damaged_archive_is_read_or_refused(content: bytes, at: int) -> None:
    whole = zipped(tff_csv(["2017-01-03"]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(whole[:at] + content + whole[at + len(content) :])
        try:
            read_dealer_positions(path)
        except DataError as error:
            assert "a.zip" in error.problem


WORDS = ("not a number", "12 34", "1.2.3", "--5", "seven", "0x1F", "#REF!")


@pytest.mark.parametrize("name", ["gsw", "volatility", "price pressure", "basis"])
@given(word=st.sampled_from(WORDS), at=st.integers(0, 40))
def test_no_word_passes_for_a_number(name: str, word: str, at: int) -> None:
    read, file, _ = TABLES[name]
    lines = sound(name).splitlines()
    header = next(i for i, line in enumerate(lines) if line.lower().startswith("date"))
    row = header + 1 + at % (len(lines) - header - 1)
    named = lines[header].split(",")
    wanted = ("SVENY05", "volatility_bp", "yield_5y_bp", "basis_5y_bp")
    column = next(i for i, title in enumerate(named) if title in wanted)
    split = lines[row].split(",")
    split[column] = word
    lines[row] = ",".join(split)
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_text("\n".join(lines), encoding="utf-8")
        with pytest.raises(DataError, match=r"holds text|finite number"):
            read(path)


INFERENCE: typer.Typer = application(MODELS)

attributes = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.floats(),
    st.text(max_size=12),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.lists(st.text(max_size=5), max_size=3),
)


@cache
def _tree() -> xr.DataTree:
    return random_basis_tree(draws=20)


@cache
def _trace() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.nc"
        write_trace(_tree(), path)
        return path.read_bytes()


def checked(path: Path) -> int:
    result = CliRunner().invoke(INFERENCE, ["check", str(path)])
    assert result.exit_code in (0, 1, 2), result.output
    assert "Traceback" not in result.output
    return result.exit_code


@given(
    name=st.sampled_from(
        (
            *("model", "variant", "settings", "seed", "versions", "created"),
            *("incidental_dims", "incidental_r_hat", "largest_incidental_r_hat"),
            *("json_attributes", "trace_format", "diagnostics"),
        )
    ),
    value=attributes,
)
def test_a_trace_of_any_attributes_is_judged_or_refused(name: str, value: Any) -> None:
    tree = _tree().copy()
    tree.attrs = {**tree.attrs, name: value}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.nc"
        write_trace(tree, path)
        checked(path)


@given(cut=st.floats(0, 1), noise=st.binary(max_size=8))
def test_a_trace_that_was_cut_is_refused(cut: float, noise: bytes) -> None:
    content = _trace()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.nc"
        path.write_bytes(content[: int(cut * (len(content) - 1))] + noise)
        assert checked(path) == 2
