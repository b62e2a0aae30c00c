from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.files.atomic import sha256_of
from data.market.tenors import TENOR_YEARS
from data.price_pressure.columns import FACTORS, MARKETS, exposure_column
from data.price_pressure.panel import (
    panel_from_frame,
    read_price_pressure_panel,
    write_panel,
)
from tests.price_pressure.frames import cash_panel, full_panel


@pytest.mark.parametrize("name", ["panel.csv", "panel.parquet"])
def test_panel_written_and_read_is_the_same_to_the_last_bit(
    tmp_path: Path, name: str
) -> None:
    frame = full_panel()
    write_panel(frame, tmp_path / name)
    read = read_price_pressure_panel(tmp_path / name)
    assert read.dataset.identical(panel_from_frame(frame, "memory").dataset)
    assert read.sha256 == sha256_of(tmp_path / name)
    assert read.source == str(tmp_path / name)


def test_cells_and_weeks_without_a_yield_are_read_as_missing(tmp_path: Path) -> None:
    frame = cash_panel()
    frame.loc[3, "yield_2y_bp"] = np.nan
    frame.loc[5, [f"yield_{tenor}y_bp" for tenor in TENOR_YEARS]] = np.nan
    write_panel(frame, tmp_path / "panel.csv")
    yields = read_price_pressure_panel(tmp_path / "panel.csv").dataset["yield_bp"]
    assert np.argwhere(np.isnan(yields.to_numpy())).tolist() == [
        [3, 0],
        *([5, tenor] for tenor in range(4)),
    ]


def test_panel_of_yields_and_cash_has_no_futures_and_no_net() -> None:
    risk = panel_from_frame(cash_panel(), "memory").dataset["dv01_musd"]
    assert not np.isnan(risk.sel(market="cash")).any()
    assert np.isnan(risk.sel(market=["futures", "net"])).all()


def test_net_risk_is_cash_plus_futures_and_missing_with_either() -> None:
    frame = full_panel()
    frame.loc[7, "dv01_futures_5y_musd"] = np.nan
    risk = panel_from_frame(frame, "memory").dataset["dv01_musd"]
    net = risk.sel(market="net")
    np.testing.assert_array_equal(
        net, risk.sel(market="cash") + risk.sel(market="futures")
    )
    assert np.argwhere(np.isnan(net.to_numpy())).tolist() == [[7, 1]]


def test_net_order_flow_is_the_column_of_the_file() -> None:
    frame = full_panel()
    surprises = panel_from_frame(frame, "memory").dataset["order_flow_surprise_busd"]
    np.testing.assert_array_equal(
        surprises.sel(market="net", tenor=10),
        frame["order_flow_surprise_net_10y_busd"],
    )


def test_exposures_keep_their_factor_and_market() -> None:
    frame = full_panel()
    exposure = panel_from_frame(frame, "memory").dataset["exposure_musd"]
    for market in MARKETS:
        for factor in FACTORS:
            np.testing.assert_array_equal(
                exposure.sel(market=market, factor=factor),
                frame[exposure_column(market, factor)],
            )


def test_columns_of_the_users_own_are_ignored(tmp_path: Path) -> None:
    frame = cash_panel().assign(move_index=80.0, remark="calm")
    write_panel(frame, tmp_path / "panel.csv")
    assert panel_from_frame(frame, "memory").dataset.identical(
        read_price_pressure_panel(tmp_path / "panel.csv").dataset
    )


def test_spreadsheet_marks_for_missing_numbers_are_understood(tmp_path: Path) -> None:
    frame = cash_panel().astype(object)
    for row, marker in enumerate(["", "NA", "NaN", ".", "ND"]):
        frame.loc[row, "yield_5y_bp"] = marker
    frame.to_csv(tmp_path / "panel.csv", index=False, encoding="utf-8-sig")
    panel = read_price_pressure_panel(tmp_path / "panel.csv")
    missing = np.isnan(panel.dataset["yield_bp"].sel(tenor=5))
    assert np.flatnonzero(missing).tolist() == [0, 1, 2, 3, 4]


def test_missing_file_is_named_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv: no such file") as caught:
        read_price_pressure_panel(tmp_path / "none.csv")
    assert "python -m data build" in caught.value.remedy


def test_other_extension_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"extension \.xlsx"):
        write_panel(cash_panel(), tmp_path / "panel.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_refused_panel_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    write_panel(cash_panel(), path)
    before = path.read_bytes()
    with pytest.raises(DataError):
        write_panel(cash_panel().iloc[:10], path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["panel.csv"]


def test_cut_off_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "panel.parquet"
    write_panel(cash_panel(), path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"panel\.parquet: not a readable Parquet"):
        read_price_pressure_panel(path)


def test_cut_off_csv_file_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    write_panel(cash_panel(), path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(
        DataError, match=r"line 61: [78] cells where the header has 9; .*truncated"
    ):
        read_price_pressure_panel(path)


def test_empty_file_and_binary_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_bytes(b"")
    with pytest.raises(DataError, match="the file is empty"):
        read_price_pressure_panel(path)
    path.write_bytes(b"PK\x03\x04\x00\x00")
    with pytest.raises(DataError, match="not a readable Excel"):
        read_price_pressure_panel(path)


def test_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    frame = cash_panel()
    doubled = pd.concat([frame, frame[["yield_2y_bp"]]], axis=1)
    doubled.to_csv(tmp_path / "panel.csv", index=False)
    with pytest.raises(DataError, match="yield_2y_bp appears more than once"):
        read_price_pressure_panel(tmp_path / "panel.csv")
