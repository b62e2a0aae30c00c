"""What a user has to know about a trading-cost panel, one line a matter."""

import pandas as pd

from data.trading_costs.columns import (
    CUSTOMER,
    ERROR_SD,
    GAP,
    INDICATIVE_SPREAD,
    OBSERVATION,
    QUOTE,
    SECURITY,
    SEGMENT,
    SIDE,
    TIME,
    TRADE,
)


def describe_trading_costs_panel(frame: pd.DataFrame) -> list[str]:
    """Describe counts, segments, sides, gaps and what the panel cannot tell.

    Parameters
    ----------
    frame : DataFrame
        Layout of a trading-cost panel.

    Returns
    -------
    list of str
        One line each.
    """
    trades = frame[frame[OBSERVATION] == TRADE]
    quotes = frame[frame[OBSERVATION] == QUOTE]
    times = frame[TIME]
    return [
        f"trades: {len(trades)} of {trades[SECURITY].nunique()} securities, "
        f"{times.min():%Y-%m-%d} to {times.max():%Y-%m-%d}; with customers: "
        f"{(trades[SEGMENT] == CUSTOMER).mean():.0%}",
        f"medians: indicative spread {trades[INDICATIVE_SPREAD].median():.2f} bp, "
        f"{trades[GAP].median():.1f} hours since the quote",
        *_side_notes(trades),
        *_quote_notes(quotes),
        *_error_notes(trades),
    ]


def _side_notes(trades: pd.DataFrame) -> list[str]:
    customers = trades[trades[SEGMENT] == CUSTOMER]
    unknown = (customers[SIDE] == "").mean() if len(customers) else 0.0
    if not unknown:
        return []
    return [
        f"side unknown: {unknown:.0%} of the trades with customers; of these only "
        "absolute deviations are used, which mix cost and pricing error"
    ]


def _quote_notes(quotes: pd.DataFrame) -> list[str]:
    if len(quotes):
        return [f"errors at the next indicative mid: {len(quotes)}"]
    return [
        "no errors at the next indicative mid: what is cost and what is pricing error "
        "then rests on the assumed shapes of both"
    ]


def _error_notes(trades: pd.DataFrame) -> list[str]:
    known = trades[ERROR_SD].notna().mean()
    if known == 1.0:
        return []
    return [
        f"standard deviation of the fair value's error known of {known:.0%} of the "
        "trades: without all of them no weights can be used"
    ]
