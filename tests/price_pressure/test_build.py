import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.market.bonds import cash_dv01_musd
from data.market.tenors import TENOR_YEARS
from data.price_pressure.build import build_price_pressure_panel
from data.price_pressure.order_flow import FormBreaks
from data.price_pressure.panel import panel_from_frame
from tests.price_pressure.raw_folder import (
    BREAK_WEEK,
    EMPTY_WEEK,
    FIRST_FUTURES_WEEK,
    FIRST_WEEK,
    HOLIDAY_WEDNESDAY,
    WEEKS,
    build_real_panel,
    write_raw_folder,
)

# Published to two decimals, and the data promise agreement to 0.05 USD billion.
PUBLISHED_BUSD = 0.05
PUBLISHED_PERCENT = 0.01
# The paper names neither its index coupons nor the longest bucket's midpoint.
PUBLISHED_DV01 = 0.12
ROUNDING = 1e-9  # products of a few doubles


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_raw_folder(tmp_path_factory.mktemp("raw"))


@pytest.fixture(scope="module")
def panel(raw: Path) -> pd.DataFrame:
    return build_price_pressure_panel(raw).frame.set_index("date")


@pytest.fixture(scope="module")
def notes(raw: Path) -> str:
    return "\n".join(build_price_pressure_panel(raw).notes)


def test_built_panel_has_every_wednesday_and_passes_the_checks(
    panel: pd.DataFrame,
) -> None:
    assert panel.index.equals(WEEKS.as_unit("ns").rename("date"))
    panel_from_frame(panel.reset_index(), "built")


def test_yields_are_basis_points_and_follow_the_holiday_rule(
    raw: Path, panel: pd.DataFrame, notes: str
) -> None:
    daily = pd.read_csv(raw / "gsw" / "sveny.csv", index_col=0, parse_dates=True)
    day_before = daily["SVENY10"].loc["2012-07-03"]
    assert panel["yield_10y_bp"].loc[HOLIDAY_WEDNESDAY] == pytest.approx(
        100 * day_before
    )
    assert panel.loc[EMPTY_WEEK].filter(like="yield").isna().all()
    assert panel.filter(like="yield").isna().any(axis=1).sum() == 1
    assert "1 weeks with a missing yield: 2013-01-02" in notes
    assert "last close of their week: 2012-07-04" in notes


def test_cash_risk_is_that_of_a_par_bond_at_the_interpolated_yield(
    raw: Path, panel: pd.DataFrame
) -> None:
    week = pd.Timestamp("2012-07-11")
    curve = pd.read_csv(raw / "h15" / "fred.csv", index_col=0, parse_dates=True).loc[
        week
    ]
    at_midpoint = (curve["DGS3"] + curve["DGS5"] * 3) / 4
    inventory = panel["inventory_cash_5y_busd"].loc[week]
    expected = cash_dv01_musd([inventory], 4.5, [at_midpoint], [at_midpoint])
    np.testing.assert_allclose(
        panel["dv01_cash_5y_musd"].loc[week], expected[0], rtol=ROUNDING
    )


def test_known_position_keeps_its_risk_in_a_week_without_a_curve(
    panel: pd.DataFrame, notes: str
) -> None:
    assert panel.loc[EMPTY_WEEK].filter(like="dv01").notna().all()
    assert "by the H.15 curve of the week before: 2013-01-02" in notes


def test_tuesdays_futures_count_for_the_wednesday_of_their_week(
    raw: Path, panel: pd.DataFrame
) -> None:
    reports = pd.read_csv(raw / "cftc-tff" / "tff.csv")
    first = reports[reports["contract"] == "UST10Y"].iloc[0]
    assert pd.Timestamp(first["Report_Date"]) == FIRST_FUTURES_WEEK - pd.Timedelta(
        days=1
    )
    contracts = first["Dealer_Positions_Long_All"] - first["Dealer_Positions_Short_All"]
    value = panel["inventory_futures_10y_busd"].loc[FIRST_FUTURES_WEEK]
    # A par bond of 6.5 years costs its face value of USD 100,000 a contract.
    assert value == pytest.approx(contracts * 1e-4, rel=ROUNDING)


