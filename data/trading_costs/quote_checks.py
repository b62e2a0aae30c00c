"""Checks that a quote panel passes before a curve or a fair value is made of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa

from data.errors import DataError
from data.files.schema import RowLabel, at_most, check_cells, finite, positive, present
from data.market.treasury_terms import refuse_unsupported, settlement, terms
from data.trading_costs.quote_columns import (
    ASK,
    ASK_YIELD,
    BID,
    BID_YIELD,
    COUPON,
    DATED_DATE,
    FIRST_COUPON,
    ILLIQUIDITY,
    KIND,
    MATURITY_DATE,
    SECURITY,
    SETTLEMENT_DAYS,
    TIME,
    VINTAGE,
)

LARGEST_PRICE = 300.0
LARGEST_COUPON_PERCENT = 20.0
LONGEST_SETTLEMENT = 5


def validate_quotes(frame: pd.DataFrame, source: str) -> None:
    """Raise unless the quotes of a panel can be used.

    Parameters
    ----------
    frame : DataFrame
        Columns of `data.trading_costs.quote_panel.QuotePanel`, typed.
    source : str
        How errors name the panel, usually the file's path.

    Raises
    ------
    DataError
        A cell is out of range, times go back, a quote is crossed, a security has no
        fixed payments, its terms cannot be or differ between its rows, or it has
        matured at settlement.
    """

    def label(row: int) -> str:
        return (
            f"row {row + 1} ({frame[TIME].iloc[row]:%Y-%m-%d %H:%M:%S}, "
            f"{frame[SECURITY].iloc[row]})"
        )

    if frame.empty:
        raise DataError(f"{source}: no quotes", "give at least one row.")
    check_cells(frame, quote_schema(), source, label)
    _refuse(
        frame[TIME].diff() < pd.Timedelta(0),
        f"{source}: {{}} is earlier than the row above it",
        f"sort the rows by {TIME}.",
        label,
    )
    _refuse(
        frame[ASK] < frame[BID],
        f"{source}: {{}}: the ask is below the bid",
        "leave out crossed quotes; prices are per 100 and clean.",
        label,
    )
    _check_terms(frame, source, label)


def quote_schema() -> pa.DataFrameSchema:
    """Schema of the cells: types and ranges."""
    decimal = "give clean prices per 100 of face value, decimal and not in 32nds."
    price = [
        present("leave out one-sided quotes."),
        finite(),
        positive(decimal),
        at_most(LARGEST_PRICE, decimal),
    ]
    not_negative = pa.Check(
        lambda cells: cells >= 0,
        name="is below zero",
        error="leave the cell empty where it is not known.",
    )
    percent = at_most(LARGEST_COUPON_PERCENT, "give percent a year.")
    numbers: dict[str, Sequence[pa.Check]] = {
        BID: price,
        ASK: price,
        COUPON: [finite(), not_negative, percent],
        BID_YIELD: [finite(), at_most(30.0, "give percent a year.")],
        ASK_YIELD: [finite(), at_most(30.0, "give percent a year.")],
        VINTAGE: [finite(), not_negative],
        ILLIQUIDITY: [finite()],
    }
    columns = {
        name: pa.Column("float64", list(checks), nullable=True)
        for name, checks in numbers.items()
    }
    columns[SECURITY] = pa.Column(
        checks=pa.Check(
            lambda cells: cells != "", name="is empty", error="name every security."
        )
    )
    columns[SETTLEMENT_DAYS] = pa.Column(
        checks=pa.Check(
            lambda cells: (cells >= 0) & (cells <= LONGEST_SETTLEMENT),
            name=f"is not in 0 to {LONGEST_SETTLEMENT}",
            error="give business days to settlement: 1 is regular.",
        )
    )
    return pa.DataFrameSchema(columns, strict=False)


def _check_terms(frame: pd.DataFrame, source: str, label: RowLabel) -> None:
    half = frame[MATURITY_DATE].isna() != frame[COUPON].isna()
    _refuse(
        half,
        f"{source}: {{}} has a maturity or a coupon, and not both",
        "give both, and a coupon of 0 for a bill; or leave both empty where only "
        "spreads are wanted.",
        label,
    )
    known = frame[frame[MATURITY_DATE].notna()]
    if known.empty:
        return
    kinds = known.drop_duplicates([SECURITY, KIND])
    refuse_unsupported(list(kinds[KIND]), list(kinds[SECURITY]))
    issues = known.drop_duplicates(SECURITY).set_index(SECURITY)
    # Publishers correct dated dates in time, and never mean another security by it.
    for name in (MATURITY_DATE, COUPON):
        own = known[name].to_numpy()
        first = issues[name].reindex(known[SECURITY]).to_numpy()
        differs = (own != first) & ~(pd.isna(own) & pd.isna(first))
        if differs.any():
            row = int(known.index[np.flatnonzero(differs)[0]])
            raise DataError(
                f"{source}: {label(row)}: {name} is not that of the security's first "
                "row",
                "a security has one set of terms: correct the row.",
            )
    columns = [MATURITY_DATE, COUPON, DATED_DATE, FIRST_COUPON]
    variants = known.drop_duplicates([SECURITY, *columns])
    try:
        terms(
            variants[MATURITY_DATE],
            variants[COUPON],
            variants[DATED_DATE],
            variants[FIRST_COUPON],
            variants[SECURITY],
        )
    except DataError as error:
        raise DataError(f"{source}: {error.problem}", error.remedy) from None
    matured = known[MATURITY_DATE].to_numpy().astype("datetime64[D]") <= settled_on(
        known
    )
    if matured.any():
        row = int(known.index[np.flatnonzero(matured)[0]])
        raise DataError(
            f"{source}: {label(row)} has matured at settlement",
            "leave out quotes of what has been paid back.",
        )


def settled_on(frame: pd.DataFrame) -> np.ndarray:
    """Settlement of each quote, datetime64[D]."""
    return settlement(frame[TIME], frame[SETTLEMENT_DAYS])


def _refuse(wrong: pd.Series, problem: str, remedy: str, label: RowLabel) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size:
        raise DataError(problem.format(label(int(rows[0]))), remedy)
