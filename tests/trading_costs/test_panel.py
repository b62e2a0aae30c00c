from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.errors import DataError
from data.files.atomic import sha256_of
from data.trading_costs.columns import COLUMNS
from data.trading_costs.notes import describe_trading_costs_panel
from data.trading_costs.panel import (
    read_trading_costs_panel,
    trading_costs_panel_from_frame,
    write_trading_costs_panel,
)
from tests.trading_costs.frames import forty_rows


@pytest.mark.parametrize("name", ["costs.csv", "costs.parquet"])
def test_panel_written_and_read_is_the_same(tmp_path: Path, name: str) -> None:
    write_trading_costs_panel(forty_rows(), tmp_path / name)
    read = read_trading_costs_panel(tmp_path / name)
    expected = trading_costs_panel_from_frame(forty_rows(), "memory").frame
    assert_frame_equal(read.frame, expected)
    assert read.sha256 == sha256_of(tmp_path / name)


def test_columns_left_out_take_their_defaults_and_own_ones_are_kept() -> None:
    optional = ["is_ats", "deviation_price", "error_sd_bp", "relative_illiquidity"]
    frame = forty_rows().drop(columns=optional).assign(volatility_bp=90.0)
    panel = trading_costs_panel_from_frame(frame, "m").frame
    assert panel.columns.tolist() == [*COLUMNS, "volatility_bp"]
    assert not panel["is_ats"].any()
    assert panel["error_sd_bp"].isna().all()
    np.testing.assert_allclose(
        panel["deviation_price"], forty_rows()["deviation_price"], rtol=1e-14
    )
    assert (panel["date"] == panel["time"].dt.normalize()).all()


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (0, "observation", "deal", "observation, row 1 .*no known word"),
        (2, "side", "B", "side, row 3 .*no known word"),
        (2, "segment", "", "row 3 .*trade without segment"),
        (2, "segment", "client", "segment, row 3"),
        (2, "volume_musd", np.nan, "row 3 .*trade without volume_musd"),
        (2, "volume_musd", -5.0, "volume_musd, row 3 .*not above zero"),
        (2, "volume_musd", 5e6, "volume_musd, row 3 .*beyond 100,000"),
        (1, "security", "", "security, row 2 .*is empty"),
        (4, "deviation_bp", np.nan, "deviation_bp, row 5 .*is empty"),
        (4, "deviation_bp", np.inf, "deviation_bp, row 5 .*infinite"),
        (4, "deviation_bp", 5e3, "deviation_bp, row 5 .*beyond 1,000"),
        (4, "deviation_bp", 9.0, "row 5 .*deviation_price over dollar_duration"),
        (5, "gap_hours", -1.0, "gap_hours, row 6 .*below zero"),
        (5, "indicative_spread_bp", 0.0, "indicative_spread_bp, row 6 .*not above"),
        (5, "error_sd_bp", -0.1, "error_sd_bp, row 6 .*below zero"),
        (7, "time", pd.Timestamp("2024-01-01"), "row 8 .*earlier than the row above"),
    ],
)
def test_bad_cell_is_refused_with_its_place(
    row: int, column: str, value: Any, message: str
) -> None:
    frame = forty_rows()
    frame.loc[row, column] = value
    with pytest.raises(DataError, match=message):
        trading_costs_panel_from_frame(frame, "costs.csv")


def test_too_few_trades_and_missing_columns_are_refused() -> None:
    with pytest.raises(DataError, match="7 trades"):
        trading_costs_panel_from_frame(forty_rows().head(7), "m")
    with pytest.raises(DataError, match="missing column gap_hours"):
        trading_costs_panel_from_frame(forty_rows().drop(columns="gap_hours"), "m")
    with pytest.raises(DataError, match="'noon' is not a time"):
        trading_costs_panel_from_frame(forty_rows().assign(time="noon"), "m")


def test_notes_say_what_the_panel_cannot_tell() -> None:
    frame = trading_costs_panel_from_frame(forty_rows(), "m").frame
    told = "\n".join(describe_trading_costs_panel(frame))
    assert "35 of 3 securities" in told
    assert "next indicative mid: 5" in told
    assert "unknown" not in told
    bare = frame[frame["observation"] == "trade"].assign(side="", error_sd_bp=np.nan)
    told = "\n".join(describe_trading_costs_panel(bare))
    assert "side unknown: 100%" in told
    assert "rests on the assumed shapes" in told
    assert "known of 0%" in told
