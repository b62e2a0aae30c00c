"""Measures of cleaned trades against sums made by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from data.half_life.microstructure import read_microstructure
from data.half_life.microstructure_command import build_microstructure
from data.market.auctions import read_auctions
from data.transactions.measures.command import build_measures
from data.transactions.measures.fair_prices import read_fair_prices, take_fair_prices
from data.transactions.measures.finra_counts import (
    beside_public,
    finra_counts,
    read_public_aggregates,
)
from data.transactions.measures.tables import (
    add_fair_prices,
    cusip_days,
    tenor_days,
)
from data.transactions.measures.trades import add_tenors, open_trades
from data.transactions.report import _TYPES
from data.transactions.securities import read_securities
from tests.transactions.trades import A, B, trade, write_cleaned

TRADES = (
    trade(1, "2019-03-04", "10:00:00", 100.0, 1e6, capacity="P"),
    trade(2, "2019-03-04", "10:05:00", 99.0, 1e6, "B", capacity="P"),
    trade(3, "2019-03-04", "15:00:00", 101.0, 2e6, contra="D", ats="Y", capacity="A"),
    trade(4, "2019-03-05", "09:00:00", 102.0, 4e6, capacity="A", is_pass_through=True),
    trade(5, "2019-03-05", "09:00:01", 3.2, 1e6, contra="D", price_kind="Y"),
    trade(6, "2019-03-05", "11:00:00", 50.0, 1e6, cusip=B),
)


@pytest.fixture
def cleaned(tmp_path):
    return lambda trades=TRADES: write_cleaned(tmp_path / "trades", trades)


def one(frame, **keys):
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_prices_and_shares_of_a_day(cleaned):
    with open_trades(cleaned()) as connection:
        days = cusip_days(connection)
    first = one(days, cusip=A, day=pd.Timestamp("2019-03-04"))
    assert first["volume_usd"] == 4e6
    assert first["trade_count"] == 3
    assert first["vwap"] == pytest.approx((100 + 99 + 2 * 101) / 4)
    assert first["mean_price"] == pytest.approx(100.0)
    assert first["median_price"] == 100.0
    assert first["last_price"] == 101.0
    assert first["ats_share"] == 0.5
    assert first["principal_share"] == 0.5
    assert first["pass_through_share"] == 0.0
    assert np.isnan(first["dealer_hhi"])
    assert np.isnan(first["dealer_count"])


def test_a_yield_has_volume_and_no_price(cleaned):
    with open_trades(cleaned()) as connection:
        days = cusip_days(connection)
    second = one(days, cusip=A, day=pd.Timestamp("2019-03-05"))
    assert second["volume_usd"] == 5e6
    assert second["vwap"] == 102.0
    assert second["pass_through_share"] == 1.0


def test_amihud_needs_a_priced_day_before(cleaned):
    with open_trades(cleaned()) as connection:
        days = cusip_days(connection)
    first = one(days, cusip=A, day=pd.Timestamp("2019-03-04"))
    second = one(days, cusip=A, day=pd.Timestamp("2019-03-05"))
    assert np.isnan(first["amihud"])
    assert first["amihud_days"] == 0
    assert second["amihud"] == pytest.approx(np.log(102 / 100.25) / 5)
    assert second["amihud_days"] == 1


def test_an_imputed_round_trip_is_two_trades_of_one_par_within_15_minutes(cleaned):
    apart = trade(7, "2019-03-06", "10:00:00", 100.0, 1e6)
    trips = [
        apart,
        trade(8, "2019-03-06", "10:15:01", 99.0, 1e6),
        trade(9, "2019-03-06", "12:00:00", 100.0, 5e6),
        trade(10, "2019-03-06", "12:15:00", 98.0, 5e6),
    ]
    with open_trades(cleaned([*TRADES, *trips])) as connection:
        days = cusip_days(connection)
    first = one(days, cusip=A, day=pd.Timestamp("2019-03-04"))
    assert first["round_trips"] == 1
    assert first["round_trip_cost_bp"] == pytest.approx(100.0)
    third = one(days, cusip=A, day=pd.Timestamp("2019-03-06"))
    assert third["round_trips"] == 1
    assert third["round_trip_cost_bp"] == pytest.approx(200.0)


def test_concentration_counts_both_dealers_of_a_trade(cleaned):
    named = [
        trade(1, "2019-03-04", "10:00:00", 100.0, 1e6, reporter_id="X", contra_id="C"),
        trade(
            2,
            "2019-03-04",
            "11:00:00",
            100.0,
            3e6,
            contra="D",
            reporter_id="X",
            contra_id="Y",
        ),
    ]
    with open_trades(cleaned(named)) as connection:
        day = one(cusip_days(connection), cusip=A)
    assert day["dealer_count"] == 2
    assert day["dealer_hhi"] == pytest.approx((4 / 7) ** 2 + (3 / 7) ** 2)


def test_before_systems_were_marked_their_share_is_missing(cleaned):
    old = [trade(1, "2010-03-04", "10:00:00", 100.0, 1e6, capacity="P")]
    with open_trades(cleaned(old)) as connection:
        day = one(cusip_days(connection), cusip=A)
    assert np.isnan(day["ats_share"])
    assert day["principal_share"] == 1.0


def test_an_effective_spread_is_of_customers_against_the_fair_value(cleaned):
    fair = pd.DataFrame({"row_id": [1, 2, 3], "fair_price": [99.5, 99.5, 99.5]})
    with open_trades(cleaned()) as connection:
        assert "effective_spread_bp" not in cusip_days(connection)
        add_fair_prices(connection, fair)
        days = cusip_days(connection)
    first = one(days, cusip=A, day=pd.Timestamp("2019-03-04"))
    assert first["effective_spread_bp"] == pytest.approx(1e4 * 2 * 0.5 / 99.5)
    assert first["spread_trades"] == 2


def test_the_microstructure_takes_fair_prices_from_a_file(cleaned, tmp_path):
    folder, events, out = cleaned(), tmp_path / "events.csv", tmp_path / "panel.csv"
    events.write_text("event_date,event_type\n2019-03-04,fomc\n")
    fair = tmp_path / "fair.csv"
    fair.write_text("row_id,fair_price\n1,99.5\n2,99.5\n77,1\n")
    build_microstructure(folder, events, out, tenor=[7, 10], fair_prices=fair)
    cells = pd.read_csv(out)
    assert one(cells, tenor=10)["effective_spread_bp"] == pytest.approx(1e4 / 99.5)
    assert one(cells, tenor=10)["spread_trades"] == 2
    assert np.isnan(one(cells, tenor=7)["effective_spread_bp"])
    assert len(read_microstructure(out)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("row_id,fair_price\n77,99\n", "none of its 1 rows is of a trade"),
        ("row_id,fair_price\n1,99\n1,98\n", "row 2 repeats row_id 1"),
        ("row_id,fair_price\n1,99\n2,0\n", "row 2: '0' is no price"),
        ("row_id,fair_price\n1.0,99\n", "'1.0' is no row id"),
        ("row_id,price\n1,99\n", "fair_price"),
    ],
)
def test_spoilt_fair_prices_are_refused(cleaned, tmp_path, text, said):
    (tmp_path / "fair.csv").write_text(text)
    with (
        open_trades(cleaned()) as connection,
        pytest.raises(DataError, match=said),
    ):
        take_fair_prices(connection, tmp_path / "fair.csv")


def test_a_row_id_is_read_to_its_last_digit(tmp_path):
    path, row = tmp_path / "fair.parquet", 2**63 - 5
    pd.DataFrame({"row_id": [row], "fair_price": [99.5]}).to_parquet(path)
    assert read_fair_prices(path)["row_id"].tolist() == [row]


def test_measures_are_written_by_bond_tenor_and_market_day(cleaned, tmp_path):
    folder, out = cleaned(), tmp_path / "measures.csv"
    build_measures(folder, out)
    assert one(pd.read_csv(out), cusip=int(A), day="2019-03-04")["volume_usd"] == 4e6
    build_measures(folder, out, "tenor-day", folder / "securities.csv")
    assert one(pd.read_csv(out), tenor=10, day="2019-03-04")["volume_usd"] == 4e6
    build_measures(folder, out, "finra-day")
    assert pd.read_csv(out)["dealer_customer_count"].tolist() == [2, 2]
    (tmp_path / "public.csv").write_text(PUBLIC)
    build_measures(folder, out, "finra-day", public=tmp_path / "public.csv")
    day = one(pd.read_csv(out))
    assert day["dealer_customer_count_ratio"] == pytest.approx(2 / 23)
    for wrong in ({"by": "week"}, {"by": "tenor-day"}):
        with pytest.raises(DataError):
            build_measures(folder, out, **wrong)


def test_tenors_are_the_nearest_of_what_is_left_to_run(cleaned):
    folder = cleaned([*TRADES, trade(9, "2019-03-05", "12:00:00", 9.0, 1e6, cusip="Z")])
    with open_trades(folder) as connection:
        unknown = add_tenors(connection, read_securities(folder / "securities.csv"))
        days = tenor_days(connection)
    assert unknown == 1
    assert one(days, tenor=5)["volume_usd"] == 1e6
    assert one(days, tenor=10, day=pd.Timestamp("2019-03-05"))["trade_count"] == 2


def test_event_windows_are_what_the_half_life_panel_reads(cleaned, tmp_path):
    folder, events, out = cleaned(), tmp_path / "events.csv", tmp_path / "panel.csv"
    events.write_text("event_date,event_type\n2019-03-02,fomc\n2019-03-05,auction\n")
    build_microstructure(folder, events, out, tenor=[7, 10], window_days=2)
    found = read_microstructure(out)
    both = found.loc[(pd.Timestamp("2019-03-02"), "fomc", 10)]
    # The event falls on a Saturday: the window is Monday and Tuesday.
    assert both["total_volume_usd"] == 9e6
    assert both["trade_count"] == 5
    later = found.loc[(pd.Timestamp("2019-03-05"), "auction", 10)]
    assert later["total_volume_usd"] == 5e6
    assert found["dealer_hhi"].isna().all()
    assert set(found["cleaning"]) == {"workbench"}
    covariates = found[list(MICROSTRUCTURE_COVARIATES)]
    assert covariates.xs(7, level="tenor").isna().all().all()
    cells = pd.read_csv(out)
    assert cells["dealer_hhi_is_missing"].all()
    assert not cells.loc[cells["tenor"] == 10, "ats_share_is_missing"].any()
    assert set(cells["preset"]) == {"workbench"}


def test_finra_counts_leave_out_what_finra_leaves_out(cleaned):
    rows = [
        trade(1, "2019-03-04", "10:00:00", 100.0, 1e6),
        trade(2, "2019-03-04", "10:00:00", 102.0, 3e6, contra="D"),
        trade(3, "2019-03-04", "11:00:00", 7.0, 1e6, special_price="Y"),
        trade(4, "2019-03-04", "11:00:00", 95.0, 500.0),
        trade(5, "2019-03-04", "11:00:00", 95.0, 1e6, when_issued="Y"),
        trade(6, "2019-03-04", "11:00:00", 90.0, 1e6, settlement_date="2019-03-11"),
        trade(7, "2019-03-04", "11:00:00", 220.0, 1e6),
    ]
    with open_trades(cleaned(rows)) as connection:
        day = one(finra_counts(connection))
    assert day["ats_interdealer_count"] == 1
    assert day["ats_interdealer_volume_usd"] == 3e6
    assert day["dealer_customer_count"] == 5
    assert day["dealer_customer_volume_usd"] == 4e6 + 500
    assert day["vwap"] == pytest.approx((100 + 3 * 102) / 4)
    assert day["when_issued_left_out_count"] == 1


AUCTIONS = (
    "cusip,security_type,auction_date,issue_date,maturity_date\n"
    f"{A},Note,2019-03-05,2019-03-15,2029-02-15\n"
    f"{A},Note,2019-04-10,2019-04-15,2029-02-15\n"
    f"{B},Bill,,2019-03-15,2019-06-15\n"
)


def test_when_issued_trades_count_after_the_close_of_their_auction(cleaned, tmp_path):
    days = [
        *("2019-03-04", "2019-03-05", "2019-03-06", "2019-03-15"),
        *("2019-04-09", "2019-04-10", "2019-04-11"),
    ]
    rows = [
        trade(
            number,
            day,
            "14:00:00",
            99.0 + number,
            1e6,
            when_issued="Y",
            settlement_date=issue,
        )
        for number, (day, issue) in enumerate(
            zip(days, 4 * ["2019-03-15"] + 3 * ["2019-04-15"], strict=True)
        )
    ]
    # After the close of the auction's day FINRA counts the next; without its auction
    # a bill's trade is never counted; what settles after the issue has no usual price.
    rows += [
        trade(10, "2019-03-05", "18:40:00", 100.0, 2e6, when_issued="Y")
        | {"trading_day": pd.Timestamp("2019-03-06").date()},
        trade(11, "2019-03-06", "14:00:00", 98.0, 4e6, when_issued="Y", cusip=B),
        trade(
            12,
            "2019-03-06",
            "14:00:00",
            90.0,
            8e6,
            when_issued="Y",
            settlement_date="2019-03-18",
        ),
    ]
    path = tmp_path / "auctions.csv"
    path.write_text(AUCTIONS)
    with open_trades(cleaned(rows)) as connection:
        without = finra_counts(connection)
        found = finra_counts(connection, auctions=read_auctions(path))
    assert without["dealer_customer_count"].tolist() == 7 * [0]
    assert without["when_issued_left_out_count"].sum() == len(rows)
    assert found["dealer_customer_count"].tolist() == [0, 0, 3, 1, 0, 0, 1]
    assert found["when_issued_left_out_count"].tolist() == [1, 1, 1, 0, 1, 1, 0]
    assert found["dealer_customer_volume_usd"].tolist() == [0, 0, 11e6, 1e6, 0, 0, 1e6]
    assert found["vwap"][2] == pytest.approx((101 + 2 * 100) / 3)


def test_the_command_says_which_when_issued_trades_it_leaves_out(
    cleaned, tmp_path, capsys
):
    days = ("2019-03-05", "2019-03-06")
    folder = cleaned(
        trade(number, day, "14:00:00", 99.0, 1e6, when_issued="Y")
        for number, day in enumerate(days)
    )
    out = tmp_path / "measures.csv"
    build_measures(folder, out, "finra-day")
    assert "2 when-issued trades do not count" in capsys.readouterr().out
    (tmp_path / "auctions.csv").write_text(AUCTIONS)
    build_measures(folder, out, "finra-day", auctions=tmp_path / "auctions.csv")
    assert "1 when-issued trades do not count" in capsys.readouterr().out
    assert pd.read_csv(out)["dealer_customer_count"].tolist() == [0, 1]


PUBLIC = (
    "tradeDate,productCategory,yearsToMaturity,benchmark,atsInterdealerCount,"
    "atsInterdealerVolume,dealerCustomerCount,dealerCustomerVolume,"
    "volumeWeightedAveragePrice\n"
    "2019-03-04,Nominal Coupons,> 2 years,On-the-run,10,200.5,20,150,99.5\n"
    "2019-03-04,Bills,,,5,50,3,40,\n"
)


def test_public_aggregates_are_read_in_usd_and_set_beside(tmp_path):
    path = tmp_path / "public.csv"
    path.write_text(PUBLIC)
    public = read_public_aggregates(path)
    assert public["ats_interdealer_volume_usd"].tolist() == [200.5e9, 50e9]
    own = pd.DataFrame(
        {
            "day": [pd.Timestamp("2019-03-04")],
            "ats_interdealer_count": [15],
            "dealer_customer_count": [23],
            "ats_interdealer_volume_usd": [125.25e9],
            "dealer_customer_volume_usd": [190e9],
            "when_issued_left_out_count": [0],
        }
    )
    row = one(beside_public(own, public))
    assert row["ats_interdealer_volume_usd_ratio"] == 0.5
    assert row["dealer_customer_count_ratio"] == 1.0


def test_a_wrong_unit_of_the_public_aggregates_is_refused(tmp_path):
    path = tmp_path / "public.csv"
    path.write_text(PUBLIC)
    with pytest.raises(DataError, match="unit_usd"):
        read_public_aggregates(path, unit_usd=1.0)


def test_a_cleaning_that_was_cut_short_is_not_measured(cleaned):
    folder = cleaned()
    (folder / ".unfinished").mkdir()
    with pytest.raises(DataError, match="cut short"), open_trades(folder):
        pass
    (folder / "report.json").write_text("{}")
    with pytest.raises(DataError, match="no account"), open_trades(folder):
        pass
    account = {name: kind() for name, kind in _TYPES.items()}
    (folder / "report.json").write_text(json.dumps(account))
    with open_trades(folder) as connection:
        assert len(cusip_days(connection)) > 0


def test_without_cleaned_trades_the_remedy_is_named(tmp_path):
    with (
        pytest.raises(DataError, match="clean transactions"),
        open_trades(tmp_path),
    ):
        pass
