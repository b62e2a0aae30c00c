from pathlib import Path

import pandas as pd
import pytest

from data.errors import DataError
from data.price_pressure.bond_terms import (
    coupons_on,
    read_cheapest_to_deliver,
    read_coupons,
)

NAMES = ",".join(f"coupon_{tenor}y_percent" for tenor in (2, 5, 10, 20))
COUPONS = f"""date,{NAMES}
2012-06-29,1.5,2.0,2.5,4.0
2012-07-31,1.4,2.1,2.6,4.1
"""
BONDS = """date,contract,coupon_percent,maturity_date,yield_percent,conversion_factor
2012-07-03,10,2.0,2019-01-01,1.2,0.7903
2012-07-03,20,5.25,2028-11-15,2.4,0.9234
"""


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "terms.csv"
    path.write_text(text)
    return path


def test_coupon_counts_from_its_date_until_it_is_a_quarter_old(tmp_path: Path) -> None:
    weeks = pd.DatetimeIndex(
        ["2012-06-27", "2012-07-04", "2012-08-01", "2012-10-31", "2012-11-07"]
    )
    coupons = coupons_on(read_coupons(_file(tmp_path, COUPONS)), weeks)[20]
    assert coupons.dropna().tolist() == [4.0, 4.1, 4.1]
    assert coupons.isna().tolist() == [True, False, False, False, True]


def test_bond_terms_are_read_by_contract_with_years_to_maturity(tmp_path: Path) -> None:
    bonds = read_cheapest_to_deliver(_file(tmp_path, BONDS))
    assert sorted(bonds) == [10, 20]
    terms = bonds[10].loc["2012-07-03"]
    assert terms["maturity_years"] == pytest.approx(6.5, abs=0.01)
    assert terms["conversion_factor"] == 0.7903


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("0.9234", "92.34", "line 3: conversion factor is 92.34"),
        ("10,2.0", "10,0.x", "line 2, column coupon_percent: '0.x'"),
        ("03,20,", "03,30,", "line 3, column contract: 30"),
        ("2028-11-15", "2012-08-15", "line 3: maturity years is 0.117"),
        ("03,20,5.25", "03,10,5.25", "line 3: the date 2012-07-03 stands twice"),
    ],
)
def test_wrong_terms_are_named_with_their_line(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in BONDS
    with pytest.raises(DataError, match=problem):
        read_cheapest_to_deliver(_file(tmp_path, BONDS.replace(old, new)))
