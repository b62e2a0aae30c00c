from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.errors import DataError
from data.files.atomic import sha256_of
from data.half_life.checks import COVARIATES
from data.half_life.event_panel import (
    half_life_panel_from_frame,
    read_half_life_panel,
    write_half_life_panel,
)
from tests.half_life.frames import four_events


@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_panel_written_and_read_is_the_same(tmp_path: Path, name: str) -> None:
    write_half_life_panel(four_events(), tmp_path / name)
    read = read_half_life_panel(tmp_path / name)
    assert_frame_equal(
        read.frame, half_life_panel_from_frame(four_events(), "memory").frame
    )
    assert read.sha256 == sha256_of(tmp_path / name)
    assert read.source == str(tmp_path / name)


def test_columns_left_out_take_their_defaults() -> None:
    frame = four_events().drop(columns=["outcome", "trade_count"]).iloc[:3]
    panel = half_life_panel_from_frame(frame.drop(columns="set_aside"), "m").frame
    assert panel["outcome"].tolist() == ["2020-01-06 5y"] * 2 + ["2020-01-08 10y"]
    assert (panel["imputation"] == 0).all()
    assert (panel["set_aside"] == "").all()
    assert (panel["deviation_date"] == panel["event_date"]).all()
    assert panel["trade_count"].isna().all()
    assert panel.columns[-len(COVARIATES) :].tolist() == list(COVARIATES)


def test_missing_deviation_date_survives_a_file(tmp_path: Path) -> None:
    frame = four_events().assign(deviation_date=four_events()["event_date"])
    frame.loc[3, "deviation_date"] = pd.NaT
    write_half_life_panel(frame, tmp_path / "events.csv")
    read = read_half_life_panel(tmp_path / "events.csv").frame
    assert read["deviation_date"].isna().tolist() == [False, False, False, True]


def test_unknown_event_types_are_welcome() -> None:
    frame = four_events().assign(event_type=["a", "b", "c", "d"])
    assert len(half_life_panel_from_frame(frame, "memory").frame) == 4


def test_every_event_may_be_censored() -> None:
    frame = four_events().iloc[:3].assign(is_censored=True)
    assert half_life_panel_from_frame(frame, "memory").frame["is_censored"].all()


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (0, "half_life_days", 0.0, r"half_life_days, row 1 \(2020-01-06\): 0.0"),
        (2, "half_life_days", 2.5, "row 3 .*whole number of days"),
        (2, "half_life_days", np.nan, "row 3 .*no half-life and no reason"),
        (3, "half_life_days", 2.0, "row 4 .*has a half-life and is set aside"),
        (1, "half_life_days", 4.0, "outcome a .*differ in half_life_days"),
        (1, "is_censored", True, "outcome a .*differ in is_censored"),
        (1, "tenor", 10, "outcome a .*differ in tenor"),
        (1, "event_type", "cpi_release", "row 2 repeats event_date 2020-01-06"),
        (1, "event_type", "", "event_type, row 2"),
        (2, "tenor", 0, "tenor, row 3 .*not positive"),
        (2, "deviation_bp", np.inf, "deviation_bp, row 3 .*infinite"),
        (2, "dealer_hhi", 1.5, "dealer_hhi, row 3 .*1.5 is not in 0 to 1"),
        (2, "trade_count", -1.0, "trade_count, row 3 .*not in 0 or more"),
    ],
)
def test_bad_cell_is_refused_with_its_place(
    row: int, column: str, value: Any, message: str
) -> None:
    frame = four_events().astype({"event_type": object})
    frame.loc[row, column] = value
    with pytest.raises(DataError, match=message) as caught:
        half_life_panel_from_frame(frame, "events.csv")
    assert caught.value.problem.startswith("events.csv: ")
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("is_censored", "perhaps", "is_censored, row 1 .*'perhaps' is neither"),
        ("tenor", "5.5", "tenor, row 1 .*not a whole number"),
        ("event_date", "soon", "event_date, row 1: 'soon' is not a date"),
        ("half_life_days", "long", "half_life_days holds text: row 1"),
    ],
)
def test_text_that_cannot_be_read_is_refused(
    column: str, value: str, message: str
) -> None:
    frame = four_events().astype(object)
    frame.loc[0, column] = value
    with pytest.raises(DataError, match=message):
        half_life_panel_from_frame(frame, "events.csv")


def test_no_events_are_refused() -> None:
    with pytest.raises(DataError, match="no events"):
        half_life_panel_from_frame(four_events().iloc[:0], "events.csv")


def test_nothing_but_set_aside_events_is_refused() -> None:
    with pytest.raises(DataError, match=r"every event is set aside .*threshold"):
        half_life_panel_from_frame(four_events().iloc[3:], "events.csv")


def test_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="missing column is_censored"):
        half_life_panel_from_frame(four_events().drop(columns="is_censored"), "x.csv")
