"""Reading dealers' positions in Treasury futures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.sources.cftc import read_dealer_positions
from tests.sources.publisher_files import TFF_COLUMNS, tff_csv, zipped

NET_PER_CONTRACT = 70.0
"""The n-th contract of the synthetic file is long 100 n and short 30 n."""


def written(folder: Path, content: bytes | str, name: str = "year.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def assert_nets_of_the_four_contracts(positions: pd.DataFrame) -> None:
    assert list(positions.columns) == [2, 5, 10, 20]
    expected = NET_PER_CONTRACT * np.array([1, 2, 3, 4])
    assert (positions == expected).all(axis=None)


def test_a_year_is_read_from_its_zip_archive(tmp_path: Path) -> None:
    dates = ["2017-01-03", "2017-01-10"]
    path = written(tmp_path, zipped(tff_csv(dates)), "fut_fin_txt_2017.zip")
    positions = read_dealer_positions(path)
    assert_nets_of_the_four_contracts(positions)
    assert positions.index.name == "date"
    assert [f"{date:%Y-%m-%d}" for date in positions.index] == dates


@pytest.mark.parametrize(
    ("spell", "date"),
    [
        (lambda name: name, "2010-06-01"),
        (lambda name: name.replace("YYYY-MM-DD", "MM_DD_YYYY"), "2010-06-01"),
        (lambda name: name.replace("YYYY-MM-DD", "MM_DD_YYYY"), "06/01/2010"),
        (lambda name: name, "6/1/2010 12:00:00 AM"),
        (lambda name: name.lower().replace("-", "_"), "2010-06-01T00:00:00.000"),
        (lambda name: name.removesuffix("_All"), "2010-06-01"),
        (lambda name: f'" {name.replace("_", " ")} "', "2010-06-01"),
        (lambda name: name.upper(), "2010-06-01"),
    ],
)
def test_every_years_spelling_of_header_and_date_is_read(
    tmp_path: Path, spell: Callable[[str], str], date: str
) -> None:
    columns = [spell(name) for name in TFF_COLUMNS]
    positions = read_dealer_positions(written(tmp_path, tff_csv([date], columns)))
    assert_nets_of_the_four_contracts(positions)
    assert positions.index[0] == pd.Timestamp("2010-06-01")


def test_a_code_that_lost_its_leading_zero_is_recognised(tmp_path: Path) -> None:
    codes = ["42601", "44601", "43602", "20601"]
    text = tff_csv(["2017-01-03"], contracts=codes)
    assert_nets_of_the_four_contracts(read_dealer_positions(written(tmp_path, text)))


def test_years_that_no_file_holds_stay_absent(tmp_path: Path) -> None:
    written(tmp_path, tff_csv(["2018-12-31"]), "2018.txt")
    written(tmp_path, zipped(tff_csv(["2025-01-07"])), "2025.zip")
    assert read_dealer_positions(tmp_path).index.year.tolist() == [2018, 2025]


def test_a_contract_without_a_row_is_missing_not_zero(tmp_path: Path) -> None:
    written(tmp_path, tff_csv(["2017-01-03"]), "a.txt")
    written(tmp_path, tff_csv(["2017-01-10"], contracts=["042601"]), "b.txt")
    positions = read_dealer_positions(tmp_path)
    assert positions.loc["2017-01-10"].isna().tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            tff_csv(["2017-01-03"]).replace("Dealer", "Prod_Merc"),
            "lacks the column dealer_positions_long",
        ),
        (tff_csv(["2017-01-03"], scope="Combined"), "futures and options combined"),
        (tff_csv(["2017-01-03"], contracts=["099741"]), "no Treasury futures"),
        (tff_csv(["2017-01-03", "2017-01-03"]), "line 7: the 2-year contract stands"),
        (
            tff_csv(["2017-01-03"]).replace(" 300,", " 3oo,"),
            "line 4, column dealer_pos",
        ),
        (tff_csv(["17th of May"]), "'17th of May' is not a date"),
        (tff_csv(["2017-01-03"])[:-20], "line 6: 10 cells where .*truncated"),
        (zipped(tff_csv(["2017-01-03"]))[:-30], "not a whole zip archive"),
        (zipped("no", "readme.pdf"), "holds 0 text files"),
    ],
)
def test_a_spoilt_file_is_refused(
    tmp_path: Path, content: bytes | str, problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        read_dealer_positions(written(tmp_path, content))


def test_the_real_file_holds_four_years_and_no_other(shared: Path) -> None:
    positions = read_dealer_positions(shared / "data" / "cftc_tff")
    assert sorted(set(positions.index.year)) == [2017, 2018, 2025, 2026]
    assert positions.shape == (180, 4)
    assert positions.notna().all(axis=None)
    # 19,922 long less 301,552 short in the report of 9 June 2026.
    assert positions.loc["2026-06-09", 20] == -281_630
