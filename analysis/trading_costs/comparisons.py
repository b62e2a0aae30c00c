"""What the formulas venue, retail and segments say of costs themselves."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from analysis.estimates import is_settled, summary_of_one
from analysis.every_model.findings import range_words
from analysis.fit import Fit
from analysis.page.columns import bounds, chance, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import INTERVAL_NOTE
from analysis.trading_costs.cost import Trade
from analysis.trading_costs.figures import (
    bin_sizes_musd,
    expected_spread_bp,
    is_answered,
    terms_of,
    usual_other_spread,
    usual_trade,
)
from models.trading_costs.observations import VOLUME_BINS
from models.trading_costs.specification import SIGNED

RETAIL_MUSD = 0.1

PASS_THROUGH = ("25%", "75%")
"""Quantiles of the other segment's spread between which costs are compared."""


def _compared(
    fit: Fit, pairs: Mapping[str, tuple[Trade, Trade]], names: tuple[str, str]
) -> pd.DataFrame:
    """Expected effective spreads of two trades each, and the second less the first."""
    rows = []
    for label, trades in pairs.items():
        spread = expected_spread_bp(fit, trades)
        first, second = spread.isel(trade=0), spread.isel(trade=1)
        for name, draws in (
            (names[0], first),
            (names[1], second),
            ("difference", second - first),
        ):
            rows.append({"label": label, "of": name} | summary_of_one(draws))
    return fit.marked(pd.DataFrame(rows))


def by_venue(fit: Fit) -> pd.DataFrame:
    """Expected effective spread on ATS and elsewhere, by face.

    Returns
    -------
    DataFrame
        Columns label, of, mean, sd, lower_95, upper_95 (bp), probability_positive,
        variant, diagnostics.
    """
    pairs = {}
    for label, size in zip(VOLUME_BINS, bin_sizes_musd(), strict=True):
        trade = usual_trade(fit, volume_musd=size)
        pairs[f"face {label} million"] = (
            trade,
            usual_trade(fit, volume_musd=size, is_ats=True),
        )
    return _compared(fit, pairs, ("elsewhere", "ATS"))


def by_retail(fit: Fit) -> pd.DataFrame:
    """Expected effective spread of retail-sized and larger trades, as of `by_venue`."""
    usual = usual_trade(fit)
    retail = usual_trade(fit, volume_musd=RETAIL_MUSD, is_retail=True)
    wide = {"indicative_spread_bp": 2 * usual.indicative_spread_bp}
    pairs = {
        "at the median indicative spread": (usual, retail),
        "at twice of it": (
            usual_trade(fit, **wide),
            usual_trade(fit, volume_musd=RETAIL_MUSD, is_retail=True, **wide),
        ),
    }
    return _compared(fit, pairs, ("larger", "retail-sized"))


def by_other_segment(fit: Fit) -> pd.DataFrame:
    """Expected effective spread as that of the other segment is low or high."""
    low, high = (
        usual_trade(fit, other_spread_bp=usual_other_spread(fit, x))
        for x in PASS_THROUGH
    )
    names = tuple(
        f"at {trade.other_spread_bp:.2f} bp in the other" for trade in (low, high)
    )
    label = "other segment from its lower to its upper quartile"
    return _compared(fit, {label: (low, high)}, (names[0], names[1]))


def _sentences(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    differences = frame[frame["of"] == "difference"]
    settled = differences[is_settled(differences)]
    for row in (settled.iloc[i] for i in range(len(settled))):
        yield f"{row['label'].capitalize()}: a difference of {range_words(row, 2)} bp."
    if settled.empty:
        yield "No difference is settled."


def _exhibit(
    name: str,
    caption: str,
    frame: Callable[[Fit], pd.DataFrame],
    shown: Callable[[Fit], bool],
) -> Exhibit:
    return Exhibit(
        name=name,
        caption=f"{caption}, at the medians of all else: effective spread of "
        f"{{fit.name}} ({{fit.span}}), basis points of yield. {INTERVAL_NOTE}",
        frame=frame,
        columns=(
            words("At", "label"),
            words("Effective spread", "of"),
            rounded("Mean", "mean", 2),
            bounds(2),
            chance("P(> 0)", "probability_positive"),
        ),
        sentences=_sentences,
        shown=shown,
    )


BY_VENUE = _exhibit(
    "table_cost_by_venue",
    "Trades on alternative trading systems and elsewhere, by face (USD)",
    by_venue,
    # Between dealers a side is no payer's: its signed deviation is no cost.
    lambda fit: (
        "ats" in terms_of(fit).split() and fit.variant != SIGNED and is_answered(fit)
    ),
)

BY_RETAIL = _exhibit(
    "table_cost_of_retail",
    "Retail-sized and larger trades",
    by_retail,
    lambda fit: "retail" in terms_of(fit).split() and is_answered(fit),
)

BY_OTHER_SEGMENT = _exhibit(
    "table_cost_by_segment",
    "What the spread of the other segment in the security that day tells",
    by_other_segment,
    lambda fit: "other_spread" in terms_of(fit).split() and is_answered(fit),
)

OF_COMPARISONS = (BY_VENUE, BY_RETAIL, BY_OTHER_SEGMENT)
