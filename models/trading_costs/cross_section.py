"""The quotes of one day that a yield curve is fitted to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.errors import DataError
from data.market.kernel_ridge.curve import (
    KernelRidgeCurve,
    duration_weights,
    kernel_ridge_curve,
)
from data.market.treasury_terms import cash_flow_table
from data.trading_costs.quote_columns import (
    KIND,
    MATURITY_DATE,
    SECURITY,
    TIME,
    VINTAGE,
)
from data.trading_costs.quote_measures import (
    DOLLAR_DURATION,
    DURATION,
    MATURITY,
    MID,
    measured,
    payments_of,
)
from data.trading_costs.quote_panel import QuotePanel

FEWEST_SECURITIES = 5
ISSUES = ("all", "off-the-run", "on-the-run")
KINDS = ("note", "bond", "bill")
LATEST_VINTAGES = 2
"""Latest issues of each original maturity that are not off the run: Filipović, Pelger &
Ye (2022) leave both out."""


@dataclass(frozen=True, kw_only=True)
class CrossSectionSpecification:
    """Which quotes are used.

    Attributes
    ----------
    date : str
        YYYY-MM-DD; empty: the last day of the panel. Of each security the last quote.
    issues : str
        One of `ISSUES`.
    kinds : sequence of str
        Some of `KINDS`.
    shortest_days : int
        Shorter maturities are left out.
    alpha, delta : float
        Of the kernel.
    """

    date: str = ""
    issues: str = ISSUES[0]
    kinds: Sequence[str] = KINDS[:2]
    shortest_days: int = 90
    alpha: float = 0.05
    delta: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CrossSection:
    """Bonds of one day.

    Attributes
    ----------
    date : Timestamp
        Of the quotes.
    securities : Index
        Labels, by maturity.
    cash_flows : (security, payment) float
        Per 100.
    days : (payment,) float
        From settlement.
    prices : (security,) float
        Dirty mids, per 100.
    dollar_durations : (security,) float
        Modified duration (years, continuous compounding) times dirty price.
    maturity_years : (security,) float
        Left.
    reference : KernelRidgeCurve
        In closed form, at the published penalty.
    notes : list of str
        What was left out.
    """

    date: pd.Timestamp
    securities: pd.Index
    cash_flows: FloatArray
    days: FloatArray
    prices: FloatArray
    dollar_durations: FloatArray
    maturity_years: FloatArray
    reference: KernelRidgeCurve
    notes: list[str]


def select_cross_section(
    panel: QuotePanel, specification: CrossSectionSpecification
) -> CrossSection:
    """Select the quotes of a day.

    Raises
    ------
    DataError
        The day has no quotes with terms, or fewer than `FEWEST_SECURITIES` are left.
    """
    frame = panel.frame[panel.frame[MATURITY_DATE].notna()]
    days = frame[TIME].dt.normalize()
    if frame.empty:
        raise DataError(
            f"{panel.source}: no quote has terms",
            "give maturity_date and coupon_percent: prices of unknown payments make "
            "no curve.",
        )
    date = pd.Timestamp(specification.date) if specification.date else days.max()
    of_day = measured(frame[days == date]).drop_duplicates(SECURITY, keep="last")
    if of_day.empty:
        raise DataError(
            f"{panel.source}: no quotes on {date:%Y-%m-%d}",
            f"choose a day from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}.",
        )
    used = of_day[_is_used(of_day, specification)].sort_values([MATURITY, SECURITY])
    if len(used) < FEWEST_SECURITIES:
        raise DataError(
            f"{panel.source}: {len(used)} securities on {date:%Y-%m-%d} of the "
            f"{specification.issues} {' and '.join(specification.kinds)} kind",
            f"at least {FEWEST_SECURITIES} make a curve: allow more kinds or issues.",
        )
    paid, settled = payments_of(used)
    table, ahead = cash_flow_table(paid, settled[0])
    price, duration = used[MID].to_numpy(), used[DURATION].to_numpy()
    left = len(of_day) - len(used)
    return CrossSection(
        date=date,
        securities=pd.Index(used[SECURITY]),
        cash_flows=table,
        days=ahead.astype(np.float64),
        prices=price,
        dollar_durations=price * duration,
        maturity_years=used[MATURITY].to_numpy(),
        reference=kernel_ridge_curve(
            table,
            ahead,
            price,
            duration_weights(price, duration),
            specification.alpha,
            specification.delta,
        ),
        notes=[
            f"{date:%Y-%m-%d}: {len(used)} securities, maturities "
            f"{used[MATURITY].min():.1f} to {used[MATURITY].max():.1f} years; {left} "
            "others left out"
        ],
    )


def _is_used(
    quotes: pd.DataFrame, specification: CrossSectionSpecification
) -> pd.Series:
    used = quotes[KIND].isin(specification.kinds)
    used &= quotes[MATURITY] * 365.0 >= specification.shortest_days
    if specification.issues == "on-the-run":
        used &= quotes[VINTAGE] == 0
    if specification.issues == "off-the-run":
        used &= ~(quotes[VINTAGE] < LATEST_VINTAGES)
    # Payments of one table have one settlement.
    return used & (quotes[DOLLAR_DURATION] > 0)
