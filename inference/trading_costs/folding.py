"""What the published response would say of trades that cost nothing."""

import numpy as np
import xarray as xr

from data.dims import COEFFICIENT
from inference.trading_costs.effects import mean_variances
from models.likelihoods.mixed.conditional import conditional
from models.likelihoods.mixed.statistics import total
from models.trading_costs.inputs import GaussianInputs


def error_alone(inputs: GaussianInputs, posterior: xr.Dataset) -> xr.Dataset:
    """Coefficients of the regression of twice the absolute error of the fair value.

    One error is drawn a trade, from its known standard deviation, and the rows are made
    of the errors as they are of deviations: what is found is folding alone.

    Parameters
    ----------
    inputs : GaussianInputs
        Of the response ``absolute``.
    posterior : (chain, draw) xr.Dataset
        Of the variances.

    Returns
    -------
    (coefficient,) xr.Dataset
        ``coefficient``, their mean at the mean variances (bp); NaN where standard
        deviations of errors are not known throughout.
    """
    design = inputs.design
    statistics = design.statistics(design.observations.error_batches())
    found = np.full(len(design.names), np.nan)
    if np.isfinite(statistics.fixed).all():
        variances = mean_variances(posterior, inputs)
        at = conditional(total(statistics), inputs.prior_precision, variances)
        found = at.expected().coefficient
    return xr.Dataset(
        {"coefficient": (COEFFICIENT, found)}, {COEFFICIENT: design.names}
    )
