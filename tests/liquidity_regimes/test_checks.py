"""What a liquidity panel is refused for, and what is only named."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from tests.liquidity_regimes.frames import (
    DAYS,
    daily_frame,
    one_security,
    two_securities,
)

Change = Callable[[pd.DataFrame], pd.DataFrame]


def with_cell(row: int, column: str, value: float | str | None) -> Change:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        cells = frame.astype({column: object})
        cells.loc[row, column] = value
        return cells

    return change


def with_column(column: str, value: object) -> Change:
    return lambda frame: frame.assign(**{column: value})


def times(column: str, factor: float) -> Change:
    return lambda frame: frame.assign(**{column: frame[column] * factor})


def error_of(frame: pd.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        liquidity_panel_from_frame(frame, "daily.csv")
    message = str(caught.value)
    assert "daily.csv" in message
    assert "\n  Remedy: " in message
    return message


def notes_of(frame: pd.DataFrame) -> str:
    return "\n".join(liquidity_panel_from_frame(frame, "daily.csv").notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda f: f.drop(columns="depth_musd"), ["missing column depth_musd"]),
        (
            lambda f: f.rename(columns={"volatility_bp": "volatility_pct"}),
            ["missing column volatility_bp", "unrecognised: volatility_pct"],
        ),
        (
            with_column("persistence_suprise_bp", 1.0),
            ["unknown column persistence_suprise_bp"],
        ),
        (
            with_cell(6, "price_impact", "n.a."),
            ["column price_impact", "row 7 (2014-04-09)", "'n.a.'"],
        ),
        (
            with_cell(6, "price_impact", np.inf),
            ["column price_impact", "row 7 (2014-04-09, 10y)", "is infinite"],
        ),
        (
            with_cell(6, "depth_musd", None),
            ["column depth_musd", "row 7 (2014-04-09, 10y)", "is empty"],
        ),
        (with_cell(6, "depth_musd", 0.0), ["depth_musd", "row 7", "not above zero"]),
        (with_cell(6, "depth_musd", -4.0), ["depth_musd", "row 7", "-4.0 is not"]),
        (times("depth_musd", 1e6), ["column depth_musd, row 1", "divide dollars by"]),
        (times("depth_musd", 1e-3), ["depth_musd", "looks like USD billion"]),
        (
            with_cell(6, "volatility_bp", -80.0),
            ["column volatility_bp", "row 7", "-80.0 is not above zero"],
        ),
        (with_cell(6, "volatility_bp", None), ["volatility_bp", "row 7", "is empty"]),
        (with_cell(6, "volatility_bp", 8e3), ["volatility_bp", "beyond 1,000"]),
        (times("volatility_bp", 0.01), ["volatility_bp", "looks like percent"]),
        (times("volatility_3m_bp", 0.01), ["volatility_3m_bp", "looks like percent"]),
        (
            with_cell(0, "volatility_of_volatility_surprise_bp", None),
            ["volatility_of_volatility_surprise_bp", "row 1", "build liquidity-"],
        ),
        (with_cell(6, "date", "9/4/2014"), ["column date, row 7", "YYYY-MM-DD"]),
        (
            with_cell(6, "date", "2014-04-08"),
            ["column date, row 7 (2014-04-08, 10y)", "repeats the date"],
        ),
        (
            lambda f: f.iloc[::-1],
            ["column date, row 2", "is earlier than the date", "sorted by date"],
        ),
        (with_cell(6, "security", ""), ["column security, row 7 is empty"]),
        (lambda f: f.head(249), ["249 rows of 10y, at least 250 days"]),
        (
            lambda f: f.assign(price_impact=f["price_impact"].where(f.index < 100)),
            ["price_impact has 100 values for 10y", "at least 125"],
        ),
        (with_column("volatility_bp", 80.0), ["volatility_bp of 10y is 80 in every"]),
        (with_column("depth_musd", 100.0), ["depth_musd of 10y is 100 in every row"]),
        (with_column("price_impact", 7.0), ["price_impact of 10y is 7 in every row"]),
        (
            with_column("persistence_surprise_bp", 0.0),
            ["persistence_surprise_bp of 10y is 0 in every row"],
        ),
        (
            lambda f: f.drop(index=range(20, 31)),
            ["11 trading days have no row between 2014-04-29 and 2014-05-15"],
        ),
    ],
)
def test_unusable_panels_are_refused_with_place_and_remedy(
    change: Change, expected: list[str]
) -> None:
    message = error_of(change(one_security()))
    for words in expected:
        assert words in message


def test_percent_is_told_how_to_become_basis_points() -> None:
    message = error_of(times("volatility_bp", 0.01)(one_security()))
    assert "0.8 percent is 80" in message.partition("Remedy:")[2]


def test_a_few_cells_beyond_belief_do_not_hide_percent() -> None:
    frame = times("volatility_bp", 0.01)(one_security())
    frame.loc[:9, "volatility_bp"] = 900.0
    assert frame["volatility_bp"].mean() > 5.0
    assert "looks like percent" in error_of(frame)


def test_outliers_do_not_hide_one_another() -> None:
    frame = one_security()
    frame.loc[:19, "price_impact"] = 1e4
    assert "20 of 300 days are more than 20 median absolute" in notes_of(frame)


def test_securities_must_have_the_same_volatility_on_a_day() -> None:
    message = error_of(with_cell(DAYS + 6, "volatility_bp", 81.25)(two_securities()))
    assert "row 307 (2014-04-09, 2y)" in message
    assert "81.25" in message


@pytest.mark.parametrize("columns", [["security", "date"], ["date", "security"]])
def test_rows_may_be_sorted_by_security_or_by_date(columns: list[str]) -> None:
    frame = two_securities()
    panel = liquidity_panel_from_frame(frame.sort_values(columns), "daily.csv")
    expected = liquidity_panel_from_frame(frame, "daily.csv").dataset
    assert panel.dataset.sel(security=["10y", "2y"]).identical(expected)


def test_a_flawless_panel_of_three_years_has_no_notes_but_length() -> None:
    assert notes_of(one_security()).startswith("short: 300 days, fewer than 750")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda f: f.drop(index=range(20, 30)),
            "gaps: 10 trading days have no row, at most 10 in a row (2014-04-29 to "
            "2014-05-14)",
        ),
        (
            with_cell(3, "date", "2014-04-05"),
            "weekends: 1 rows fall on a Saturday or Sunday, the first on 2014-04-05",
        ),
        (
            lambda f: f.drop(columns="persistence_surprise_bp"),
            "covariates: CS not in the panel (persistence_surprise_bp)",
        ),
        (
            with_cell(5, "price_impact", None),
            "price impact of 10y: missing on 1 of 300 days",
        ),
        (
            with_cell(5, "price_impact", 1e4),
            "1 of 300 days are more than 20 median absolute deviations from the "
            "median, furthest on 2014-04-08 (10000)",
        ),
    ],
)
def test_what_has_to_be_known_travels_with_the_panel(
    change: Change, expected: str
) -> None:
    assert expected in notes_of(change(one_security()))


def test_negative_price_impact_is_an_estimate_like_any_other() -> None:
    liquidity_panel_from_frame(
        with_cell(5, "price_impact", -0.5)(one_security()), "daily.csv"
    )


def test_the_four_columns_that_every_panel_needs_are_enough() -> None:
    assert "VV, CS not in the panel" in notes_of(daily_frame())
