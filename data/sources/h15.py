"""Constant-maturity Treasury yields: Federal Reserve statistical release H.15."""

import re
from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.raw_files import read_text, source_files
from data.files.text_tables import (
    index_by_date,
    join_agreeing,
    parse_csv,
    parse_dates,
    parse_numbers,
)
from data.files.units import check_percent

THIRTY_YEAR_GAP = (pd.Timestamp("2002-02-19"), pd.Timestamp("2006-02-08"))
"""First and last day on which the Treasury published no 30-year constant maturity."""

_COLUMN = re.compile(
    r"""(?:
        RIFLGFC(?P<board_unit>[MY])(?P<board>\d{2})_N\.B   # Board, business day
      | DGS(?P<fred>\d+)(?P<fred_unit>MO)?                  # FRED
      | BC_(?P<treasury>\d+)(?P<treasury_unit>MONTH|YEAR)   # Treasury par yield curve
      | (?P<site>\d+(\.5)?)\ (?P<site_unit>Mo|Yr)(nth|ear)? # its site's own download
    )$""",
    re.VERBOSE,
)


def read_constant_maturity_yields(path: Path) -> pd.DataFrame:
    """Read daily constant-maturity Treasury yields.

    Parameters
    ----------
    path : Path
        A CSV in the layout of the Board's Data Download Program (series in columns),
        of FRED (``DGS1`` …), or of the Treasury's par yield curve (``BC_1YEAR`` …,
        where 0.0 means not published; ``1 Mo``, ``1.5 Month`` … ``30 Yr`` of
        treasury.gov), or a folder of those.

    Returns
    -------
    DataFrame, shape (days, maturities)
        Percent a year, bond-equivalent. Index ``date``; columns the maturity in years
        as float (1/12 … 30), sorted. NaN where nothing was published. The 30-year is
        NaN within :data:`THIRTY_YEAR_GAP`, whatever the file holds there: the Treasury
        had stopped it, and what some copies carry is another series.

    Raises
    ------
    DataError
        Missing columns, another unit, cells that are no numbers, a truncated file,
        repeated dates, files that contradict each other.
    """
    files = source_files(path, (".csv",))
    yields = join_agreeing({file: _read_file(file) for file in files})
    return yields[sorted(yields.columns)]


def _read_file(path: Path) -> pd.DataFrame:
    text = read_text(path)
    _check_board_preamble(text, path)
    table = parse_csv(
        text, path, first_cell=["time period", "date", "observation_date"]
    )
    maturities = {c: m for c in table.columns if (m := _maturity_years(c)) is not None}
    if not maturities:
        raise DataError(
            f"{path} holds no constant-maturity yield; it has the columns "
            f"{', '.join(table.columns[:8])} …",
            "Give daily H.15 Treasury constant maturities: RIFLGFCY10_N.B, DGS10, "
            "BC_10YEAR or 10 Yr.",
        )
    dates = parse_dates(table.iloc[:, 0], path)
    yields = index_by_date(parse_numbers(table, maturities, path), dates, path)
    if any(column.startswith("BC_") for column in maturities):
        yields = yields.mask(yields == 0.0)
    if 30.0 in yields:
        first, last = THIRTY_YEAR_GAP
        yields.loc[first:last, 30.0] = float("nan")
    check_percent(yields, path)
    return yields


def _maturity_years(column: str) -> float | None:
    match = _COLUMN.match(column)
    if match is None:
        return None
    sources = ("board", "fred", "treasury", "site")
    number = next(match[name] for name in sources if match[name])
    unit = next((u for name in sources if (u := match[f"{name}_unit"])), "Y")
    return float(number) / 12.0 if unit.startswith("M") else float(number)


def _check_board_preamble(text: str, path: Path) -> None:
    """Refuse a unit or multiplier other than percent a year times one."""
    expected = {"Unit:": "Percent:_Per_Year", "Multiplier:": "1"}
    for line in text.splitlines()[:6]:
        name, *cells = [cell.strip().strip('"') for cell in line.split(",")]
        wrong = [cell for cell in cells if cell != expected.get(name, cell)]
        if wrong:
            raise DataError(
                f"{path}: {name} {wrong[0]} where {expected[name]} is expected.",
                "Download the H.15 Treasury constant maturities in percent a year.",
            )
