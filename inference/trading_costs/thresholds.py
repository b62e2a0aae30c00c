"""What a filter on the accuracy of forecasts does to the coefficients."""

import numpy as np
import xarray as xr

from data.dims import COEFFICIENT
from inference.trading_costs.effects import mean_variances
from models.likelihoods.mixed.conditional import conditional
from models.likelihoods.mixed.statistics import total
from models.trading_costs.inputs import GaussianInputs

HALF_SPREADS = (np.inf, 2.0, 1.0, 0.5)
"""Of the security's own indicative quote; the first keeps every trade."""

THRESHOLD = "half_spreads"


def by_threshold(inputs: GaussianInputs, posterior: xr.Dataset) -> xr.Dataset:
    """Coefficients given the trades that a filter keeps, by its threshold.

    The rule of the paper is not known; this one keeps trades whose quote forecast the
    security's next indicative mid to within so many of its own half-spreads. It looks
    ahead, and keeps calm moments.

    Parameters
    ----------
    inputs : GaussianInputs
        Of a panel with ``forecast_error_bp``.
    posterior : (chain, draw) xr.Dataset
        Of the variances, whose means are used throughout.

    Returns
    -------
    (half_spreads, coefficient) xr.Dataset
        ``mean`` and ``sd``, bp; ``rows`` (half_spreads).
    """
    design = inputs.design
    variances = mean_variances(posterior, inputs)
    means, sds, rows = [], [], []
    for limit in HALF_SPREADS:
        totals = inputs.totals
        if np.isfinite(limit):
            kept = design.observations.filtered_batches(limit)
            totals = total(design.statistics(kept))
        at = conditional(totals, inputs.prior_precision, variances)
        means.append(at.expected().coefficient)
        sds.append(at.coefficient_sd())
        rows.append(totals.size[0])
    dims = (THRESHOLD, COEFFICIENT)
    return xr.Dataset(
        {"mean": (dims, means), "sd": (dims, sds), "rows": (THRESHOLD, rows)},
        {THRESHOLD: list(HALF_SPREADS), COEFFICIENT: design.names},
    )
