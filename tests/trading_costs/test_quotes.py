"""Quote panels: readers of publishers' files, checks, what follows from a quote."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.errors import DataError
from data.market.on_the_run import original_years, vintages
from data.trading_costs.quote_measures import measured
from data.trading_costs.quote_panel import (
    quote_panel_from_frame,
    read_quote_panel,
    write_quote_panel,
)
from data.trading_costs.quotes_kind import auctioned_issues, build_quotes
from tests.trading_costs.quote_frames import flat_quotes


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_written_panel_is_read_back(tmp_path, suffix):
    frame = quote_panel_from_frame(flat_quotes(), "here").frame
    path = tmp_path / f"quotes{suffix}"
    write_quote_panel(frame, path)
    pd.testing.assert_frame_equal(read_quote_panel(path).frame, frame)
    assert list(frame.loc[frame["coupon_percent"] == 0, "kind"].unique()) == ["bill"]
    assert frame["is_benchmark"].sum() == 3 * 7


def _with(**changed):
    return flat_quotes().assign(**changed)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (_with(ask_price=90.0), r"row 1 .*the ask is below the bid"),
        (_with(bid_price=np.nan), "bid_price, row 1 .* is empty"),
        (_with(bid_price=990.0, ask_price=991.0), "beyond 300"),
        (_with(kind="TIPS"), "BILL is of the kind TIPS"),
        (_with(coupon_percent=np.nan), "a maturity or a coupon, and not both"),
        (_with(maturity_date=pd.Timestamp("2024-12-31")), "has matured|before its"),
        (_with(security="2Y"), "row 2 repeats time 2024-12-30, security 2Y"),
        (flat_quotes()[::-1], "earlier than the row above it"),
        (_with(settlement_days=9), "settlement_days, row 1 .*0 to 5"),
        (_with(time="yesterday"), "'yesterday' is not a time"),
        (flat_quotes().drop(columns="ask_price"), "missing column ask_price"),
    ],
)
def test_quotes_that_cannot_be_are_refused(frame, message):
    with pytest.raises(DataError, match=message):
        quote_panel_from_frame(frame, "quotes.csv")


def test_terms_that_differ_between_rows_are_refused():
    frame = flat_quotes()
    frame.loc[12, "coupon_percent"] = 4.5
    with pytest.raises(DataError, match=r"row 13 .*coupon_percent is not that"):
        quote_panel_from_frame(frame, "quotes.csv")


def test_spreads_and_durations_follow_from_terms():
    found = measured(quote_panel_from_frame(flat_quotes(), "here").frame)
    np.testing.assert_allclose(found["yield_percent"][:11], 4.30, atol=1e-9)
    ten = found[found["security"] == "10Y"].iloc[0]
    assert ten["spread_bp"] == pytest.approx(1e4 / 32 / ten["dollar_duration"])
    assert ten["maturity_years"] == pytest.approx(9.88, abs=0.01)
    assert ten["age_years"] == pytest.approx(45 / 365)
    # With continuous compounding a duration is longer by half the yield.
    assert ten["duration_years"] * ten["dirty_mid"] == pytest.approx(
        ten["dollar_duration"] * 1.0215, rel=1e-3
    )


def test_the_latest_issue_is_on_the_run():
    issues = pd.DataFrame(
        {
            "security": ["A", "B", "C", "LONG"],
            "issued": pd.to_datetime(
                ["2024-01-31", "2024-02-29", "2024-04-01", "2024-02-15"]
            ),
            "years": [2.0, 2.0, 2.0, 30.0],
        }
    )
    day = pd.Series(pd.to_datetime(["2024-03-31", "2024-04-01", "2024-01-30"]))
    for security, expected in {
        "A": [1, 2, np.nan],
        "B": [0, 1, np.nan],
        "C": [np.nan, 0, np.nan],
        "LONG": [0, 0, np.nan],
        "OTHER": [np.nan] * 3,
    }.items():
        found = vintages(issues, pd.Series([security] * 3), day)
        np.testing.assert_array_equal(found, expected)


def test_reopenings_are_no_new_issues(tmp_path):
    path = tmp_path / "auctions.csv"
    path.write_text(
        "cusip,security_type,issue_date,maturity_date,inflation_index_security\n"
        "91282CJZ5,Note,2024-02-15,2034-02-15,No\n"
        "91282CJZ5,Note,2024-03-15,2034-02-15,No\n"
        "91282CKQ3,Note,2024-05-15,2034-05-15,No\n"
        "91282CJY8,Note,2024-01-31,2034-01-15,Yes\n"
        "912797JT7,Bill,2024-02-15,2024-05-16,No\n"
    )
    issues = auctioned_issues(path)
    assert list(issues["security"]) == ["91282CJZ5", "91282CKQ3"]
    assert list(issues["years"]) == [10.0, 10.0]


def test_original_maturities_bear_a_late_issue():
    issued = pd.Series(pd.to_datetime(["2024-04-01", "2024-03-15", "2020-01-02"]))
    maturity = pd.Series(pd.to_datetime(["2026-03-31", "2034-02-15", "2026-12-31"]))
    np.testing.assert_array_equal(original_years(issued, maturity), [2, 10, 7])
    off = original_years(issued[:1], pd.Series(pd.to_datetime(["2028-03-31"])))
    assert np.isnan(off).all()


def test_the_crsp_layout_is_read(shared, tmp_path):
    path = shared / "data" / "quotes" / "crsp_cross_sections.parquet"
    built = build_quotes(quotes=path, layout="crsp")
    frame = built.frame
    raw = pd.read_parquet(path)
    fixed = raw["itype"].isin([1, 2, 4]) & (raw["tdask"] >= raw["tdbid"])
    assert 0 <= fixed.sum() - len(frame) <= 0.01 * len(raw)
    assert (frame["settlement_days"] == 0).all()
    found = measured(frame)
    assert found["spread_bp"].median() == pytest.approx(1.0, abs=0.4)
    beside = raw.assign(time=raw["caldt"] + pd.Timedelta(hours=17)).merge(
        found, left_on=["time", "tcusip"], right_on=["time", "security"]
    )
    # Promised yields of CRSP are a day, continuously compounded.
    daily = 100 * 2 * np.expm1(365 * beside["tdyld"] / 2)
    coupons = beside["coupon_percent"] > 0
    np.testing.assert_allclose(
        beside["yield_percent"][coupons], daily[coupons], atol=0.03
    )


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("tcouprt", ""),
        ("tcouprt", "-1"),
        ("tmatdt", ""),
        ("tdatdt", "2053-08-15"),
    ],
)
def test_a_crsp_issue_without_terms_is_set_aside(tmp_path, column, cell):
    row = {
        **{"caldt": "2023-11-30", "tcusip": "912810TT", "tdbid": "93", "tdask": "93.1"},
        **{"tdaccint": "", "tcouprt": "4.125", "tmatdt": "2053-08-15"},
        **{"tdatdt": "2023-08-15", "tfcpdt": "2024-02-15", "itype": "1", "itax": "1"},
    }
    raw = pd.DataFrame([row, row | {"tcusip": "912810TS", column: cell}])
    raw.to_csv(tmp_path / "crsp.csv", index=False)
    built = build_quotes(quotes=tmp_path / "crsp.csv", layout="crsp")
    assert list(built.frame["security"]) == ["912810TT"]
    assert any("terms missing or impossible" in note for note in built.notes)


def test_a_crsp_issue_that_contradicts_itself_is_set_aside(tmp_path):
    raw = pd.DataFrame(
        {
            "caldt": "2023-11-30",
            "tcusip": ["912810TS", "912810TT", "TIPS0000", "912810TU"],
            "tdbid": [89.355, 93.0, 97.0, 90.0],
            "tdask": [89.418, 93.1, 97.1, 90.1],
            "tdaccint": [0.159684, 1.204389, 0.5, 0.3],
            "tcouprt": [3.875, 4.125, 1.0, 4.375],
            "tmatdt": ["2043-03-15", "2053-08-15", "2030-01-15", "2043-08-15"],
            "tdatdt": ["2023-05-15", "2023-08-15", "2020-01-15", "2023-08-15"],
            "tfcpdt": ["2023-11-15", "2024-02-15", "2020-07-15", "2024-02-15"],
            "itype": [1, 1, 12, 1],
            "itax": 1,
            "iflwr": 1,
        }
    )
    raw["tdaccint"] = [0.159684, 4.125 / 2 * 107 / 184, 0.5, 0.3]
    raw.to_csv(tmp_path / "crsp.csv", index=False)
    built = build_quotes(quotes=tmp_path / "crsp.csv", layout="crsp")
    assert list(built.frame["security"]) == ["912810TT"]
    assert "set aside: 2 quotes, terms contradict the accrued interest" in built.notes
    assert any("kind TIPS" in note for note in built.notes)


def test_the_tradeweb_layout_is_read(shared):
    path = shared / "data" / "quotes" / "tradeweb_otr_oftr.parquet"
    built = build_quotes(quotes=path, layout="tradeweb")
    spread = measured(built.frame).groupby("security")["spread_bp"].median()
    assert spread["US2Y_OTR"] == pytest.approx(0.4)
    assert spread["US10Y_OFTR_1"] == pytest.approx(0.3)
    assert any("no fair value" in note for note in built.notes)


def test_the_command_builds_a_panel(tmp_path):
    flat_quotes().to_csv(tmp_path / "quotes.csv", index=False)
    out = tmp_path / "panel.parquet"
    given = ["build", "quotes", "--quotes", str(tmp_path / "quotes.csv")]
    result = CliRunner().invoke(app, [*given, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "quotes: 33 of 11 securities, 2 days" in result.output
    assert len(read_quote_panel(out).frame) == 33
