"""A raw folder of made-up weeks in the publishers' columns, for tests of the build."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from data.price_pressure.build import build_price_pressure_panel

FIRST_WEEK, LAST_WEEK = pd.Timestamp("2012-06-27"), pd.Timestamp("2013-12-18")
WEEKS = pd.date_range(FIRST_WEEK, LAST_WEEK, freq="W-WED")
BREAK_WEEK = pd.Timestamp("2013-04-03")
HOLIDAY_WEDNESDAY = pd.Timestamp("2012-07-04")
EMPTY_WEEK = pd.Timestamp("2013-01-02")
FIRST_FUTURES_WEEK = pd.Timestamp("2012-10-03")
CONTRACT_CODES = {2: "042601", 5: "044601", 10: "043602", 20: "020601"}
DEALER_COLUMNS = ["coupon_le3y", "coupon_3_6y", "coupon_6_11y", "coupon_gt11y"]


def write_raw_folder(raw: Path) -> Path:
    """Write all four sources below ``raw``."""
    days = pd.bdate_range("2012-06-25", LAST_WEEK)
    write_yields(raw / "gsw" / "sveny.csv", days, "SVENY{:02d}", range(1, 31), 2.0)
    write_yields(raw / "h15" / "fred.csv", days, "DGS{}", (1, 2, 3, 5, 7, 10, 20, 30))
    write_positions(raw / "primary-dealers" / "buckets.csv", WEEKS)
    write_contracts(raw / "cftc-tff" / "tff.csv")
    return raw


REAL_FILES = {
    "gsw": "gsw/*.csv",
    "h15": "h15/fred*.csv",
    "primary-dealers": "primary_dealers/*harmonised*.csv",
    "cftc-tff": "cftc_tff/*.csv",
}
"""Source -> where its files lie among the real data."""


def copy_raw(shared: Path, raw: Path, *sources: str) -> None:
    """Copy real data of some sources below ``raw``."""
    for source in sources:
        (raw / source).mkdir()
        for file in (shared / "data").glob(REAL_FILES[source]):
            shutil.copy(file, raw / source)


def build_real_panel(shared: Path, raw: Path) -> pd.DataFrame:
    """Panel of the papers' sample from the real data, copied below ``raw``."""
    copy_raw(shared, raw, *REAL_FILES)
    sample = pd.Timestamp("2001-07-05"), pd.Timestamp("2018-04-18")
    return build_price_pressure_panel(raw, *sample).frame


def write_yields(
    path: Path,
    days: pd.DatetimeIndex,
    name: str,
    maturities: tuple[int, ...] | range,
    base: float = 1.9,
) -> None:
    """Daily yields, percent; none on the holiday, none up to the empty week's day."""
    moves = np.sin(np.arange(len(days)) / 9)[:, None]
    table = base + 0.1 * np.array(maturities) + 0.2 * moves
    frame = pd.DataFrame(table, days, [name.format(years) for years in maturities])
    empty = (days == HOLIDAY_WEDNESDAY) | (
        (days > EMPTY_WEEK - pd.Timedelta(days=3)) & (days <= EMPTY_WEEK)
    )
    frame[empty] = np.nan
    _write(frame.round(4).rename_axis("Date"), path)


def write_positions(path: Path, weeks: pd.DatetimeIndex) -> None:
    """Cash positions of the four buckets, USD million."""
    generator = np.random.default_rng(20130403)
    walk = np.cumsum(generator.normal(0, 4_000, (len(weeks), 4)), axis=0)
    frame = pd.DataFrame(walk.round(), weeks, DEALER_COLUMNS)
    frame["coupon_total"] = frame.sum(axis=1)
    frame["series_break"] = np.where(weeks < BREAK_WEEK, "SBP2013", "SBN2013")
    _write(frame.rename_axis("asofdate"), path)


def write_contracts(path: Path) -> None:
    """Dealers' futures as of Tuesdays, contracts long and short."""
    weeks = WEEKS[WEEKS >= FIRST_FUTURES_WEEK]
    generator = np.random.default_rng(20121003)
    rows = [
        {
            "contract": f"UST{tenor}Y",
            "Report_Date": f"{week - pd.Timedelta(days=1):%Y-%m-%d}",
            "CFTC_Contract_Market_Code": code,
            "Dealer_Positions_Long_All": int(generator.integers(50_000, 90_000)),
            "Dealer_Positions_Short_All": int(generator.integers(50_000, 90_000)),
        }
        for week in weeks
        for tenor, code in CONTRACT_CODES.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(path, index=False)


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, date_format="%Y-%m-%d")
