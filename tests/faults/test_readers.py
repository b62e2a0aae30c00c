"""Layouts met in the wild, and cells that are no numbers, in every reader alike."""

from pathlib import Path

import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.build import build_half_life_panel
from data.half_life.deviations import Deviations
from data.half_life.rule import HalfLifeRule
from data.liquidity_regimes.volatility_file import read_volatility_file
from data.sources.cftc import read_dealer_positions
from data.sources.gsw import read_zero_coupon_yields
from data.sources.h15 import read_constant_maturity_yields
from data.sources.primary_dealers import read_net_positions
from tests.places import ROOT
from tests.sources.publisher_files import gsw_csv, tff_csv

CASES = ROOT.parent / "shared" / "cases" / "raw"

needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason="the files of cases are not in ../shared"
)


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def parquet(folder: Path, frame: pd.DataFrame) -> Path:
    path = folder / "file.parquet"
    frame.to_parquet(path)
    return path


def gsw_frame() -> pd.DataFrame:
    lines = gsw_csv(30).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Date,"))
    rows = [line.split(",") for line in lines[start:] if line.strip()]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    numbers = frame.columns[1:]
    return frame.assign(
        **{name: pd.to_numeric(frame[name], errors="coerce") for name in numbers}
    )


def test_a_sentinel_is_missing_in_parquet_as_in_csv(tmp_path: Path) -> None:
    frame = gsw_frame()
    frame.loc[3, "SVENY02"] = -999.99
    of_csv = read_zero_coupon_yields(written(tmp_path, frame.to_csv(index=False)))
    of_parquet = read_zero_coupon_yields(parquet(tmp_path, frame))
    pd.testing.assert_frame_equal(of_csv, of_parquet)
    assert of_csv.iloc[3].isna().any()


@pytest.mark.parametrize("form", ["text", "dates", "index of text", "index of dates"])
def test_parquet_may_hold_its_date_anywhere(form: str, tmp_path: Path) -> None:
    frame = gsw_frame()
    expected = read_zero_coupon_yields(written(tmp_path, frame.to_csv(index=False)))
    if form.endswith("dates"):
        frame["Date"] = pd.to_datetime(frame["Date"])
    if form.startswith("index"):
        frame = frame.set_index("Date")
    pd.testing.assert_frame_equal(
        read_zero_coupon_yields(parquet(tmp_path, frame)), expected
    )


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_a_preamble_may_be_of_any_encoding(encoding: str, tmp_path: Path) -> None:
    text = "Gürkaynak, Sack and Wright\n\n" + gsw_csv(30)
    plain = read_zero_coupon_yields(written(tmp_path, gsw_csv(30)))
    of_it = read_zero_coupon_yields(written(tmp_path, text.encode(encoding)))
    pd.testing.assert_frame_equal(of_it, plain)


def test_the_line_that_opens_a_quotation_is_named(tmp_path: Path) -> None:
    lines = gsw_csv(400).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Date,"))
    lines[start + 12] = '"' + lines[start + 12]
    path = written(tmp_path, "\n".join(lines))
    with pytest.raises(DataError, match=f"line {start + 13}: not a readable CSV"):
        read_zero_coupon_yields(path)


def test_columns_that_differ_in_spelling_alone_are_refused(tmp_path: Path) -> None:
    text = tff_csv(["2017-01-03"])
    header, *rows = text.splitlines()
    doubled = [f"{header},Dealer Positions Long", *(f"{row},1" for row in rows)]
    with pytest.raises(DataError, match="appears more than once"):
        read_dealer_positions(written(tmp_path, "\n".join(doubled)))


@pytest.mark.parametrize("bad", ["1e308", "-1e17"])
def test_numbers_beyond_anything_are_refused(bad: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"date,volatility_bp\n2014-04-01,62\n2014-04-02,{bad}\n")
    with pytest.raises(DataError, match="row 2"):
        read_volatility_file(path)


@pytest.mark.parametrize("year", ["0001", "1000", "3000", "9999"])
def test_years_beyond_nanoseconds_are_refused_by_row(year: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"date,volatility_bp\n2014-04-01,62\n{year}-04-02,62\n")
    with pytest.raises(DataError, match=rf"row 2: '{year}-04-02' is not a date from"):
        read_volatility_file(path)


