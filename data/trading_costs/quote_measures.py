"""What follows from quotes and terms: dirty mid, dollar duration, spread in yield."""

import numpy as np
import pandas as pd

from data.market.treasury_terms import Payments, payments, terms
from data.market.treasury_yields import (
    Convention,
    modified_durations,
    yields_at,
)
from data.trading_costs.quote_checks import settled_on
from data.trading_costs.quote_columns import (
    ASK,
    ASK_YIELD,
    BID,
    BID_YIELD,
    COUPON,
    DATED_DATE,
    FIRST_COUPON,
    MATURITY_DATE,
    TIME,
)

BP_PER_PERCENT = 100.0
BP_PER_UNIT = 1e4

MID = "dirty_mid"
ACCRUED = "accrued"
YIELD = "yield_percent"
DOLLAR_DURATION = "dollar_duration"
DURATION = "duration_years"
MATURITY = "maturity_years"
AGE = "age_years"
SPREAD = "spread_bp"
SPREAD_PRICE = "spread_price"


def measured(frame: pd.DataFrame) -> pd.DataFrame:
    """Quotes with what follows from them.

    Parameters
    ----------
    frame : DataFrame
        Of a quote panel.

    Returns
    -------
    DataFrame
        The quotes with ``dirty_mid`` and ``accrued`` per 100; ``yield_percent``, of the
        mid, street convention; ``dollar_duration``, modified duration of that yield
        (years) times the dirty mid; ``duration_years``, with continuous compounding;
        ``maturity_years``, ``age_years``; ``spread_price`` ask minus bid, per 100; and
        ``spread_bp``, the same over the dollar duration, or the bid yield minus the ask
        yield where the terms are not known. NaN where not known.
    """
    found = frame.copy()
    for name in (MID, ACCRUED, YIELD, DOLLAR_DURATION, DURATION, MATURITY, AGE):
        found[name] = np.nan
    found[SPREAD_PRICE] = frame[ASK] - frame[BID]
    found[SPREAD] = BP_PER_PERCENT * (frame[BID_YIELD] - frame[ASK_YIELD])
    known = frame[MATURITY_DATE].notna()
    if known.any():
        rows = frame[known]
        paid, settled = payments_of(rows)
        dirty = ((rows[BID] + rows[ASK]) / 2).to_numpy() + paid.accrued
        street = yields_at(dirty, paid, settled, Convention.STREET)
        modified = modified_durations(street, paid, settled, Convention.STREET)
        continuous = yields_at(dirty, paid, settled, Convention.CONTINUOUS)
        macaulay = modified_durations(continuous, paid, settled, Convention.CONTINUOUS)
        matures = rows[MATURITY_DATE].to_numpy().astype("datetime64[D]")
        dated = rows[DATED_DATE].to_numpy().astype("datetime64[D]")
        day = rows[TIME].to_numpy().astype("datetime64[D]")
        spread = (rows[ASK] - rows[BID]).to_numpy()
        for name, values in {
            MID: dirty,
            ACCRUED: paid.accrued,
            YIELD: 100 * street,
            DOLLAR_DURATION: modified * dirty,
            DURATION: macaulay,
            MATURITY: _years(matures - settled),
            AGE: np.maximum(_years(day - dated), 0.0),
            SPREAD: BP_PER_UNIT * spread / (modified * dirty),
        }.items():
            found.loc[known, name] = values
    return found


def payments_of(rows: pd.DataFrame) -> tuple[Payments, np.ndarray]:
    """Payments of quoted securities, and the settlement of each quote."""
    settled = settled_on(rows)
    dated = rows[DATED_DATE].to_numpy().astype("datetime64[D]")
    # A when-issued quote settles on the day of issue.
    settled = np.where(settled < dated, dated, settled)
    bonds = terms(
        rows[MATURITY_DATE], rows[COUPON], rows[DATED_DATE], rows[FIRST_COUPON]
    )
    return payments(bonds, settled), settled


def _years(lengths: np.ndarray) -> np.ndarray:
    days = lengths.astype("timedelta64[D]").astype(float)
    return np.asarray(np.where(np.isnat(lengths), np.nan, days / 365.0))