def test_weeks_without_futures_are_empty_and_never_zero(
    panel: pd.DataFrame, notes: str
) -> None:
    before = panel.loc[: FIRST_FUTURES_WEEK - pd.Timedelta(days=1)]
    empty = before.filter(regex="futures|net")
    assert empty.shape[1] == 27
    assert empty.isna().all(axis=None)
    assert f"futures: positions in 64 of {len(WEEKS)} weeks" in notes


def test_raw_folder_without_futures_gives_a_cash_panel_that_says_so(
    tmp_path: Path, raw: Path
) -> None:
    for source in ("gsw", "h15", "primary-dealers"):
        shutil.copytree(raw / source, tmp_path / source)
    built = build_price_pressure_panel(tmp_path)
    assert built.frame.filter(regex="futures|net").isna().all(axis=None)
    assert any(note.startswith("futures: no positions") for note in built.notes)


def test_weeks_before_the_start_give_the_first_order_flow_and_its_lag(
    raw: Path,
) -> None:
    start = FIRST_WEEK + pd.Timedelta(days=14)
    frame = build_price_pressure_panel(raw, start).frame
    assert frame["date"].iloc[0] == start
    cash = frame.filter(regex="order_flow.*cash")
    assert cash.shape[1] == 8
    assert cash.notna().all(axis=None)


def test_surprises_come_from_the_weeks_of_the_panel_only(raw: Path) -> None:
    start = pd.Timestamp("2012-12-19")
    frame = build_price_pressure_panel(raw, start).frame
    flow = frame["order_flow_cash_10y_busd"].to_numpy()
    surprise = frame["order_flow_surprise_cash_10y_busd"].to_numpy()
    earlier = build_price_pressure_panel(raw).frame.set_index("date")
    lag = earlier["order_flow_cash_10y_busd"].loc["2012-12-12"]
    slope, intercept = np.polyfit(np.append(lag, flow[:-1]), flow, 1)
    np.testing.assert_allclose(
        surprise, flow - intercept - slope * np.append(lag, flow[:-1]), atol=1e-9
    )


def test_change_at_a_form_break_is_an_order_flow_and_its_size_is_told(
    panel: pd.DataFrame, notes: str
) -> None:
    change = -panel["inventory_cash_20y_busd"].diff().loc[BREAK_WEEK]
    assert panel["order_flow_cash_20y_busd"].loc[BREAK_WEEK] == change
    assert f"report form changes to SBN2013 at {BREAK_WEEK:%Y-%m-%d}" in notes
    assert f"20y {change:+.1f} (" in notes


def test_change_at_a_form_break_can_be_left_missing(raw: Path) -> None:
    built = build_price_pressure_panel(raw, form_breaks=FormBreaks.MISSING)
    frame = built.frame.set_index("date")
    week_after = BREAK_WEEK + pd.Timedelta(days=7)
    flows, surprises = (
        frame.filter(regex=pattern)
        for pattern in ("order_flow_(cash|net)", "order_flow_surprise_(cash|net)")
    )
    assert flows.loc[BREAK_WEEK].isna().all()
    assert flows.loc[week_after].notna().all()
    assert surprises.loc[[BREAK_WEEK, week_after]].isna().all(axis=None)
    assert frame.filter(like="order_flow_futures").loc[BREAK_WEEK].notna().all()
    assert "left missing" in "\n".join(built.notes)