TREASURY_SITE = """\
Date,1 Mo,1.5 Month,6 Mo,2 Yr,10 Yr
05/29/2025,4.36,4.37,4.33,3.92,4.43
05/28/2025,4.35,,4.34,3.96,4.47
"""


def test_the_download_of_the_treasurys_site_is_read(tmp_path: Path) -> None:
    yields = read_constant_maturity_yields(written(tmp_path, TREASURY_SITE))
    assert list(yields.columns) == [1 / 12, 1.5 / 12, 0.5, 2, 10]
    assert yields.loc["2025-05-28", 10.0] == 4.47
    assert yields.index.is_monotonic_increasing


MOVE = {
    "Yahoo": "Date,Open,High,Low,Close\n2014-01-13,1,1,1,70.5\n2014-01-14,1,1,1,71\n",
    "yfinance": "Date,MOVE\n2014-01-13 00:00:00-05:00,70.5\n"
    "2014-01-14 00:00:00-05:00,71\n",
    "Investing, day first": '"Date","Price"\n"14/01/2014","71"\n"13/01/2014","70.5"\n',
    "Investing, month first": "Date,Price\n01/13/2014,70.5\n01/14/2014,71\n",
    "Excel": "Date,MOVE,,\n2014-01-13,70.5,,\n2014-01-14,71,,\n,,,\n   ,,,\n",
}


@pytest.mark.parametrize("text", MOVE.values(), ids=MOVE)
def test_exports_of_the_move_index_are_read(text: str, tmp_path: Path) -> None:
    read = read_volatility_file(written(tmp_path, text, "MOVE.CSV"))
    assert read["volatility_bp"].to_dict() == {
        pd.Timestamp("2014-01-13"): 70.5,
        pd.Timestamp("2014-01-14"): 71.0,
    }


def test_dates_that_may_be_read_in_two_ways_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "Date,Price\n01/02/2014,70.5\n02/02/2014,71\n")
    with pytest.raises(DataError, match="may be day or month first"):
        read_volatility_file(path)


def test_a_file_of_other_events_is_told_not_passed_over() -> None:
    days = pd.bdate_range("2014-01-01", periods=60)
    deviations = Deviations({2: days.to_numpy()[None].astype(float)}, days, "basis", 0)
    events = pd.DataFrame({"event_date": days[[3]], "event_type": ["cpi"], "tenor": 2})
    names = (
        "total_volume_usd ats_share principal_share dealer_hhi trade_count dealer_count"
    )
    keys = pd.MultiIndex.from_tuples(
        [(days[3], "CPI", 2)], names=["event_date", "event_type", "tenor"]
    )
    controls = pd.DataFrame(dict.fromkeys(names.split(), 1.0), index=keys)
    built = build_half_life_panel(
        deviations, events, HalfLifeRule(), microstructure=controls
    )
    assert built.notes[0] == (
        "microstructure: 0 of its 1 rows are of an event here; its first is of "
        f"{days[3]:%Y-%m-%d}, CPI, 2, the first event of {days[3]:%Y-%m-%d}, cpi, 2"
    )


@needs_cases
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("h15_treasury_gov.csv", read_constant_maturity_yields),
        ("cftc_float.csv", read_dealer_positions),
        ("pd_null.json", read_net_positions),
        ("move_tz.csv", read_volatility_file),
        ("move_tz.parquet", read_volatility_file),
        ("move_idx.parquet", read_volatility_file),
        ("move_yahoo.csv", read_volatility_file),
        ("move_investing.csv", read_volatility_file),
        ("move_excelrows.csv", read_volatility_file),
    ],
)
def test_files_of_the_wild_are_read(name: str, read: object) -> None:
    assert len(read(CASES / name)) > 0


@needs_cases
@pytest.mark.parametrize(
    ("name", "read", "problem"),
    [
        ("h15_dup.csv", read_constant_maturity_yields, "DGS10 appears more than once"),
        ("h15_only_blank.csv", read_constant_maturity_yields, "is empty"),
        ("cftc_old_all.csv", read_dealer_positions, "appears more than once"),
        ("pd_quote.csv", read_net_positions, "line 3: not a readable CSV"),
    ],
)
def test_files_of_the_wild_are_refused_by_name(
    name: str, read: object, problem: str
) -> None:
    with pytest.raises(DataError, match=problem) as caught:
        read(CASES / name)
    assert name in caught.value.problem
