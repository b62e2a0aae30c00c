from pathlib import Path

import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.checks import LIQUIDITY_COVARIATES
from data.half_life.liquidity_controls import read_liquidity_controls

PUBLISHED = "qdate,tenor_bucket,bid_ask_spread,liq_hhi,issue_conc_top5,pubout\n"


def write(folder: Path, *rows: str) -> Path:
    path = folder / "liquidity.csv"
    path.write_text(PUBLISHED + "\n".join(rows) + "\n")
    return path


def test_controls_are_means_over_the_dates_of_a_quarter(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "2013-01-31,5,0.02,0.1,0.3,100",
        "2013-03-29,5,0.04,0.2,0.5,300",
        "2013-04-30,5,0.07,0.4,0.9,700",
        "2013-03-29,10,0.05,0.3,0.6,400",
    )

    table = read_liquidity_controls(path)

    assert list(table.columns) == list(LIQUIDITY_COVARIATES)
    first, second = pd.Period("2013Q1"), pd.Period("2013Q2")
    assert list(table.index) == [(first, 5), (first, 10), (second, 5)]
    assert table.loc[(first, 5)].tolist() == pytest.approx([0.03, 0.15, 0.4, 200])
    assert table.loc[(second, 5), "outstanding"] == 700


def test_cells_that_are_not_known_leave_the_mean_to_the_others(tmp_path: Path) -> None:
    path = write(tmp_path, "2013-01-31,5,,0.1,0.3,100", "2013-03-29,5,0.04,0.2,0.5,300")

    table = read_liquidity_controls(path)

    assert table.loc[(pd.Period("2013Q1"), 5), "bid_ask_spread"] == 0.04


def test_a_date_and_tenor_with_two_rows_is_refused(tmp_path: Path) -> None:
    row = "2013-01-31,5,0.02,0.1,0.3,100"

    with pytest.raises(DataError, match="row 2 repeats date 2013-01-31"):
        read_liquidity_controls(write(tmp_path, row, row))