def test_given_coupons_and_deliverables_replace_the_stand_ins(
    tmp_path: Path, raw: Path, panel: pd.DataFrame
) -> None:
    shutil.copytree(raw, tmp_path, dirs_exist_ok=True)
    names = ",".join(f"coupon_{tenor}y_percent" for tenor in TENOR_YEARS)
    (tmp_path / "coupons.csv").write_text(f"date,{names}\n2012-09-28,8,8,8,8\n")
    week = FIRST_FUTURES_WEEK
    (tmp_path / "cheapest_to_deliver.csv").write_text(
        "date,contract,coupon_percent,maturity_date,yield_percent,conversion_factor\n"
        f"{week:%Y-%m-%d},10,3.0,2020-01-01,2.5,0.8\n"
    )
    built = build_price_pressure_panel(tmp_path)
    changed = built.frame.set_index("date")
    # The higher the coupon, the less risk a dollar of market value carries.
    ratio = changed["dv01_cash_20y_musd"] / panel["dv01_cash_20y_musd"]
    assert 0.8 < ratio.loc[week] < 0.98
    assert ratio.loc["2012-09-26"] == 1.0
    ten_year = changed["dv01_futures_10y_musd"] / panel["dv01_futures_10y_musd"]
    assert abs(ten_year.loc[week] - 1) > 0.01
    assert (ten_year.drop(week).dropna() == 1.0).all()
    assert "10-year contract, cheapest to deliver given in 1 of 64" in "\n".join(
        built.notes
    )


def test_level_exposure_is_close_to_the_dv01_of_all_buckets(
    panel: pd.DataFrame,
) -> None:
    # Both move the whole curve by 1 bp; compounding differs by a few percent.
    for market in ("cash", "futures"):
        dv01 = panel.filter(like=f"dv01_{market}").sum(axis=1, skipna=False).dropna()
        level = panel[f"exposure_{market}_level_musd"].dropna()
        gross = panel.filter(like=f"dv01_{market}").abs().sum(axis=1)
        # Where buckets offset each other a ratio of net risks says little.
        large = dv01.abs() > 0.7 * gross.loc[dv01.index]
        assert large.sum() > 10
        assert ((level / dv01)[large] - 1).abs().max() < 0.1


def test_missing_source_is_named_with_the_command_that_fetches_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "gsw").mkdir()
    with pytest.raises(DataError, match="no folder primary-dealers, h15") as caught:
        build_price_pressure_panel(tmp_path)
    assert "data fetch primary-dealers h15" in caught.value.remedy


@pytest.mark.parametrize(
    ("start", "end"),
    [("2030-01-01", None), (None, "1990-01-01"), ("2013-06-01", "2013-01-01")],
)
def test_stretch_without_positions_is_refused(
    raw: Path, start: str | None, end: str | None
) -> None:
    first, last = (day and pd.Timestamp(day) for day in (start, end))
    with pytest.raises(DataError, match="no Wednesday with dealer positions"):
        build_price_pressure_panel(raw, first or None, last or None)


@pytest.fixture(scope="module")
def real_panel(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return build_real_panel(shared, tmp_path_factory.mktemp("real"))


@pytest.mark.parametrize("tenor", TENOR_YEARS)
def test_public_data_reproduce_the_cash_columns_of_table_one(
    real_panel: pd.DataFrame, shared: Path, tenor: int
) -> None:
    table = pd.read_csv(shared / "published" / "mixon_tuzun_table_1.csv")
    published = table[table["tenor_years"] == tenor].set_index(
        ["variable", "statistic"]
    )
    values = published["value"]
    yields = real_panel[f"yield_{tenor}y_bp"] / 100
    assert yields.mean() == pytest.approx(
        values["yield_pct", "mean"], abs=PUBLISHED_PERCENT
    )
    assert yields.std() == pytest.approx(
        values["yield_pct", "std"], abs=PUBLISHED_PERCENT
    )
    for variable in ("inventory_cash", "order_flow_cash"):
        series = real_panel[f"{variable}_{tenor}y_busd"]
        for statistic in ("mean", "median", "std"):
            assert getattr(series, statistic)() == pytest.approx(
                values[f"{variable}_busd", statistic], abs=PUBLISHED_BUSD
            ), (variable, statistic)


def test_average_risk_is_near_that_of_the_paper(real_panel: pd.DataFrame) -> None:
    size = real_panel.filter(like="dv01_cash").abs().mean().to_numpy()
    assert (np.diff(size) > 0).all()
    np.testing.assert_allclose(size[[0, 3]], [3.5, 13.8], rtol=PUBLISHED_DV01)


def test_published_sample_has_876_wednesdays_and_no_missing_yield(
    real_panel: pd.DataFrame,
) -> None:
    assert len(real_panel) == 876
    assert real_panel.filter(like="yield").notna().all(axis=None)
