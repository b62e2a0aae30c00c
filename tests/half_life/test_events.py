"""Files of events, of trading around them and of liquidity by quarter."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.events import read_events
from data.half_life.liquidity_controls import read_liquidity_controls
from data.half_life.microstructure import read_microstructure


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


EVENTS = (
    "date,event_type,details\n2020-03-03,fomc_statement,Emergency\n2020-03-05,cpi,\n"
)


def test_events_are_read_under_either_name_of_the_date(tmp_path: Path) -> None:
    path = write(tmp_path / "events.csv", EVENTS)
    found = read_events(path)
    assert found["event_date"].tolist() == [
        pd.Timestamp("2020-03-03"),
        pd.Timestamp("2020-03-05"),
    ]
    assert found["event_type"].tolist() == ["fomc_statement", "cpi"]
    assert list(found.columns) == ["event_date", "event_type"]
    renamed = write(tmp_path / "e.csv", EVENTS.replace("date,", "event_date,", 1))
    pd.testing.assert_frame_equal(read_events(renamed), found)


def test_tenor_is_kept_where_the_file_has_it(tmp_path: Path) -> None:
    text = "event_date,event_type,tenor\n2020-03-03,cpi,5\n2020-03-03,cpi,7\n"
    assert read_events(write(tmp_path / "e.csv", text))["tenor"].tolist() == [5, 7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,event_type\n", "has a header but no rows"),
        ("date,details\n2020-03-03,x\n", "missing column event_type"),
        ("date,event_type\n2020-03-03,\n", r"event_type, row 1 \(2020-03-03\) is empt"),
        ("date,event_type\n3/3/2020,cpi\n", "event_date, row 1: '3/3/2020'"),
        (EVENTS + "2020-03-05,cpi,\n", "row 3 repeats event_date 2020-03-05, event_ty"),
    ],
)
def test_bad_events_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_events(write(tmp_path / "events.csv", text))


TRADING_HEADER = (
    "event_date,event_type,tenor,total_volume,ats_share,principal_share,dealer_hhi,"
    "trade_count,dealer_count\n"
)


def test_unknown_shares_stay_missing_and_are_not_zero(tmp_path: Path) -> None:
    text = TRADING_HEADER + "2020-03-03,cpi,5,1000000,,0.4,0.2,12,3\n"
    found = read_microstructure(write(tmp_path / "t.csv", text))
    row = found.loc[(pd.Timestamp("2020-03-03"), "cpi", 5)]
    assert np.isnan(row["ats_share"])
    assert row["principal_share"] == 0.4
    assert row["total_volume_usd"] == 1e6


def test_two_rows_of_one_event_and_tenor_are_refused(tmp_path: Path) -> None:
    line = "2020-03-03,cpi,5,1000000,0.1,0.4,0.2,12,3\n"
    path = write(tmp_path / "t.csv", TRADING_HEADER + line + line)
    with pytest.raises(DataError, match=r"row 2 repeats .*event_type cpi, tenor 5"):
        read_microstructure(path)


def test_covariates_lacking_a_column_are_refused(tmp_path: Path) -> None:
    text = TRADING_HEADER.replace(",dealer_hhi", "")
    text += "2020-03-03,cpi,5,1000000,0.1,0.4,12,3\n"
    with pytest.raises(DataError, match="missing column dealer_hhi"):
        read_microstructure(write(tmp_path / "t.csv", text))


LIQUIDITY = (
    "qdate,tenor_bucket,bid_ask_spread,pubout,n_issues,liq_hhi,issue_conc_top5\n"
    "2014-01-31,5,0.02,100,9,0.1,0.5\n"
    "2014-02-28,5,0.04,300,9,,0.7\n"
    "2014-04-30,5,0.06,500,9,0.3,0.9\n"
)


def test_controls_are_means_over_the_dates_of_a_quarter(tmp_path: Path) -> None:
    found = read_liquidity_controls(write(tmp_path / "l.csv", LIQUIDITY))
    first = found.loc[(pd.Period("2014Q1"), 5)]
    assert first["bid_ask_spread"] == pytest.approx(0.03)
    assert first["outstanding"] == 200.0
    assert first["liquidity_hhi"] == 0.1
    assert found.loc[(pd.Period("2014Q2"), 5), "issue_concentration_top5"] == 0.9
    assert len(found) == 2


def test_two_controls_of_one_date_and_tenor_are_refused(tmp_path: Path) -> None:
    repeated = LIQUIDITY + "2014-04-30,5,0.06,500,9,0.3,0.9\n"
    with pytest.raises(DataError, match="row 4 repeats date 2014-04-30, tenor 5"):
        read_liquidity_controls(write(tmp_path / "l.csv", repeated))
