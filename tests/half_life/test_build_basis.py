from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.errors import DataError
from data.files.atomic import sha256_of
from data.half_life.basis_panel import (
    MINIMUM_DAYS,
    basis_panel_from_frame,
    read_basis_panel,
    write_basis_panel,
)
from data.half_life.build_basis import build_basis_panel

NUM_DAYS = 80


def basis_frame() -> pd.DataFrame:
    days = pd.bdate_range("2020-01-06", periods=NUM_DAYS)
    return pd.DataFrame(
        {
            "date": days,
            "basis_10y_bp": 20.0 + np.sin(np.arange(NUM_DAYS)),
            "basis_5y_bp": 30.0 + np.cos(np.arange(NUM_DAYS)),
        }
    )


def spreads() -> pd.DataFrame:
    frame = basis_frame().rename(
        columns={"basis_10y_bp": "arb_10", "basis_5y_bp": "arb_5"}
    )
    return frame.assign(nom_zc5=300.0)


@pytest.mark.parametrize("name", ["basis.csv", "basis.parquet"])
def test_panel_written_and_read_is_the_same_to_the_last_bit(
    tmp_path: Path, name: str
) -> None:
    write_basis_panel(basis_frame(), tmp_path / name)
    read = read_basis_panel(tmp_path / name)
    assert read.dataset.identical(
        basis_panel_from_frame(basis_frame(), "memory").dataset
    )
    assert read.sha256 == sha256_of(tmp_path / name)
    assert read.dataset["tenor"].to_numpy().tolist() == [5, 10]


def test_weekday_without_a_row_is_a_day_without_a_basis() -> None:
    panel = basis_panel_from_frame(basis_frame().drop(index=[10, 11]), "memory")
    missing = np.isnan(panel.dataset["basis_bp"]).all("tenor")
    assert np.flatnonzero(missing).tolist() == [10, 11]
    assert panel.dataset.sizes["day"] == NUM_DAYS


def test_single_cells_may_be_missing() -> None:
    frame = basis_frame()
    frame.loc[3, "basis_5y_bp"] = np.nan
    basis = basis_panel_from_frame(frame, "memory").dataset["basis_bp"]
    assert np.argwhere(np.isnan(basis.to_numpy())).tolist() == [[3, 0]]


def shifted(frame: pd.DataFrame, row: int, date: str) -> pd.DataFrame:
    frame.loc[row, "date"] = pd.Timestamp(date)
    return frame


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: shifted(f, 1, "2020-01-06"), "row 2 .*repeats the date"),
        (lambda f: shifted(f, 5, "2020-01-07"), "row 6 .*earlier"),
        (lambda f: shifted(f, NUM_DAYS - 1, "2021-01-02"), "row 80 .*weekend"),
        (lambda f: f.assign(basis_5y_bp=5_000.0), "basis_5y_bp, row 1 .*beyond 1,000"),
        (lambda f: f.assign(basis_5y_bp=np.inf), "basis_5y_bp, row 1 .*infinite"),
        (lambda f: f.assign(basis_5y_bp=np.nan), "basis_5y_bp has no value"),
        (lambda f: f.assign(basis_5y_bp=0.3, basis_10y_bp=0.2), "looks like percent"),
        (lambda f: f.rename(columns={"basis_5y_bp": "basis_5"}), "unknown .*basis_5"),
        (lambda f: f[["date"]], "no basis column"),
        (lambda f: f.drop(columns="date"), "missing column date"),
        (lambda f: f.iloc[: MINIMUM_DAYS - 1], "59 rows, at least 60"),
    ],
)
def test_panel_that_cannot_be_used_is_refused(change: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        basis_panel_from_frame(change(basis_frame()), "basis.csv")  # type: ignore[operator]


def test_build_takes_every_spread_a_row_each_weekday(tmp_path: Path) -> None:
    raw = tmp_path / "raw.parquet"
    spreads().drop(index=[20]).to_parquet(raw)
    built = build_basis_panel(raw)
    expected = basis_frame()[["date", "basis_5y_bp", "basis_10y_bp"]]
    expected.loc[20, ["basis_5y_bp", "basis_10y_bp"]] = np.nan
    assert_frame_equal(
        built.frame, expected, check_dtype=False, check_freq=False, check_names=False
    )
    assert "80, 2020-01-06 to 2020-04-24, of which 1 without any" in built.notes[0]


def test_build_names_gaps_of_single_tenors(tmp_path: Path) -> None:
    frame = spreads()
    frame.loc[[7, 8], "arb_5"] = np.nan
    frame.to_csv(tmp_path / "raw.csv", index=False)
    notes = build_basis_panel(tmp_path / "raw.csv").notes
    assert notes[1] == "basis_5y_bp: also missing on 2 days, 2020-01-15 to 2020-01-16"


def test_build_takes_a_stretch(tmp_path: Path) -> None:
    spreads().to_csv(tmp_path / "raw.csv", index=False)
    stretch = (pd.Timestamp("2020-02-01"), pd.Timestamp("2020-03-31"))
    dates = build_basis_panel(tmp_path / "raw.csv", *stretch).frame["date"]
    assert (dates.iloc[0], dates.iloc[-1]) == (
        pd.Timestamp("2020-02-03"),
        pd.Timestamp("2020-03-31"),
    )


@pytest.mark.parametrize(
    ("change", "start", "message"),
    [
        (lambda f: f[["date", "nom_zc5"]], None, "no column arb_2"),
        (lambda f: pd.concat([f, f.iloc[:1]]), None, "2020-01-06 appears more than"),
        (lambda f: f, "2021-01-01", "no spread between"),
    ],
)
def test_build_refuses_a_file_without_spreads(
    tmp_path: Path, change: object, start: str | None, message: str
) -> None:
    raw = tmp_path / "raw.csv"
    change(spreads()).to_csv(raw, index=False)  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        build_basis_panel(raw, None if start is None else pd.Timestamp(start))


def test_real_basis_has_holidays_and_the_gaps_of_the_short_tenor(shared: Path) -> None:
    raw = shared / "data" / "tips_basis" / "tips_treasury_implied_rf_2010.parquet"
    built = build_basis_panel(raw)
    panel = basis_panel_from_frame(built.frame, str(raw)).dataset
    assert dict(panel.sizes) == {"day": 3912, "tenor": 4}
    missing = np.isnan(panel["basis_bp"]).sum("day").to_numpy()
    assert missing.tolist() == [195, 160, 160, 160]
