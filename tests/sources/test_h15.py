"""Reading constant-maturity Treasury yields."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data.errors import DataError
from data.sources.h15 import read_constant_maturity_yields
from tests.sources.publisher_files import h15_csv

FRED = """\
observation_date,DGS1MO,DGS2,DGS10
2020-01-06,1.54,1.54,1.81
2020-01-20,.,.,
"""
TREASURY = """\
date,BC_1MONTH,BC_10YEAR,BC_30YEAR,BC_30YEARDISPLAY
2020-01-06,0.0,1.81,2.28,2.28
"""


def written(folder: Path, text: str, name: str = "h15.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_boards_download_is_read_below_its_preamble(tmp_path: Path) -> None:
    yields = read_constant_maturity_yields(written(tmp_path, h15_csv()))
    assert list(yields.columns) == [1 / 12, 3 / 12, 6 / 12, 1, 2, 3, 5, 7, 10, 20, 30]
    assert yields.loc["2020-01-07", 20.0] == 2.16
    assert yields.loc["2020-01-20"].isna().all()


def test_freds_layout_is_read(tmp_path: Path) -> None:
    yields = read_constant_maturity_yields(written(tmp_path, FRED))
    assert list(yields.columns) == [1 / 12, 2, 10]
    assert yields.loc["2020-01-06", 10.0] == 1.81
    assert yields.loc["2020-01-20"].isna().all()


def test_zero_means_not_published_in_the_treasurys_layout(tmp_path: Path) -> None:
    yields = read_constant_maturity_yields(written(tmp_path, TREASURY))
    assert list(yields.columns) == [1 / 12, 10, 30]
    assert np.isnan(yields.loc["2020-01-06", 1 / 12])


def test_zero_is_a_yield_in_the_boards_layout(tmp_path: Path) -> None:
    text = h15_csv().replace("2020-01-06,1.54", "2020-01-06,0.00")
    yields = read_constant_maturity_yields(written(tmp_path, text))
    assert yields.loc["2020-01-06", 1 / 12] == 0.0


def test_the_thirty_year_is_missing_while_the_treasury_had_stopped_it(
    tmp_path: Path,
) -> None:
    days = ("2002-02-15", "2002-02-19", "2006-02-08", "2006-02-09")
    text = "DATE,DGS20,DGS30\n" + "".join(f"{day},4.8,4.7\n" for day in days)
    yields = read_constant_maturity_yields(written(tmp_path, text))
    assert yields[30.0].isna().tolist() == [False, True, True, False]
    assert yields[20.0].notna().all()


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda text: text.replace("Percent:_Per_Year", "Basis_Points"), "Unit:"),
        (lambda text: text.replace('"1"', '"100"'), "Multiplier: 100 where 1"),
        (lambda text: text.replace("_N.B", "_N.M"), "no constant-maturity yield"),
        (lambda text: text.replace("1.62", "1.6x"), "line 8, column RIFLGFCY05_N.B"),
        (lambda text: text[:-8], "line 9: .* the header has 12; .*truncated"),
        (lambda text: text.replace("2020-01-07", "2020-01-06"), "stands twice"),
        (lambda text: text.replace(",2.28", ",228"), "looks like basis points"),
        (lambda text: text.replace("Time Period", "Period"), "no header line"),
    ],
)
def test_a_spoilt_download_is_refused(
    tmp_path: Path, spoil: Callable[[str], str], problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        read_constant_maturity_yields(written(tmp_path, spoil(h15_csv())))


def test_files_in_two_layouts_join(tmp_path: Path) -> None:
    written(tmp_path, FRED, "fred.csv")
    written(tmp_path, TREASURY, "treasury.csv")
    yields = read_constant_maturity_yields(tmp_path)
    assert list(yields.columns) == [1 / 12, 2, 10, 30]
    assert yields.loc["2020-01-06"].tolist() == [1.54, 1.54, 1.81, 2.28]


def test_the_real_files_agree_with_each_other(shared: Path) -> None:
    yields = read_constant_maturity_yields(shared / "data" / "h15")
    assert yields.shape == (11_848, 11)
    assert yields.loc["2003-01-02":"2003-12-31", 30.0].isna().all()
    assert yields.loc["2018-04-18", 10.0] == 2.87
