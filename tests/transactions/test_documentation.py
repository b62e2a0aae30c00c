"""The README of the transactions names what there is, and its examples work."""

import re
from pathlib import Path

import pytest

import data.transactions
from data.transactions.column_map import read_column_map
from data.transactions.dialects import DIALECTS
from data.transactions.filters import FILTERS
from data.transactions.layout import CLEAN_COLUMNS, REJECT_COLUMNS
from data.transactions.presets import PRESETS
from data.transactions.rules import rules_of
from data.transactions.two_sided import TWO_SIDED
from tests.transactions.files import cleaned, rows_of

README = (Path(data.transactions.__file__).parent / "README.md").read_text()


@pytest.mark.parametrize(
    "names",
    [
        [column.name for column in (*CLEAN_COLUMNS, *REJECT_COLUMNS)],
        list(DIALECTS),
        list(PRESETS),
        list(FILTERS),
        list(TWO_SIDED),
        [rule.name for rule in rules_of(PRESETS["workbench"])],
    ],
)
def test_every_name_is_documented(names):
    assert [name for name in names if f"`{name}`" not in README] == []


def test_the_column_map_of_the_documentation_works(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "mine.toml").write_text(example)
    (tmp_path / "mine.csv").write_text(
        "bond;day;second;clean price;face;we\n"
        "00101JAH9;2020-01-02;36000;99.5;1000;sold\n"
    )
    form = read_column_map(tmp_path / "mine.toml")
    cleaned(tmp_path / "out", tmp_path / "mine.csv", dialect=form)
    assert rows_of(tmp_path / "out", "clean", "side, execution_time") == [("S", 36000)]
