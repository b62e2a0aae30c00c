"""Volatilities in a file of their own."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.errors import DataError
from data.liquidity_regimes.volatility_file import join_volatility, read_volatility_file
from tests.liquidity_regimes.frames import daily_frame, two_securities


def split() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Price impact and depth of one security, and the volatilities by date."""
    frame = daily_frame()
    volatilities = frame.set_index("date")[["volatility_bp"]]
    return frame.drop(columns="volatility_bp"), volatilities


@pytest.mark.parametrize("names", [("date", "volatility_bp"), ("Date", "MOVE")])
def test_a_download_of_the_move_index_is_read_as_it_is(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    path = tmp_path / "move.csv"
    path.write_text(
        f"{names[0]},{names[1]}\n2014-04-02,63.5\n2014-04-01,62\n2014-04-03,\n"
    )
    read = read_volatility_file(path)
    assert read["volatility_bp"].to_dict() == {
        pd.Timestamp("2014-04-01"): 62.0,
        pd.Timestamp("2014-04-02"): 63.5,
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("date,vol\n2014-04-01,62\n", "missing column volatility_bp"),
        ("date,MOVE\n2014-04-01,n.a.\n", "column volatility_bp holds text"),
        (
            "date,MOVE\n2014-04-01,6\n2014-04-01,7\n",
            "row 2 repeats the date 2014",
        ),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "move.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=problem) as caught:
        read_volatility_file(path)
    assert str(path) in caught.value.problem


def test_every_row_of_a_day_gets_its_volatility() -> None:
    frame = two_securities()
    volatilities = (
        frame.drop_duplicates("date").set_index("date")[["volatility_bp"]].sort_index()
    )
    columns = ["date", "security", "price_impact", "volatility_bp"]
    joined = join_volatility(
        frame[["date", "security", "price_impact"]], volatilities, "both"
    )
    assert_frame_equal(joined.daily, frame[columns])
    assert joined.notes == []
    assert joined.earlier.empty


def test_days_before_the_first_are_kept_for_the_lag() -> None:
    daily, volatilities = split()
    joined = join_volatility(daily.iloc[2:], volatilities, "both")
    assert joined.earlier.index.tolist() == daily["date"].head(2).tolist()


def test_a_day_without_volatility_loses_its_price_impact() -> None:
    daily, volatilities = split()
    without = volatilities.drop(index=daily["date"].iloc[[10, 11]])
    joined = join_volatility(daily, without, "both")
    missing = joined.daily["price_impact"].isna()
    assert np.flatnonzero(missing).tolist() == [10, 11]
    carried = joined.daily["volatility_bp"]
    assert carried[10] == carried[11] == carried[9]
    (note,) = joined.notes
    assert "none on 2 of 300 days, the first 2014-04-15" in note


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([0], "no volatility_bp on 2014-04-01"),
        (list(range(10, 16)), "no volatility_bp on 2014-04-23 and 5 days before"),
    ],
)
def test_too_many_days_without_volatility_are_refused(
    rows: list[int], problem: str
) -> None:
    daily, volatilities = split()
    with pytest.raises(DataError, match=problem):
        join_volatility(
            daily, volatilities.drop(index=daily["date"].iloc[rows]), "both"
        )


@pytest.mark.parametrize("name", ["volatility_1m_bp", "volatility_3m_bp"])
def test_every_maturity_follows_the_rule_of_five_days(name: str) -> None:
    daily, volatilities = split()
    volatilities[name] = volatilities["volatility_bp"] + 1.0
    gaps = volatilities.copy()
    gaps.loc[daily["date"].iloc[10:12], name] = np.nan
    joined = join_volatility(daily, gaps, "both")
    assert np.flatnonzero(joined.daily["price_impact"].isna()).tolist() == [10, 11]
    assert joined.notes[0].startswith(f"{name}: none on 2 of 300 days")
    gaps.loc[daily["date"].iloc[10:210], name] = np.nan
    with pytest.raises(DataError, match=f"no {name} on .* and 5 days before"):
        join_volatility(daily, gaps, "both")


def test_volatility_in_both_files_is_refused() -> None:
    _, volatilities = split()
    with pytest.raises(DataError, match="both hold volatility_bp"):
        join_volatility(daily_frame(), volatilities, "daily.csv with move.csv")
