"""Optional files of the raw folder: coupons and cheapest-to-deliver bonds."""

from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.raw_files import read_text
from data.files.text_tables import (
    index_by_date,
    parse_csv,
    parse_dates,
    parse_numbers,
    require_columns,
)
from data.market.futures import DAYS_PER_YEAR
from data.market.tenors import TENOR_YEARS

COUPONS_FILE = "coupons.csv"
CHEAPEST_TO_DELIVER_FILE = "cheapest_to_deliver.csv"

LONGEST_COUPON_AGE = pd.Timedelta(days=92)
"""A coupon counts for a quarter; index coupons are published monthly."""

CREDIBLE_TERMS = {
    "coupon_percent": (0.0, 20.0),
    "yield_percent": (-2.0, 20.0),
    "conversion_factor": (0.3, 2.0),
    "maturity_years": (1.0, 31.0),
}
"""Lowest and highest value of each term; outside, the cell is in another unit."""


def read_coupons(path: Path) -> pd.DataFrame:
    """Read the coupon of each bucket's representative bond.

    Parameters
    ----------
    path : Path
        CSV with columns ``date`` and ``coupon_2y_percent``, ``coupon_5y_percent``,
        ``coupon_10y_percent``, ``coupon_20y_percent``.

    Returns
    -------
    DataFrame, shape (dates, 4)
        Percent a year; columns 2, 5, 10, 20.

    Raises
    ------
    DataError
        Missing columns, cells that are no numbers or out of range, repeated dates.
    """
    table = parse_csv(read_text(path), path, first_cell=["date"])
    columns = {f"coupon_{tenor}y_percent": tenor for tenor in TENOR_YEARS}
    require_columns(table, columns, path)
    coupons = parse_numbers(table, columns, path)
    for tenor in TENOR_YEARS:
        _require_credible(coupons[tenor], "coupon_percent", path)
    return index_by_date(coupons, parse_dates(table["date"], path), path)


def read_cheapest_to_deliver(path: Path) -> dict[int, pd.DataFrame]:
    """Read the terms of the cheapest-to-deliver bond of each contract.

    Parameters
    ----------
    path : Path
        CSV, one row a date and contract: ``date``, ``contract`` (2, 5, 10 or 20),
        ``coupon_percent``, ``maturity_date``, ``yield_percent`` (bond-equivalent),
        ``conversion_factor``.

    Returns
    -------
    dict of int to DataFrame
        By contract: index ``date``, columns ``maturity_years`` (from that date),
        ``coupon_percent``, ``yield_percent``, ``conversion_factor``.

    Raises
    ------
    DataError
        Missing columns, unknown contracts, cells that are no numbers or out of range,
        a contract and date that stand twice.
    """
    table = parse_csv(read_text(path), path, first_cell=["date"])
    names = ("contract", "coupon_percent", "yield_percent", "conversion_factor")
    require_columns(table, [*names, "maturity_date"], path)
    terms = parse_numbers(table, {name: name for name in names}, path)
    dates = parse_dates(table["date"], path)
    remaining = parse_dates(table["maturity_date"], path) - dates
    terms["maturity_years"] = remaining.days / DAYS_PER_YEAR
    for name in CREDIBLE_TERMS:
        _require_credible(terms[name], name, path)
    unknown = terms["contract"][~terms["contract"].isin(TENOR_YEARS)]
    if not unknown.empty:
        raise DataError(
            f"{path}, line {unknown.index[0]}, column contract: {unknown.iloc[0]:g}",
            "name the contract 2, 5, 10 or 20 (the bond contract is 20).",
        )
    return {
        tenor: index_by_date(
            terms[ours].drop(columns="contract"), dates[ours.to_numpy()], path
        )
        for tenor in TENOR_YEARS
        if (ours := terms["contract"] == tenor).any()
    }


def coupons_on(coupons: pd.DataFrame, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """Latest coupon at or before each week, NaN when older than a quarter."""
    return coupons.reindex(weeks, method="ffill", tolerance=LONGEST_COUPON_AGE)


def _require_credible(cells: pd.Series, term: str, path: Path) -> None:
    lowest, highest = CREDIBLE_TERMS[term]
    wrong = cells[(cells < lowest) | (cells > highest)]
    if not wrong.empty:
        raise DataError(
            f"{path}, line {wrong.index[0]}: {term.replace('_', ' ')} is "
            f"{wrong.iloc[0]:g}, not within {lowest:g} to {highest:g}",
            "give percent a year for coupons and yields; data/README.md has the units.",
        )
