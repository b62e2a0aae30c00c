"""Published estimates of every paper: one layout, explained, no number twice."""

import re
from pathlib import Path

import pandas as pd
import pytest

from data import published
from data.published import KEYS, VALUES, published_estimates

FOLDER = Path(published.__file__).parent
README = (FOLDER / "README.md").read_text()
PAPERS = sorted(FOLDER.glob("*.csv"))


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)
def test_a_paper_has_the_one_layout_and_is_explained(path: Path) -> None:
    header = path.read_text().partition("\n")[0]
    assert header.split(",") == [*KEYS, *VALUES]
    frame = published_estimates(path.stem)
    assert not frame.duplicated(list(KEYS)).any()
    assert all(pd.api.types.is_float_dtype(frame[name]) for name in VALUES)
    part = README.partition(f"`{path.name}`")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", part))
    assert set(frame["parameter"]) <= named


def test_estimates_are_chosen_by_their_keys() -> None:
    row = published_estimates("mixon_tuzun", table="III", tenor_years=10)
    assert row["estimate"].tolist() == [0.58]
    assert row["factor"].tolist() == [""]
    assert len(published_estimates("mixon_tuzun", table="no such table")) == 0


def test_every_paper_is_there() -> None:
    assert len(PAPERS) == 3
