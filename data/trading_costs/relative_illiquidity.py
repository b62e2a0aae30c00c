"""How wide a security is quoted for its maturity."""

import numpy as np
import pandas as pd

from data.arrays import FloatArray, is_constant
from data.trading_costs.quote_columns import TIME
from data.trading_costs.quote_measures import MATURITY, SPREAD

MATURITY_EDGES = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0)
"""Years left, between which spreads are compared."""


def relative_illiquidity(quotes: pd.DataFrame) -> FloatArray:
    """Log spread in yield against the median of its maturities, standardised.

    The median is of the last earlier day with quotes of those maturities, so nothing
    is known early; NaN on the first.

    Parameters
    ----------
    quotes : DataFrame
        Of `data.trading_costs.quote_measures.measured`: indicative quotes.

    Returns
    -------
    (quote,) float
        Higher where worse.
    """
    spread = quotes[SPREAD].where(quotes[SPREAD] > 0)
    log_spread = pd.Series(np.log(spread.to_numpy()), index=quotes.index)
    day = quotes[TIME].dt.normalize()
    bucket = pd.Series(
        np.searchsorted(MATURITY_EDGES, quotes[MATURITY].to_numpy()), quotes.index
    )
    norms = log_spread.groupby([bucket, day]).median().groupby(level=0).shift(1)
    keys = pd.MultiIndex.from_arrays([bucket, day])
    apart = log_spread.to_numpy() - norms.reindex(keys).to_numpy()
    scale = 1.0 if is_constant(apart, size=1.0) else np.nanstd(apart)
    return np.asarray(apart / scale)
