import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.market.tenors import TENOR_YEARS
from data.price_pressure.checks import MINIMUM_WEEKS
from data.price_pressure.columns import yield_column
from data.price_pressure.panel import panel_from_frame
from tests.price_pressure.frames import cash_panel

YIELDS = [yield_column(tenor) for tenor in TENOR_YEARS]


def _changed(change: Callable[[pd.DataFrame], object]) -> pd.DataFrame:
    frame = cash_panel()
    changed = change(frame)
    return changed if isinstance(changed, pd.DataFrame) else frame


def _set(row: int, column: str, value: object) -> Callable[[pd.DataFrame], object]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame

    return change


def _scaled(columns: list[str], factor: float, first: int = 0) -> Callable:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[first:, columns] = frame.loc[first:, columns] * factor
        return frame

    return change


# What is wrong, and what the message must name: column, row with date, and the remedy.
FAULTS = {
    "required column missing": (
        lambda f: f.drop(columns="yield_5y_bp"),
        "missing column yield_5y_bp",
        "data/README.md",
    ),
    "date missing": (lambda f: f.drop(columns="date"), "missing column date", "README"),
    "group incomplete through a slip": (
        lambda f: f.rename(columns={"dv01_cash_5y_musd": "dv01_cash_5y"}),
        "missing column dv01_cash_5y_musd; unrecognised: dv01_cash_5y",
        "rename",
    ),
    "net inventory given": (
        lambda f: f.assign(dv01_net_2y_musd=1.0),
        "unknown column dv01_net_2y_musd",
        "computed from cash and futures",
    ),
    "text in a cell": (
        _set(7, "dv01_cash_5y_musd", "1,234.5"),
        "dv01_cash_5y_musd holds text: row 8 (2001-08-29): '1,234.5'",
        "thousands separators",
    ),
    "not a date": (_set(3, "date", "31/07/2001"), "date, row 4: '31/07/2001'", "YYYY"),
    "repeated date": (
        _set(5, "date", "2001-08-08"),
        "column date, row 6 (2001-08-08) repeats the date",
        "one row a week",
    ),
    "not sorted": (
        lambda f: f.iloc[::-1],
        "column date, row 2 (2002-08-21) is earlier",
        "sorted by date",
    ),
    "missing week": (
        lambda f: f.drop(index=8),
        "row 9 (2001-09-12) comes 14 days after",
        "add a row with empty cells",
    ),
    "two rows in a week": (
        lambda f: f.assign(
            date=f["date"].mask(f.index == 1, pd.Timestamp("2001-07-12"))
        ),
        "row 2 (2001-07-12) comes 1 days after",
        "one row a week",
    ),
    "weekends": (
        lambda f: f.assign(date=pd.date_range("2001-07-11", periods=len(f))),
        "row 4 (2001-07-14) is a Saturday",
        "one row a trading day",
    ),
    "a week without rows": (
        lambda f: f.assign(
            date=pd.bdate_range("2001-07-11", periods=len(f) + 5).delete(range(9, 14))
        ),
        "row 10 (2001-07-31) comes 8 days after the row before, not a trading day",
        "empty cells for each missing day",
    ),
    "infinite": (
        _set(4, "dv01_cash_2y_musd", -np.inf),
        "dv01_cash_2y_musd, row 5 (2001-08-08): -inf is infinite",
        "leave the cell empty",
    ),
    "yields in percent": (
        _scaled(YIELDS, 0.01),
        "columns yield_2y_bp to yield_20y_bp look like percent",
        "multiply by 100",
    ),
    "yields as decimals": (
        _scaled(YIELDS, 0.0001),
        "look like decimals",
        "multiply by 10,000",
    ),
    "one tenor in percent": (
        _scaled(["yield_2y_bp"], 0.01),
        "column yield_2y_bp looks like percent",
        "multiply by 100",
    ),
    "percent from some week on": (
        _scaled(["yield_10y_bp"], 0.01, first=20),
        "column yield_10y_bp, row 21 (2001-11-28): the yield goes from",
        "another unit",
    ),
    "decimal point slipped in one cell": (
        lambda f: _set(9, "yield_20y_bp", 4150.0)(f),
        "column yield_20y_bp, row 10 (2001-09-12): 4150.0 is beyond 3,000",
        "4.51 percent is 451",
    ),
    "yield jumps": (
        lambda f: _set(9, "yield_20y_bp", 900.0)(f),
        "column yield_20y_bp, row 10 (2001-09-12): the yield goes from",
        "decimal point",
    ),
    "tenor without any yield": (
        lambda f: f.assign(yield_5y_bp=np.nan),
        "column yield_5y_bp has no value in any row",
        "every tenor",
    ),
    "DV01 in dollars": (
        _scaled(["dv01_cash_10y_musd"], 1e6),
        "column dv01_cash_10y_musd, row 1 (2001-07-11)",
        "divide dollars by 1,000,000",
    ),
    "too few rows": (
        lambda f: f.iloc[: MINIMUM_WEEKS - 1],
        f"{MINIMUM_WEEKS - 1} rows, at least {MINIMUM_WEEKS} weeks",
        "longer stretch",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_source_place_and_remedy(fault: str) -> None:
    change, problem, remedy = FAULTS[fault]
    with pytest.raises(DataError, match=re.escape(problem)) as caught:
        panel_from_frame(_changed(change), "mine.csv")
    assert caught.value.problem.startswith("mine.csv: ")
    assert remedy in caught.value.remedy


def test_shortest_panel_is_accepted() -> None:
    panel = panel_from_frame(cash_panel().iloc[:MINIMUM_WEEKS], "mine.csv")
    assert panel.dataset.sizes["week"] == MINIMUM_WEEKS


def test_yields_near_and_below_zero_are_accepted() -> None:
    frame = cash_panel()
    frame[YIELDS] -= 200.0
    frame["yield_2y_bp"] = np.random.default_rng(1).normal(-2, 1.5, len(frame))
    yields = panel_from_frame(frame, "mine.csv").dataset["yield_bp"]
    assert (yields.sel(tenor=2) < 0).any()


def test_dates_shifted_by_a_holiday_are_accepted() -> None:
    frame = cash_panel()
    frame.loc[10, "date"] -= pd.Timedelta(days=2)
    assert panel_from_frame(frame, "mine.csv").dataset.sizes["week"] == len(frame)


def test_a_yield_that_crosses_zero_is_no_switch_of_units() -> None:
    frame = cash_panel()
    steps = 30 * np.sin(np.arange(len(frame)))
    frame["yield_2y_bp"] = steps
    frame.loc[[10, 11], "yield_2y_bp"] = [-0.87, -55.4]
    panel = panel_from_frame(frame, "panel.csv")
    assert panel.dataset["yield_bp"].sel(tenor=2)[11] == -55.4
