"""Checks that a trading-cost panel passes before anything is estimated from it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa

from data.errors import DataError
from data.files.schema import RowLabel, at_most, check_cells, finite, positive, present
from data.trading_costs.columns import (
    AGE,
    BENCHMARK_ILLIQUIDITY,
    DEVIATION,
    DEVIATION_PRICE,
    DOLLAR_DURATION,
    ERROR_SD,
    GAP,
    INDICATIVE_SPREAD,
    MATURITY,
    OBSERVATION,
    OBSERVATIONS,
    RELATIVE_ILLIQUIDITY,
    SEGMENT,
    SEGMENTS,
    SIDE,
    SIDES,
    TIME,
    TRADE,
    VOLUME,
)

FEWEST_TRADES = 30
"""Fewer say nothing of a cost."""

LARGEST_DEVIATION_BP = 1_000.0
LARGEST_VOLUME_MUSD = 100_000.0

BP_PER_UNIT = 1e4
"""Basis points of yield in a yield of 1."""

ROUNDING_BP = 1e-3
"""Of deviations in price that a table gives to five or six decimals."""


def validate_trading_costs_panel(frame: pd.DataFrame, source: str) -> None:
    """Raise unless a trading-cost panel can be estimated from.

    Parameters
    ----------
    frame : DataFrame
        Columns of `data.trading_costs.panel.TradingCostsPanel`, typed.
    source : str
        How errors name the panel, usually the file's path.

    Raises
    ------
    DataError
        A word or a number is out of its range; times go back; a trade has no volume;
        deviations in price and in yield contradict one another; there are fewer than
        `FEWEST_TRADES` trades.
    """

    def label(row: int) -> str:
        return (
            f"row {row + 1} ({frame[TIME].iloc[row]:%Y-%m-%d %H:%M:%S}, "
            f"{frame['security'].iloc[row]})"
        )

    check_cells(frame, trading_costs_schema(), source, label)
    _check_order(frame, source, label)
    _check_trades(frame, source, label)
    _check_prices(frame, source, label)


def trading_costs_schema() -> pa.DataFrameSchema:
    """Schema of the cells: words, types and ranges."""
    none = "leave the cell empty where a value is not known."
    needed = [present("give every row a value."), finite()]
    not_negative = pa.Check(
        lambda cells: (cells >= 0) | cells.isna(), name="is below zero", error=none
    )
    unit = at_most(
        LARGEST_DEVIATION_BP, "give deviations in basis points of yield, not in price."
    )
    numbers: dict[str, Sequence[pa.Check]] = {
        VOLUME: [
            finite(),
            positive("give the face traded, USD million, whatever its side."),
            at_most(LARGEST_VOLUME_MUSD, "give volumes in USD million."),
        ],
        DEVIATION: [*needed, unit],
        DEVIATION_PRICE: [*needed],
        DOLLAR_DURATION: [*needed, positive("modified duration × dirty price.")],
        GAP: [*needed, not_negative],
        MATURITY: [*needed, positive("leave out what has matured.")],
        AGE: [*needed, not_negative],
        INDICATIVE_SPREAD: [*needed, positive("leave out a crossed or locked quote.")],
        BENCHMARK_ILLIQUIDITY: [*needed],
        RELATIVE_ILLIQUIDITY: [finite()],
        ERROR_SD: [finite(), not_negative],
    }
    words = {OBSERVATION: OBSERVATIONS, SIDE: SIDES, SEGMENT: SEGMENTS}
    columns = {name: pa.Column(checks=_one_of(among)) for name, among in words.items()}
    columns["security"] = pa.Column(
        checks=pa.Check(
            lambda cells: cells != "", name="is empty", error="name every security."
        )
    )
    for name, checks in numbers.items():
        columns[name] = pa.Column("float64", list(checks), nullable=True)
    return pa.DataFrameSchema(columns, strict=False)


def _one_of(words: Sequence[str]) -> pa.Check:
    listed = ", ".join(word or "(empty)" for word in words)
    return pa.Check(
        lambda cells: cells.isin(words),
        name="is no known word",
        error=f"write one of {listed}.",
    )


def _check_order(frame: pd.DataFrame, source: str, label: RowLabel) -> None:
    back = np.flatnonzero(frame[TIME].diff() < pd.Timedelta(0))
    if back.size:
        raise DataError(
            f"{source}: {label(back[0])} is earlier than the row above it",
            f"sort the rows by {TIME}.",
        )


def _check_trades(frame: pd.DataFrame, source: str, label: RowLabel) -> None:
    is_trade = frame[OBSERVATION] == TRADE
    for name, lacks in (
        (VOLUME, frame[VOLUME].isna()),
        (SEGMENT, frame[SEGMENT] == ""),
    ):
        bad = np.flatnonzero(is_trade & lacks)
        if bad.size:
            raise DataError(
                f"{source}: {label(bad[0])} is a trade without {name}",
                f"give every trade its {name}, or leave the trade out.",
            )
    if is_trade.sum() < FEWEST_TRADES:
        raise DataError(
            f"{source}: {is_trade.sum()} trades",
            f"give at least {FEWEST_TRADES}: fewer say nothing of a cost.",
        )


def _check_prices(frame: pd.DataFrame, source: str, label: RowLabel) -> None:
    implied = BP_PER_UNIT * frame[DEVIATION_PRICE] / frame[DOLLAR_DURATION]
    given = frame[DEVIATION]
    apart = (implied - given).abs() > ROUNDING_BP + 0.01 * given.abs()
    bad = np.flatnonzero(apart)
    if bad.size:
        raise DataError(
            f"{source}: {label(bad[0])}: {DEVIATION} is {given.iloc[bad[0]]:g}, "
            f"{DEVIATION_PRICE} over {DOLLAR_DURATION} {implied.iloc[bad[0]]:g}",
            f"{DEVIATION} is 10,000 times {DEVIATION_PRICE} over {DOLLAR_DURATION}, "
            "which is modified duration (years) times dirty price; both are positive "
            "where the trade is dearer than its fair value.",
        )
