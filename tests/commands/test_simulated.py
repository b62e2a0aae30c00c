"""The mark of simulated data: written, taken off when read, carried to what is made."""

from pathlib import Path

import pandas as pd
import pytest

from data.commands.simulated import (
    SIMULATED,
    note_simulated,
    noting_simulations,
    simulations_met,
)
from data.files.cells import read_cells, write_frame
from data.files.table_reader import read_table

FRAME = pd.DataFrame({"value": [1.5, 2.5]})


def written(path: Path, *words: str) -> Path:
    with noting_simulations():
        note_simulated(words)
        write_frame(FRAME, path)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_the_mark_is_a_column_that_readers_take_off(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, "simulate toy, seed 1")
    with noting_simulations() as met:
        cells = read_cells(path, "")
    assert met == {"simulate toy, seed 1"}
    assert list(cells) == ["value"]
    assert b"simulate toy" in path.read_bytes()


def test_what_is_made_of_simulated_data_is_marked(tmp_path: Path) -> None:
    one = written(tmp_path / "one.csv", "simulate a")
    two = written(tmp_path / "two.csv", "simulate b")
    with noting_simulations():
        read_cells(one, "")
        read_cells(two, "")
        write_frame(FRAME, tmp_path / "made.csv")
    made = pd.read_csv(tmp_path / "made.csv")
    assert made[SIMULATED].unique().tolist() == ["simulate a; simulate b"]


def test_real_data_carry_no_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "")
    assert list(pd.read_csv(path)) == ["value"]
    with noting_simulations() as met:
        read_cells(path, "")
    assert met == set()


def test_a_block_tells_of_its_own_reading_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "simulate a")
    with noting_simulations():
        read_cells(path, "")
        with noting_simulations() as inner:
            read_table(b"value\n1\n", "b.csv")
        assert inner == set()
        assert simulations_met() == "simulate a"
    assert simulations_met() == ""


def test_without_a_block_nothing_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "simulate a")
    read_cells(path, "")
    write_frame(FRAME, tmp_path / "b.csv")
    assert list(pd.read_csv(tmp_path / "b.csv")) == ["value"]
