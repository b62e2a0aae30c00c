"""Reading the zero-coupon yields of Gürkaynak, Sack and Wright."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.sources.gsw import (
    read_nelson_siegel_svensson_parameters,
    read_zero_coupon_yields,
)
from tests.sources.publisher_files import gsw_csv

ROUNDING_PERCENT = 5e-5
"""Half a unit of the last of the four decimals that the Board publishes."""


def written(folder: Path, text: str, name: str = "feds200628.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_publishers_file_is_read_below_its_preamble(tmp_path: Path) -> None:
    yields = read_zero_coupon_yields(written(tmp_path, gsw_csv(2)))
    assert yields.index.name == "date"
    assert list(yields.index) == [
        pd.Timestamp("2020-01-06"),
        pd.Timestamp("2020-01-07"),
    ]
    assert list(yields.columns) == list(range(1, 31))
    assert yields.loc["2020-01-07", 20] == 4.201


@pytest.mark.parametrize("cell", ["NA", "", "-999.99"])
def test_a_yield_that_was_not_published_is_missing(tmp_path: Path, cell: str) -> None:
    yields = read_zero_coupon_yields(
        written(tmp_path, gsw_csv(2).replace("4.3010", cell))
    )
    assert np.isnan(yields.loc["2020-01-07", 30])
    assert yields.isna().sum().sum() == 1


def test_a_holiday_stays_as_an_empty_row(tmp_path: Path) -> None:
    text = gsw_csv(2) + "2020-01-20" + ",NA" * 99 + "\n"
    yields = read_zero_coupon_yields(written(tmp_path, text))
    assert yields.loc["2020-01-20"].isna().all()


def test_the_parameters_have_no_second_decay_where_it_was_not_fitted(
    tmp_path: Path,
) -> None:
    lines = gsw_csv(2).splitlines()
    lines[-1] = lines[-1].rpartition(",")[0] + ",-999.99"
    parameters = read_nelson_siegel_svensson_parameters(
        written(tmp_path, "\n".join(lines))
    )
    assert list(parameters) == ["BETA0", "BETA1", "BETA2", "BETA3", "TAU1", "TAU2"]
    assert parameters["TAU2"].isna().tolist() == [False, True]
    assert parameters["TAU1"].tolist() == [4.0, 4.001]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda text: text.replace("SVENY30", "SVENY31"), "lacks the column SVENY30"),
        (
            lambda text: text.replace("4.2010", "4,2010"),
            "line 12: 101 cells where the header has 100",
        ),
        (
            lambda text: text.replace("4.2010", "four"),
            r"line 12, column SVENY20: 'four' where a finite number",
        ),
        (lambda text: text.replace("4.2010", "inf"), "line 12, column SVENY20: 'inf'"),
        (
            lambda text: text[:-200],
            "line 13: .* cells where the header has 100; .*truncated",
        ),
        (
            lambda text: text.replace("2020-01-08", "2020-01-07"),
            "line 13: the date 2020-01-07 stands twice",
        ),
        (
            lambda text: text.replace("2020-01-07", "2020-13-07"),
            "line 12, column Date: '2020-13-07' is not a date",
        ),
        (lambda text: text.replace(",4.", ",4000."), "looks like basis points"),
        (lambda text: text.replace(",4.", ",0.0"), "looks like fractions of one"),
        (lambda text: text.split("2020")[0], "has a header but no rows"),
        (lambda text: "<html>" + text, "is a web page"),
        (lambda _: " \n", "is empty"),
    ],
)
def test_a_spoilt_file_is_refused_with_its_place(
    tmp_path: Path, spoil: Callable[[str], str], problem: str
) -> None:
    path = written(tmp_path, spoil(gsw_csv(3)))
    with pytest.raises(DataError, match=problem) as caught:
        read_zero_coupon_yields(path)
    assert str(path) in caught.value.problem


def test_rows_out_of_order_are_sorted(tmp_path: Path) -> None:
    lines = gsw_csv(3).splitlines()
    lines[-1], lines[-2] = lines[-2], lines[-1]
    yields = read_zero_coupon_yields(written(tmp_path, "\n".join(lines)))
    assert yields.index.is_monotonic_increasing


def test_files_of_a_folder_are_joined_where_they_agree(tmp_path: Path) -> None:
    written(tmp_path, gsw_csv(2), "old.csv")
    written(tmp_path, gsw_csv(3), "new.csv")
    assert len(read_zero_coupon_yields(tmp_path)) == 3


def test_files_of_a_folder_that_disagree_are_refused(tmp_path: Path) -> None:
    written(tmp_path, gsw_csv(2), "a.csv")
    written(tmp_path, gsw_csv(2).replace("4.2010", "4.2011"), "b.csv")
    with pytest.raises(DataError, match=r"b\.csv.*disagree on 20 at 2020-01-07"):
        read_zero_coupon_yields(tmp_path)


def test_unfinished_downloads_of_a_folder_are_not_read(tmp_path: Path) -> None:
    written(tmp_path, gsw_csv(2))
    written(tmp_path, gsw_csv(3), "feds200628.csv.part")
    assert len(read_zero_coupon_yields(tmp_path)) == 2


def test_a_folder_without_data_and_a_missing_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no \.csv or \.parquet"):
        read_zero_coupon_yields(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        read_zero_coupon_yields(tmp_path / "absent")


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "parameters.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="not a readable Parquet file"):
        read_zero_coupon_yields(path)


def test_the_real_files_are_read_whole(shared: Path) -> None:
    yields = read_zero_coupon_yields(shared / "data" / "gsw")
    assert len(yields) == 16_778
    assert yields.loc["1961-06-14", 7] == 3.7612
    assert np.isnan(yields.loc["1961-06-14", 8])


def test_the_real_parameters_reproduce_the_real_yields(shared: Path) -> None:
    folder = shared / "data" / "gsw"
    path = folder / "svensson_parameters_2022_2025.parquet"
    fit = read_nelson_siegel_svensson_parameters(path).dropna()
    beta0, beta1, beta2, beta3, tau1, tau2 = (fit[name] for name in fit)
    first, second = 10 / tau1, 10 / tau2
    slope = (1 - np.exp(-first)) / first
    second_slope = (1 - np.exp(-second)) / second
    curve = (
        beta0
        + beta1 * slope
        + beta2 * (slope - np.exp(-first))
        + beta3 * (second_slope - np.exp(-second))
    )
    published = read_zero_coupon_yields(path).loc[fit.index, 10]
    assert (curve - published).abs().max() < ROUNDING_PERCENT * 1.01
