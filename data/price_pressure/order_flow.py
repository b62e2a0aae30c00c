"""Non-dealer order flow and its surprises.

What dealers sell, their customers buy: order flow is minus the weekly change of dealer
inventory (Mixon & Tuzun 2018, section III).
"""

from enum import StrEnum

import pandas as pd
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from data.errors import DataError
from data.market.weekly import WEEK

MINIMUM_REGRESSION_WEEKS = 26
"""Fewest pairs of successive weeks to fit the AR(1); below, no surprise is computed."""


class FormBreaks(StrEnum):
    """What the change across a break of the dealers' report form counts as.

    The break leaves the bounds of the four buckets as they were, by remaining maturity,
    but changes the lines that are summed and what dealers report in them, so the change
    mixes flow and redefinition.
    """

    CHANGE = "change"
    """An order flow like any other, as in the paper, which joins the forms."""

    MISSING = "missing"
    """Not observed: missing in that week, its surprise also in the week after."""


def order_flow(inventory_busd: pd.DataFrame) -> pd.DataFrame:
    """Compute minus the weekly change of inventory.

    Parameters
    ----------
    inventory_busd : DataFrame
        USD billion, one row for every week without gaps in the index; weeks that were
        not observed are NaN. Then the change across a missing week is missing too.

    Returns
    -------
    DataFrame
        USD billion a week, positive when customers buy on net.

    Raises
    ------
    DataError
        A step of the index is not a week.
    """
    steps = inventory_busd.index.to_series().diff().dropna()
    if (steps != WEEK).any():
        late = steps.index[steps != WEEK][0]
        raise DataError(
            f"inventories: {late:%Y-%m-%d} is not a week after the row before",
            "give every week a row, with empty cells where nothing was observed.",
        )
    return -inventory_busd.diff()


def report_form_breaks(report_form: pd.Series) -> pd.DatetimeIndex:
    """First week of each new report form, the first form of all left out."""
    known = report_form.dropna()
    changed = known.ne(known.shift()) & known.shift().notna()
    return pd.DatetimeIndex(known.index[changed])


def order_flow_surprise(flow_busd: pd.Series) -> pd.Series:
    """Residual of a regression of order flow on its own lag and an intercept.

    Mixon & Tuzun (2018, section V) filter order flow so because it is negatively
    autocorrelated.

    Parameters
    ----------
    flow_busd : Series
        Weekly order flow without gaps in the index, USD billion.

    Returns
    -------
    Series
        USD billion; NaN where the week or the week before is missing, everywhere with
        fewer than `MINIMUM_REGRESSION_WEEKS` complete pairs.
    """
    pairs = pd.DataFrame({"flow": flow_busd, "lag": flow_busd.shift()}).dropna()
    if len(pairs) < MINIMUM_REGRESSION_WEEKS:
        return flow_busd * float("nan")
    design = add_constant(pairs["lag"], has_constant="add")
    return OLS(pairs["flow"], design).fit().resid.reindex(flow_busd.index)
