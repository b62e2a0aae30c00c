"""Reading and writing the panel of the liquidity-regimes model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.files.atomic import sha256_of
from data.liquidity_regimes.panel import (
    liquidity_panel_from_frame,
    read_liquidity_panel,
    write_liquidity_panel,
)
from tests.liquidity_regimes.frames import (
    DAYS,
    daily_frame,
    one_security,
    two_securities,
)


@pytest.mark.parametrize("name", ["panel.csv", "panel.parquet"])
def test_panel_written_and_read_is_the_same_to_the_last_bit(
    tmp_path: Path, name: str
) -> None:
    frame = two_securities()
    write_liquidity_panel(frame, tmp_path / name)
    read = read_liquidity_panel(tmp_path / name)
    assert read.dataset.identical(liquidity_panel_from_frame(frame, "memory").dataset)
    assert read.sha256 == sha256_of(tmp_path / name)
    assert read.source == str(tmp_path / name)
    assert any(note.startswith("short: ") for note in read.notes)


def test_securities_stand_side_by_side_and_share_the_covariates() -> None:
    frame = two_securities()
    dataset = liquidity_panel_from_frame(frame, "memory").dataset
    assert dict(dataset.sizes) == {"day": DAYS, "security": 2, "covariate": 3}
    for label, rows in frame.groupby("security"):
        one = dataset.sel(security=label)
        np.testing.assert_array_equal(one["price_impact"], rows["price_impact"])
        np.testing.assert_array_equal(one["depth_musd"], rows["depth_musd"])
        np.testing.assert_array_equal(one["simulated_state"], rows["simulated_state"])
    columns = {
        "V": "volatility_bp",
        "VV": "volatility_of_volatility_surprise_bp",
        "CS": "persistence_surprise_bp",
    }
    for covariate, column in columns.items():
        np.testing.assert_array_equal(
            dataset["covariate_bp"].sel(covariate=covariate), frame[column].head(DAYS)
        )


def test_securities_keep_the_order_of_the_file() -> None:
    frame = two_securities()
    turned = pd.concat([frame.iloc[DAYS:], frame.iloc[:DAYS]])
    dataset = liquidity_panel_from_frame(turned, "memory").dataset
    assert dataset["security"].to_numpy().tolist() == ["2y", "10y"]
    np.testing.assert_array_equal(
        dataset["depth_musd"][:, 0], frame["depth_musd"].iloc[DAYS:]
    )


def test_a_file_without_labels_holds_one_security_and_no_surprises() -> None:
    dataset = liquidity_panel_from_frame(daily_frame(), "memory").dataset
    assert dataset["security"].to_numpy().tolist() == ["security"]
    assert "simulated_state" not in dataset
    assert not np.isnan(dataset["covariate_bp"].sel(covariate="V")).any()
    assert np.isnan(dataset["covariate_bp"].sel(covariate=["VV", "CS"])).all()


def test_days_without_price_impact_are_missing_and_keep_depth(tmp_path: Path) -> None:
    frame = one_security()
    frame.loc[[0, 5], "price_impact"] = np.nan
    write_liquidity_panel(frame, tmp_path / "panel.csv")
    dataset = read_liquidity_panel(tmp_path / "panel.csv").dataset
    missing = np.flatnonzero(np.isnan(dataset["price_impact"].sel(security="10y")))
    assert missing.tolist() == [0, 5]
    assert not np.isnan(dataset["depth_musd"]).any()


def test_a_security_without_a_row_has_no_impact_and_the_depth_of_the_day_before() -> (
    None
):
    frame = two_securities().drop(index=[DAYS + 40, DAYS + 41])
    panel = liquidity_panel_from_frame(frame, "memory")
    one = panel.dataset.sel(security="2y")
    assert np.flatnonzero(np.isnan(one["price_impact"])).tolist() == [40, 41]
    depth = one["depth_musd"].to_numpy()
    assert depth[40] == depth[41] == depth[39] == frame["depth_musd"].loc[DAYS + 39]
    assert any("rows of 2y: none on 2 of 300 days" in note for note in panel.notes)


@pytest.mark.parametrize(
    ("dropped", "span"),
    [
        (range(30), "from 2014-05-14 to 2015-06-11"),
        (range(DAYS - 30, DAYS), "from 2014-04-01 to 2015-04-29"),
    ],
)
def test_a_security_has_no_depth_before_it_comes_and_after_it_goes(
    dropped: range, span: str
) -> None:
    frame = two_securities().drop(index=[DAYS + row for row in dropped])
    panel = liquidity_panel_from_frame(frame, "memory")
    depth = panel.dataset["depth_musd"].sel(security="2y")
    assert np.flatnonzero(np.isnan(depth)).tolist() == list(dropped)
    assert f"rows of 2y: {span} only" in panel.notes


def test_columns_of_the_users_own_are_ignored() -> None:
    frame = one_security()
    with_more = frame.assign(vix=20.0, remark="calm")
    assert liquidity_panel_from_frame(with_more, "memory").dataset.identical(
        liquidity_panel_from_frame(frame, "memory").dataset
    )


def test_the_index_of_a_frame_in_memory_does_not_matter() -> None:
    frame = two_securities()
    shuffled = frame.set_axis(np.zeros(len(frame), dtype=int))
    assert liquidity_panel_from_frame(shuffled, "memory").dataset.identical(
        liquidity_panel_from_frame(frame, "memory").dataset
    )


def test_a_missing_file_is_named_with_the_command_that_makes_one() -> None:
    with pytest.raises(DataError, match=r"no-such\.csv: no such file") as caught:
        read_liquidity_panel(Path("no-such.csv"))
    assert "python -m data build liquidity-regimes" in caught.value.remedy


def test_a_panel_that_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least 250 days"):
        write_liquidity_panel(one_security().head(100), tmp_path / "panel.csv")
    with pytest.raises(DataError, match=r"extension \.xlsx"):
        write_liquidity_panel(one_security(), tmp_path / "panel.xlsx")
    assert not list(tmp_path.iterdir())


def test_numbers_written_by_a_spreadsheet_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    daily_frame().to_csv(path, index=False)
    text = path.read_text().splitlines()
    text[3] = "2014-04-03,NA,120,80.5"
    path.write_text("\n".join(text))
    dataset = read_liquidity_panel(path).dataset
    assert np.isnan(dataset["price_impact"][2, 0])
    assert pd.Timestamp(dataset["day"].to_numpy()[2]) == pd.Timestamp("2014-04-03")
    assert dataset["depth_musd"][2, 0] == 120
